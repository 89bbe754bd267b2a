"""Which statements run once for all trials: the lines that say `# once`, and no others."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.cell.effects import Facts
from jupyter_hpo.cell.setup import Surroundings, lines_of, shared_setup
from jupyter_hpo.study.objective import Objective

CELLS = Path(__file__).parent.parent / "cells"
LIBRARIES = Surroundings({"np": "numpy", "torch": "torch", "nn": "torch.nn"})


def program(source: str, objective: str = "loss") -> CellProgram:
    names = {"X", "y", "np", "torch", "nn", "model", "load", "data", "cfg", "A", "B", "F", "pd"}
    asked = [Objective(objective, "minimize")]
    return capture(source, objectives=asked, names=names, line_offset=0).program()


def shared_lines(source: str, **options: object) -> list[str]:
    cell = program(source)
    options.setdefault("surroundings", LIBRARIES)
    chosen = shared_setup(cell, **options)  # type: ignore[arg-type]
    lines = source.splitlines()
    return [lines[ast.parse(source).body[i].lineno - 1] for i in chosen]


def marked_once(source: str) -> list[str]:
    return [line for line in source.splitlines() if "# once" in line]


SHARED = {
    "beside a function with the reporting loop": """
def train(n):
    for i in range(n):
        best = i
    return best
Z = load(X)  # once
Z -= Z.mean()  # once
n = 3  # hpo: 1..9
loss = train(n)
""",
    "data before a tuned value": """
Z = load(X)  # once
lr = 0.1  # hpo: 1e-3..1 log
loss = lr * Z.sum()
""",
    "past tuned constants": """
lr, act = 0.1, "relu"  # hpo: lr = 1e-3..1 log; act = relu | tanh
Z = load(X)  # once
Z -= Z.mean()  # once
loss = lr * Z.sum()
""",
    "past what is computed from them": """
width = 16  # hpo: 4..64
both = width * 2
kind = "big" if both > 20 else f"small {width}"
if kind == "big":
    depth = 3
else:
    depth = 2
Z = load(X)  # once
loss = Z.sum() * depth
""",
    "past a tuned dict": """
config = {"lr": 0.1, "epochs": 5}  # hpo: lr = 1e-3..1 log
Z = load(X)  # once
loss = config["lr"] * Z.sum()
""",
    "past a tuned class and function": """
class Net(nn.Module):
    def __init__(self, n=12):  # hpo: 4..32 as n
        self.n = n

def scaled(x, by: float = 2.0) -> float:  # hpo: by = 1.0..3.0
    return x * by

Z = load(X)  # once
loss = scaled(Net().n)
""",
    "a tuned function used afterwards": """
def scaled(x, by=2.0):  # hpo: by = 1.0..3.0
    return x * by

Z = load(X)  # once
Z = scaled(Z)
W = load(X)
loss = Z.sum()
""",
    "tuned within": """
Z = load(X)  # once
W = load(X, depth=3)  # hpo: 1..5
V = load(X)
loss = 1
""",
    "a function that reads a tuned name late": """
def weigh():  # once
    return Z * lr

Z = load(X)  # once
lr = 0.1  # hpo: 1e-3..1 log
V = load(X)  # once
W = weigh()
U = load(X)
loss = W.sum()
""",
    "an object that keeps such a function": """
Z = load(X)  # once
class Net:  # once
    def __call__(self):
        return scale * 2
net = Net()  # once
kept = []  # once
kept.append(net)  # once
scale = 2.0  # hpo: 1.0..3.0
W = load(X)  # once
V = kept[0]()
loss = V
""",
    "a name of a function's own": """
lr = 0.1  # hpo: 1e-3..1 log
def norm(x):  # once
    lr = x.sum()
    return x / lr
Z = norm(X)  # once
loss = lr * Z.sum()
""",
    "a name bound to something new": """
n = 3  # once
Z = load(X, n)  # once
n = 5  # hpo: 1..9
W = load(X)  # once
V = load(X, n)
U = load(X)
loss = n
""",
    "the reporting loop": """
Z = load(X)  # once
k = 2.0  # hpo: 1..3.5
for fold in range(3):
    loss = Z.sum() * fold
W = load(X)
""",
    "a reporting loop within": """
Z = load(X)  # once
k = 2.0  # hpo: 1..3.5
if True:
    for fold in range(3):
        loss = Z.sum() * fold
""",
    "another loop": """
