"""An example, captured and run as one trial with every tunable at its own value."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jupyter_hpo.arguments import parse_line
from jupyter_hpo.cell import CapturedCell
from jupyter_hpo.cell.bind import remember_source
from jupyter_hpo.cell.program import STATES
from jupyter_hpo.notebook import Notebook
from jupyter_hpo.options import Options
from jupyter_hpo.programs import program_of
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import Answer, Failed, Finished, Reported, TrialSpec
from jupyter_hpo.worker import randomness
from jupyter_hpo.worker.randomness import CellStates
from jupyter_hpo.worker.trial import Setting, Trial

from .comparing import differences, without_times
from .corpus import Aim, Example


@dataclass
class Found:
    """tunables: name, value, range, places (cell, line, col, end_line, end_col) of what was
    proposed. objectives: (direction, source) as proposed. steps: of the reports. value: the
    final metric. differs: names that a plain run left otherwise. right: the objective is one of
    those that a person would take, or it is right that none is proposed."""

    tunables: list[dict[str, Any]] = field(default_factory=list)
    objectives: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    ran: bool = False
    error: str = ""
    steps: list[int] = field(default_factory=list)
    value: float | None = None
    plain_value: float | None = None
    differs: list[str] = field(default_factory=list)
    prints_differ: bool = False
    right: bool = False


def understand(example: Example, notebook: Any, aims: tuple[Aim, ...] = ()) -> Understood:
    """What the tool finds under `%%hpo --auto` after the earlier cells were run in notebook."""
    around = Notebook(notebook.shell, parse_line("--auto"), example.training)
    asked = tuple(Objective(a.source, a.direction) for a in aims)
    cell = around.capture(objectives=asked) if asked else around.capture()
    return Understood(cell, around.states_for(cell))


class Understood(NamedTuple):
    cell: CapturedCell
    states: CellStates


def run(notebook: Any, example: Example, plainly: dict[str, Any], printed: str) -> Found:
    """After the earlier cells have run in notebook. plainly, printed: a plain run's end."""
    cell, states = understand(example, notebook)
    found = proposals(cell, example, notebook, plainly)
    if not cell.objectives or cell.problems:
        asked = tuple(a for a in example.aims if not a.printed)[:1]
        cell, states = understand(example, notebook, asked)
        found.problems += [f"asked for: {p.code}: {p.message}" for p in cell.problems]
    if cell.objectives:
        execute(Understood(cell, states), notebook.namespace, found, plainly, printed)
        found.differs = differences(plainly, notebook.namespace, example.clock)
    return found


def proposals(
    cell: CapturedCell,
    example: Example,
    notebook: Any,
    plainly: Mapping[str, Any] | None = None,
) -> Found:
    """What is found when nothing is asked for. plainly: a plain run's end, where it isn't the
    notebook's own namespace."""
    return Found(
        tunables=[shown(t, notebook) for t in cell.tunables if t.distribution is not None],
        objectives=[(o.direction, o.source) for o in cell.objectives],
        problems=[f"{p.code}: {p.message}" for p in cell.problems],
        notices=list(cell.notices),
        right=right_objective(example, cell.objectives, plainly or notebook.namespace),
    )


def right_objective(
    example: Example, proposed: Sequence[Objective], plainly: Mapping[str, Any]
) -> bool:
    """Whether what is proposed is one of the example's aims: by its source, by the text that is
    printed, or because it goes the same way and has the same value at a plain run's end."""
    if not proposed:
        return not example.proposed
    (one,) = proposed[:1]
    same_way = [a for a in example.aims if a.direction == one.direction]
    if any(alike(one.source, a.source) for a in same_way if not a.printed):
        return True
    if any(a.source in one.source for a in same_way if a.printed):
        return True
    value = value_of(one, plainly)
    return value is not None and any(
        value == value_of(Objective(a.source, a.direction), plainly)
        for a in same_way
        if not a.printed
    )


def alike(one: str, other: str) -> bool:
    """The same code, however it is written."""
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False


def value_of(objective: Objective, namespace: Mapping[str, Any]) -> float | None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return objective.evaluate(namespace)
    except Exception:
        return None


def last(text: str, printed: str) -> float | None:
    """The last number that is printed where text has its `{}`."""
    pattern = re.escape(text).replace(r"\{\}", r"\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*")
    numbers = re.findall(pattern, printed)
    return float(numbers[-1]) if numbers else None


def shown(tunable: Any, notebook: Any) -> dict[str, Any]:
    """For JSON. Places are the corpus's: earlier cells from 1, lines without the `%%hpo`."""
    places = [
        (p.cell - notebook.before, p.line, p.col, p.end_line, p.end_col)
        if p.cell
        else (0, p.line - 1, p.col, p.end_line - 1, p.end_col)
        for p in tunable.places
    ]
    return {
        "name": tunable.name,
        "value": repr(tunable.value),
        "range": str(tunable.distribution),
        "places": places,
    }


def trial(understood: Understood, namespace: dict[str, Any]) -> tuple[Channel, str]:
    """One trial at the tunables' own values, in this process and in namespace itself; what it
    came to, and what it printed."""
    cell, states = understood
    program = program_of(cell, Options(), states)
    own = {name: parameter.default for name, parameter in cell.space.items()}
    channel = Channel()
    remember_source(program)
    setting = Setting(program, states.by_cell.get(0, randomness.capture()), frozenset(namespace))
    out = io.StringIO()
    namespace[STATES] = states
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        Trial(setting, TrialSpec(0, own), namespace, channel).run()
    return channel, out.getvalue()


def execute(
    understood: Understood,
    namespace: dict[str, Any],
    found: Found,
    plainly: dict[str, Any],
    printed: str,
) -> None:
    channel, out = trial(understood, namespace)
    found.steps = channel.steps
    found.prints_differ = without_times(out) != without_times(printed)
    end = channel.end
    if isinstance(end, Finished):
        found.ran, found.value = True, end.values[0]
        objective = understood.cell.objectives[0]
        told = objective.printed
        found.plain_value = value_of(objective, plainly) if told is None else last(told, printed)
    elif isinstance(end, Failed):
        found.error = f"{end.error}"


class Channel:
    """Lets a trial go on, and releases it."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.end: Any = None

    def send(self, event: Any) -> None:
        if isinstance(event, Reported):
            self.steps.append(event.step)
        elif isinstance(event, Finished | Failed):
            self.end = event

    def answer(self) -> tuple[Answer, str | None]:
        return (Answer.CONTINUE if self.end is None else Answer.RELEASE), None

    def give_up(self) -> Any:
        raise RuntimeError("the trial gave up.")
