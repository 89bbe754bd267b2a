"""Which loop reports, and that its reports are what a report written by hand would be."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import pickle
from dataclasses import dataclass
from typing import Any

import pytest

from jupyter_hpo.cell.bind import bind
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.cell.flow.walk import _Walk
from jupyter_hpo.cell.source import FLAGS
from jupyter_hpo.cell.watching import find_reports
from jupyter_hpo.cell.wrapping import RECORDER, recorder_of
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.worker.printed import watched


@dataclass
class Run:
    reports: list[tuple[int, float]]
    final: float
    namespace: dict[str, Any]
    printed: str


def program_of(source: str, *objectives: str) -> CellProgram:
    asked = tuple(Objective(source, "minimize") for source in objectives)
    found = find_reports(ast.parse(source), asked)
    program = CellProgram(
        source, "<cell>", SearchSpace(), {}, asked, loop=found.loop, watches=found.watches
    )
    return pickle.loads(pickle.dumps(program))


def run(source: str, objective: str) -> Run:
    program = program_of(source, objective)
    reports: list[tuple[int, float]] = []
    namespace: dict[str, Any] = {"__name__": "__main__"}
    recorder = recorder_of(program, namespace, lambda step, v, *_: reports.append((step, v[0])))
    namespace[RECORDER] = recorder
    with contextlib.redirect_stdout(io.StringIO()) as shown, watched(recorder):
        bind(program, {}).run(namespace)
    final = recorder.final()[0]
    del namespace[RECORDER]
    return Run(reports, final, namespace, shown.getvalue())


def plain(source: str) -> tuple[dict[str, Any], str]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    code = compile(source, "<cell>", "exec", flags=FLAGS, dont_inherit=True)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        result = eval(code, namespace)
        if inspect.iscoroutine(result):
            asyncio.run(result)
    return namespace, shown.getvalue()


def same(a: Any, b: Any) -> bool:
    if isinstance(a, int | float | str | list | tuple | dict | None):
        return bool(a == b)
    return type(a).__name__ == type(b).__name__


def hand(source: str) -> list[float]:
    """The values that `# report X` comments give when they are made calls."""
    lines: list[str] = []
    reported: list[float] = []
    for line in source.splitlines():
        code, _, wanted = line.partition("# report ")
        lines.append(line)
        if wanted:
            indent = code if not code.strip() else code[: len(code) - len(code.lstrip())]
            lines.append(f"{indent}__reported__.append(float({wanted}))")
    namespace: dict[str, Any] = {"__name__": "__main__", "__reported__": reported}
    code = compile("\n".join(lines), "<cell>", "exec", flags=FLAGS, dont_inherit=True)
    with contextlib.redirect_stdout(io.StringIO()):
        result = eval(code, namespace)
        if inspect.iscoroutine(result):
            asyncio.run(result)
    return reported


TRAIN = """
def train(epochs):
    best = 9.0
    for epoch in range(epochs):
        val_loss = 1 / (epoch + 1)
        best = min(best, val_loss)
        # report {0}
    return {1}
