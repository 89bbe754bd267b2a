"""`jupyter_hpo.tune`: the call made a cell, in a script and in a notebook."""

from __future__ import annotations

import functools
import subprocess
import sys
import textwrap

import pytest

from jupyter_hpo import Categorical, Condition, Float, Int, Parameter, SearchSpace
from jupyter_hpo.calling import in_a_call
from jupyter_hpo.errors import SpaceError, StudyError
from jupyter_hpo.space.conditions import Comparison
from jupyter_hpo.study.objective import ObjectiveError
from jupyter_hpo.tuning import as_cell, tune
from jupyter_hpo.worker.reporting import Reporter, report, set_reporter
from jupyter_hpo.worker.returned import objective_of

LR = {"lr": Float(1e-5, 1e-1, log=True)}


def train(lr, hidden=64, act="relu", momentum=0.9):
    return lr * hidden


def reporting(lr):
    return helper(lr)


def helper(lr):
    report(acc=lr)
    return lr


def cell_of(function, space, **options):
    return as_cell(function, space, {"maximize": "acc", **options})


# the cell -------------------------------------------------------------------------------


def test_a_call_becomes_a_cell():
    space = {**LR, "hidden": Int(16, 256), "act": Categorical(("relu", "tanh"))}
    cell, options, namespace = cell_of(train, space, trials=7, jobs=2, timeout=90)
    assert cell.source.splitlines() == [
        "lr = 1e-05",
        "hidden = 64",
        "act = 'relu'",
        "result = train(lr=lr, hidden=hidden, act=act)",
        "acc = objective_of('train', 'acc', result, True)",
    ]
    assert (options.trials, options.jobs, options.timeout_s) == (7, 2, 90.0)
    assert list(cell.space) == ["lr", "hidden", "act"]
    assert cell.space.defaults() is None  # lr has none: there is no trial of "the code's own"
    assert namespace["train"] is train
    assert cell.function_file == __file__
    assert cell.function_source.startswith("def train(lr")


def test_the_function_with_all_defaults_is_trial_0():
    space = {"hidden": Int(16, 256), "momentum": Float(0.0, 1.0)}
    cell, _, _ = cell_of(lambda hidden=64, momentum=0.9: hidden, space)
    assert cell.space.defaults() == {"hidden": 64, "momentum": 0.9}


def test_reports_are_looked_for_in_what_the_function_calls():
    assert cell_of(reporting, LR)[0].reports
    assert not cell_of(train, LR)[0].reports


def test_what_can_be_called_can_be_tuned():
    class Model:
        def __call__(self, lr):
            return lr

    assert "Model(lr=lr)" in cell_of(Model(), LR)[0].source
    partial = functools.partial(train, hidden=3)
    assert "partial(lr=lr)" in cell_of(partial, LR)[0].source
    assert "function(lr=lr)" in cell_of(lambda lr: lr, LR)[0].source
    assert 'dicts({"lr": lr})' in cell_of(dicts, LR)[0].source
    alike = {"config_id": Int(1, 3), **LR}
    assert 'dicts({"config_id": config_id, "lr": lr})' in cell_of(dicts, alike)[0].source


def dicts(config):
    return config["lr"]


def test_another_tools_space_is_read():
    optuna = pytest.importorskip("optuna")
    space = {"lr": optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True)}
    assert cell_of(train, space)[0].space["lr"].distribution == Float(1e-5, 1e-1, log=True)


@pytest.mark.ray
def test_a_param_space_of_ray_tune_is_read():
    tune_ = pytest.importorskip("ray.tune")
    space = {"lr": tune_.loguniform(1e-5, 1e-1), "act": tune_.choice(["relu", "tanh"])}
    cell, _, _ = cell_of(train, space)
    assert cell.space["lr"].distribution == Float(1e-5, 1e-1, log=True)
    assert cell.space["act"].distribution == Categorical(("relu", "tanh"))


def test_a_constraint_may_name_what_the_function_returns():
    cell, _, _ = cell_of(train, LR, constraint=["size <= 3", "n_params <= 1e6"])
    assert cell.source.splitlines()[-1] == "size = objective_of('train', 'size', result, False)"


