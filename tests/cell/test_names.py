"""What a cell binds, reads, and reads too early; symtable as the second opinion."""

from __future__ import annotations

import ast
import symtable
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_hpo.cell.names import KNOWN, use_of_names
from jupyter_hpo.cell.scopes import copied, walk

CELLS = sorted((Path(__file__).parent.parent / "cells").glob("*.py"))

# source -> names read too early
EARLY = {
    "plain": ("a = b", {"b"}),
    "before its assignment": ("print(a)\na = 1", {"a"}),
    "augmented": ("a += 1", {"a"}),
    "in a loop, bound later in it": ("for i in x:\n    if i: print(p)\n    p = i", {"x"}),
    "after a loop": ("for i in []: j = i\nprint(i, j)", set()),
    "in a while test": ("while go: go = False", set()),
    "maybe bound": ("if 1: a = 2\nprint(a)", set()),
    "tolerated": ("try:\n    model\nexcept NameError:\n    model = 1", set()),
    "not tolerated": ("try:\n    model\nexcept ValueError:\n    model = 1", {"model"}),
    "star import": ("from x import *\nprint(whatever)", set()),
    "exec": ("exec('a = 1')\nprint(a)", set()),
    "globals": ("globals()['a'] = 1\nprint(a)", set()),
    "comprehension scope": ("a = [i for i in range(3)]\nprint(i)", {"i"}),
    "walrus in a comprehension": ("a = [(w := i) for i in range(3)]\nprint(w)", set()),
    "walrus": ("if (n := 3): pass\nprint(n)", set()),
    "with": ("with open('f') as f: pass\nprint(f)", set()),
    "match": ("match [1, 2]:\n    case [a, *b]: print(a, b)\n    case {'k': c, **d}: print(c, d)",
              set()),
    "except name": ("try: pass\nexcept ValueError as e: print(e)\nprint(e)", {"e"}),
    "del": ("a = 1\ndel a\nprint(a)", {"a"}),
    "del in a loop": ("a = 1\nfor i in range(2):\n    del a\n    a = 2\nprint(a)", set()),
    "function body": ("def f(): return later\nlater = 1", set()),
    "default": ("def f(x=later): pass\nlater = 1", {"later"}),
    "decorator": ("@deco\ndef f(): pass", {"deco"}),
    "annotation": ("def f(x: T) -> U: pass", {"T", "U"}),
    "future annotation": ("from __future__ import annotations\ndef f(x: T) -> U: pass", set()),
    "class body": ("class A(B):\n    x = y\n    z = x\n    def m(self): return x", {"B", "y"}),
    "lambda": ("f = lambda x, y=z: x + y + w", {"z"}),
    "global in a function": ("def f():\n    global g\n    g = 1\nf()\nprint(g)", set()),
    "f-string": ("print(f'{a:{b}}')", {"a", "b"}),
    "import": ("import a.b, c as d\nprint(a, d, c)", {"c"}),
    "shell": ("get_ipython().system('ls')\ndisplay(1)", set()),
    "nested comprehension": ("a = [[j for j in i] for i in x if k]", {"x", "k"}),
}  # fmt: skip


@pytest.mark.parametrize(("source", "early"), EARLY.values(), ids=EARLY)
def test_read_too_early(source: str, early: set[str]) -> None:
    use = use_of_names(ast.parse(source))
    found = set() if use.dynamic else {name for name, _ in use.early}
    assert found == early


FREE = {
    "bound first": ("a = 1\nprint(a)", set()),
    "maybe bound": ("if x: a = 1\nprint(a)", {"x", "a"}),
    "both branches": ("if x: a = 1\nelse: a = 2\nprint(a)", {"x"}),
    "branch that leaves": ("if x: a = 1\nelse: raise E\nprint(a)", {"x", "E"}),
    "try": ("try: import q\nexcept ImportError: q = None\nprint(q)", set()),
    "try, maybe": ("try: a = f()\nexcept ValueError: pass\nprint(a)", {"f", "a"}),
    "in a function": ("def f(x): return x + y + z\nz = 1", {"y"}),
    "nested function": ("def f(x):\n    def g(): return x + y\n    return g", {"y"}),
    "class in function": ("def f():\n    class A(B):\n        c = d\n    return A", {"B", "d"}),
    "global declared": ("def f():\n    global n\n    n += 1", set()),
    "star import": ("from math import *\nprint(sin(x))", {"sin", "x"}),
    "match all": ("match k:\n    case 1: a = 1\n    case _: a = 2\nprint(a)", {"k"}),
    "match some": ("match k:\n    case 1: a = 1\nprint(a)", {"k", "a"}),
    "rebound": ("model = wrap(model)", {"model", "wrap"}),
    "builtins are not": ("print(len([]), __name__)", set()),
}


@pytest.mark.parametrize(("source", "free"), FREE.values(), ids=FREE)
def test_free(source: str, free: set[str]) -> None:
    assert use_of_names(ast.parse(source)).free == free


