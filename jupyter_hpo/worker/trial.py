"""A trial's whole life: seed, bind, exec, report, objective, objects, end.

The same in a worker process and in the kernel (inline): what differs is the `Channel`.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from ..cell.bind import awaits, bind, bring
from ..cell.captured import CellProgram
from ..cell.folds import BOUND
from ..cell.program import STATES
from ..cell.recorder import SILENT, Recorder
from ..cell.wrapping import RECORDER, recorder_of
from ..study.objective import ObjectiveError
from ..study.trial import TrialError
from ..study.trial_events import (
    Answer,
    Copied,
    Failed,
    Finished,
    Kept,
    Reported,
    Started,
    Stopped,
    TrialEvent,
    TrialSpec,
)
from . import (
    adapters,
    devices,
    failures,
    folding,
    moving,
    objects,
    pictures,
    printed,
    randomness,
    reporting,
)
from .figures import Meter
from .goals import Judge
from .inherited import SetUpDone

PATIENCE = 3


class StopTrial(BaseException):
    """Raised inside the cell, at a report, when the trial is told to stop."""


class TrialLost(BaseException):
    """The trial must end at once, without a word: nobody waits for it any more."""


class Channel(Protocol):
    """The trial's way to whoever runs it."""

    def send(self, event: TrialEvent) -> None: ...

    def answer(self) -> tuple[Answer, str | None]:
        """Wait for an answer and its path; when none can come, give_up."""

    def give_up(self) -> NoReturn:
        """End the trial here: a worker process ends, inline TrialLost is raised."""


@dataclass(frozen=True)
class Setting:
    """What all trials of a study share. known: names of the snapshot (the kernel has them).
    setup: what the program's shared set-up left; None when it has none. placed: the random
    states that this process has already, with which a trial with the seed `seed` begins."""

    program: CellProgram
    random_state: randomness.RandomState
    known: frozenset[str] = frozenset()
    setup: SetUpDone | None = None
    seed: int | None = None
    placed: randomness.RandomState | None = None

    def place(self, seed: int | None) -> None:
        """Give this process the random states with which a trial with this seed begins."""
        randomness.restore(self.random_state)
        if seed is not None:
            randomness.seed_all(seed)
        if self.setup is not None:
            randomness.restore(self.setup.random_state)


