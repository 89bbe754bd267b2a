"""The space editor over a captured cell: what Start does, and what it is asked before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from .cell import CapturedCell
from .cell.rewriting import marked
from .editor_spec import editor_spec, with_pieces
from .errors import CellError, HpoError, Problem, StudyError
from .explain import Section, plan
from .facts import facts_of
from .folding import given_by_folds
from .front_ends import a_person_can_answer
from .notebook import Notebook
from .options import Options
from .past.transforming import pieces_in
from .planner import Planner
from .programs import planned, program_of
from .run import Runner
from .session import study_name
from .space import Condition, Parameter, SearchSpace
from .space.marks import format_mark, parse_condition
from .study.objective import Objective
from .widgets.control import current_kernel
from .widgets.editor import Editor, EditorAnswer
from .widgets.protocol import CommandName, Edit, EditorProblem, EditorSection
from .widgets.ranges import Choice

WITHOUT_EDIT = (
    "--edit opens the space editor, and there is nobody here to press Start: no study was run. "
    "Leave out --edit."
)
UNMARKED = (
    "nothing is marked to be tuned: no study was run. Mark a value "
    "(lr = 1e-3  # hpo: 1e-5..1e-1 log), or use --auto to tune what is found."
)

FOLDS = 5
"""Offered where the cell reads rows that only folds can give it."""

PATIENT_S = 0.08
"""The control thread may wait this long for a plan; interrupts and other buttons wait with it."""


def open_editor(cell: CapturedCell, notebook: Notebook) -> None:
    """Show the space editor for a cell; returns at once. Start captures the cell again with
    what was chosen and runs the study in the background, where the editor stood.

    Raises StudyError where there is no notebook to show it in, or nobody to answer it.
    """
    if not a_person_can_answer(current_kernel()):
        raise StudyError(WITHOUT_EDIT if cell.space else UNMARKED)
    loop = asyncio.get_event_loop()
    editing = _Editing(cell, notebook, loop.call_soon_threadsafe)
    editing.editor.show()


@dataclass(frozen=True)
class _Plan:
    """A choice, worked out. notebook: as it was when the cell was captured with that choice.
    sections: what trials would do, None when nobody asked."""

    notebook: Notebook
    cell: CapturedCell
    sections: list[EditorSection] | None = None


class _Editing:
    """One open editor. `answer` runs on the kernel's control thread, `_run` on the main."""

    def __init__(self, cell: CapturedCell, notebook: Notebook, on_main: Callable[..., Any]) -> None:
        self.notebook, self.request = notebook, notebook.request
        self.on_main = on_main
        self.started = False
        self.planner = Planner(self._planned)
        options = self.request.options
        if any(given_by_folds(p) for p in cell.problems):
            options = replace(options, folds=options.folds or FOLDS)  # nothing else makes the rows
        at_first = cell if cell.space else notebook.capture(auto=True, folds=options.folds)
        found = self._sections(at_first, options)
        spec = editor_spec(options.name or "", cell, options, found=found)
        spec = with_pieces(spec, cell, "pieces" in pieces_in(notebook.namespace))
        self.editor = Editor(spec, self.answer, f"{study_name(cell)}-editor")

    def answer(self, command: CommandName, choice: Choice) -> EditorAnswer:
        """See `Editor`."""
        problems = condition_problems(choice)
        if problems:
            return EditorAnswer(problems=problems)
        try:
            if command == "plan":
                known = self.planner.ask(choice.searched, PATIENT_S)
                return EditorAnswer(known.sections if known else None)
            # Mostly it is known already: the page has asked what trials would do.
            plan = self.planner.known(choice.searched) or self._captured(choice)
            if command == "write_marks":
                rounds = {
                    "--folds": str(choice.folds or ""),
                    "--repeats": str(choice.repeats) if choice.repeats > 1 else "",
                }
                edits = marked(plan.cell, plan.cell.space, rounds)
                return EditorAnswer([Edit(**vars(edit)) for edit in edits])
            return EditorAnswer(problems=self._start(plan, choice))
        except CellError as error:
            return EditorAnswer(problems=[beside(p, choice) for p in error.problems])
        except HpoError as error:
            name = "folds" if str(error).startswith("--folds") else ""
            return EditorAnswer(problems=[EditorProblem(name, str(error))])

    def _start(self, plan: _Plan, choice: Choice) -> list[EditorProblem]:
        if self.started:
            return [EditorProblem("", "The study has been started already.")]
        self.started = True
        self.on_main(self._run, plan, chosen_options(self.request.options, choice))
        return []

    def _planned(self, choice: Choice) -> _Plan:
        """On the planner's thread."""
        plan = self._captured(choice)
        options = chosen_options(self.request.options, choice)
        return replace(plan, sections=self._sections(plan.cell, options))

    def _captured(self, choice: Choice) -> _Plan:
        notebook = copy(self.notebook)  # it remembers what was captured last
        cell = capture_chosen(notebook, choice)
        program_of(cell, chosen_options(self.request.options, choice), None, notebook.namespace)
        return _Plan(notebook, cell)

    def _sections(self, cell: CapturedCell, options: Options) -> list[EditorSection]:
        notebook = self.notebook
        program = planned(cell, options, notebook.namespace, notebook.states_for(cell))
        facts = Section("Objective and reports", tuple((fact,) for fact in facts_of(cell)))
        sections = [*([facts] if cell.objectives else []), *plan(cell, program, notebook.namespace)]
        return [EditorSection(s.title, [list(row) for row in s.rows]) for s in sections]

    def _run(self, plan: _Plan, options: Options) -> None:
        background = options.executor != "inline"
        output = self.editor.hand_over()
        plan.notebook.request = replace(self.request, options=options)
        runner = Runner(self.notebook.namespace, background=background, output=output)
        try:
            plan.notebook.run(runner, plan.cell, options)
        except HpoError as error:
            self.editor.close_with({"text/plain": f"jupyter_hpo: {error}"})


