"""The cells that must have been run before a training cell can be, whole and in their order.

A trial runs again only what a tuned value reaches, and inherits the rest from the kernel; in a
fresh kernel the rest has to be made, too: imports, data, classes. These cells are found by names:
what a cell reads, another binds or changes, if only by calling what a needed cell defines. That
takes more cells than need be rather than fewer; only what changes an object by another name of it
(`b = a; b.append(2)`) is not seen.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ..cell.captured import CapturedCell
from ..cell.names import reads, use_of_names
from ..cell.slice.order import in_order, use_in, with_given
from ..cell.slice.values import Executed, Past
from ..cell.source import parsed
from ..space import Categorical
from .session import history_of

OURS = frozenset(dir(builtins)) | {
    "get_ipython",
    "In",
    "Out",
    "display",
    "exit",
    "quit",
    "__file__",
}


def above(
    past: Past, names: Iterable[str], also: Collection[int] = ()
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """(numbers of cells in the order to run them, a sentence for each name that none of them
    binds). names: what the training cell reads. also: numbers of cells that are needed anyway."""
    cells = with_given(in_order(past.cells), past.superseded)
    uses = {cell.number: use_in(cell.source, cell.number) for cell in cells}
    maker = {name: cell for cell in cells for name in uses[cell.number].assigned}  # the last
    needed, taken = set(names), set(also)
    before = -1
    while before != len(needed) + len(taken):  # a function may read what a later cell binds
        before = len(needed) + len(taken)
        made = {name for number in taken for name in uses[number].assigned}
        for cell in reversed(cells):
            use = uses[cell.number]
            changed = {*use.assigned, *use.trained}
            if cell.given:
                continue
            touched = {*changed, *_touched(cell)}
            called = made & set(_called(cell))
            if cell.number in taken or needed & touched or called or use.dynamic:
                taken.add(cell.number)
                needed |= use.free | use.hinted | (use.loaded & maker.keys())
    bound = {name for number in taken for name in uses[number].assigned}
    back = {name: maker[name].number for name in sorted(needed & maker.keys()) if maker[name].given}
    dynamic = any(uses[number].dynamic for number in taken)  # it may bind anything
    missing = [] if dynamic else sorted(needed - bound - OURS - back.keys())
    return (
        tuple(cell.number for cell in cells if cell.number in taken),
        (
            *(
                f"{name} came back from the study in In[{n}]: run that first"
                for name, n in back.items()
            ),
            *(f"{name} came from no cell that stands" for name in missing),
        ),
    )


def above_function(
    shell: Any, name: str, text: str
) -> tuple[tuple[tuple[int, str], ...], tuple[str, ...]]:
    """As `above`, the cells with their texts, of a function that was defined in a notebook. text:
    its own, where it was defined in the cell that is being run; then it comes last, with number 0.
    Main thread."""
    history = history_of(shell)
    history.look_back()
    past = history.past_of("")
    numbers, missing = above(past, [name])
    records = history.recorder.records
    own: tuple[tuple[int, str], ...] = ()
    if any(sentence.startswith(f"{name} ") for sentence in missing) and text:
        use = use_of_names(ast.parse(text))
        numbers, missing = above(past, {*use.free, *use.hinted} - {name})
        own = ((0, text),)
    return (*((n, records[n].raw) for n in numbers if n in records), *own), missing


def read_by(cell: CapturedCell) -> set[str]:
    """Names of the notebook that a training cell reads, its choices too."""
    use = use_of_names(parsed(cell.source))
    found = {*cell.free_names, *use.free, *use.hinted}
    for parameter in cell.space.values():
        if isinstance(parameter.distribution, Categorical) and parameter.distribution.expressions:
            for choice in parameter.distribution.choices:
                found |= reads(ast.parse(str(choice), mode="eval").body)
    return found - set(cell.space)


def _touched(cell: Executed) -> Iterator[str]:
    """Names that the cell binds nothing to, and of which it sets a part (`data[0] = 5`), or makes a
    call for its own sake (`torch.manual_seed(0)`)."""
    tree = parsed(cell.source, cell.number)
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _root(node.value.func)
    for part in ast.walk(tree):
        if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            yield from _root(part)


def _called(cell: Executed) -> Iterator[str]:
    """Names that the cell calls for what the call does: `load()`."""
    for node in parsed(cell.source, cell.number).body:
        called = node.value if isinstance(node, ast.Expr) else None
        if isinstance(called, ast.Call) and isinstance(called.func, ast.Name):
            yield called.func.id


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
