"""More than one cell, in a real kernel: what trials run again of earlier cells."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

IMPORTS = "import torch\nfrom torch import nn\ntorch.manual_seed(7)"
DATA = "X = torch.randn(64, 5)\ny = X @ torch.arange(5.0)[:, None] + 0.1 * torch.randn(64, 1)"
MODEL = """hidden = 8
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, hidden)
        self.last = nn.Linear(hidden, 1)
    def forward(self, x):
        return self.last(torch.relu(self.first(x)))
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)"""
TRAIN = """for epoch in range(4):
    optimizer.zero_grad()
    loss = ((model(X) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
    val_loss = loss.item()
"""
SEARCH = "%%hpo --minimize val_loss --trials {trials} --jobs 2 --pruner none {more}\n" + TRAIN


def prepared(kernel, *cells: str):
    for cell in cells:
        result = kernel.run(cell)
        assert result.error is None, result.error
    return kernel


def plainly(start, *cells: str) -> float:
    """`val_loss` after *Restart and run all*."""
    return prepared(start(), *cells, TRAIN).value("val_loss")


def test_trials_build_the_model_of_an_earlier_cell_anew(start):
    expected = plainly(start, IMPORTS, DATA, MODEL)
    kernel = prepared(start(), IMPORTS, DATA, MODEL)
    line = "hidden=4..16 --name anew"
    result = kernel.run(SEARCH.format(trials=4, more=line), timeout=120)
    assert result.error is None, result.error
    assert kernel.value("study.trial(0).params") == {"hidden": 8}
    assert kernel.value("study.trial(0).value") == expected
    assert kernel.value("[len(t.reports) for t in study.trials]") == [4] * 4
    # The best model came back, built with the best width; so did the width itself.
    assert kernel.value("model.first.out_features == hidden == study.best_params['hidden']")


def test_every_trial_starts_where_the_notebook_did_not_where_the_last_run_ended(start):
    """The training cell ran plainly before, twice: the model in the kernel is trained."""
    expected = plainly(start, IMPORTS, DATA, MODEL)
    kernel = prepared(start(), IMPORTS, DATA, MODEL, TRAIN, TRAIN)
    assert kernel.value("val_loss") != expected
    for name in ("one", "two"):
        line = f"hidden=8|16 --name {name}"
        result = kernel.run(SEARCH.format(trials=2, more=line), timeout=120)
        assert result.error is None, result.error
        assert kernel.value("study.trial(0).value") == expected
    # and study two, after study one has bound its best model, found the same
    assert kernel.value("study.trial(0).params") == {"hidden": 8}


def test_marks_in_earlier_cells_count(start):
    marked = MODEL.replace("hidden = 8", "hidden = 8  # hpo: 4 | 8 | 16").replace(
        "lr=0.01)", "lr=0.01)  # hpo: lr = 1e-3..1e-1 log"
    )
    kernel = prepared(start(), IMPORTS, DATA, marked)
    result = kernel.run(SEARCH.format(trials=3, more="--name marked"), timeout=120)
    assert result.error is None, result.error
    assert kernel.value("sorted(study.trial(0).params)") == ["hidden", "lr"]
    assert kernel.value("optimizer.param_groups[0]['lr'] == study.best_params['lr']")


def test_reach_cell_takes_objects_as_they_stand(start):
    marked = MODEL.replace("hidden = 8", "hidden = 8  # hpo: 4 | 8 | 16")
    kernel = prepared(start(), IMPORTS, DATA, marked, TRAIN)
    once = kernel.value("val_loss")
    more = "--name cell --reach cell --space space"
    kernel.run("from jupyter_hpo import *\nspace = SearchSpace({'steps': Int(3, 5)})")
    source = SEARCH.format(trials=2, more=more).replace(
        "for epoch in range(4)", "steps = 4\nfor epoch in range(steps)"
    )
    result = kernel.run(source, timeout=120)
    assert result.error is None, result.error
    assert kernel.value("study.trial(0).value") < once
    assert kernel.value("list(study.trial(0).params)") == ["steps"]


def test_an_error_in_an_earlier_cell_shows_its_line_there(start):
    kernel = prepared(start(), "import math", "base = 4\nroot = math.sqrt(base)")
    result = kernel.run(
        "%%hpo --minimize loss base=4|-4 --sampler random --trials 8 --name wrong\nloss = root + 1"
    )
    assert result.error is None, result.error
    errors = kernel.value("[t.error for t in study.trials if t.error]")
    assert errors
    assert all("root = math.sqrt(base)" in error and "In[3]" in error for error in errors)


def test_explain_starts_nothing(start):
    kernel = prepared(start(), IMPORTS, DATA, MODEL)
    result = kernel.run("%%hpo --explain --minimize val_loss\n" + TRAIN)
    assert result.error is None, result.error
    for said in ("hidden", "In[4], line 1", "val_loss", "line 2", "model = Net()", "X ", "Tensor"):
        assert said in result.stdout, said
    assert "study" not in kernel.value("list(globals())")


READING = "def evaluate():\n    return sum(w * v for w, v in zip(weights, values)) + len(made())"
MAKING = "size = 3  # hpo: 2..9\n\ndef made():\n    return [0] * size"
USING = "for step in range(3):\n    weights[0] += 1\n    out = evaluate()\n"


@pytest.mark.parametrize("how", ["", "--executor workers", "--executor inline"])
def test_functions_of_earlier_cells_see_what_the_trial_builds(start, how):
    """Trial n gives what the cells give with trial n's values written in."""
    cells = ("weights = [1.0, 2.0]\nvalues = [3, 4]", MAKING, READING)
    kernel = prepared(start(), *cells, USING, USING)
    result = kernel.run(f"%%hpo --maximize out --trials 4 --name globals {how}\n{USING}")
    assert result.error is None, result.error
    found = kernel.value("[(t.params['size'], t.value) for t in study.trials]")
    assert found[0] == (3, (1 + 3) * 3 + 8 + 3)
    assert all(value == (1 + 3) * 3 + 8 + size for size, value in found)
    assert len({size for size, _ in found}) > 1


def test_names_that_hide_builtins_travel(start):
    kernel = prepared(start(), 'type = "ridge"\nlist = [1, 2]', "def sum(x):\n    return 2 * x")
    cell = 'lr = 1  # hpo: 1..4\nout = (lr if type == "ridge" else 0) + sum(lr) + len(list)'
    result = kernel.run(f"%%hpo --maximize out --trials 3 --name hides\n{cell}")
    assert result.error is None, result.error
    assert kernel.value("study.trial(0).value") == 1 + 2 + 2


def test_what_is_trained_inside_an_object_comes_back(start):
    setup = (
        "from types import SimpleNamespace\nctx = SimpleNamespace(w=[0.0])\nmodels = {'a': [0.0]}"
    )
    kernel = prepared(start(), setup)
    cell = (
        "lr = 1.0  # hpo: 1.0..3.0\nfor i in range(3):\n    ctx.w[0] += lr\n"
        "    models['a'][0] -= lr\n    out = ctx.w[0]\n"
    )
    result = kernel.run(f"%%hpo --maximize out --trials 4 --pruner none --name inside\n{cell}")
    assert result.error is None, result.error
    assert kernel.value("(study.trial(0).value, ctx.w[0] == study.best_value)") == (3.0, True)
    assert kernel.value("models['a'][0] == -study.best_value")


def test_an_object_that_cannot_travel_is_built_by_the_trials(start):
    """A lock, as a LightGBM Dataset once it is used, can't be pickled."""
    setup = (
        "import threading\nclass Data:\n    def __init__(self):\n"
        "        self.lock = threading.Lock()"
    )
    kernel = prepared(start(), setup, "data = Data()")
    cell = "lr = 1  # hpo: 1..4\nout = lr + len(vars(data))\n"
    result = kernel.run(f"%%hpo --maximize out --trials 3 --name locked\n{cell}")
    assert result.error is None, result.error
    assert kernel.value("study.trial(0).value") == 2
