"""The notebook around a training cell, as `capture` and the study ask for it. Main thread."""

from __future__ import annotations

import ast
import builtins
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import FunctionType
from typing import Any

from .arguments import Request
from .cell import CapturedCell, capture
from .cell.captured import Typed
from .cell.reading import Reading, read_cell
from .cell.slice import Past
from .cell.source import parsed
from .choices import unknown_choices
from .errors import CellError, HpoError, SpaceError
from .folding import given_by_folds, taken_as_it_stands
from .options import Options
from .past import SessionHistory, data_rows, history_of, known_objects, transform_for
from .run import Runner
from .warmup import warmup
from .worker.randomness import CellStates

_WORD = re.compile(r"[^\W\d]\w*")
READ = ("names", "transform", "filename", "past", "known")
"""Arguments of `cell.capture` that its reading takes; nobody changes them later."""
NOT_LOOKED_AT = "what earlier cells made: with --reach cell they are not looked at"
UNREAD = "what earlier cells made: they can't be read"
TOO_DEEP = "{} is nested too deeply to be read. Break up its longest expression."


class Notebook:
    """One execution of a training cell: its source, and the session it stands in.

    source: the cell below its `%%hpo` line. capture: understands the cell; called again with
    other objectives or another space (by the editor, from any thread) it sees the session as it
    stood, and reads nothing twice.
    """

    def __init__(self, shell: Any, request: Request, source: str) -> None:
        self.source, self.request = source, request
        self.namespace: dict[str, Any] = shell.user_ns
        self._history: SessionHistory = history_of(shell)
        running = self._history.running  # the shell's own count is ahead by one in IPython 9
        self._running = running
        self.past = self._history.past_of(source) if request.reach == "notebook" else Past()
        names = {name for name in self._mentioned() if name in self.namespace}
        self._arguments: dict[str, Any] = {
            "objectives": request.objectives,
            "constraints": request.options.constraints,
            "line_space": request.space,
            "space": _space(request, self.namespace),
            "names": frozenset(self.namespace),
            "transform": transform_for(shell),
            "filename": f"<cell In[{running.number if running else shell.execution_count}]>",
            "keep": request.options.keep,
            "read_elsewhere": _read_by_functions(self.namespace),
            "past": self.past,
            "known": known_objects(self.namespace, names),
            "n_rows": data_rows(self.namespace, names),
            "shadowing": _shadowing(self.namespace),
        }
        self._readings: dict[bool, Reading] = {}  # without the past, with it
        self._reading = threading.RLock()

    def capture(self, *, folds: int | str | None = None, **changes: Any) -> CapturedCell:
        """changes: arguments of `cell.capture` that differ from what the magic's line says, which
        may say nothing of folds either.
        Raises HpoError for code nested deeper than the interpreter goes."""
        self._changes = changes
        arguments = {**self._arguments, **changes}
        cell = self._captured(arguments)
        self._folds = folds or self.request.options.folds
        problems = (
            *(p for p in cell.problems if not (self._folds and given_by_folds(p))),
            *unknown_choices(cell, self.namespace),
        )
        notices = (n for n in cell.notices if not (self._folds and taken_as_it_stands(n)))
        typed = tuple(self._as_typed(cell))
        return replace(cell, typed=typed, problems=problems, notices=tuple(notices))

    def _captured(self, arguments: dict[str, Any]) -> CapturedCell:
        try:
            return self._understood(arguments)
        except RecursionError:
            if not arguments["past"].cells:
                raise HpoError(TOO_DEEP.format("the cell")) from None
        try:
            alone = self._understood({**arguments, "past": None})
        except RecursionError:
            raise HpoError(TOO_DEEP.format("the cell")) from None
        told = TOO_DEEP.format("an earlier cell") + " Until then this cell alone is searched."
        return replace(alone, notices=(told[0].upper() + told[1:], *alone.notices))

    def _understood(self, arguments: dict[str, Any]) -> CapturedCell:
        whole = arguments["past"] is not None
        with self._reading:
            if whole not in self._readings:
                asked = {name: arguments[name] for name in READ}
                self._readings[whole] = read_cell(self.source, **asked)
            return capture(self.source, **arguments, reading=self._readings[whole])

    def _as_typed(self, cell: CapturedCell) -> Iterator[Typed]:
        """The texts of the cells that the training cell looks at."""
        if self._running is not None:
            yield Typed(0, self._running.raw, cell.source, self._running.cell_id or "")
        places = [place for tunable in cell.tunables for place in tunable.places]
        looked_at = {r.cell for r in cell.reruns} | {place.cell for place in places}
        for executed in self.past.cells:
            record = self._history.recorder.records.get(executed.number)
            if record is not None and executed.number in looked_at:
                yield Typed(executed.number, record.raw, executed.source, record.cell_id or "")

    def run(self, runner: Runner, cell: CapturedCell, options: Options) -> None:
        """Start the study of the cell as captured last. Objects that can't travel to a worker
        are built by the trials themselves, where earlier cells say how.

        Raises what `Runner.start` raises.
        """
        runner.notebook = self
        with warmup.held():  # also where a message starts it, not a cell
            self._run(runner, cell, options)

    def _run(self, runner: Runner, cell: CapturedCell, options: Options) -> None:
        try:
            runner.start(self._with_above(cell), options, self.states_for(cell))
            return
        except CellError as error:
            unfit = {p.name for p in error.problems if p.code == "cannot_travel" and p.name}
            if not unfit:
                raise
            self._arguments["unfit"] = unfit
            again = self.capture(folds=self._folds, **self._changes)
            cell = replace(again, space=cell.space)
            if unfit & cell.free_names:
                raise
        runner.start(self._with_above(cell), options, self.states_for(cell))

    def _with_above(self, cell: CapturedCell) -> CapturedCell:
        """The cell, and those that a fresh kernel must have run before it."""
        from .past.above import above, read_by

        if self.request.reach != "notebook":
            return replace(cell, missing=(NOT_LOOKED_AT,))
        also = {*(part.number for part in cell.earlier), *(r.cell for r in cell.reruns)} - {0}
        try:
            numbers, missing = above(self.past, read_by(cell), also)
        except (RecursionError, SyntaxError):  # the recipe lacks them then, and says so
            return replace(cell, missing=(UNREAD,))
        records = self._history.recorder.records
        texts = tuple((n, records[n].raw) for n in numbers if n in records)
        return replace(cell, above=texts, missing=missing)

    def states_for(self, cell: CapturedCell) -> CellStates:
        """The random states with which the cells of a trial began, as far as they are known."""
        numbers = [part.number for part in cell.earlier]
        states = {number: self._history.states_before(number) for number in numbers}
        states[0] = self._history.state_after_last(self.past)
        return CellStates({n: state for n, state in states.items() if state is not None})

    def _mentioned(self) -> Iterator[str]:
        """Names that the session's cells, or this one, speak of."""
        trees = [parsed(c.source, c.number) for c in (*self.past.cells, *self.past.superseded)]
        for tree in trees:
            yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        yield from _WORD.findall(self.source)  # which may not be plain Python yet


def _shadowing(namespace: dict[str, Any]) -> frozenset[str]:
    """Builtins that mean something else here (`type = "ridge"`); not what IPython puts there."""
    own = {n: namespace[n] for n in dir(builtins) if not n.startswith("_") and n in namespace}
    return frozenset(
        name
        for name, value in own.items()
        if value is not getattr(builtins, name)
        and not str(getattr(value, "__module__", "")).startswith(("IPython", "_sitebuiltins"))
    )


def _space(request: Request, namespace: dict[str, Any]) -> Any:
    from .interop import read_space

    if request.space_name is None:
        return None
    if request.space_name not in namespace:
        raise HpoError(f"--space {request.space_name}: the notebook has no such name.")
    try:
        return read_space(namespace[request.space_name])
    except SpaceError as error:
        raise HpoError(f"--space {request.space_name}: {error}") from None


def _read_by_functions(namespace: dict[str, Any]) -> frozenset[str]:
    """Globals that functions of earlier cells read: a value tuned here may act through them."""
    functions = [f for f in namespace.values() if isinstance(f, FunctionType)]
    own = [f for f in functions if f.__globals__ is namespace]
    return frozenset(name for f in own for name in f.__code__.co_names)
