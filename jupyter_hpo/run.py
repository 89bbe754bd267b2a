"""Run a study in the notebook: show it, wait for it, bind what it found."""

from __future__ import annotations

import ast
import asyncio
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .cell import CapturedCell
from .desk.importances import prepare
from .errors import HpoError
from .front_ends import limits
from .handle import StudyHandle, studies
from .interrupts import Interrupts
from .options import Options
from .outcome import bundle as saved_bundle
from .progress import TerminalLine, terminal
from .session import Session, open_session
from .space import MISSING
from .study import messages as m
from .study.endings import INTERRUPTED
from .warmup import warmup
from .widgets.control import current_kernel
from .widgets.dashboard import Dashboard
from .widgets.output import Output
from .worker.randomness import CellStates

if TYPE_CHECKING:
    from .notebook import Notebook

WAIT_S = 0.2
"""Waits are cut this short so that an interrupt is noticed on every system."""

ENDING_S = 30.0
"""How long an interrupted study may take to end before the cell is given back anyway."""


class StudyFailed(HpoError):
    """The study ran and found nothing."""


class Interrupted(KeyboardInterrupt):
    """The person pressed stop: one line, and the cells below don't run."""

    def _render_traceback_(self) -> list[str]:
        return [f"jupyter_hpo: {self}"]


class Runner:
    """Runs studies for one notebook. Main thread.

    namespace: the notebook's, where results are bound. background: return at once.
    quiet: show the result only. output: where to show the dashboard, a new place in the
    running cell when None. again: what a person does to go on with a study they stopped.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        *,
        background: bool = False,
        quiet: bool = False,
        output: Output | None = None,
        again: str = "Run the cell again to go on.",
    ) -> None:
        self.namespace, self.background, self.again = namespace, background, again
        self.quiet, self.output = quiet, output
        self.notebook: Notebook | None = None

    def start(
        self, cell: CapturedCell, options: Options, states: CellStates | None = None
    ) -> StudyHandle:
        """Open the study of a captured cell, bind it as `study`, and run it. states: the random
        states with which its cells began.

        Raises CellError or StorageError before anything is started, StudyFailed when no
        trial could be run to its end, Interrupted when the person stopped the cell.
        """
        with Interrupts():
            session = open_session(cell, options, self.namespace, states)
            handle = StudyHandle(session, self.namespace, run=self.run, follow=self.follow)
            handle.notebook, handle.on_main = self.notebook, _on_main()
            studies.add(handle)
            self.namespace["study"] = handle
            self.run(handle)
            return handle

    def run(self, handle: StudyHandle) -> None:
        """Show and run the session that the handle holds now."""
        with Interrupts() as interrupts:
            self._run(handle, interrupts)

    def _run(self, handle: StudyHandle, interrupts: Interrupts) -> None:
        session = handle.session
        for sentence in limits(background=self.background):
            session.presenter.notice(sentence)
        handle.finished.clear()
        try:
            dashboard = None if self.quiet else self._dashboard(handle)
            if dashboard is not None:
                session.engine.on_change = dashboard.notify
                dashboard.show(self.output)
                handle.output = dashboard.output
        except BaseException:
            session.engine.abandon()
            handle.finished.set()
            raise
        session.engine.start()
        prepare(session.engine.done)
        if self.background:
            if interrupts.seen:
                session.engine.request(m.StopRequested(INTERRUPTED))
            self._finish_in_background(handle, dashboard)
            return
        stream = None if self.quiet else terminal()
        line = None if stream is None else TerminalLine(session.presenter, stream)
        if line is not None:
            line.begin()
        try:
            self._wait(session, interrupts)
        finally:
            if line is not None:
                line.end()
        self._finish(handle, dashboard)
        if interrupts.seen:
            done = session.study.n_done
            raise Interrupted(f"stopped; {done} finished trials are kept. {self.again}")
        if session.engine.crash or (session.study.failed and session.study.best is None):
            raise StudyFailed(session.study.message)

    def follow(self, handle: StudyHandle) -> None:
        """Run the session that the handle holds now in the background. Whoever wants to see it
        follows it; its result replaces the one shown before."""
        handle.finished.clear()
        handle.session.engine.start()
        self._finish_in_background(handle, None)

    def _finish_in_background(self, handle: StudyHandle, dashboard: Dashboard | None) -> None:
        threading.Thread(
            target=self._finish_later, args=(handle, dashboard),
            name="jupyter_hpo-finish", daemon=True,
        ).start()  # fmt: skip

    def _dashboard(self, handle: StudyHandle) -> Dashboard:
        view_id = f"{handle.id}/{uuid.uuid4().hex[:8]}"
        return Dashboard(handle.session.presenter, handle.desk.handle, view_id)

    def _wait(self, session: Session, interrupts: Interrupts) -> None:
        """Until the study has ended; an interrupt stops it."""
        left_s = float("inf")
        while not session.engine.done.is_set() and left_s > 0:
            inline = session.inline
            if inline is None:
                session.engine.done.wait(WAIT_S)
            else:
                interrupts.raising = True
                try:
                    inline.run_pending(WAIT_S)
                except KeyboardInterrupt:  # between two trials
                    pass
                finally:
                    interrupts.raising = False
            left_s -= WAIT_S
            if interrupts.seen and left_s > ENDING_S:
                left_s = ENDING_S
                session.engine.request(m.StopRequested(INTERRUPTED))

    def _finish_later(self, handle: StudyHandle, dashboard: Dashboard | None) -> None:
        handle.session.engine.done.wait()
        self._finish(handle, dashboard)

    def _finish(self, handle: StudyHandle, dashboard: Dashboard | None) -> None:
        try:
            try:
                bind_result(handle, self.namespace)
            finally:
                output = handle.output or Output()
                handle.saved = bundle = {**saved_bundle(handle), **output.mark}
                if dashboard is not None:
                    dashboard.finish(bundle)
                else:
                    output.replace(bundle)
        finally:
            handle.finished.set()
            warmup.again()


def _on_main() -> Callable[[Callable[[], None]], object] | None:
    """How a kernel's main thread is given something to do, once it is free."""
    return asyncio.get_event_loop().call_soon_threadsafe if current_kernel() is not None else None