@pytest.mark.parametrize(
    ("function", "space", "said"),
    [
        (train, {"lrr": Float(0.0, 1.0), **LR}, r"train\(\) takes no argument 'lrr'"),
        (train, {"lrr": Float(0.0, 1.0)}, r"no argument 'lrr'. Did you mean 'lr'\?"),
        (train, {"lr": (0.0, 1.0)}, r"range is Float\(0.0, 1.0\); two choices are \[0.0, 1.0\]"),
        (train, {"lr": 1, "hidden": (1, 9)}, r"A range is Int\(1, 9\)"),
        (train, {"hidden": Int(1, 3)}, r"also needs lr.*functools.partial\(train, lr="),
        (train, {"a b": Int(1, 3)}, "no name of an argument"),
        (train, {}, "space"),
        (train, 3, "no search space"),
        (3, LR, "can't be called"),
        (
            lambda opt, lr: 1,
            SearchSpace([
                Parameter("opt", Categorical(("a", "b"))),
                Parameter("lr", Float(0.0, 1.0), Condition((Comparison("opt", "==", "a"),))),
            ]),
            "Give it a default",
        ),
    ],
)  # fmt: skip
def test_a_space_that_does_not_fit_is_told(function, space, said):
    with pytest.raises(SpaceError, match=said):
        cell_of(function, space)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"trials": 0}, "tune\\(\\): trials: '0' is not a whole number greater than 0"),
        ({"sampler": "tpee"}, "Did you mean tpe"),
        ({"trails": 3}, "no option trails. Did you mean trials"),
        ({"timeout": "soon"}, "timeout"),
        ({"on": "dask"}, "write ray"),
        ({"edit": True}, "no option 'edit'"),
        ({"trials": 0, "seed": -1}, "2 problems in this call"),
        ({"maximize": ()}, "needs an objective"),
    ],
)
def test_an_option_that_is_none_is_told_in_the_magics_words(options, said):
    with pytest.raises(StudyError, match=said) as error:
        cell_of(train, LR, **options)
    assert "%%hpo" not in str(error.value)
    assert "--" not in str(error.value)


def test_notices_speak_of_the_calls_options():
    said = in_a_call("--folds: no rows. Give --trials 12, or start anew with --fresh.")
    assert said == "folds: no rows. Give trials=12, or start anew with fresh=True."
    assert in_a_call("see exp--lr/run, or --timeout 10m") == "see exp--lr/run, or timeout 10m"


# what the function returned -------------------------------------------------------------


def test_a_returned_value_is_the_objective():
    assert objective_of("f", "acc", 0.5, True) == 0.5
    assert objective_of("f", "acc", {"acc": 0.5, "model": object()}, False) == 0.5


def test_nothing_returned_is_the_last_report():
    from jupyter_hpo.study.objective import Objective

    set_reporter(Reporter([Objective("acc", "maximize")], lambda step, values: None))
    try:
        with pytest.raises(ObjectiveError, match=r"call jupyter_hpo.report\(acc=...\)"):
            objective_of("f", "acc", None, True)
        report(acc=0.1), report(acc=0.7)
        assert objective_of("f", "acc", None, True) == 0.7
    finally:
        set_reporter(None)


@pytest.mark.parametrize(
    ("returned", "said"),
    [({"loss": 1}, "returned loss, not the objective 'acc'"), (3.0, "return a dict")],
)
def test_what_is_no_objective_is_told(returned, said):
    with pytest.raises(ObjectiveError, match=said):
        objective_of("f", "acc", returned, False)


# whole studies --------------------------------------------------------------------------

SCRIPT = """
import sys
import jupyter_hpo
from jupyter_hpo import Float, Int

OFFSET = 3

class Model:
    def __init__(self, hidden):
        self.hidden = hidden

def train(lr=0.01, hidden=64):
    print("trains with", hidden)
    if hidden > 128:
        raise ValueError(f"{hidden} is too wide")
    return {"acc": OFFSET - abs(lr - 0.02), "model": Model(hidden)}

if __name__ == "__main__":
    space = {"lr": Float(1e-5, 1e-1, log=True), "hidden": Int(16, 256)}
    study = jupyter_hpo.tune(
        train, space, maximize="acc", trials=int(sys.argv[1]), jobs=2, seed=3, name="script"
    )
    assert study.trials[0].params == {"lr": 0.01, "hidden": 64}
    best = study.best("result")
    assert best["acc"] == study.best_value > 2.9
    assert best["model"].hidden == study.best_params["hidden"]
    assert "trains with" in study.best_trial.log
    failed = [t.error for t in study.trials if t.error]
    print("errors", len(failed), failed[0].splitlines()[1:3] if failed else "")
    print("done", len(study.trials), "trials")
"""


def run(folder, text, *arguments):
    path = folder / "script.py"
    path.write_text(textwrap.dedent(text))
    command = [sys.executable, str(path), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=110)


def test_a_script_searches_resumes_by_name_and_shows_its_own_lines(tmp_path):
    first = run(tmp_path, SCRIPT, "8")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("script: ✓ Finished, maximize acc\nBest ")
    assert "done 8 trials" in first.stdout
    line = SCRIPT.splitlines().index('        raise ValueError(f"{hidden} is too wide")') + 1
    assert f'script.py", line {line}, in train' in first.stdout
    assert "jupyter_hpo/" not in first.stdout
    second = run(tmp_path, SCRIPT, "10")
    assert second.returncode == 0, second.stderr
    assert "done 10 trials" in second.stdout