SHELL = "get_ipython().system('{}')"
MAGIC = "get_ipython().run_line_magic('{}', '{}')"
HINTED = {
    "dollar": (SHELL.format("echo $a-$b.c"), {"a", "b"}),
    "braces": (SHELL.format("echo {a} {b.c[d]:>3} {f(e)!r}"), {"a", "b", "d", "e", "f"}),
    "plain words": (SHELL.format("echo a b"), set()),
    "doubled braces": (SHELL.format("echo {{a}}"), set()),
    "braces that don't pair": (SHELL.format("echo {a} }"), set()),
    "no Python in the braces": (SHELL.format("awk {print $1}"), set()),
    "slice": (SHELL.format("echo {a[b:c]}"), {"a", "b", "c"}),
    "output": ("files = get_ipython().getoutput('ls $a')", {"a"}),
    "magic": (MAGIC.format("store", "a -r b.c 3 len"), {"a", "r", "b"}),
    "magic of words": (MAGIC.format("cd", "a/{b}"), {"b"}),
    "cell magic": ("get_ipython().run_cell_magic('x', 'a', 'b = c')", {"a", "b", "c"}),
    "somebody else's": ("shell.system('echo $a')", set()),
    "eval": ("eval(' a + b[0] ')", {"a", "b"}),
    "exec": ("exec('import q\\na = q(b)\\nprint(a)')", {"b"}),
    "eval of no Python": ("eval('a +')", set()),
    "eval in eval": ("eval('eval(\\'a\\')')", {"a"}),
    "bound before": ("a = 1\n" + SHELL.format("echo $a"), set()),
    "bound after": (SHELL.format("echo $a") + "\na = 1", {"a"}),
    "in a function": ("def f(): " + SHELL.format("echo $a $b") + "\nb = 1", {"a"}),
    "in a comprehension": ("[eval('a') for _ in range(3)]", {"a"}),
    "read otherwise too": ("print(a)\neval('a')", set()),
}  # fmt: skip


@pytest.mark.parametrize(("source", "hinted"), HINTED.values(), ids=HINTED)
def test_hinted_at_in_strings(source: str, hinted: set[str]) -> None:
    use = use_of_names(ast.parse(source))
    assert use.hinted == hinted
    assert hinted <= use.loaded
    assert not hinted & use.free


ASSIGNED = {
    "order": ("b = 1\na, *c = 1, 2\nimport d.e as f\nimport g.h", ["b", "a", "c", "f", "g"]),
    "deleted": ("a = 1\nb = 2\ndel a", ["b"]),
    "bound again": ("a = 1\ndel a\na = 2", ["a"]),
    "loops and with": ("for i in x:\n    with y as z: w = 1", ["i", "z", "w"]),
    "defs": ("def f(): q = 1\nclass A: r = 2\nx: int = 1\ny: int", ["f", "A", "x"]),
    "walrus": ("print(n := 1)", ["n"]),
    "attributes are not": ("a.b = 1\nc[0] = 2", []),
    "comprehension targets are not": ("a = [i for i in x]", ["a"]),
}


@pytest.mark.parametrize(("source", "assigned"), ASSIGNED.values(), ids=ASSIGNED)
def test_assigned(source: str, assigned: list[str]) -> None:
    assert use_of_names(ast.parse(source)).assigned == assigned


def test_what_may_be_trained() -> None:
    use = use_of_names(ast.parse("model.fit(X)\nfor e in r:\n    a.b.step()\n    run(net, opt=o)"))
    assert use.trained == ["model", "a", "net", "o"]


def _global_reads(table: symtable.SymbolTable) -> set[str]:
    found = set()
    for child in table.get_children():
        found |= {s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()}
        found |= _global_reads(child)
    return found


@pytest.mark.parametrize("path", CELLS, ids=lambda p: p.stem)
def test_agrees_with_symtable(path: Path) -> None:
    source = TransformerManager().transform_cell(path.read_text())
    tree = ast.parse(source)
    use, table = use_of_names(tree), symtable.symtable(source, "c", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    assert {n for n in use.assigned if n in bound} >= bound - {"epoch"}
    read = {s.get_name() for s in table.get_symbols() if s.is_referenced()} | _global_reads(table)
    assert use.free <= read
    assert read - bound - KNOWN <= use.free | set(use.assigned)


def test_a_parent_that_a_shown_traceback_left_on_an_operator_is_not_walked_into() -> None:
    tree = ast.parse("x = -y")
    shared = [node for node in ast.walk(tree) if isinstance(node, ast.USub | ast.Load)]
    for operator in shared:
        operator.parent = tree.body[0]  # type: ignore[attr-defined]
    try:
        mine = ast.parse("loss = values[-1]")
        assert use_of_names(mine).free == {"values"}
        again = copied(mine)
        assert ast.dump(again, include_attributes=True) == ast.dump(mine, include_attributes=True)
        assert not {*map(id, walk(again))} & {*map(id, walk(mine))}
        load = ast.parse("x", mode="eval").body.ctx  # type: ignore[attr-defined]
        assert again.body[0].value.ctx is load  # type: ignore[attr-defined]
    finally:
        for operator in shared:
            del operator.parent  # type: ignore[attr-defined]