"""

# name: (source with `# report X` where a person would write the report, the objective)
CELLS = {
    "for": ("for i in range(3):\n    loss = i\n    # report loss\n", "loss"),
    "while": ("loss = 3\nwhile loss > 0:\n    loss -= 1\n    # report loss\n", "loss"),
    "enumerate": (
        "for i, x in enumerate([3, 2]):\n    loss = x\n    # report loss\n", "loss",
    ),
    "zip": ("for i, x in zip(range(2), [3, 2]):\n    loss = x\n    # report loss\n", "loss"),
    "break": (
        "for i in range(9):\n    loss = i\n    # report loss\n    if i == 2:\n        break\n",
        "loss",
    ),
    "async for": (
        "async def g():\n    yield 1\n    yield 2\n"
        "async for i in g():\n    loss = i\n    # report loss\n", "loss",
    ),
    "async for in a function": (
        "async def g():\n    yield 1\n    yield 2\n"
        "async def train():\n    async for i in g():\n        val = i\n        # report val\n"
        "    return val\nloss = await train()\n", "loss",
    ),
    "in a function, returned": (TRAIN.format("val_loss", "val_loss") + "out = train(3)\n", "out"),
    "in a function, the best": (TRAIN.format("best", "best") + "out = train(3)\n", "out"),
    "in a function, of a tuple": (
        TRAIN.format("val_loss", "best, val_loss") + "b, out = train(3)\n", "out",
    ),
    "in a function, an element": (
        TRAIN.format("val_loss", "best, val_loss") + "out = train(3)\n", "out[1]",
    ),
    "in a function, of a dict": (
        TRAIN.format("val_loss", '{"best": best, "val": val_loss}') + "out = train(3)\n",
        'out["val"]',
    ),
    "in a function, its own name": (
        TRAIN.format("val_loss", "None") + "train(3)\n", "val_loss",
    ),
    "in a function, appended": (
        "def train(n):\n    seen = []\n    for i in range(n):\n        seen.append(i)\n"
        "        # report seen[-1]\n    return seen\nlosses = train(3)\n", "losses[-1]",
    ),
    "in a function, the least of a list": (
        "def train(n):\n    seen = []\n    for i in range(n):\n        seen.append(3 - i)\n"
        "        # report min(seen)\n    return seen\nlosses = train(3)\n", "min(losses)",
    ),
    "in a function, a dict of lists": (
        "def train(n):\n    h = {'loss': [], 'lr': []}\n    for i in range(n):\n"
        "        h['lr'].append(0)\n        h['loss'].append(i)\n        # report h['loss'][-1]\n"
        "    return h\nhistory = train(3)\n", 'history["loss"][-1]',
    ),
    "in a function, under the same name": (
        "def train(n):\n    losses = []\n    for i in range(n):\n        losses.append(i)\n"
        "        # report losses[-1]\n    return 1, losses\nw, losses = train(3)\n", "losses[-1]",
    ),
    "printed at the end": (
        "for i in range(3):\n    best = 9 - i\n    # report best\nprint('best loss', best)\n",
        'printed("best loss {}")',
    ),
    "an expression also computed within": (
        "class N(int):\n    def item(self): return int(self)\nlog = []\n"
        "for e in range(2):\n    for b in range(3):\n        err = N(e + b)\n"
        "        log.append(err.item())\n    # report err.item()\n", "err.item()",
    ),
    "a class within a function": (
        "class T:\n    def fit(self):\n        for i in range(3):\n            self.best = i\n"
        "            # report self.best\n"
        "def main():\n    t = T()\n    t.fit()\n    return t.best\nloss = main()\n", "loss",
    ),
    "a function within a function": (
        "def main():\n    def fit(n):\n        for i in range(n):\n            v = i\n"
        "            # report v\n        return v\n    return fit(3)\nloss = main()\n", "loss",
    ),
    "a closure": (
        "def main():\n    best = 9\n    def fit():\n        nonlocal best\n"
        "        for i in range(3):\n            best = min(best, 5 - i)\n"
        "            # report best\n    fit()\n    return best\nloss = main()\n", "loss",
    ),
    "a decorated function": (
        "def timed(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n"
        "@timed\ndef fit(n):\n    for i in range(n):\n        v = i\n        # report v\n"
        "    return v\nloss = fit(3)\n", "loss",
    ),
    "a generator of steps": (
        "def steps(n):\n    for i in range(n):\n        yield i\n"
        "for loss in steps(3):\n    x = loss\n    # report loss\n", "loss",
    ),
    "a name for the bar": (
        "for e in (bar := range(3)):\n    loss = e\n    # report loss\n", "loss",
    ),
    "an awaited main": (
        "async def main():\n    for i in range(3):\n        val = i\n        # report val\n"
        "await main()\n", "val",
    ),
    "called as an object": (
        "class T:\n    def __call__(self, n):\n        for i in range(n):\n            v = i\n"
        "            # report v\n        return v\nfit = T()\nloss = fit(3)\n", "loss",
    ),
    "a static method": (
        "class T:\n    @staticmethod\n    def fit(n):\n        for i in range(n):\n"
        "            v = i\n            # report v\n        return v\nloss = T.fit(3)\n", "loss",
    ),
    "a class method": (
        "class T:\n    @classmethod\n    def fit(cls, n):\n        for i in range(n):\n"
        "            v = i\n            # report v\n        return v\nloss = T.fit(3)\n", "loss",
    ),
    "the constructor": (
        "class T:\n    def __init__(self):\n        for i in range(3):\n            self.loss = i\n"
        "            # report self.loss\nt = T()\n", "t.loss",
    ),
    "a result's attribute": (
        "class R: pass\ndef fit():\n    r = R()\n    for i in range(3):\n        r.loss = i\n"
        "        # report r.loss\n    return r\nout = fit()\n", "out.loss",
    ),
    "a result with a keyword": (
        "def fit(*, n):\n    for i in range(n):\n        v = i\n        # report v\n"
        "    return dict(v=v)\nout = fit(n=3)\n", "out['v']",
    ),
    "taken at the end from a list": (
        "accs = []\nfor i in range(3):\n    accs.append(i % 2)\n    # report max(accs)\n"
        "best = max(accs)\n", "best",
    ),
    "taken at the end, twice": (
        "h = {'a': []}\nfor i in range(3):\n    h['a'].append(9 - i)\n"
        "    # report h['a'][-1] * 100\n"
        "last = h['a'][-1]\nloss = last * 100\n", "loss",
    ),
    "taken at the end of a function": (
        "def fit(n):\n    accs = []\n    for i in range(n):\n        accs.append(9 - i)\n"
        "        # report min(accs)\n    best = min(accs)\n    return best\nloss = fit(3)\n"
        "", "loss",
    ),
    "taken from a trainer": (
        "class T:\n    def __init__(self):\n        self.h = {'a': []}\n    def fit(self):\n"
        "        for i in range(3):\n            self.h['a'].append(9 - i)\n"
        "            # report self.h['a'][-1]\nt = T()\nt.fit()\nloss = t.h['a'][-1]\n", "loss",
    ),
    "a property": (
        "class T:\n    def __init__(self):\n        self.h = []\n    def fit(self):\n"
        "        for i in range(3):\n            self.h.append(9 - i)\n"
        "            # report min(self.h)\n    @property\n    def best(self):\n"
        "        return min(self.h)\nt = T()\nt.fit()\nloss = t.best\n", "loss",
    ),
    "a mean over folds": (
        "scores = []\nfor fold in range(3):\n    scores.append(fold)\n"
        "    # report sum(scores) / len(scores)\nmean = float(sum(scores) / len(scores))\n", "mean",
    ),
    "a partial": (
        "from functools import partial\ndef fit(n):\n    for i in range(n):\n        v = i\n"
        "        # report v\n    return v\nrun = partial(fit, n=3)\nloss = run()\n", "loss",
    ),
    "added to a list": (
        "def fit(n):\n    seen = []\n    for i in range(n):\n        seen += [i]\n"
        "        # report seen[-1]\n    return seen\nlosses = fit(3)\n", "losses[-1]",
    ),
    "rows appended": (
        "class T:\n    def __init__(self):\n        self.rows = []\n    def fit(self):\n"
        "        for i in range(3):\n            self.rows.append((i, 9 - i))\n"
        "            # report self.rows[-1][1]\nt = T()\nt.fit()\n", "t.rows[-1][1]",
    ),
    "a dict made anew": (
        "class T:\n    def fit(self):\n        for i in range(3):\n"
        "            self.logs = {'acc': i}\n            # report self.logs['acc']\n"
        "t = T()\nt.fit()\n", "t.logs['acc']",
    ),
    "handed over and called": (
        "def run(f):\n    f()\nloss = 0\ndef step():\n    global loss\n    for i in range(3):\n"
        "        loss = i\n        # report loss\nrun(step)\n", "loss",
    ),
    "handed a list": (
        "def train(n, log):\n    for i in range(n):\n        log.append(i)\n"
        "        # report log[-1]\nlosses = []\ntrain(3, losses)\n", "losses[-1]",
    ),
    "handed a dict by keyword": (
        "def train(n, log=None):\n    for i in range(n):\n        log['x'] = i\n"
        "        # report log['x']\nout = {}\ntrain(3, log=out)\n", 'out["x"]',
    ),
    "a global": (
        "def train(n):\n    global loss\n    for i in range(n):\n        loss = i\n"
        "        # report loss\ntrain(3)\n", "loss",
    ),
    "a global list": (
        "losses = []\ndef train(n):\n    for i in range(n):\n        losses.append(i)\n"
        "        # report losses[-1]\ntrain(3)\n", "losses[-1]",
    ),
    "a function twice": (
        "def train(n):\n    for i in range(n):\n        val = i\n        # report val\n"
        "    return val\nfirst = train(2)\nloss = train(3)\n", "loss",
    ),
    "two functions deep": (
        "def fit(n):\n    for i in range(n):\n        v = i * 2\n        # report v\n    return v\n"
        "def main():\n    result = fit(3)\n    return result\nloss = main()\n", "loss",
    ),
    "returned from a call": (
        "def fit(n):\n    for i in range(n):\n        v = i * 2\n        # report v\n    return v\n"
        "def main():\n    return fit(3)\nloss = main()\n", "loss",
    ),
    "under main": (
        "def fit(n):\n    for i in range(n):\n        v = i * 2\n        # report v\n    return v\n"
        'if __name__ == "__main__":\n    loss = fit(3)\n', "loss",
    ),
    "return in the loop": (
        "def fit():\n    for i in range(9):\n        v = 9 - i\n        # report v\n"
        "        if i == 2:\n            return v\nloss = fit()\n", "loss",
    ),
    "return in an inner loop": (
        "def fit():\n    for i in range(3):\n        v = 9 - i\n        # report v\n"
        "        for j in range(3):\n            if i == 2 and j == 1:\n                return v\n"
        "loss = fit()\n", "loss",
    ),
    "while in a function": (
        "def fit():\n    v, n = 9, 0\n    while n < 3:\n        n += 1\n        v = 9 - n\n"
        "        # report v\n    return v\nloss = fit()\nloss = fit()\n", "loss",
    ),
    "while true and return": (
        "def fit():\n    n = 0\n    while True:\n        n += 1\n        v = n\n"
        "        # report v\n"
        "        if n == 3:\n            return v\nloss = fit()\n", "loss",
    ),
    "a class": (
        "class Trainer:\n    def fit(self):\n        for i in range(3):\n"
        "            self.loss = i\n            # report self.loss\n"
        "trainer = Trainer()\ntrainer.fit()\n", "trainer.loss",
    ),
    "a class with init and a list": (
        "class Trainer:\n    def __init__(self):\n        self.history = {'loss': []}\n"
        "    def fit(self):\n        for i in range(3):\n            self._one(i)\n"
        "            # report self.history['loss'][-1]\n"
        "    def _one(self, i):\n        self.history['loss'].append(i)\n"
        "trainer = Trainer()\ntrainer.fit()\n", "trainer.history['loss'][-1]",
    ),
    "a method's result": (
        "class Trainer:\n    def fit(self, n):\n        for i in range(n):\n            v = i\n"
        "            # report v\n        return v\nloss = Trainer().fit(3)\n", "loss",
    ),
    "an inherited method": (
        "class Base:\n    def fit(self):\n        for i in range(3):\n            self.loss = i\n"
        "            # report self.loss\nclass Mine(Base):\n    pass\n"
        "t = Mine()\nt.fit()\n", "t.loss",
    ),
    "a preallocated list": (
        "accs = [0] * 3\nfor i in range(3):\n    accs[i] = i + 1\n    # report max(accs)\n",
        "max(accs)",
    ),
    "a preallocated list, its last": (
        "accs = [0] * 3\nfor i in range(3):\n    accs[i] = i + 5\n    # report accs[i]\n",
        "accs[-1]",
    ),
    "a preallocated list, its least": (
        "accs = [0] * 3\nfor i in range(1, 4):\n    accs[i - 1] = i + 5\n"
        "    # report accs[i - 1]\n",
        "max(accs)",
    ),
    "a preallocated list in a function": (
        "def fit(n):\n    seen = [0] * n\n    for i in range(n):\n        seen[i] = 9 - i\n"
        "        # report min(seen[: i + 1])\n    return seen\nlosses = fit(3)\n", "min(losses)",
    ),
    "nested, the outer": (
        "for i in range(2):\n    for j in range(3):\n        loss = i + j\n    # report loss\n",
        "loss",
    ),
    "restarts around epochs": (
        "for restart in range(2):\n    for epoch in range(3):\n        loss = restart + epoch\n"
        "        # report loss\n", "loss",
    ),
    "folds alone": (
        "scores = []\nfor fold in range(3):\n    scores.append(fold)\n"
        "    # report sum(scores) / len(scores)\n", "sum(scores) / len(scores)",
    ),
    "folds, an epoch loop in them": (
        "scores = []\nfor fold in range(3):\n    for epoch in range(2):\n"
        "        acc = fold + epoch\n"
        "    scores.append(acc)\n    # report sum(scores) / len(scores)\n",
        "sum(scores) / len(scores)",
    ),
    "restarts around a function's epochs": (
        "def fit(n):\n    for epoch in range(n):\n        v = epoch\n        # report v\n"
        "    return v\n"
        "for restart in range(2):\n    loss = fit(3)\n", "loss",
    ),
    "warm-up before": (
        "for i in range(4):\n    loss = 100\nfor i in range(2):\n    loss = i\n    # report loss\n",
        "loss",
    ),
    "a reset does not count": (
        "for i in range(3):\n    loss = i\n    # report loss\nfor j in range(2):\n    x = j\n",
        "loss",
    ),
    "assigned late": (
        "for i in range(4):\n    if i > 1:\n        loss = i\n        # report loss\n", "loss",
    ),
    "a loop in try": (
        "try:\n    for i in range(2):\n        loss = i\n        # report loss\n"
        "finally:\n    x = 1\n", "loss",
    ),
    "for else": (
        "for i in range(2):\n    loss = i\n    # report loss\nelse:\n    done = 1\n", "loss",
    ),
    "continue": (
        "for i in range(3):\n    loss = i\n    # report loss\n    if i == 1:\n        continue\n"
        "    x = i\n", "loss",
    ),
    "printed by the loop": (
        "def train():\n    for i in range(3):\n        vl = 1 / (i + 3)\n        # report vl\n"
        "        print(f'epoch {i}: val loss {vl:.2f}')\ntrain()\n", 'printed("val loss {}")',
    ),
    "printed with %": (
        "for i in range(3):\n    # report i / 7\n    print('%d: acc = %.2f%%' % (i, i / 7))\n",
        'printed("acc = {}")',
    ),
    "printed with format": (
        "for i in range(3):\n    # report i / 7\n    print('{}: acc = {:.2f}'.format(i, i / 7))\n",
        'printed("acc = {}")',
    ),
    "printed beside": (
        "for i in range(3):\n    # report i / 7\n    print('Accuracy:', i / 7)\n",
        'printed("Accuracy: {}")',
    ),
    "logged": (
        "import logging\nlogger = logging.getLogger('quiet')\nfor i in range(3):\n"
        "    # report i / 7\n"
        "    logger.info('acc %s', i / 7)\n",
        'printed("acc {}")',
    ),
    "printed from nowhere": (
        "template = 'acc: {:.3f} %'\nfor i in range(3):\n    # report i / 2\n"
        "    print(template.format(i / 2))\n", 'printed("acc: {}")',
    ),
    "computed in the loop": (
        "class M:\n    n = 0\n    def step(self): self.n += 1\n"
        "    def score(self, x): return self.n\n"
        "m = M()\nfor i in range(3):\n    m.step()\n    # report m.score(1)\n"
        "    print(m.score(1))\n", "m.score(1)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "objective"), CELLS.values(), ids=CELLS)
def test_reports_are_those_of_a_hand(source: str, objective: str) -> None:
    expected = hand(source)
    found = run(source, objective)
    assert [value for _, value in found.reports] == expected
    assert len(expected) > 1
    steps = [step for step, _ in found.reports]
    assert steps == sorted(set(steps))
    assert found.final == expected[-1]
    before, shown = plain(source)
    assert found.printed == shown
    assert found.namespace.keys() == before.keys()
    for name, value in before.items():
        assert same(value, found.namespace[name]), name


EVALUATE = """
class Net:
    def step(self): pass
