"""Tunables of several cells, ties that a mark brings along, and names on the magic line."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import Tunable
from jupyter_hpo.cell.marking import match_marks, read_marks
from jupyter_hpo.cell.proposals.named import Named
from jupyter_hpo.cell.proposals.of_callees import OF_CALLEES
from jupyter_hpo.cell.proposals.of_names import OF_NAMES
from jupyter_hpo.cell.proposals.rules import may_be_float
from jupyter_hpo.cell.source import parse_cell
from jupyter_hpo.cell.tunables import Tuned, find_tunables
from jupyter_hpo.cell.value_finder import find_values
from jupyter_hpo.space import Categorical, Float
from jupyter_hpo.space.marks import parse_line_space


def tuned(
    earlier: Sequence[str], source: str, line: str = "", without: Sequence[int] = ()
) -> Tuned:
    """Of a notebook: cells 1, 2, ... and the training cell. without: those not depended on."""
    cells = {**dict(enumerate(earlier, 1)), 0: source}
    body = [s for n, text in cells.items() if n not in without for s in parse_cell(text, n).body]
    tree = ast.Module(body, [])
    return find_tunables(
        find_values(tree),
        {number: read_marks(text)[0] for number, text in cells.items()},
        {number: text.splitlines() for number, text in cells.items()},
        line_space=parse_line_space(line)[0],
        read={n.id for n in ast.walk(tree) if isinstance(n, ast.Name)},
    )


def named(found: Tuned, name: str) -> Tunable:
    (one,) = [t for t in found.tunables if t.name == name]
    return one


MODEL = """import torch.nn as nn
hidden = 64  # hpo: 16..256 log
net = nn.Sequential(nn.Linear(8, hidden), nn.ReLU(), nn.Linear(64, 2))
"""
TRAIN = """opt = torch.optim.Adam(net.parameters(), lr=1e-3)
print(f(hidden))
"""


def test_values_of_earlier_cells_say_where_they_stand() -> None:
    found = tuned([MODEL], TRAIN)
    assert found.problems == []
    hidden = named(found, "hidden")
    assert [(p.cell, p.line) for p in hidden.places] == [(1, 2), (1, 3)]
    assert hidden.declared
    assert hidden.text == "hidden = 64  # hpo: 16..256 log"
    lr = named(found, "lr")
    assert [(p.cell, p.line) for p in lr.places] == [(0, 1)]
    assert lr.text.startswith("opt = ")


def test_a_mark_ties_to_a_value_of_another_cell() -> None:
    found = tuned(["width = 32  # hpo: 8..64"], "m = f(width, units=32)  # hpo: units = width")
    assert found.problems == []
    assert [(p.cell, p.line) for p in named(found, "width").places] == [(1, 1), (0, 1)]


def test_marks_on_the_same_line_of_two_cells() -> None:
    found = tuned(["a = 1  # hpo: 1..9"], "b = 2.0  # hpo: 0.5..4\nf(a, b)")
    assert list(found.space) == ["a", "b"]
    assert [named(found, n).line for n in "ab"] == [1, 1]


def test_a_mark_that_nothing_depends_on_is_said() -> None:
    found = tuned(["a = 1  # hpo: 1..9"], "f(X)", without=[1])
    assert found.problems == []
    (said,) = found.notices
    assert "In[1], line 1" in said


TIES = {
    "linear": ("nn.Linear(8, 32),  # hpo: [1] = 8..64 log", "nn.Linear(32, 2)", 2),
    "with a norm": (
        "nn.Linear(8, 32), nn.BatchNorm1d(32),  # hpo: Linear[1] = 8..64",
        "nn.Linear(32, 2)",
        3,
    ),
    "said otherwise": (
        "nn.Linear(8, 32),  # hpo: [1] = 8..64 log as w",
        "nn.Linear(32, 2)  # hpo: [0] = w",
        2,
    ),
}


@pytest.mark.parametrize(("first", "second", "places"), TIES.values(), ids=TIES)
def test_a_marked_width_brings_along_what_must_agree(first: str, second: str, places: int) -> None:
    found = tuned([], f"net = nn.Sequential(\n{first}\n{second}\n)")
    assert found.problems == []
    (width,) = [t for t in found.tunables if t.declared]
    assert len(width.places) == places


LINE = {
    "the name of a proposal": ("nn.Dropout(0.5)", "Dropout.p=0.1..0.5", "Dropout.p"),
    "as it stands": ("nn.Dropout(0.5)", "Dropout[0]=0.1..0.5", "Dropout.p"),
    "a parameter": ("opt = torch.optim.SGD(p, 0.1)", "lr=0.01..1:log", "lr"),
    "by its layer": (
        "self.fc1 = nn.Linear(8, 32)", "fc1.out_features=8..64", "fc1.out_features",
    ),
    "a loop": ("for epoch in range(20):\n    f(epoch)", "epochs=5..50", "epochs"),
    "a variable of a loop": (
        "n = 20\nfor epoch in range(n):\n    f(epoch)", "n=5..50", "n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line", "name"), LINE.values(), ids=LINE)
def test_names_on_the_magic_line(source: str, line: str, name: str) -> None:
    found = tuned([], source, line)
    assert found.problems == []
    assert list(found.space) == [name]


LITERALS = (
    st.integers(-5, 10_000) | st.floats(-1, 1e4, allow_nan=False) | st.booleans() | st.none()
    | st.sampled_from(["relu", "adam", "sqrt", "scale", "l2", "mean", "gbdt", "linear", ""])
)  # fmt: skip


@given(st.sampled_from([*OF_CALLEES, *OF_NAMES]), LITERALS)
def test_a_proposed_range_holds_the_codes_own_value(rule: Named, value: Any) -> None:
    distribution = rule.rule(value)
    if distribution is not None and value != 0:
        assert distribution.contains(value)


@given(st.sampled_from(OF_NAMES), st.data(), st.integers(-5, 10_000))
def test_an_integer_gets_real_numbers_only_where_its_name_is_that_of_one(
    rule: Named, data: st.DataObject, value: int
) -> None:
    ascii_names = st.from_regex(rule.names, fullmatch=True, alphabet=st.characters(codec="ascii"))
    name = data.draw(ascii_names)
    if not name.isidentifier() or keyword.iskeyword(name):
        return
    found = tuned([], f"f({name}={value})").tunables
    if any(isinstance(t.distribution, Float) for t in found):
        assert may_be_float(name)


COUNTS = ["step_size", "stepsize", "num_steps", "decay_steps", "n_draws", "warmup_steps", "stride"]


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [1, 2, 100])
def test_a_count_stays_an_integer(name: str, value: int) -> None:
    found = tuned([], f"{name} = {value}\nf({name})\nStepLR(o, {name}, gamma={name})").tunables
    assert not any(isinstance(t.distribution, Float) for t in found)


def test_a_problem_of_a_mark_says_the_cell() -> None:
    values = find_values(parse_cell("x = 1\ny = f()"))
    specs, _ = read_marks("x = 1\ny = f()  # hpo: z = 1..2")
    assert [p.cell for p in match_marks(specs, values, 3)[1]] == [3]


ROWS = {"few": (100, (8, 16, 32)), "many": (10_000, (8, 16, 32, 64, 128)), "unknown": (None, None)}


@pytest.mark.parametrize(("rows", "choices"), ROWS.values(), ids=ROWS)
def test_batches_are_no_larger_than_half_the_data(
    rows: int | None, choices: tuple[int, ...] | None
) -> None:
    values = find_values(parse_cell("model.fit(X, y, batch_size=32)"))
    found = find_tunables(values, {}, {0: [""]}, rows=rows)
    distribution = named(found, "batch_size").distribution
    assert choices is None or getattr(distribution, "choices", ()) == choices


def test_a_computation_of_numbers_is_replaced_whole() -> None:
    cell = capture("lr = 10 ** -3  # hpo: 1e-5..1e-1 log\nloss = f(lr)", names={"f"})
    (lr,) = cell.tunables
    assert (lr.value, lr.places[0].col, lr.places[0].end_col) == (1e-3, 5, 13)
    assert cell.space["lr"].default == 1e-3


OVERRIDDEN = {
    "by position": "def f(lr=0.1):\n    pass\nf(0.2)",
    "by keyword": "def f(lr=0.1):\n    pass\nf(lr=0.2)",
    "of a class": "class F:\n    def __init__(self, lr=0.1):\n        pass\nF(0.2)",
    "by a dict": "def f(lr=0.1):\n    pass\nargs = {'lr': 0.2}\nf(**args)",
    "of a record": "@dataclass\nclass C:\n    lr: float = 0.1\nC(lr=0.2)",
}


@pytest.mark.parametrize("source", OVERRIDDEN.values(), ids=OVERRIDDEN)
def test_a_default_that_every_caller_overrides_is_not_proposed(source: str) -> None:
    found = tuned([], source)
    assert [t.value for t in found.tunables if t.distribution is not None] == [0.2]


def test_a_default_that_one_caller_uses_is_proposed() -> None:
    found = tuned([], "def f(lr=0.1):\n    pass\nf(lr=0.2)\nf()")
    assert {t.name: t.value for t in found.tunables} == {"f.lr": 0.1, "f_2.lr": 0.2}


RECURRENT = """class Net(nn.Module):
    def __init__(self):
        self.rnn = nn.LSTM(n, m, batch_first=True)
    def forward(self, x, h):
