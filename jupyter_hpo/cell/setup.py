"""The shared set-up: leading statements of a cell that may run once for all trials.

They run in the helper, before trials are forked from it, and every trial inherits what they
left: names, objects, imports, the random state, the environment. So a statement is shared
only when a trial that ran it itself could not be told from one that inherits it:

- no tuned place lies in it, and it mentions no name that is left to the trials, neither
  itself nor through functions and objects it uses (what a function reads late counts where
  the function may be called, not where it is defined);
- it doesn't read the clock, draw randomness without a seed, write files, use the network,
  start threads or processes, use a GPU, set the number of threads, ask the person, report,
  await, or use magics; nor does the reporting loop run in it. `effects` forecasts these from
  the code; the worker watches for them while the statements run, and shares only those
  before the first that does such a thing.

Statements run in order, so the first one left to the trials ends the set-up, but for those
that do nothing but bind names to constants, to values computed from such constants, or to
functions and classes: they commute with whatever doesn't mention the names. Those may be
left out in the middle (`lr = 1e-3  # hpo: ...`).

Sound, and so shared: `print` (its output is put at the head of each trial's log); reading
files (every trial sees what stood in them when the study began); changing objects of the
notebook in place, `del`, the environment, the working folder, the default dtype, warnings
filters (a fork inherits them all); draws from the generators of Python, NumPy and torch once
they were seeded, by the cell or by `--seed` (their state after the set-up is what each trial
goes on from); `time.sleep`. When all that could be shared are imports, definitions, plain
constants and seeds, nothing is: a trial does these in no time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .captured import CellProgram, Place
from .effects import (
    LIBRARIES,
    SEEDS_ALL,
    Facts,
    facts_of_calling,
    facts_of_later,
    facts_of_running,
    is_definition,
    origin,
    origins_in,
)
from .harmless import Harmless
from .program import STATES, contains, first_line, is_begin, is_future, tree_of
from .scopes import COMPREHENSIONS, stored
from .source import cell_of
from .values import place_of


@dataclass(frozen=True)
class Surroundings:
    """What is known of the notebook's names. origins: name -> dotted origin of a module, a
    function or a class of an installed library. behind: name (or `module.name`) -> what the
    person's own functions and classes behind it may do when used."""

    origins: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, Facts] = field(default_factory=dict)


def shared_setup(
    program: CellProgram, surroundings: Surroundings | None = None, *, seeded: bool = False
) -> tuple[int, ...]:
    """Indices of the top-level statements that may run once for all trials, in order.

    seeded: each trial's generators are seeded alike (`--seed`), so draws from them repeat.
    """
    walk = _Walk(program, surroundings or Surroundings(), seeded)
    return walk.shared()


def worth_sharing(program: CellProgram) -> bool:
    """Whether `program.setup` holds more than what a trial does in no time."""
    tree = tree_of(program)
    origins = origins_in(ast.walk(tree))
    return not all(_is_light(tree.body[index], origins) for index in program.setup)


def lines_of(program: CellProgram) -> tuple[tuple[int, int, int], ...]:
    """The stretches (first line, last line, cell) that `program.setup` covers."""
    body = tree_of(program).body
    stretches: list[tuple[int, int, int]] = []
    last_index = None
    for index in program.setup:
        statement, cell = body[index], cell_of(body[index])
        if is_begin(statement):
            last_index = index
            continue
        first, last = first_line(statement), statement.end_lineno or statement.lineno
        follows = last_index is not None and index == last_index + 1
        if follows and stretches and stretches[-1][2] == cell:
            stretches[-1] = (stretches[-1][0], last, cell)
        else:
            stretches.append((first, last, cell))
        last_index = index
    return tuple(stretches)