def condition_problems(choice: Choice) -> list[EditorProblem]:
    """What is wrong with the conditions, each beside the row it was typed in."""
    problems = []
    for name, text in choice.conditions.items():
        try:
            _condition(name, text, choice)
        except CellError as error:
            problems += [_problem(name, p) for p in error.problems]
    return problems


def _condition(name: str, text: str, choice: Choice) -> Condition:
    others = {other: d for other, d in choice.distributions.items() if other != name}
    return parse_condition(text, others)


def chosen_space(choice: Choice) -> SearchSpace:
    """The space in a choice. Raises CellError for a condition that can't be read, SpaceError
    for conditions in a circle."""
    conditions = {name: _condition(name, text, choice) for name, text in choice.conditions.items()}
    return SearchSpace(
        Parameter(name, distribution, conditions.get(name))
        for name, distribution in choice.distributions.items()
    )


def capture_chosen(notebook: Notebook, choice: Choice) -> CapturedCell:
    """The cell with what was ticked, and only that, whatever its marks say.

    Raises CellError for what is in the way of a study, and what `chosen_space` raises.
    """
    chosen = chosen_space(choice)
    cell = notebook.capture(
        objectives=tuple(Objective(name, direction) for name, direction in choice.objectives),
        folds=choice.folds,
        line_space=[format_mark(p.distribution, p.condition, key=p.name) for p in chosen.values()],
    )
    if cell.problems:
        raise CellError(cell.problems)
    return replace(cell, space=SearchSpace(p for p in cell.space.values() if p.name in chosen))


def chosen_options(options: Options, choice: Choice) -> Options:
    """The options of the magic's line, as the editor's settings changed them."""
    return replace(
        options,
        trials=choice.trials,
        timeout_s=choice.timeout_s,
        trial_timeout_s=choice.trial_timeout_s,
        jobs=choice.jobs,
        sampler=choice.sampler or None,
        pruner=choice.pruner or None,
        device=choice.device or "auto",
        folds=choice.folds,
        repeats=choice.repeats,
    )


def beside(problem: Problem, choice: Choice) -> EditorProblem:
    """A problem of the cell, beside the row or the setting that it is about."""
    if problem.name in choice.distributions:
        return _problem(str(problem.name), problem)
    if problem.code.startswith("folds"):
        return _problem("folds", problem)
    if "objective" in problem.code:
        return _problem("objective", problem)
    return EditorProblem("", str(problem))


def _problem(name: str, problem: Problem) -> EditorProblem:
    """The row stands where the problem is: its line need not be said."""
    text = f"{problem.message} {problem.fix}".strip()
    return EditorProblem(name, text[:1].upper() + text[1:])
