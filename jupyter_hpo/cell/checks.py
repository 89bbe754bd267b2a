"""What is wrong with a cell, and what is said of it before the first trial."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from ..errors import Problem
from ..space import Categorical
from ..space.grammar import expression
from ..space.marks import nearest
from ..study.objective import Objective
from .captured import Tunable
from .goals import meant_by
from .names import NameUse, reads
from .objectives import Candidate, is_test, propose_objective
from .pieces import PIECES
from .proposals import Code, imports_of
from .tunables import Tuned
from .values import Values, dotted, place_of


def objectives_of(
    asked: Sequence[Objective],
    found: Sequence[Candidate],
    use: NameUse,
    names: Collection[str],
    inner: Collection[str] = (),
) -> tuple[Sequence[Objective], list[Problem]]:
    """The objectives asked for and what is wrong with them; with none, one of those found.
    inner: names that only functions assign."""
    if not asked:
        proposed, problem = propose_objective(found)
        return proposed, [problem] if problem else []
    offered = {c.objective.source for c in found}
    problems = []
    for objective in asked:
        if objective.source not in offered and objective.source not in inner:
            problems += _check_objective(objective, use, names)
    return asked, problems


def _check_objective(objective: Objective, use: NameUse, names: Collection[str]) -> list[Problem]:
    source = objective.source
    bound = [*use.assigned, *names]
    if objective.printed is not None and objective.printed.count("{}") != 1:
        message = f"the objective {source!r} doesn't say where the number stands."
        fix = 'Write {} once in its place, like printed("val acc: {}").'
        return [Problem("objective_syntax", message, fix, 1, source)]
    if use.dynamic or objective.printed is not None:
        return []
    if objective.is_name:
        if source in bound:
            return []
        fix = meant_by(source, use.assigned)
        message = f"the objective {source!r} is never assigned in this cell."
        return [Problem("objective_never_assigned", message, fix, 1, source)]
    tree = expression(source)
    if tree is None:
        message = f"the objective {source!r} is no Python expression."
        fix = "Write a name or an expression in quotes."
        return [Problem("objective_syntax", message, fix, 1, source)]
    problems = []
    for name in sorted(reads(tree)):
        if name not in bound:
            message = f"the objective {source!r} reads {name!r}, which nothing assigns."
            fix = meant_by(name, use.assigned)
            problems.append(Problem("objective_name", message, fix, 1, name))
    return problems


def nothing_to_tune(tuned: Tuned, asked: bool, wrong: bool) -> list[Problem]:
    if len(tuned.space) or tuned.problems or wrong:
        return []
    offered = any(t.distribution is not None for t in tuned.tunables)
    if offered and not asked:
        return []
    return [
        Problem(
            "nothing_to_tune",
            "no value of this cell is chosen for tuning."
            if tuned.tunables
            else "no value that can be tuned was found in this cell.",
            "Mark one at the end of its line, like lr = 1e-3  # hpo: 1e-5..1e-1 log.",
        )
    ]


def undefined(use: NameUse, names: Collection[str]) -> list[Problem]:
    if use.dynamic:
        return []
    known = set(names)
    problems: dict[str, Problem] = {}
    for name, line in use.early:
        if name in known or name in problems:
            continue
        later = name in use.assigned
        fix = "Move its assignment above this line." if later else _import_or_nearest(name, known)
        text = f"{name!r} is used before it is defined." if later else f"{name!r} is not defined."
        problems[name] = Problem("undefined_name", text, fix, line, name)
    return list(problems.values())


def _import_or_nearest(name: str, known: Collection[str]) -> str:
    fix = nearest(name, [k for k in known if not k.startswith("_")])
    return fix if fix.startswith("Did") else "Run the cell that defines it, or import it here."


def undefined_earlier(use: NameUse, own: NameUse, names: Collection[str]) -> list[Problem]:
    """Names that statements of earlier cells need when they run again, gone from the notebook.

    use: of all that a trial runs; own: of the training cell alone, whose names are told of
    by `undefined`."""
    known = {*names, *(name for name, _ in own.early)}
    gone = [] if use.dynamic else sorted({name for name, _ in use.early} - known)
    return [
        Problem(
            "undefined_name",
            f"trials run statements of earlier cells again that read {name!r}, which is not "
            "defined any more.",
            "Run the cell that defines it, or search this cell alone with --reach cell.",
            None,
            name,
        )
        for name in gone
    ]


def unknown_kept(keep: Sequence[str], use: NameUse, names: Collection[str]) -> list[Problem]:
    return [
        Problem(
            "unknown_keep",
            f"--keep names {name!r}, which nothing assigns.",
            meant_by(name, use.assigned),
            1,
            name,
        )
        for name in keep
        if name not in use.assigned and name not in names and not use.dynamic
    ]


def choice_names(
    searched: Sequence[Tunable], use: NameUse, names: Collection[str]
) -> tuple[set[str], list[Problem]]:
    """Names that the choices of objects read, and problems for those nobody knows."""
    needed: set[str] = set()
    problems = []
    for tunable in searched:
        distribution = tunable.distribution
        if not isinstance(distribution, Categorical) or not distribution.expressions:
            continue
        if _is_attribute(tunable, distribution):
            continue
        for choice in distribution.choices:
            tree = expression(str(choice))
            for name in sorted(reads(tree)) if tree is not None else ():
                if name not in use.assigned:
                    needed.add(name)
                    if name not in names and not use.dynamic:
                        problems.append(
                            Problem(
                                "undefined_name",
                                f"the choice {choice!r} of {tunable.name!r} reads {name!r}, "
                                "which is not defined.",
                                _import_or_nearest(name, names),
                                tunable.line,
                                name,
                                tunable.places[0].cell,
                            )
                        )
                elif name not in use.sure:
                    needed.add(name)
    return needed, problems


def missing_imports(
    searched: Sequence[Tunable],
    use: NameUse,
    names: Collection[str],
    tree: ast.Module,
    origins: Mapping[str, str],
) -> tuple[tuple[str, str], ...]:
    """(module, name) of choices that stand beside an imported alternative and are not defined:
    `MinMaxScaler`, where only `StandardScaler` is imported. tree: all that is looked at."""
    there = {*use.assigned, *names}
    found: dict[tuple[str, str], None] = {}
    for tunable in searched:
        choices = tunable.distribution
        if not isinstance(choices, Categorical) or not choices.expressions:
            continue
        words = [c for c in choices.choices if isinstance(c, str) and c.isidentifier()]
        if _is_attribute(tunable, choices) or set(words) <= there:
            continue
        found |= dict.fromkeys(imports_of(tunable.value, words, Code(tree, origins), there))
    return tuple(found)


def _is_attribute(tunable: Tunable, distribution: Categorical) -> bool:
    """Whether the choices are last names of a dotted callee (then they read nothing)."""
    place = tunable.places[0]
    width = len(str(tunable.value).encode())
    plain = all(str(c).isidentifier() for c in distribution.choices)
    return plain and tunable.text.find("." + str(tunable.value)) >= 0 and (
        place.end_col - place.col == width
    )  # fmt: skip


def _idle_pieces(tree: ast.Module, searched: Sequence[Tunable], read: set[str]) -> Iterator[str]:
    """Pieces that were put into the cell, and that nothing in it calls yet."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                path = dotted(call.func).split(".")
            case _:
                continue
        if name in read or path[-1] not in PIECES or "pieces" not in path[:-1]:
            continue
        where = place_of(call)
        held = [
            t.name
            for t in searched
            if t.places[0].cell == where.cell and where.line <= t.places[0].line <= where.end_line
        ]
        if held:
            use = PIECES[path[-1]].after
            example = f" Such as: {'; '.join(use)}." if use else ""
            yield (
                f"`{name}` ({where.where}) is used nowhere yet, so tuning {', '.join(held)} does "
                f"nothing.{example}"
            )


def notices_of(
    use: NameUse,
    searched: Sequence[Tunable],
    values: Values,
    objectives: Sequence[Objective],
    names: Collection[str],
    read: set[str],
) -> list[str]:
    notices = []
    by_place = {v.place: v for v in values.found}
    for tunable in searched:
        value = by_place.get(tunable.places[0])
        if value is not None and value.variable is not None and value.variable not in read:
            notices.append(
                f"`{value.variable}` ({value.place.where}) is assigned but nothing that trials "
                "run reads it: unless a function of an earlier cell does, tuning it does nothing."
            )
    notices += _idle_pieces(values.tree, searched, read)
    for objective in objectives:
        if is_test(objective.source):
            notices.append(
                f"`{objective.source}` looks like a figure on the test set: the best of many "
                "trials on it is too good to be true. Search on validation data."
            )
    if not use.dynamic:
        for name, line in use.late:
            if name not in names:
                notices.append(f"`{name}` (line {line}) is read in a function but not defined.")
    return notices