class _Walk:
    """Through the statements in order. left: names bound by statements left to the trials.
    held: names those read, so that nothing shared may bind them anew; delicate: those of them
    whose object may change, so that nothing shared may mention them. scalars: names bound to
    one literal. behind: name -> what using it may do and mention."""

    def __init__(self, program: CellProgram, surroundings: Surroundings, seeded: bool) -> None:
        self.program = program
        tree = tree_of(program)
        self.body = tree.body
        self.origins = {**surroundings.origins, **origins_in(ast.walk(tree))}
        self.behind = dict(surroundings.behind)
        self.seeded = set(LIBRARIES) if seeded else set()
        self.left: set[str] = set()
        self.held: set[str] = set()
        self.delicate: set[str] = set()
        self.scalars: set[str] = set()

    def shared(self) -> tuple[int, ...]:
        chosen: list[int] = []
        for index, statement in enumerate(self.body):
            if is_future(statement):
                continue
            told = self._tells(statement)
            if told and not is_definition(statement):
                break
            places = self._places(statement)
            if not places and not told and self._may_share(statement):
                chosen.append(index)
            elif not self._may_leave(statement, places):
                break
        setup = tuple(chosen)
        return setup if worth_sharing(replace(self.program, setup=setup)) else ()

    # shared ---------------------------------------------------------------------------

    def _may_share(self, statement: ast.stmt) -> bool:
        facts = facts_of_running(statement, self.origins)
        bound = set(stored([statement]))
        used = self._closure(facts, facts.mentions - (bound - _loaded(statement)))
        if used.effects or used.draws - used.seeds - self.seeded:
            return False
        if used.mentions & (self.left | self.delicate):
            return False
        changed = bound | _unbound(statement) | _stores_into(statement)
        changed |= {n for n in self.held if f"global {n}" in used.mentions}
        if changed & self.held:
            return False
        if _is_star(statement) and (self.left or self.held):  # it may bind any name
            return False
        self.seeded |= used.seeds
        self._remember(statement, bound, facts)
        return True

    def _closure(self, facts: Facts, used: set[str]) -> Facts:
        """facts with those of everything that is used, and of what that mentions."""
        whole = Facts()
        whole.add(facts)
        todo, seen = list(used), set(used)
        while todo:
            behind = self.behind.get(todo.pop())
            if behind is not None:
                whole.add(behind)
                todo += behind.mentions - seen
                seen |= behind.mentions
        if any(name not in self.behind for name in whole.seeders):
            whole.seeds.update(LIBRARIES)
        return whole

    def _remember(self, statement: ast.stmt, bound: set[str], facts: Facts) -> None:
        """What using the statement's names, from now on, may do: what its functions do, and
        those of whatever was handed to it (an object may keep one and call it later)."""
        self.scalars -= bound
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return  # what is known of a name is known of what is imported, or is of no harm
        known = [self.behind.pop(name) for name in bound if name in self.behind]
        if isinstance(statement, ast.Assign) and _is_scalar(statement.value):
            self.scalars |= bound
            return
        later = Facts()
        for one in [self.behind[name] for name in facts.mentions if name in self.behind]:
            later.add(one)
        if not isinstance(statement, ast.Assign):  # it may not have bound them after all
            for one in known:
                later.add(one)
        if is_definition(statement):
            later.add(facts_of_calling(statement, self.origins))
        else:
            later.add(facts_of_later(statement, self.origins))
            bound = bound | (_may_change(statement) - self.origins.keys())
        for name in bound:
            merged = Facts()
            merged.add(later)
            merged.add(self.behind.get(name, merged))
            self.behind[name] = merged

    # left to the trials ---------------------------------------------------------------

    def _may_leave(self, statement: ast.stmt, places: dict[Place, str]) -> bool:
        """Whether what comes after may be shared all the same; then its names are left."""
        check = Harmless(places, self.program.space, self.left, self.scalars, self.origins)
        if not check.statement(statement):
            return False
        bound = set(stored([statement]))
        self.left |= bound
        self.held |= check.reads | check.delicate
        self.delicate |= check.delicate
        self.scalars -= bound
        return True

    def _places(self, statement: ast.stmt) -> dict[Place, str]:
        return {
            place: name
            for name, places in self.program.places.items()
            for place in places
            if place.cell == cell_of(statement) and contains(statement, place)
        }

    def _tells(self, statement: ast.stmt) -> bool:
        """Whether it holds the reporting loop, or an expression that is watched; a definition
        that does is left to the trials, which bind it anew."""
        places = {watch.place for watch in self.program.watches}
        if self.program.loop is not None:
            places.add(self.program.loop.place)
        return bool(places) and any(
            isinstance(node, ast.stmt | ast.expr) and place_of(node) in places
            for node in ast.walk(statement)
        )


_QUICK = ("filterwarnings", "simplefilter", "manual_seed", "manual_seed_all")


def _is_light(statement: ast.stmt, origins: Mapping[str, str]) -> bool:
    """Whether a trial does it in no time."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = origin(statement.value.func, origins)
        last = name.rpartition(".")[2]
        if name in ("print", STATES) or last in _QUICK or SEEDS_ALL.fullmatch(last):
            return True
    return is_definition(statement) or not any(map(_works, ast.walk(statement)))


def _works(node: ast.AST) -> bool:
    """Whether a node may take its time: a call, a loop, a computation with names."""
    if isinstance(node, ast.BinOp | ast.Compare | ast.Subscript):
        return any(isinstance(n, ast.Name) for n in ast.walk(node))
    kinds = ast.Call | ast.For | ast.AsyncFor | ast.While | ast.AugAssign | ast.Await
    return isinstance(node, kinds | COMPREHENSIONS)


def _is_scalar(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    )


def _loaded(statement: ast.stmt) -> set[str]:
    nodes = list(ast.walk(statement))
    found = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return found | {_root(n.target) for n in nodes if isinstance(n, ast.AugAssign)}


def _unbound(statement: ast.stmt) -> set[str]:
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    }


def _stores_into(statement: ast.stmt) -> set[str]:
    """Roots of `a.b = ...` and `a[i] = ...`."""
    return {
        root
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store | ast.Del)
        and (root := _root(node))
    }


def _is_star(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def _may_change(statement: ast.stmt) -> set[str]:
    """Names whose object may hold something new afterwards: receivers of methods, arguments
    of calls, what is assigned into."""
    return set(_changed(ast.walk(statement)))


def _changed(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call):
            values = [node.func, *node.args, *(k.value for k in node.keywords)]
            yield from (root for value in values if (root := _root(value)))
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            if root := _root(node):
                yield root
        elif isinstance(node, ast.For | ast.AsyncFor) and (root := _root(node.iter)):
            yield root


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
