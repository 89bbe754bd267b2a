"""A loop of a called function that computes the objective's own expression reports it."""

from __future__ import annotations

import ast

import pytest

from jupyter_hpo.cell.watching import find_reports
from jupyter_hpo.study.objective import Objective

from .test_loops import plain, run

NET = """
class Net:
    w = 0
    def predict(self, X):
        return [self.w * x for x in X]
    def fit(self, X, y, X_val, y_val, *, k=1):
        for epoch in range(3):
            self.w += 1
            {epoch}
        return self
def score(a, b, k=1):
    return k * sum(abs(p - q) for p, q in zip(a, b))
X_train, y_train, X_test, y_test = [1, 2], [3, 6], [3, 5], [9, 14]
nn = Net()
other = Net()
"""
ACC = NET.format(epoch="acc = score(self.predict(X_val), y_val)")
FIT = "nn.fit(X_train, y_train, X_test, y_test)\n"
LOSS = "loss = score(nn.predict(X_test), y_test)\n"
FREE = """
def train({parameters}):
    {before}
    for epoch in range(3):
        net.w += 1
        error = score(net.predict(X), y)
    return net
"""


def free(parameters: str, before: str = "pass") -> str:
    return ACC + FREE.format(parameters=parameters, before=before)


INNER = """
def train(net, data, target):
    scale = 1
    def epochs(n):
        for epoch in range(n):
            net.w += 1
            error = score(net.predict(data), {target})
    epochs(3)
train(nn, X_test, y_test)
"""

# name: the cell; its loop reports the objective `loss` three times.
EQUAL = {
    "by position": ACC + FIT + LOSS,
    "by keyword": ACC + "nn.fit(X_train, y_train, y_val=y_test, X_val=X_test)\n" + LOSS,
    "wrapped": NET.format(epoch="acc = float(score(self.predict(X_val), y_val))")
    + FIT + "loss = round(score(nn.predict(X_test), y_test), 12)\n",
    "a default": NET.format(epoch="acc = score(self.predict(X_val), y_val, k)")
    + FIT + "loss = score(nn.predict(X_test), y_test, 1)\n",
    "a slice": ACC + "nn.fit(X_train, y_train, X_test[:2], y_test)\n"
    "loss = score(nn.predict(X_test[:2]), y_test)\n",
    "a function": free("net, X, y") + "train(nn, X_test, y_test)\n" + LOSS,
    "the module's data": free("net") + "X, y = X_test, y_test\ntrain(nn)\n"
    "loss = score(nn.predict(X), y)\n",
    "an inner function": ACC + INNER.format(target="target") + LOSS,
    "a function of a function": free("net, X, y") + "def main(data, net):\n"
    "    train(net, data, y_test)\nmain(X_test, nn)\n" + LOSS,
    "its result is kept": ACC + "history = " + FIT + LOSS,
    "looked at in between": ACC + FIT + "print(nn.predict(X_train))\nother.w = 5\n" + LOSS,
    "a library's object": ACC + "class Lib:\n    class Scaler:\n        def fit(self, X): pass\n"
    + "scaler = Lib.Scaler()\nscaler.fit(X_train)\n" + FIT + LOSS,
}  # fmt: skip

