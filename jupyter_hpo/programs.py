"""What trials run: the captured cell as a program, its random states and shared set-up decided."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .cell import CapturedCell, CellProgram
from .cell.captured import Place
from .cell.program import tree_of
from .cell.values import place_of
from .errors import Problem
from .folding import in_rounds, rounds_of, shareable
from .options import Options
from .worker.randomness import CellStates


def program_of(
    cell: CapturedCell,
    options: Options,
    states: CellStates | None,
    namespace: Mapping[str, Any] | None = None,
) -> CellProgram:
    """What each trial runs: cells whose random states are known begin with these. namespace: the
    notebook's, where `--folds` may name a splitter. Raises CellError and StudyError where that
    can't be done in this cell."""
    known = set() if states is None else states.by_cell.keys()
    program = replace(
        cell.program(),
        keep_limit_bytes=options.keep_limit_bytes,
        earlier=tuple(replace(p, seeded=p.number in known) for p in cell.earlier),
        seeded=bool(cell.earlier) and 0 in known,
    )
    return in_rounds(program, options, rounds_of(options, namespace or {}), namespace or {})


def planned(
    cell: CapturedCell,
    options: Options,
    namespace: dict[str, Any],
    states: CellStates | None,
) -> CellProgram:
    """What trials would run, its shared set-up decided; nothing is started."""
    program = program_of(cell, options, states if options.seed is None else None, namespace)
    if not options.shared_setup or options.executor != "processes":
        return program
    return with_shared_setup(program, cell.free_names, namespace, options.seed)


def with_shared_setup(
    program: CellProgram, names: Iterable[str], namespace: dict[str, Any], seed: int | None
) -> CellProgram:
    """The program, knowing which of its statements may run once for all trials. names: of the
    notebook that it reads."""
    from .cell.setup import shared_setup
    from .worker.behind import look_behind

    surroundings = look_behind(namespace, names)
    setup = shared_setup(program, surroundings, seeded=seed is not None)
    return replace(program, setup=shareable(program, setup))


def cannot_travel(name: str, why: str, program: CellProgram) -> Problem:
    """A name that no worker can be given, told where it is first read."""
    place = first_use(program, name)
    return Problem(
        "cannot_travel",
        f"{name!r} can't travel to a worker: {why}",
        "Or run the trials in the kernel with --executor inline.",
        None if place is None else place.line,
        name,
        0 if place is None else place.cell,
    )


def first_use(program: CellProgram, name: str) -> Place | None:
    """Where a name is first read: in the training cell, else in an earlier one."""
    places = [
        place_of(node)
        for node in ast.walk(tree_of(program))
        if isinstance(node, ast.Name) and node.id == name
    ]
    return min(places, key=lambda p: (p.cell, p.line), default=None)