INTERRUPTED = """
import os, signal, threading
import jupyter_hpo
from jupyter_hpo import Float

def train(lr):
    if os.path.exists("first"):
        os.kill(parent, signal.SIGINT)
        threading.Event().wait(60)
    open("first", "w").close()
    return lr

parent = os.getpid()
try:
    jupyter_hpo.tune(train, {"lr": Float(0.0, 1.0)}, maximize="acc", jobs=1, name="cut")
except KeyboardInterrupt as error:
    print("interrupted:", error)
print([t.state for t in jupyter_hpo.load_study("cut").trials][:1])
"""


def test_an_interrupt_keeps_what_finished(tmp_path):
    done = run(tmp_path, INTERRUPTED)
    assert done.returncode == 0, done.stderr
    said = "stopped; 1 finished trials are kept. load_study('cut') has them; tune(..., name='cut')"
    assert f"interrupted: {said} goes on." in done.stdout
    assert "Run the cell" not in done.stdout + done.stderr
    assert "['complete']" in done.stdout.lower()


def test_a_function_that_always_fails_ends_in_a_sentence(tmp_path):
    text = """
    import jupyter_hpo
    def train(lr):
        return 1 / 0
    jupyter_hpo.tune(train, {"lr": jupyter_hpo.Float(0.0, 1.0)}, minimize="loss", trials=6)
    """
    done = run(tmp_path, text)
    assert done.returncode == 1
    script = tmp_path / "script.py"
    assert f'division by zero (File "{script}", line 4)' in done.stderr.splitlines()[-1]
    assert done.stderr.count('File "') == 3  # the call, tune(), and the line itself


UNNAMED = """
import pathlib, sys
import jupyter_hpo
from jupyter_hpo import Float

class Far:
    def __init__(self, c):
        self.c = c
    def train(self, x=0.5):
        return abs(x - self.c)

def ask(c, **options):
    space = {"x": Float(0.0, 1.0)}
    return jupyter_hpo.tune(Far(c).train, space, minimize="loss", jobs=1, quiet=True, **options)

for refused in ("nope", 3):
    try:
        ask(0.1, trials=2, name="refused", like=refused)
    except jupyter_hpo.errors.StudyError as error:
        print("refused:", error)
print("left behind:", pathlib.Path(".jupyter_hpo").exists())
first, second = ask(0.1, trials=2), ask(0.9, trials=2)
assert first.name != second.name
assert first.trials[0].values == (0.4,) and second.trials[0].values == (0.4,)
assert len(second.trials) == 2 and second.trials[1].params != first.trials[1].params
more = ask(0.1, trials=3, name=first.name)
assert more.name == first.name and len(more.trials) == 3
for like in (first, first.optuna, first.name, pathlib.Path(".jupyter_hpo") / first.name):
    begun = ask(0.1, trials=1, like=like)
    (said,) = [n for n in begun.session.presenter._notices if n.startswith("Begins with")]
    assert f"3 trials of study {first.name!r}" in said, said
same = ask(0.1, trials=4, name=first.name, like=first)
print([n for n in same.session.presenter._notices if "like" in n][0])
"""


def test_a_study_without_a_name_begins_anew_and_may_begin_with_another(tmp_path):
    done = run(tmp_path, UNNAMED)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    refused = [line for line in lines if line.startswith("refused")]
    assert refused[0].startswith("refused: like nope: there is no such study")
    assert refused[1].startswith("refused: tune(): like=3 is no study.")
    assert "left behind: False" in lines
    assert "is this study, and its trials count anyway." in lines[-1]


@pytest.mark.kernel
def test_in_a_notebook_its_dashboard_is_shown(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE

    v4 = nbformat.v4
    cells = [
        "import jupyter_hpo\nSCALE = 2\ndef train(x):\n    return SCALE * x",
        "from jupyter_hpo import Int, tune\n"
        "s = tune(train, {'x': Int(0, 9)}, maximize='acc', trials=5, jobs=1)",
        "print(s.best_value == 2 * s.best_params['x'], 'study' in globals())",
    ]
    book = v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells])
    NotebookClient(book, timeout=100, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = book.cells[1].outputs
    assert SNAPSHOT_TYPE in output["data"]
    assert book.cells[2].outputs[0]["text"] == "True False\n"


def test_the_public_name_is_the_function():
    import jupyter_hpo

    assert jupyter_hpo.tune is tune
    assert jupyter_hpo.tune is tune  # also after its module was imported
