"""capture(source) -> CapturedCell: everything known of a cell before anything runs.

Pure: text and names in, one frozen value out. All problems found are in it, none is raised.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Collection, Iterable, Sequence

from ..errors import Problem
from ..space import Categorical, SearchSpace
from ..space.grammar import expression
from ..space.marks import nearest, parse_line_space
from ..study.objective import Objective
from .captured import CapturedCell, Place, Tunable
from .loops import find_loop
from .marking import read_marks
from .names import KNOWN, NameUse, reads, use_of_names
from .objectives import is_test, propose_objective
from .source import PythonSource, Transform, to_python
from .tunables import Tuned, find_tunables
from .values import Values, attribute_place, find_values, place_of


def capture(
    source: str,
    *,
    objectives: Sequence[Objective] = (),
    line_space: str | Sequence[str] = (),
    space: SearchSpace | None = None,
    names: Collection[str] = frozenset(),
    auto: bool = False,
    transform: Transform | None = None,
    filename: str = "<cell>",
    line_offset: int = 1,
    keep: Sequence[str] | None = None,
    read_elsewhere: Collection[str] = frozenset(),
) -> CapturedCell:
    """Understand a cell.

    source: the body as typed below the `%%hpo` line (line_offset=1), or the whole cell that
    begins with `#! %%hpo` (line_offset=0). transform: IPython's `transform_cell`.
    objectives: as asked for; none: proposed. line_space: the magic line's specs, as text or
    words. space: of `--space`. names: what the notebook's namespace holds. auto: search the
    proposals too. keep: names of `--keep`; None: what later cells can use. read_elsewhere:
    globals that functions of earlier cells read.
    """
    python = to_python(source, transform=transform, filename=filename, line_offset=line_offset)
    problems, notices = list(python.problems), list(python.notices)
    line_specs, wrong = parse_line_space(line_space)
    problems += wrong
    if python.tree is None:
        return _unreadable(python, filename, objectives, problems, notices)
    use = use_of_names(python.tree)
    objectives, wrong = _objectives(objectives, use, names)
    problems += wrong
    marks, wrong = read_marks(python.text)
    problems += wrong
    values = find_values(python.tree)
    own = {name for o in objectives for name in _objective_reads(o)}
    read = use.loaded | own | set(read_elsewhere)
    tuned = find_tunables(
        values,
        marks,
        python.text.splitlines(),
        line_space=line_specs,
        space=space,
        auto=auto,
        read=read,
        skip=own,
    )
    problems += tuned.problems
    searched = [t for t in tuned.tunables if t.name in tuned.space]
    asked = bool(marks or line_specs or space)
    problems += _nothing_to_tune(tuned, asked or auto, bool(wrong))
    problems += _undefined(use, names)
    problems += _kept(keep or (), use, names)
    choices, wrong = _choice_names(searched, use, names)
    problems += wrong
    notices += _notices(use, searched, values, objectives, names, read)
    loop = find_loop(python.tree, objectives) if objectives else None
    free = use.free | choices | (use.hinted & set(names))
    free |= {n for n in own if n not in use.assigned and n not in KNOWN}
    return CapturedCell(
        source=python.text,
        filename=filename,
        tunables=tuned.tunables,
        space=tuned.space,
        objectives=tuple(objectives),
        loop=loop,
        free_names=frozenset(free),
        assigned=tuple(use.assigned),
        identity=_identity(python.tree, searched, objectives),
        problems=_sorted(problems),
        notices=tuple(dict.fromkeys(notices)),
        keep=_keep(use, searched, values) if keep is None else tuple(keep),
    )


def _unreadable(
    python: PythonSource,
    filename: str,
    objectives: Sequence[Objective],
    problems: list[Problem],
    notices: list[str],
) -> CapturedCell:
    identity = hashlib.sha256(python.text.encode("utf-8", "replace")).hexdigest()[:10]
    return CapturedCell(
        source=python.text,
        filename=filename,
        tunables=(),
        space=SearchSpace(),
        objectives=tuple(objectives),
        loop=None,
        free_names=frozenset(),
        assigned=(),
        identity=identity,
        problems=_sorted(problems),
        notices=tuple(notices),
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.line is None, p.line or 0)))


# the objective ------------------------------------------------------------------------


def _objectives(
    asked: Sequence[Objective], use: NameUse, names: Collection[str]
) -> tuple[Sequence[Objective], list[Problem]]:
    if not asked:
        found, problem = propose_objective(use.variables)
        return found, [problem] if problem else []
    problems = []
    for objective in asked:
        problems += _check_objective(objective, use, names)
    return asked, problems


def _check_objective(objective: Objective, use: NameUse, names: Collection[str]) -> list[Problem]:
    source = objective.source
    bound = [*use.assigned, *names]
    if use.dynamic:
        return []
    if objective.is_name:
        if source in bound:
            return []
        fix = nearest(source, use.assigned, "Assigned here")
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
            fix = nearest(name, use.assigned, "Assigned here")
            problems.append(Problem("objective_name", message, fix, 1, name))
    return problems


def _objective_reads(objective: Objective) -> set[str]:
    tree = expression(objective.source)
    return set() if tree is None else reads(tree)


# problems and notices -----------------------------------------------------------------


def _nothing_to_tune(tuned: Tuned, asked: bool, wrong: bool) -> list[Problem]:
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


def _undefined(use: NameUse, names: Collection[str]) -> list[Problem]:
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


def _kept(keep: Sequence[str], use: NameUse, names: Collection[str]) -> list[Problem]:
    return [
        Problem(
            "unknown_keep",
            f"--keep names {name!r}, which nothing assigns.",
            nearest(name, use.assigned, "Assigned here"),
            1,
            name,
        )
        for name in keep
        if name not in use.assigned and name not in names and not use.dynamic
    ]


def _choice_names(
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
                            )
                        )
                elif name not in use.sure:
                    needed.add(name)
    return needed, problems


def _is_attribute(tunable: Tunable, distribution: Categorical) -> bool:
    """Whether the choices are last names of a dotted callee (then they read nothing)."""
    place = tunable.places[0]
    width = len(str(tunable.value).encode())
    plain = all(str(c).isidentifier() for c in distribution.choices)
    return plain and tunable.text.find("." + str(tunable.value)) >= 0 and (
        place.end_col - place.col == width
    )  # fmt: skip


def _notices(
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
                f"`{value.variable}` (line {value.line}) is assigned but nothing in this cell "
                "reads it: unless a function of an earlier cell does, tuning it does nothing."
            )
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


# identity and keep --------------------------------------------------------------------


class _Mask(ast.NodeTransformer):
    def __init__(self, places: set[Place]) -> None:
        self.places = places

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr):
            if place_of(node) in self.places:
                return ast.Constant("?")
            if isinstance(node, ast.Attribute) and attribute_place(node) in self.places:
                return ast.Attribute(self.visit(node.value), "?", node.ctx)  # type: ignore[arg-type]
        self.generic_visit(node)
        return node


def _identity(
    tree: ast.Module, searched: Sequence[Tunable], objectives: Sequence[Objective]
) -> str:
    """Of the training code: the syntax tree, its tuned values masked, and the objectives."""
    places = {place for tunable in searched for place in tunable.places}
    text = ast.dump(_Mask(places).visit(tree))
    text += "".join(f"\n{t.name} {t.kind}" for t in searched)
    text += "".join(f"\n{o.direction} {o.source}" for o in objectives)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]


def _keep(use: NameUse, searched: Sequence[Tunable], values: Values) -> tuple[str, ...]:
    """Names of the best trial to bring back: what the cell binds, then what it may train."""
    places = {t.places[0] for t in searched}
    tuned = {v.variable for v in values.found if v.variable and v.place in places}
    own = [
        name
        for name in use.assigned
        if not name.startswith("_") and name not in use.modules and name not in tuned
    ]
    trained = [name for name in use.trained if name in use.free and not name.startswith("_")]
    return tuple(dict.fromkeys([*own, *trained]))
