"""Other values for a trial that runs already: a copy's, brought into the state it goes on from.

What is sound is done, and the rest keeps its value: a keyword of a torch optimiser (`lr`,
`weight_decay`, `betas`, ...) that has the old value gets the new one, and so do the schedules
over it; a name of the cell is bound anew when nothing but the loop that reports reads it. A value
that has gone into a model (a width, a dropout) can't be changed.
"""

from __future__ import annotations

import ast
import dis
import gc
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

from ..cell.captured import CellProgram
from ..cell.program import cell_named, tree_of
from ..cell.source import cell_of
from ..cell.values import place_of

LR = {"lr", "learning_rate", "max_lr"}
KEYWORDS = LR | {"weight_decay", "momentum", "betas", "eps", "alpha", "rho", "dampening", "lambd"}
"""What optimisers keep, among other things."""
OPTIMISERS = {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adamax", "NAdam", "RAdam", "Muon"}
LR_KEYS = ("lr", "initial_lr", "max_lr", "min_lr")
"""What a parameter group and its schedules keep of one learning rate."""


def move(
    program: CellProgram,
    namespace: dict[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> tuple[str, ...]:
    """Change what differs between the params `before` and `after` in the state of this process;
    the names of those that could not be. Called in the thread, and below the frames, of the
    cell that runs."""
    differs = {n for n in after if n in before and not _same(before[n], after[n])}
    code = _Code(program, namespace)
    optimisers, schedules = _of_torch()
    kept = []
    for name in sorted(differs):
        old, new = before[name], after[name]
        moved = _in_optimisers(optimisers, schedules, code.keywords(name), old, new)
        variable = code.variable(name)
        bound = variable is not None and _same(namespace.get(variable), old)
        if variable is not None and bound and (moved or code.read_by_the_loop_only(variable)):
            namespace[variable] = new
            moved = True
        if not moved:
            kept.append(name)
    return tuple(kept)


def can_move(program: CellProgram, name: str) -> bool:
    """Whether `move` may find a way to change a value, by the program's text alone."""
    code = _Code(program, {})
    if code.keywords(name) & KEYWORDS:
        return True
    variable = code.variable(name)
    loops = (s for s in code.statements if isinstance(s, ast.For | ast.While))
    return variable is not None and any(code.read_only_by(loop, variable) for loop in loops)


# ------------------------------------------------------------------------------- torch
def _of_torch() -> tuple[list[Any], list[Any]]:
    """The optimisers of this process, and the schedules over them."""
    optim: Any = getattr(sys.modules.get("torch"), "optim", None)
    if optim is None:
        return [], []
    found = gc.get_objects()
    optimisers = [o for o in found if issubclass(type(o), optim.Optimizer)]
    schedules = [o for o in found if issubclass(type(o), optim.lr_scheduler.LRScheduler)]
    return optimisers, schedules


def _in_optimisers(
    optimisers: list[Any], schedules: list[Any], keywords: set[str], old: Any, new: Any
) -> bool:
    """Whether a parameter group had the value under one of the keywords; it has the new one."""
    if not _number(old) or not _number(new):
        return False
    moved = False
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            if keywords & LR:
                moved |= _learning_rate(group, optimiser, schedules, old, new)
            for key in (keywords - LR) & group.keys():
                value = group[key]
                if isinstance(value, tuple) and any(_same(v, old) for v in value):
                    group[key] = tuple(new if _same(v, old) else v for v in value)
                    moved = True
                elif _same(value, old):
                    group[key] = new
                    moved = True
    return moved


def _learning_rate(
    group: dict[str, Any], optimiser: Any, schedules: list[Any], old: float, new: float
) -> bool:
    """All that is kept of it is scaled: a schedule has changed it, and goes on changing it."""
    first = group.get("initial_lr", group.get("lr"))
    if not (_same(first, old) or _same(group.get("max_lr"), old)) or not old:
        return False
    for key in LR_KEYS:
        if _number(group.get(key)):
            group[key] = new if _same(group[key], old) else group[key] * (new / old)
    for schedule in schedules:
        if getattr(schedule, "optimizer", None) is optimiser:
            bases = schedule.base_lrs
            schedule.base_lrs = [b * (new / old) if _same(b, first) else b for b in bases]
    return True


# ---------------------------------------------------------------------------- the cell
class _Code:
    """What the program's text says of where its values go."""

    def __init__(self, program: CellProgram, namespace: Mapping[str, Any]) -> None:
        self.program, self.namespace = program, namespace
        self.statements = tree_of(program).body

    def variable(self, name: str) -> str | None:
        """The name of the top level that is bound to this value alone: `lr = 1e-3`."""
        places = self.program.places.get(name, ())
        for statement in self.statements:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=variable)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=variable), value=ast.expr() as value)
                ):
                    if place_of(value) in places:
                        return variable
        return None

    def keywords(self, name: str) -> set[str]:
        """Under what calls are given it: by its own name, and `weight_decay=decay`."""
        places, variable = self.program.places.get(name, ()), self.variable(name)

        def is_it(value: ast.expr) -> bool:
            if isinstance(value, ast.Tuple | ast.List):
                return any(map(is_it, value.elts))
            return place_of(value) in places or (
                isinstance(value, ast.Name) and value.id == variable
            )

        found = {name.rpartition(".")[2], *filter(None, [variable])}
        for node in (n for s in self.statements for n in ast.walk(s)):
            if isinstance(node, ast.keyword) and node.arg and is_it(node.value):
                found.add(node.arg)
            elif isinstance(node, ast.Call) and len(node.args) > 1 and is_it(node.args[1]):
                is_optimiser = ast.unparse(node.func).rpartition(".")[2] in OPTIMISERS
                found |= {"lr"} if is_optimiser else set()  # SGD(parameters, 0.1)
        return found

    def read_by_the_loop_only(self, variable: str) -> bool:
        """Whether the loop that runs now reads it, or a function that this calls, and no other
        code does."""
        loop = self._running_loop()
        return loop is not None and self.read_only_by(loop, variable)

    def read_only_by(self, loop: ast.For | ast.While, variable: str) -> bool:
        body: list[ast.AST] = [*loop.body, *loop.orelse]
        body += [loop.test] if isinstance(loop, ast.While) else []
        read, called = self._read(body)
        elsewhere: list[ast.AST] = [
            s
            for s in self.statements
            if s is not loop
            and not (isinstance(s, ast.FunctionDef) and s.name in called)
            and not _only_prints(s)
        ]
        elsewhere += [loop.iter] if isinstance(loop, ast.For) else []
        return variable in read and variable not in set(_loads(elsewhere))

    def _read(self, nodes: list[ast.AST]) -> tuple[set[str], set[str]]:
        """The names that code reads, with the functions that it calls; and which these are."""
        own = {s.name: s for s in self.statements if isinstance(s, ast.FunctionDef)}
        read, called = set(_loads(nodes)), set[str]()
        while fresh := [n for n in read - called if n in own or self._is_function(n)]:
            for name in fresh:
                called.add(name)
                read |= set(_loads([own[name]]) if name in own else _globals(self.namespace[name]))
        return read, called

    def _is_function(self, name: str) -> bool:
        value = self.namespace.get(name)
        return isinstance(value, FunctionType) and value.__globals__ is self.namespace

    def _running_loop(self) -> ast.For | ast.While | None:
        frame: Any = sys._getframe()
        while frame is not None:
            code = frame.f_code
            if frame.f_globals is self.namespace and code.co_name == "<module>":
                break
            frame = frame.f_back
        else:
            return None
        for statement in self.statements:
            inside = statement.lineno <= frame.f_lineno <= (statement.end_lineno or 0)
            if inside and cell_of(statement) == cell_named(self.program, code.co_filename):
                return statement if isinstance(statement, ast.For | ast.While) else None
        return None


def _only_prints(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
    return False


def _loads(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _globals(function: FunctionType) -> list[str]:
    """The names of its module that a function reads."""
    return [i.argval for i in dis.get_instructions(function.__code__) if i.opname == "LOAD_GLOBAL"]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    if _number(one) and _number(other):
        return math.isclose(one, other, rel_tol=1e-9)
    return type(one) is type(other) and bool(one == other)