def bind_result(handle: StudyHandle, namespace: dict[str, Any]) -> list[str]:
    """Put the objects and values of the best trial, or the chosen one, into the notebook's
    namespace; the names. Main thread, or any while that waits.

    What can't be brought back is said among the study's notices.
    """
    session = handle.session
    best = session.study.selected
    if best is None:
        return []
    for problem in repeat_imports(session.cell, namespace):
        session.presenter.notice(problem)
    objects: dict[str, Any] = {}
    try:
        objects = handle.best_objects()
        namespace.update(objects)
    except (HpoError, OSError) as error:
        session.presenter.notice(str(error))
    lost = best.notice.removeprefix(session.study.origin(best)).removeprefix("; ")
    if lost:  # what could not come back
        session.presenter.notice(f"Trial {best.number}: {lost}.")
    params, space, names = best.params, session.cell.space, dict.fromkeys(objects)
    for tunable in session.cell.tunables:
        if tunable.variable is not None and tunable.name in space:
            # Where its condition did not hold, the trial ran with the code's own value.
            value = params.get(tunable.name, space[tunable.name].default)
            if value is not MISSING:
                namespace[tunable.variable] = _value(session, tunable.name, value, namespace)
                names[tunable.variable] = None
    return list(names)


def repeat_imports(cell: CapturedCell, namespace: dict[str, Any]) -> list[str]:
    """Do the cell's own top-level imports in the notebook, as running the cell would have.

    Modules don't come back with a trial's objects; later cells expect them all the same.
    Returns a sentence for each that failed here.
    """
    problems = []
    for statement in ast.parse(cell.source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            code = compile(ast.Module([statement], []), cell.filename, "exec")
            try:
                exec(code, namespace)
            except Exception as error:  # it worked in the trial; here its path may differ
                problems.append(
                    f"`{ast.unparse(statement)}` failed in the notebook: "
                    f"{type(error).__name__}: {error}"
                )
    return problems


def _value(session: Session, name: str, value: Any, namespace: dict[str, Any]) -> Any:
    distribution = session.cell.space[name].distribution
    if getattr(distribution, "expressions", False):
        return eval(str(value), namespace)
    return value
