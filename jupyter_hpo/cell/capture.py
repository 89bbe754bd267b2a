"""capture(source) -> CapturedCell: everything known of a cell before anything runs.

Pure: text and names in, one frozen value out. All problems found are in it, none is raised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ..errors import Problem
from ..space import SearchSpace
from ..space.marks import parse_line_space
from ..study.objective import Objective
from .captured import CapturedCell
from .checks import (
    choice_names,
    missing_imports,
    nothing_to_tune,
    notices_of,
    objectives_of,
    undefined,
    undefined_earlier,
    unknown_kept,
)
from .fits import framework_reports
from .goals import split
from .identity import identity_of, kept_names
from .names import KNOWN, use_of_names
from .objectives import inner_names, names_read
from .program import module_of
from .reading import Reading, read_cell
from .slice import Known, Past, Slice
from .slice.trace import Trace
from .source import PythonSource, Transform
from .tunables import find_tunables
from .watching import Reports, find_reports
from .whole import Whole


def capture(
    source: str,
    *,
    objectives: Sequence[Objective] = (),
    constraints: Sequence[str] = (),
    line_space: str | Sequence[str] = (),
    space: SearchSpace | None = None,
    names: Collection[str] = frozenset(),
    auto: bool = False,
    transform: Transform | None = None,
    filename: str = "<cell>",
    line_offset: int = 1,
    keep: Sequence[str] | None = None,
    read_elsewhere: Collection[str] = frozenset(),
    past: Past | None = None,
    known: Known | None = None,
    n_rows: int | None = None,
    shadowing: Collection[str] = frozenset(),
    unfit: Collection[str] = frozenset(),
    reading: Reading | None = None,
) -> CapturedCell:
    """Understand a cell.

    source: the body as typed below the `%%hpo` line (line_offset=1), or the whole cell that
    begins with `#! %%hpo` (line_offset=0). transform: IPython's `transform_cell`.
    objectives: as asked for; none: proposed. constraints: as typed. line_space: the magic
    line's specs, as text or words. space: of `--space`. names: what the notebook's namespace
    holds. auto: search the proposals too. keep: names of `--keep`; None: what later cells can
    use. read_elsewhere: globals that functions of earlier cells read. past: the session's
    earlier cells, None to look at this cell only; known: what is known of the notebook's
    objects. n_rows: of the training data, where that is known. shadowing: names of builtins
    that the notebook has bound to something of its own. unfit: names whose objects can't travel
    to a worker: trials build them anew where the past says how. reading: `read_cell` of the
    same arguments, where it is there already.
    """
    if reading is None:
        reading = read_cell(
            source,
            transform=transform,
            filename=filename,
            line_offset=line_offset,
            names=names,
            past=past,
            known=known,
        )
    python, found = reading.python, reading.found
    problems, notices = list(python.problems), list(python.notices)
    line_specs, wrong = parse_line_space(line_space)
    problems += wrong
    if found is None:
        return _unreadable(python, filename, objectives, problems, notices)
    past, reach, whole, values = found.past, found.reach, found.whole, found.values
    own, origins = found.own, found.known.surroundings.origins
    asked = split(objectives, constraints, own, names)
    given: Sequence[Objective] = asked.own
    if given or not objectives:
        inner = inner_names(whole.tree)
        given, wrong = objectives_of(given, found.candidates, own, names, inner)
        problems += wrong
    objectives = asked.all(given)
    problems += asked.problems
    notices += asked.notices
    notices += found.unheard
    problems += found.wrong
    sought = {name for o in given for name in names_read(o)} | asked.names_sought
    goals = sought | asked.names_bounded
    read = found.everything.loaded | goals | set(read_elsewhere)
    tuned = find_tunables(
        values,
        found.marks,
        whole.lines,
        line_space=line_specs,
        space=space,
        auto=auto,
        read=read,
        skip=sought,
        origins=origins,
        rows=n_rows,
    )
    problems += tuned.problems
    notices += tuned.notices
    searched = [t for t in tuned.tunables if t.name in tuned.space]
    chosen = bool(any(found.marks.values()) or line_specs or space)
    problems += nothing_to_tune(tuned, chosen or auto, bool(found.wrong))
    problems += undefined(own, names)
    problems += unknown_kept(keep or (), own, names)
    reports = _reports(whole, given, [o for _, o in asked.goals.measured])
    notices += reports.notices
    places = {place for tunable in searched for place in tunable.places}
    told = {w.place for w in reports.watches} | ({reports.loop.place} if reports.loop else set())
    again = reach.rerun(places, goals, told, unfit)
    notices += [*past.notices(reach.reached), *again.notices]
    earlier = again.parts(past)
    bare = tuple(replace(part, seeded=False) for part in earlier)
    tree = module_of(python.text, bare, False) if bare else whole.own
    use = use_of_names(tree) if bare else own
    problems += undefined_earlier(use, own, names)
    imports = missing_imports(searched, use, names, whole.tree, origins)
    brought = {name for _, name in imports}
    choices, wrong = choice_names(searched, use, {*names, *brought})
    choices -= brought
    problems += wrong
    notices += notices_of(own, searched, values, objectives, names, read)
    free = use.free | choices | (use.hinted & set(names))
    free |= {n for n in goals if n not in use.assigned and n not in KNOWN}
    free |= use.loaded & set(shadowing)
    rebuilt = _rebuilt(again, reach)
    return CapturedCell(
        source=python.text,
        filename=filename,
        tunables=tuned.tunables,
        space=tuned.space,
        objectives=tuple(objectives),
        loop=reports.loop,
        watches=reports.watches,
        candidates=found.candidates,
        reports=_said(reports, given) or framework_reports(tree, given, origins) or "",
        free_names=frozenset(free),
        assigned=tuple(dict.fromkeys([*own.assigned, *rebuilt])),
        identity=identity_of(whole.tree, searched, objectives),
        problems=_sorted(problems),
        notices=tuple(dict.fromkeys(notices)),
        keep=kept_names(own, searched, values, [*rebuilt, *again.trained])
        if keep is None
        else tuple(keep),
        earlier=earlier,
        reruns=again.statements,
        imports=imports,
        goals=asked.goals,
    )


def _reports(
    whole: Whole, objectives: Sequence[Objective], measured: Sequence[Objective]
) -> Reports:
    """Where the objectives' values come from, of what trials come by. measured: where the cell
    itself gives none, a top-level loop that moves what they read reports them."""
    if not objectives and measured:
        found = _reports(whole, measured, ())
        at_top = found.loop is not None and not found.loop.function
        return Reports(replace(found.loop, expressions=()) if found.loop and at_top else None)
    found = find_reports(whole.tree, objectives)
    if found.loop is not None and not whole.runs_in_trials(found.loop.place):
        found = find_reports(whole.own, objectives)
    watches = tuple(w for w in found.watches if whole.runs_in_trials(w.place))
    return replace(found, watches=watches)


def _said(reports: Reports, objectives: Sequence[Objective]) -> str:
    if reports.loop is not None and reports.loop.own:
        mean = ", and the objective is their mean" if reports.loop.means else ""
        return f"each fold of the loop in {reports.loop.place.where} is a report{mean}"
    if reports.loop is not None:
        return f"{reports.loop.why}, and every turn is a report"
    places = dict.fromkeys(w.place.where for w in reports.watches if w.reports)
    if places:
        return f"each value that {' and '.join(places)} computes is a report"
    told = {watch.objective for watch in reports.watches}
    texts = [o.printed for i, o in enumerate(objectives) if o.printed and i not in told]
    return f"each printed number that matches {texts[0]!r} is a report" if texts else ""


def _rebuilt(again: Slice, reach: Trace) -> list[str]:
    """What differs between trials of what earlier cells bound."""
    binds = {(s.cell, s.index): s.binds for s in reach.steps[: reach.first]}
    tuned = [s for s in again.statements if s.tuned]
    return list(dict.fromkeys(n for s in tuned for n in sorted(binds[s.cell, s.index])))


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