def evaluate(net, loader):
    correct = total = 0
    for x in loader:
        correct += 1
        total += 1
    return correct / total
net, loader = Net(), [1, 2]
"""

# name: (source, the objective): nothing may be reported.
SILENT = {
    "evaluated at the end": (
        EVALUATE + "for i in range(3):\n    net.step()\nacc = evaluate(net, loader)\n", "acc",
    ),
    "under no_grad": (
        "from contextlib import nullcontext\nclass torch:\n    no_grad = nullcontext\n"
        "n = 0\nwith torch.no_grad():\n    for x in range(3):\n        n += 1\nacc = n / 3\n"
        "", "acc",
    ),
    "over test data": (
        "test_loader = [1, 2]\nfor x in test_loader:\n    acc = x\n", "acc",
    ),
    "a comprehension": ("losses = [i for i in range(3)]\n", "losses[-1]"),
    "only a start": ("for i in range(3):\n    loss = 0\nloss = 5\n", "loss"),
    "another metric in the loop": (
        "for i in range(3):\n    train_loss = i\nval_loss = 1\n", "val_loss",
    ),
    "a running figure of an evaluation": (
        "right = total = 0\nfor x in [1, 2, 3]:\n    right += 1\n    total += 1\n"
        "acc = right / total\n", "acc",
    ),
    "computed at the end": (
        "def f(x): return x[-1]\nhistory = []\nfor i in range(3):\n    history.append(i)\n"
        "loss = f(history)\n", "loss",
    ),
    "a function never called": (
        "def train():\n    for i in range(3):\n        loss = i\n    return loss\nloss = 2\n",
        "loss",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "objective"), SILENT.values(), ids=SILENT)
def test_what_is_no_progress_is_not_reported(source: str, objective: str) -> None:
    assert run(source, objective).reports == []


def test_two_objectives_of_a_function_s_own_names() -> None:
    source = "def fit():\n    for i in range(3):\n        a = i\n        b = -i\nfit()\n"
    program = program_of(source, "a", "b")
    reports: list[tuple[int, tuple[float, ...]]] = []
    namespace: dict[str, Any] = {}
    recorder = recorder_of(program, namespace, lambda *report: reports.append(report))
    namespace[RECORDER] = recorder
    bind(program, {}).run(namespace)
    assert reports == [(1, (0.0, 0.0)), (2, (1.0, -1.0)), (3, (2.0, -2.0))]
    assert recorder.final() == (2.0, -2.0)


def test_a_name_that_only_a_function_has_and_no_loop_moves() -> None:
    source = "def fit():\n    loss, acc = evaluate()\ndef evaluate():\n    return 1, 0.5\nfit()\n"
    found = run(source, "acc")
    assert found.reports == []
    assert found.final == 0.5


SWALLOWED = {
    "a bare except around the loop": (
        "try:\n    for i in range(3):\n        loss = i\nexcept:\n    pass\n", 4,
    ),
    "around the call": (
        "def fit():\n    for i in range(3):\n        v = i\n    return v\n"
        "try:\n    loss = fit()\nexcept BaseException:\n    loss = 0\n", 7,
    ),
    "raised again": (
        "try:\n    for i in range(3):\n        loss = i\nexcept:\n    raise\n", None,
    ),
    "exceptions only": (
        "try:\n    for i in range(3):\n        loss = i\nexcept Exception:\n    pass\n", None,
    ),
    "around something else": (
        "try:\n    x = 1\nexcept:\n    pass\nfor i in range(3):\n    loss = i\n", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line"), SWALLOWED.values(), ids=SWALLOWED)
def test_what_swallows_the_signal_is_noticed(source: str, line: int | None) -> None:
    notices = find_reports(ast.parse(source), [Objective("loss", "minimize")]).notices
    assert len(notices) == (line is not None)
    if line is not None:
        assert f"`except` in line {line} " in notices[0]


def test_a_large_notebook_is_read_in_no_time() -> None:
    """Each function calls five others; the walk must not go every way there is."""
    source = "".join(
        f"def f{i}(x):\n    for e in range(2):\n        y = {i}\n"
        + "".join(f"    y += f{j}(x)\n" for j in range(i - 5, i) if j >= 0)
        + "    return y\n"
        for i in range(120)
    )
    walked = _Walk.block
    count = 0

    def counted(self: _Walk, body: Any, at: Any) -> Any:
        nonlocal count
        count += 1
        return walked(self, body, at)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Walk, "block", counted)
        find_reports(ast.parse(source + "loss = f119(1)\n"), [Objective("loss", "minimize")])
    assert count < 5_000


def test_an_objective_that_is_assigned_over_and_over_is_followed_in_time():
    """Each assignment is a walk in which the others are found again."""
    again = "".join(f"val_loss = val_loss * val_loss + {i}\n" for i in range(40))
    cell = "for epoch in range(3):\n    val_loss = step()\n" + again
    loop = find_reports(ast.parse(cell), [Objective("val_loss", "minimize")]).loop
    assert loop is not None
    assert loop.place.line == 1