class Trial:
    """One trial in the process and thread it runs in."""

    def __init__(
        self, setting: Setting, spec: TrialSpec, namespace: dict[str, Any], channel: Channel
    ) -> None:
        self.setting, self.spec = setting, spec
        self.namespace, self.channel = namespace, channel
        self.stops = 0
        self.interrupted = False
        self.meter = Meter()
        self.judge = Judge(setting.program, namespace, self._figures)
        devices.current().begin()

    def run(self) -> None:
        """From Started to the last event before Ended. Raises TrialLost, and what is no
        matter of the trial's (KeyboardInterrupt comes out as Failed)."""
        self.channel.send(Started(self.spec.number, os.getpid(), time.time()))
        end = self._execute()
        if self.stops and not isinstance(end, Stopped):  # the cell swallowed StopTrial
            end = Stopped(self.spec.number, self._figures())
        self.channel.send(end)
        if isinstance(end, Finished):
            self._hand_over()

    def _execute(self) -> Finished | Failed | Stopped:
        program = self.setting.program
        self._begin()
        reporter = reporting.Reporter(program.objectives, self._report)
        reporting.set_reporter(reporter)
        try:
            with self.meter.warnings_counted(), pictures.unseen():
                return self._finish(self._run_cell(reporter))
        except StopTrial:
            return Stopped(self.spec.number, self._figures())
        except TrialLost:
            raise
        except BaseException as error:
            self.interrupted = isinstance(error, KeyboardInterrupt)
            error_said = failures.describe(error, program)
            return Failed(self.spec.number, error_said, self._figures())
        finally:
            reporting.set_reporter(None)

    def become(self, spec: TrialSpec) -> None:
        """From now on this is another trial, in the state that it is in: in a copy of its
        process, which waits for an answer."""
        before, self.spec = self.spec, spec
        self.meter.begin()
        program = self.setting.program
        kept = moving.move(program, self.namespace, before.params, spec.params)
        self.channel.send(Copied(spec.number, os.getpid(), time.time(), kept))

    def _begin(self) -> None:
        setting = self.setting
        if setting.setup is not None:
            setting.setup.say()
        if setting.placed is not None and self.spec.seed == setting.seed and not self.repeat:
            randomness.restore_python(setting.placed)
        else:
            setting.place(folding.seed_of(self.spec.seed, self.repeat))
        if self.repeat and STATES in self.namespace:
            self.namespace[STATES] = self._reseed

    @property
    def repeat(self) -> int:
        return self.setting.program.rounds.repeat_of(self.spec.round)

    def _reseed(self, cell: int) -> None:
        """In a repeat a cell does not begin with the states that the notebook had."""
        randomness.seed_all((folding.seed_of(self.spec.seed, self.repeat) or 0) + cell)

    def _run_cell(self, reporter: reporting.Reporter) -> Recorder:
        program = self.setting.program
        bound = bind(program, self.spec.params)
        recorder = recorder_of(program, self.namespace, reporter.from_loop)
        self.namespace[RECORDER] = recorder
        if program.folds is not None:
            at = self.spec.round, self.spec.seed
            self.namespace[BOUND] = folding.fold_of(program, *at, self.namespace)
        try:
            fits = adapters.in_place(program, reporter, self.namespace, StopTrial)
            bring(program, self.spec.params, self.namespace)
            with folding.seeds_moved(self.repeat), printed.watched(recorder), fits:
                for code in bound.codes:
                    if awaits(code):
                        _run_async(code, self.namespace)
                    else:
                        exec(code, self.namespace)
        finally:
            self.namespace.pop(BOUND, None)
            self.namespace[RECORDER] = SILENT  # functions that are kept still ask for it
        return recorder

    def _finish(self, recorder: Recorder) -> Finished | Failed:
        number, program = self.spec.number, self.setting.program
        try:
            own = recorder.final()
            figures = self._figures()
            values, amounts = self.judge.end(own, figures)
        except ObjectiveError as error:
            return Failed(number, failures.objective(error, program), self._figures())
        return Finished(number, values, figures, amounts)

    def _report(
        self, step: int, own: tuple[float, ...], fold: tuple[float, ...] | None = None
    ) -> None:
        if self.stops:
            self.stops += 1
            if self.stops > PATIENCE:
                self.channel.send(Stopped(self.spec.number, self._figures()))
                self.channel.give_up()
            raise StopTrial
        values, broken = self.judge.report(own)
        if all(map(math.isnan, values)):
            return
        fold = fold if fold is not None and len(fold) == len(values) else None
        self.channel.send(Reported(self.spec.number, step, values, broken, fold))
        with self.meter.waiting():
            while True:
                answer, _ = self.channel.answer()
                if answer is Answer.CONTINUE:
                    return
                if answer is Answer.STOP:
                    self.stops = 1
                    raise StopTrial

    def _hand_over(self) -> None:
        while True:
            answer, path = self.channel.answer()
            if answer is Answer.RELEASE:
                return
            if answer is Answer.KEEP and path is not None:
                break  # a STOP sent before the trial finished comes too late
        program = self.setting.program
        names, left_out = objects.write_objects(
            path,
            program.keep,
            self.namespace,
            known=self.setting.known,
            limit_bytes=program.keep_limit_bytes,
        )
        n_bytes = os.path.getsize(path) if names else 0
        self.channel.send(Kept(self.spec.number, path, names, left_out, n_bytes))

    def _figures(self) -> dict[str, float]:
        return {**self.meter.read(self.namespace), **devices.current().read()}


def _run_async(code: Any, namespace: dict[str, Any]) -> None:
    import asyncio
    import threading

    async def cell() -> None:
        result = eval(code, namespace)
        if asyncio.iscoroutine(result):
            await result

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(cell())
        return
    # Inline, in the kernel: its loop is running on this thread, so the cell gets its own.
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(cell())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, name="jupyter_hpo-await")
    thread.start()
    thread.join()
    if outcome:
        raise outcome[0]


__all__ = ["Channel", "Setting", "StopTrial", "Trial", "TrialError", "TrialLost"]
