"""The space editor over a captured cell: what it shows, and what Start does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .cell import CapturedCell
from .errors import CellError, HpoError, SpaceError
from .explain import Section, plan
from .facts import facts_of
from .notebook import Notebook
from .options import Options
from .programs import planned
from .run import Runner
from .session import study_name
from .space import Parameter, SearchSpace
from .space.marks import format_mark, parse_condition
from .study.objective import Objective
from .widgets.control import current_kernel
from .widgets.editor import Editor
from .widgets.protocol import (
    EditorProblem,
    EditorSection,
    EditorSettings,
    EditorSpec,
    ObjectiveCandidate,
)
from .widgets.ranges import Choice, editor_row


def open_editor(cell: CapturedCell, notebook: Notebook) -> None:
    """Show the space editor for a cell; returns at once. Start captures the cell again with
    what was chosen and runs the study in the background, where the editor stood.

    Raises HpoError where there is no notebook to show it in.
    """
    if current_kernel() is None:
        raise HpoError(
            "nothing is marked to be tuned. Mark a value (lr = 1e-3  # hpo: 1e-5..1e-1 log), or "
            "use --auto to tune what is found."
        )
    loop = asyncio.get_event_loop()
    editing = _Editing(cell, notebook, loop.call_soon_threadsafe)
    editing.editor.show()


class _Editing:
    """One open editor. `on_start` runs on the kernel's control thread, `_run` on the main."""

    def __init__(self, cell: CapturedCell, notebook: Notebook, on_main: Callable[..., Any]) -> None:
        self.notebook, self.request = notebook, notebook.request
        self.on_main = on_main
        self.started = False
        self.editor = Editor(_spec(cell, notebook), self.on_start, f"{study_name(cell)}-editor")

    def on_start(self, choice: Choice) -> list[EditorProblem]:
        try:
            cell = self._capture(choice)
        except CellError as error:
            return [EditorProblem(p.name or "", str(p)) for p in error.problems]
        except SpaceError as error:
            return [EditorProblem("", str(error))]
        if self.started:
            return [EditorProblem("", "The study has been started already.")]
        self.started = True
        options = replace(
            self.request.options,
            trials=choice.trials,
            timeout_s=choice.timeout_s,
            jobs=choice.jobs,
        )
        self.on_main(self._run, cell, options)
        return []

    def _capture(self, choice: Choice) -> CapturedCell:
        """The cell with what was ticked, and only that, whatever its marks say."""
        conditions = {
            name: parse_condition(text, choice.distributions)
            for name, text in choice.conditions.items()
            if text.strip()
        }
        others = (o for o in self.request.objectives[1:] if o.source != choice.objective)
        objectives = (Objective(choice.objective, choice.direction), *others)
        chosen = SearchSpace(
            Parameter(name, distribution, conditions.get(name))
            for name, distribution in choice.distributions.items()
        )
        cell = self.notebook.capture(
            objectives=objectives,
            line_space=[
                format_mark(p.distribution, p.condition, key=p.name) for p in chosen.values()
            ],
        )
        if cell.problems:
            raise CellError(cell.problems)
        return replace(cell, space=SearchSpace(p for p in cell.space.values() if p.name in chosen))

    def _run(self, cell: CapturedCell, options: Options) -> None:
        background = options.executor != "inline"
        output = self.editor.hand_over()
        runner = Runner(self.notebook.namespace, background=background, output=output)
        try:
            self.notebook.run(runner, cell, options)
        except HpoError as error:
            self.editor.close_with({"text/plain": f"jupyter_hpo: {error}"})


def _spec(cell: CapturedCell, notebook: Notebook) -> EditorSpec:
    request = notebook.request
    rows = [
        editor_row(
            t.name,
            t.value,
            t.kind,
            t.distribution,
            place=t.places[0].where,
            code=t.text,
            condition=str(t.condition) if t.condition else "",
            declared=t.declared,
            ticked=t.declared or (t.distribution is not None and not cell.space),
            why=t.why,
            problems=tuple(str(p) for p in cell.problems if p.name == t.name),
        )
        for t in cell.tunables
    ]
    why = {c.objective: c.why for c in cell.candidates}
    found = cell.objectives or tuple(why)
    options = request.options
    settings = EditorSettings(
        [ObjectiveCandidate(o.source, o.direction, why.get(o, "")) for o in found],
        trials=str(options.trials or 40),
        timeout=f"{options.timeout_s:g}s" if options.timeout_s else "",
        jobs=str(options.jobs or "auto"),
    )
    return EditorSpec(study_name(cell), rows, settings, list(cell.notices), _found(cell, notebook))


def _found(cell: CapturedCell, notebook: Notebook) -> list[EditorSection]:
    """What trials do with the values that are ticked at first."""
    if not cell.space:
        cell = notebook.capture(auto=True)
    options = notebook.request.options
    program = planned(cell, options, notebook.namespace, notebook.states_for(cell))
    facts = Section("Objective and reports", tuple((fact,) for fact in facts_of(cell)))
    sections = [*([facts] if cell.objectives else []), *plan(cell, program, notebook.namespace)]
    return [EditorSection(s.title, [list(row) for row in s.rows]) for s in sections]