rows = []  # once
for x in X:  # once
    rows.append(load(x))
k = 2.0  # hpo: 1..3.5
loss = len(rows) * k
""",
    "seeded by the cell": """
import random  # once
random.seed(0)  # once
np.random.seed(0)  # once
torch.manual_seed(0)  # once
Z = np.random.rand(5) + random.random()  # once
W = torch.randn(3)  # once
layer = nn.Linear(3, 3)  # once
k = 2.0  # hpo: 1..3.5
loss = k
""",
    "seeded by a function of the cell": """
def set_seed(seed):  # once
    np.random.seed(seed)
set_seed(0)  # once
Z = np.random.rand(5)  # once
W = torch.randn(3)
k = 2.0  # hpo: 1..3.5
loss = k
""",
    "generators with a seed": """
rng = np.random.default_rng(0)  # once
g = torch.Generator().manual_seed(1)  # once
Z = rng.normal(size=3)  # once
W = torch.randperm(5, generator=g)  # once
from sklearn.model_selection import train_test_split  # once
a, b = train_test_split(X, random_state=0)  # once
k = 2.0  # hpo: 1..3.5
loss = k
""",
    "print, reading, the environment, in place, del": """
import os, warnings  # once
os.environ["MODE"] = "x"  # once
os.chdir("data")  # once
warnings.filterwarnings("ignore")  # once
torch.set_default_dtype(torch.float64)  # once
with open("rows.csv") as file:  # once
    rows = file.read()
more = open("more.csv", "rb").read()  # once
data.append(rows)  # once
del more  # once
print(len(rows))  # once
k = 2.0  # hpo: 1..3.5
loss = k
""",
    "the device, asked for": """
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
torch.cuda.manual_seed_all(0)  # once
Z = load(X)  # once
Z = Z.to(device)
W = load(X)
k = 2.0  # hpo: 1..3.5
loss = k
""",
    "variables named like builtins": """
input, report, now = load(X), load(X), 3  # once
Z = load(input, report)  # once
k = 2.0  # hpo: 1..3.5
loss = k
""",
    "a star import before anything is left": """
from math import *  # once
Z = load(X)  # once
k = 2.0  # hpo: 1..3.5
from math import *
loss = k
""",
    "choices of objects": """
class Up: pass  # once
class Down: pass  # once
Z = load(X)  # once
way = Up  # hpo: Up | Down
W = load(X)  # once
Up = load(X)
V = load(X)
loss = 1
""",
    "a choice whose object may change": """
h = cfg.small  # hpo: cfg.small | cfg.big
W = load(X)  # once
cfg.update()
V = load(X)
loss = 1
""",
    "choices that are made by a call": """
W = load(X)  # once
act = nn.ReLU()  # hpo: nn.ReLU() | nn.Linear(2, 2)
V = load(X)
loss = 1
""",
    "a walrus and a comprehension": """
Z = [b for a in X if (b := load(a))]  # once
b = 2.0  # hpo: 1..3.5
W = [b for b in X]
V = load(X)
loss = b
""",
    "decorated": """
import functools  # once
@functools.cache
def slow(n):  # once
    return n
Z = slow(3)  # once
@functools.lru_cache(maxsize=8)  # hpo: maxsize = 4..16
def fast(n):
    return n
W = load(X)
loss = 1
""",
    "a query that reads a tuned name": """
limit = 2.0  # hpo: 1..3.5
Z = data.query("a > 3")  # once
W = data.query("a > @limit")
V = load(X)
loss = 1
""",
    "an annotation": """
lr: float = 0.1  # hpo: 1e-3..1 log
Z: list[int] = load(X)  # once
loss = lr
""",
    "global rebinds what a choice reads": """
way = A  # hpo: A | B
def switch():  # once
    global A
    A = 3
