"""The proof: random sessions, run. A trial gives what *Restart and run all* would, at the
values that stand in the cells and at changed ones, however the session went."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

PRELUDE = """
import random
random.seed(7)
n0, n1, n2 = 1, 2, 3
l0 = [4, 5]
l1 = [6]
class Box:
    def __init__(self, v):
        self.v = v
    def add(self, x):
        self.v.append(x)
        return self
    def total(self):
        return sum(self.v) + n1
o0 = Box([7])
d0 = {"l": [8], "n": 9}
def f0(x):
    return x + n0
def p0(x):
    x.append(n1)
    return x
def q0():
    global n2
    n2 += 1
    return n2
def put0(x):
    def kept(f):
        l1.append(x + f(n1))
        return f
    return kept
g0 = iter([1, 2, 3, 4, 5, 6, 7, 8])
"""

TEMPLATES = """
N = I
N = N + N
N += N
N = len(L)
N = sum(L)
N = f0(N)
N = q0()
q0()
N = O.total()
N = D["n"]
N = next(g0, 0)
N = random.randint(0, 99)
random.seed(I)
random.shuffle(L)
N = (L + [I])[0]
if N > I: N = N
if N % 2: L.append(N)
for i in range(I % 4): N += i
for i in L[:3]: N = i
while n2 > 50: n2 -= 40
L = [N, I]
L = L
L = L[:]
L = L[:6] + [N]
L.append(N)
L[0:1] = [N]
L += [N]
L.extend(L[:3])
L = sorted(L)
L.sort()
del L[0:1]
L = [x + N for x in L]
L = O.v
L = p0(L)
p0(L)
L = D["l"]
L = list(g0)
L = L or [I]
L, N = [N], I
O = Box(L)
O.add(N)
O.v = L
O = O
O.v[0:1] = [N]
O = O.add(I)
O, L = Box([N]), O.v
D = {"l": L, "n": N}
D["l"].append(N)
D["l"] = L
D["n"] = N
D.update(n=N)
D = dict(D)
D["n"] += N
def f0(x): return x * N
def f0(x, y=I): return x + y + N
def f0(x, y=L): return x + len(y)
def f0(x): return x + len(L)
f0 = lambda x: x + N
def p0(x): x.append(N); return x
def p0(x): return x + [N]
def p0(x): L.append(len(x)); return x
def p0(x, y=L): y.append(I); return y
def q0(): global N; N = I; return N
def q0(): L.append(I); return N
def q0(): global L; L = [I]; return N
def q0(): return f0(I)
try: N = L[I]\\nexcept IndexError: N = I
with open("/dev/null") as h: N = len(h.read()) + I
match N:\\n    case 3: L = [I]\\n    case other: N = other
N = (k := N + I)
@put0(N)\\ndef f0(x):\\n    return x + N
class Box1:\\n    L.append(N)\\n    v = I
g0 = iter(L[:])
g0 = (x + N for x in L[:4])
N = sum(x for x in g0)
del n2; n2 = I
"""
LINES = [t.replace("\\n", "\n") for t in TEMPLATES.strip().split("\n")]
NAMES = {"N": ("n0", "n1", "n2"), "L": ("l0", "l1", "l2"), "O": ("o0", "o1"), "D": ("d0",)}
FIRST = {"l2": "l2 = [3]", "o1": "o1 = Box([2])"}


@st.composite
def statement(draw: Any) -> str:
    text = draw(st.sampled_from(LINES))

    def filled(match: re.Match[str]) -> str:
        if match[0] == "I":
            return str(draw(st.integers(0, 9)))
        return draw(st.sampled_from(NAMES[match[0]]))

    return re.sub(r"\b[NLODI]\b", filled, text)


@st.composite
def cell(draw: Any, most: int = 4) -> str:
    return "\n".join(draw(st.lists(statement(), min_size=1, max_size=most)))


@st.composite
def told(draw: Any) -> str:
    """The end of the training cell: what it is judged by."""
    names = draw(st.lists(st.sampled_from([*SHOWN]), min_size=1, max_size=3, unique=True))
    return f"out = repr(({', '.join(SHOWN[n] for n in names)},))"


SHOWN = {
    **{n: n for n in ("n0", "n1", "n2", "l0", "l1", "l2")},
    "o0": "o0.v",
    "o1": "o1.v",
    "d0": "d0",
    "f0": "f0(3)",
    "total": "o0.total()",
    "random": "random.randint(0, 999)",
}


def literals(session: Any) -> list[tuple[Any, str]]:
    """Places of the whole numbers that stand in the cells, each with another value."""
    import ast

    from jupyter_hpo.cell.captured import Place

    found = []
    for number, source in [
        *((c.number, c.source) for c in session.past().cells),
        (0, session.training),
    ]:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and type(node.value) is int:
                place = Place(
                    node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, number
                )
                found.append((place, str(node.value + 3)))
    return found


def check(session: Any, found: Any, changed: Any = None) -> None:
    assert session.trial(found, changed)["out"] == session.run_all(changed)["out"]


PRELUDES = [PRELUDE, "l2 = [3]\no1 = Box([2])\n"]
SETTINGS = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@given(st.lists(cell(), min_size=1, max_size=5), cell(), told())
@SETTINGS
def test_in_order(session: Any, cells: list[str], training: str, end: str) -> None:
    one = session([*PRELUDES, *cells], f"{training}\n{end}")
    check(one, one.trace().rerun([]))


@given(st.lists(cell(), min_size=1, max_size=5), cell(), told(), st.data())
@SETTINGS
def test_a_changed_value(
    session: Any, cells: list[str], training: str, end: str, data: Any
) -> None:
    one = session([*PRELUDES, *cells], f"{training}\n{end}")
    place, other = data.draw(st.sampled_from(literals(one)))
    found = one.trace().rerun([place])
    check(one, found)
    check(one, found, (place, other))


@given(st.lists(cell(), min_size=1, max_size=4), cell(), told(), st.data())
@SETTINGS
def test_run_again_edited_and_trained_before(
    session: Any, edited: Any, cells: list[str], training: str, end: str, data: Any
) -> None:
    every = [*PRELUDES, *cells]
    history: list[Any] = []
    for i in range(len(every)):
        if i >= len(PRELUDES) and data.draw(st.integers(0, 3)) == 0:
            history.append(edited(i, data.draw(cell())))
        history.append(i)
    again = st.integers(0, len(every) - 1)
    history += data.draw(st.lists(st.one_of(again, st.just(-1)), max_size=4))
    one = session(every, f"{training}\n{end}", history)
    place, other = data.draw(st.sampled_from(literals(one)))
    found = one.trace().rerun([place])
    check(one, found)
    check(one, found, (place, other))


@given(st.lists(cell(), min_size=1, max_size=4), cell(), told())
@SETTINGS
def test_recorded_random_states(session: Any, cells: list[str], training: str, end: str) -> None:
    one = session([*PRELUDES, *cells], f"{training}\n{end}", seeded=True)
    check(one, one.trace().rerun([]))