"""
COMPANY = {
    "strings the code tells apart": (
        "cell = 'lstm'\nif cell == 'lstm':\n    f(1)\nelif cell == 'gru':\n    f(2)",
        {"cell": ("lstm", "gru")},
    ),
    "told apart from all the rest": (
        "opt = 'adam'\nif opt == 'adam':\n    f(1)\nelse:\n    f(2)", {},
    ),
    "keys of a dict": (
        "acts = {'relu': f, 'tanh': g}\nactivation = 'relu'\nacts[activation]()",
        {"activation": ("relu", "tanh")},
    ),
    "what can't go on": (
        "m = MLPClassifier(solver='adam')\nm.partial_fit(X, y)", {"solver": ("adam", "sgd")},
    ),
    "heads divide the width": (
        "d_model = 96\nnhead = 3\nf(d_model, nhead)",
        {"d_model": (48, 96, 192), "nhead": (1, 2, 3, 4, 6)},
    ),
    "a class that takes the same": (
        "o = torch.optim.SGD(p, momentum=0.9)", {"optimizer": ("SGD", "RMSprop")},
    ),
    "a class handed over": (
        "import torch\nNet(optimizer=torch.optim.SGD, optimizer__momentum=0.9)",
        {"optimizer": ("torch.optim.SGD", "torch.optim.RMSprop")},
    ),
    "a name that is imported beside others": (
        "from sklearn.preprocessing import StandardScaler, MinMaxScaler\ns = StandardScaler()",
        {"scaler": ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler")},
    ),
    "another thing of that name": (
        "from sklearn.preprocessing import MaxAbsScaler\nfrom mine import RobustScaler\n"
        "def StandardScaler(x): pass\ns = MaxAbsScaler()",
        {"scaler": ("MinMaxScaler", "MaxAbsScaler")},
    ),
    "what a scaler learns is read": (
        "from sklearn.preprocessing import StandardScaler\ns = StandardScaler()\nf(s.mean_)", {},
    ),
    "an argument of that scaler alone": (
        "from sklearn.preprocessing import RobustScaler\ns = RobustScaler(quantile_range=q)", {},
    ),
    "a slope by position": ("a = nn.LeakyReLU(s)", {"activation": ("LeakyReLU", "ELU", "CELU")}),
    "a slope by name": ("a = nn.LeakyReLU(negative_slope=s)", {}),
    "a flag by position": ("a = nn.ReLU(True)", {}),
    "equal classes called otherwise": (
        "a = nn.ReLU()\nb = nn.ReLU(inplace=True)",
        {"activation": ("ReLU", "LeakyReLU", "ELU", "SiLU")},
    ),
    "a function's tanh": ("a = torch.tanh(x)", {}),
    "outputs of a recurrent layer": (
        f"{RECURRENT}        out, _ = self.rnn(x)\n        return out",
        {"recurrent": ("LSTM", "GRU")},
    ),
    "its first result": (
        f"{RECURRENT}        return self.rnn(x)[0]", {"recurrent": ("LSTM", "GRU")},
    ),
    "its states": (f"{RECURRENT}        out, (h, c) = self.rnn(x)\n        return h", {}),
    "its state is read": (f"{RECURRENT}        out, h = self.rnn(x)\n        return h", {}),
    "its state is given": (
        f"{RECURRENT}        out, _ = self.rnn(x, h)\n        return out", {},
    ),
    "a recurrent layer of Keras": (
        "l = keras.layers.LSTM(n, return_sequences=True)", {"recurrent": ("LSTM", "GRU")},
    ),
    "whose states are asked for": ("l = keras.layers.LSTM(n, return_state=True)", {}),
    "schedules of so many epochs": (
        "s = torch.optim.lr_scheduler.CosineAnnealingLR(o, n)",
        {"scheduler": ("StepLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts")},
    ),
    "a schedule like no other": (
        "s = torch.optim.lr_scheduler.StepLR(o, step_size=n, gamma=g)", {},
    ),
    "two optimisers in the code": (
        "if f:\n    o = torch.optim.SGD(p)\nelse:\n    o = torch.optim.Adam(p)", {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "choices"), COMPANY.values(), ids=COMPANY)
def test_choices_fit_what_else_stands_there(
    source: str, choices: dict[str, tuple[Any, ...]]
) -> None:
    found = {t.name: t.distribution for t in tuned([], source).tunables}
    assert {n: d.choices for n, d in found.items() if isinstance(d, Categorical)} == choices


def test_elements_of_a_long_list_are_data() -> None:
    from jupyter_hpo.cell.source import parsed
    from jupyter_hpo.cell.value_finder import find_values

    numbers = ", ".join(map(str, range(300)))
    values = find_values(parsed(f"sizes = [64, 32]\nseries = [{numbers}]\n"))
    assert [v.qualified for v in values.found] == ["sizes", "sizes[0]", "sizes[1]", "series"]