Z = load(X)  # once
switch()
W = load(X)
loss = 1
""",
}


@pytest.mark.parametrize("source", SHARED.values(), ids=SHARED)
def test_shared(source: str) -> None:
    assert shared_lines(source) == marked_once(source)


ENDS_IT = {
    "clock": "t = time.time()",
    "clock, imported": "from time import perf_counter as tick\nt = tick()",
    "clock, handed on": "t = load(time.monotonic)",
    "date": "t = datetime.datetime.now()",
    "date, imported": "from datetime import datetime\nt = datetime.now().year",
    "timestamp": "t = pd.Timestamp.now()",
    "in a function": "def stamp():\n    import time as t\n    return t.time()\nx = stamp()",
    "in a method": "class T:\n    def __init__(self):\n        self.t = time.time()\nx = T()",
    "in a lambda": "now = lambda: time.time()\nx = now()",
    "through a third": "def a():\n    return time.time()\ndef b():\n    return a()\nx = b()",
    "python's generator": "import random\nx = random.random()",
    "numpy's generator": "x = np.random.rand(3)",
    "torch's generator": "x = torch.randn(3)",
    "a layer": "x = nn.Linear(3, 3)",
    "weights": "nn.init.normal_(model.weight)",
    "in place": "model.weight.data.uniform_(-1, 1)",
    "a fresh generator": "x = np.random.default_rng()",
    "a fresh generator, None": "x = np.random.RandomState(None)",
    "no seed": "np.random.seed()",
    "another library's seed": "np.random.seed(0)\nx = torch.randn(3)",
    "a split": "from sklearn.model_selection import train_test_split\nx = train_test_split(X)",
    "a split, None": "x = train_test_split(X, random_state=None)",
    "a sample": "x = data.sample(frac=0.5)",
    "the system's": "import os\nx = os.urandom(3)",
    "secrets": "import secrets\nx = secrets.token_hex()",
    "uuid": "import uuid\nx = uuid.uuid4()",
    "writes": "open('log', 'w').write('x')",
    "appends": "with open('log', mode='a') as f:\n    pass",
    "a mode unknown": "f = open('log', data)",
    "a path's open": "with data.open('wb') as f:\n    pass",
    "saves": "torch.save(model, 'm.pt')",
    "a table": "data.to_csv('x.csv')",
    "a folder": "import os\nos.makedirs('runs')",
    "moves": "import shutil\nshutil.move('a', 'b')",
    "network": "import requests\nx = requests.get(data)",
    "an address": "x = pd.read_csv('https://example.org/x.csv')",
    "a tracker": "import wandb\nwandb.init()",
    "a program": "import subprocess\nsubprocess.run(['true'])",
    "the shell": "get_ipython().system('true')",
    "a magic": "get_ipython().run_line_magic('autoreload', '2')",
    "a thread": "import threading\nthreading.Thread(target=load).start()",
    "a pool": "from concurrent.futures import ThreadPoolExecutor\nx = ThreadPoolExecutor()",
    "asks": "x = input()",
    "ends": "import sys\nsys.exit()",
    "reports": "from jupyter_hpo import report\nreport(loss=1)",
    "reports by its name": "import jupyter_hpo as j\nj.report(loss=1)",
    "awaits": "await load(X)",
    "awaits a loop": "async for x in load(X):\n    pass",
    "runs text": "exec('x = 1')",
    "all names": "x = dict(globals())",
    "the notebook": "import __main__\nx = load(__main__)",
    "threads": "torch.set_num_threads(4)",
    "the GPU": "x = model.cuda()",
    "the GPU by name": "x = model.to('cuda:0')",
    "a signal": "import signal\nsignal.alarm(3)",
}


@pytest.mark.parametrize("code", ENDS_IT.values(), ids=ENDS_IT)
def test_what_is_never_shared(code: str) -> None:
    source = f"Z = load(X)  # once\n{code}\nW = load(X)\nk = 2.0  # hpo: 1..3.5\nloss = k\n"
    lines = shared_lines(source)
    *before, last = code.splitlines()
    assert lines[0] == "Z = load(X)  # once"
    assert last not in lines
    assert "W = load(X)" not in lines
    assert set(lines[1:]) <= set(before)


def test_with_a_seed_of_the_study_draws_are_shared() -> None:
    source = "Z = np.random.rand(5)\nW = torch.randn(3)\nk = 2.0  # hpo: 1..3.5\nloss = k\n"
    assert shared_lines(source) == []
    assert len(shared_lines(source, seeded=True)) == 2
    fresh = "Z = np.random.default_rng()\nk = 2.0  # hpo: 1..3.5\nloss = k\n"
    assert shared_lines(fresh, seeded=True) == []


LIGHT = {
    "imports": "import math\nfrom os import path",
    "definitions": "def f(x):\n    return [x for x in x]\nclass A:\n    def g(self):\n        f(3)",
    "constants": "a = 3\nb = [1, 2.5, 'x']\nc = {'a': -1}\nd = 2 ** 10\ne = a",
    "seeds": "torch.manual_seed(0)\nnp.random.seed(0)\nseed_everything(0)",
    "words": "'''About this cell'''\nprint('training')\npass",
}


@pytest.mark.parametrize("code", LIGHT.values(), ids=LIGHT)
def test_nothing_is_shared_when_it_saves_nothing(code: str) -> None:
    assert shared_lines(f"{code}\nk = 2.0  # hpo: 1..3.5\nloss = k\n") == []


def test_functions_of_earlier_cells_count_by_what_they_do() -> None:
    source = "Z = load(X)\nk = 2.0  # hpo: 1..3.5\nW = load(X)\nV = model.fit(X)\nloss = k\n"

    def count(behind: dict[str, Facts]) -> int:
        return len(shared_lines(source, surroundings=Surroundings({}, behind)))

    assert count({}) == 3
    assert count({"load": Facts(effects=["reads the clock"])}) == 0
    assert count({"load": Facts(mentions={"k"})}) == 1
    assert count({"load": Facts(mentions={"inner"}), "inner": Facts(mentions={"k"})}) == 1
    assert count({"model": Facts(draws={"torch"})}) == 2
    assert count({"load": Facts(seeds={"torch"}), "model": Facts(draws={"torch"})}) == 3
    assert count({"Z": Facts(effects=["reads the clock"])}) == 3  # bound to something else


def test_lines_are_those_of_the_cell() -> None:
    source = (
        "#\nZ = load(\n    X)\nW = load(X)\nk = 2.0  # hpo: 1..3.5\n\n@f\ndef g(): pass\nloss = k\n"
    )
    cell = program(source)
    cell = replace(cell, setup=shared_setup(cell))
    assert lines_of(cell) == ((2, 4, 0), (7, 8, 0))


def test_a_future_import_stays_with_every_trial() -> None:
    source = "from __future__ import annotations\nZ = load(X)\nk = 2.0  # hpo: 1..3.5\nloss = k\n"
    assert shared_setup(program(source)) == (1,)


# What is computed with the shared part run first must be what the cell computes.

NAMES = st.sampled_from("abcdefg")
NUMBERS = st.integers(-3, 3)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, NUMBERS),
    st.builds("{} = {}  # hpo: -9..9".format, NAMES, NUMBERS),
    st.builds("{} = {} + {}".format, NAMES, NAMES, NAMES),
    st.builds("{} = same({})".format, NAMES, NAMES),
    st.builds("{} = [{}, {}]".format, NAMES, NAMES, NAMES),
    st.builds("{} = add({}, {})".format, NAMES, NAMES, NAMES),
    st.builds("box.append({})".format, NAMES),
    st.builds("{} = len(box)".format, NAMES),
    st.builds("def {}(): return {}".format, NAMES, NAMES),
    st.builds("{} = {}()".format, NAMES, NAMES),
    st.builds("if {}: {} = {}".format, NAMES, NAMES, NUMBERS),
    st.builds("def put(x):\n  global {0}\n  {0} = x".format, NAMES),
    st.builds("put({})".format, NAMES),
    st.builds("del {}".format, NAMES),
)


def outcome(tree: ast.Module, namespace: dict[str, object]) -> str | None:
    try:
        exec(compile(tree, "<cell>", "exec"), namespace)
    except Exception:
        return None
    return repr({n: v for n, v in namespace.items() if n in "abcdefg" or n == "box"})


def fresh() -> dict[str, object]:
    space: dict[str, object] = {name: i for i, name in enumerate("abcdefg")}
    space |= {"box": [], "same": lambda x: x, "put": lambda x: None}
    space["add"] = lambda x, y: (x + y) if isinstance(x, int) and isinstance(y, int) else repr(x)
    return space


@given(st.lists(STATEMENTS, min_size=2, max_size=9))
def test_the_order_does_not_show(statements: list[str]) -> None:
    source = "\n".join([*statements, "loss = 1"])
    cell = capture(
        source,
        objectives=[Objective("loss", "minimize")],
        names=set(fresh()),
        line_offset=0,
    ).program()
    chosen = shared_setup(cell)
    body = ast.parse(source).body
    first = [body[i] for i in chosen]
    rest = [s for i, s in enumerate(body) if i not in chosen]
    plain = outcome(ast.Module(body, []), fresh())
    if plain is None:
        return
    moved = outcome(ast.Module(first + rest, []), fresh())
    at = re.compile(r" at 0x\w+")
    assert moved is not None
    assert at.sub("", plain) == at.sub("", moved)