# name: the cell; what its loop computes may be another figure, so nothing is reported.
ANOTHER = {
    "other data": ACC + FIT + "loss = score(nn.predict(X_train), y_train)\n",
    "data by two names": ACC + FIT + "loss = score(nn.predict(X_test), y_train)\n",
    "another object": ACC + FIT + "loss = score(other.predict(X_test), y_test)\n",
    "another figure": ACC + FIT + "loss = -score(nn.predict(X_test), y_test)\n",
    "names swapped": free("net, y, X") + "X, y = X_test, y_test\ntrain(nn, X, y)\n"
    "loss = score(nn.predict(X), y)\n",
    "another default": NET.format(epoch="acc = score(self.predict(X_val), y_val, k)")
    + FIT + "loss = score(nn.predict(X_test), y_test, 2)\n",
    "arguments in a list": NET.format(epoch="acc = score(self.predict(X_val), y_val, k)")
    + "more = {'k': 2}\nnn.fit(X_train, y_train, X_test, y_test, **more)\n"
    "loss = score(nn.predict(X_test), y_test, 1)\n",
    "computed arguments": ACC + "nn.fit(X_train, y_train, list(X_test), y_test)\n"
    "loss = score(nn.predict(list(X_test)), y_test)\n",
    "data rebound after": ACC + FIT + "X_test = [1, 1]\n" + LOSS,
    "data changed after": ACC + FIT + "X_test[0] = 7\n" + LOSS,
    "the object rebound": ACC + FIT + "nn = other\n" + LOSS,
    "the object changed": ACC + FIT + "nn.w = 8\n" + LOSS,
    "the function rebound": ACC + FIT + "def score(a, b): return 4\n" + LOSS,
    "trained again elsewhere": ACC + FIT + "nn.fit(X_train, y_train, X_train, y_train)\n" + LOSS,
    "rebound in the function": free("net, X, y", "X = X[:1]") + "train(nn, X_test, y_test)\n"
    + LOSS,
    "the function's own data": free("net", "X, y = [1], [2]") + "X, y = X_test, y_test\n"
    "train(nn)\nloss = score(nn.predict(X), y)\n",
    "an inner function's own": ACC + "target = y_test\n"
    + INNER.format(target="scale").replace("scale = 1", "scale = [1, 2]")
    + "scale = y_test\nloss = score(nn.predict(X_test), scale)\n",
    "the local means two things": NET.format(
        epoch="acc = score(self.predict(X_val), y_val); acc = acc + 1") + FIT + LOSS,
    "the local changes in an inner function": NET.format(
        epoch="acc = score(self.predict(X_val), y_val)\n            def f():\n"
        "                nonlocal acc\n                acc = 0") + FIT + LOSS,
    "bound twice": ACC + FIT + LOSS + "loss = loss + 1\n",
    "a decorated function": free("net, X, y").replace("def train(", "@str\ndef train(")
    + "train = print\ntrain(nn, X_test, y_test)\n" + LOSS,
    "before the call": ACC + LOSS + FIT,
    "the loop turns for other data too": ACC + "other.fit(X_train, y_train, X_train, y_train)\n"
    + FIT + LOSS,
    "called by a loop's variable too": ACC + "for one in [other]:\n"
    "    one.fit(X_train, y_train, X_train, y_train)\n" + FIT + LOSS,
    "handed over too": free("net, X, y") + "again = train\nagain(nn, X_train, y_train)\n"
    "train(nn, X_test, y_test)\n" + LOSS,
    "a global": ACC + "def swap():\n    global X_test\n    X_test = [1]\n" + FIT + LOSS,
}  # fmt: skip


@pytest.mark.parametrize("source", EQUAL.values(), ids=EQUAL)
def test_a_loop_that_computes_the_objective_reports_it(source: str) -> None:
    found = run(source, "loss")
    before, shown = plain(source)
    assert [step for step, _ in found.reports] == [1, 2, 3]
    assert len({value for _, value in found.reports}) > 1
    assert found.reports[-1][1] == found.final == before["loss"]
    assert found.printed == shown


@pytest.mark.parametrize("source", ANOTHER.values(), ids=ANOTHER)
def test_another_figure_is_not_reported(source: str) -> None:
    reports = find_reports(ast.parse(source), (Objective("loss", "minimize"),))
    assert not reports.any


def test_the_value_after_the_call_stays_the_final_one() -> None:
    source = ACC.replace("self.w += 1\n", "self.w += 1\n            self.after = 0\n") + FIT + LOSS
    source = source.replace("        return self\n", "        self.w = 0\n        return self\n", 1)
    found = run(source, "loss")
    assert [value for _, value in found.reports] == [15.0, 7.0, 1.0]
    assert found.final == 23.0
