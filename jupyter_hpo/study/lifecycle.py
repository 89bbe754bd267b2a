"""Lifecycle: what becomes of one trial, from its suggestion to its end."""

from __future__ import annotations

from typing import Any

from . import messages as m
from . import trial_events as ev
from .books import Books
from .config import StudyConfig
from .endings import DEVICE_MEMORY, HOST_MEMORY, INTERRUPTED, OUT_OF_MEMORY, Progress, interrupted
from .pace import Pace
from .packing import Packing, fixed_slots
from .places import Places, Waits
from .ranking import losses
from .schedulers import NoPruning, Scheduler, Verdict
from .stops import Stops
from .stopwatch import Stopwatch
from .trial import Report, Trial, TrialError, TrialState

MEMORY = {DEVICE_MEMORY: "ran out of device memory", HOST_MEMORY: "ran out of memory"}


class Lifecycle:
    """The half of `Study` that answers the events of its trials.

    A trial moves WAITING -> RUNNING <-> PAUSED -> COMPLETE | PRUNED | FAIL. Every change of
    state goes through `_run`, `_wait` or `_close`, which keep the books.
    """

    def __init__(
        self,
        config: StudyConfig,
        *,
        scheduler: Scheduler | None = None,
        earlier: list[Trial] | None = None,
        packing: Packing | None = None,
    ) -> None:
        self.config = config
        self.scheduler: Scheduler = scheduler or NoPruning()
        self.books = Books(config.objectives, earlier or ())
        self.pace = Pace()
        self.phase = "starting"
        self.message = ""
        self.failed = False
        self.version = 1
        self._now = 0.0
        self._places = Places(packing or fixed_slots(config.slots), in_kernel=config.in_kernel)
        self._to_pause: set[int] = set()  # by the person, at their next report
        self._stops = Stops(config.grace_s)
        self._progress = Progress(config)
        self._ran: Stopwatch[int] = Stopwatch()
        self._queue: list[dict[str, Any]] = []
        self._begin_with_earlier()

    @property
    def trials(self) -> dict[int, Trial]:
        return self.books.trials

    @property
    def n_done(self) -> int:
        """Trials that count for the budget: finished, not cut off by a study's end, and of
        the present space."""
        return self.books.n_done

    def running_s(self, number: int, now: float) -> float:
        """Seconds the trial has run so far, pauses not counted."""
        return self._ran.seconds(number, now)

    # ---------------------------------------------------------------------- events
    def _on_suggested(self, event: m.Suggested, out: list[m.Command]) -> None:
        self._places.asked.discard(event.number)
        trial = Trial(event.number, dict(event.params))
        self.books.add(trial)
        self._touch(trial)
        if self.phase == "stopping":
            self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, self.message))
            return
        if self.n_done == 0:
            self.scheduler.protect(trial.number)
        trial.device = self._places.take(trial.number)
        # Written before it is launched, and so in the order of the numbers.
        out += [m.Save(trial), m.Launch(trial)]

    def _on_started(self, event: ev.Started, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.pid, trial.started_at = event.pid, event.at
        self._run(trial)
        out.append(m.Save(trial))
        if self.phase == "stopping":
            out.append(m.Stop(trial.number))

    def _on_reported(self, event: ev.Reported, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        self._touch(trial)
        self.pace.reported(trial.number, self._now)
        self._places.packing.reported(trial.number, self._now)
        trial.reports.append(Report(event.step, event.values, trial.version))
        out.append(m.SaveReport(trial))
        if trial.number in self._stops:
            out.append(m.Stop(trial.number))
        elif self.phase == "paused" and trial.number not in self._to_pause:
            self._wait(trial, Waits.STUDY)
        else:
            self._judge(trial, out)

    def _judge(self, trial: Trial, out: list[m.Command]) -> None:
        verdict = self._verdict(trial)
        if trial.number in self._to_pause:
            self._to_pause.discard(trial.number)
            self.scheduler.withdraw(trial.number)
            self._wait(trial, Waits.PERSON)
        elif verdict is Verdict.PAUSE:
            self._wait(trial, Waits.SCHEDULER)
            for number in self.scheduler.evict(self._places.packing.pool):
                self._stop_trial(number, self.scheduler.why_pruned(number), out)
        else:
            self._go_on(trial, out)

    def _verdict(self, trial: Trial) -> Verdict:
        if len(self.config.objectives) != 1:
            return Verdict.CONTINUE
        report = trial.reports[-1]
        loss = losses(self.config.objectives, report.values)[0]
        return self.scheduler.on_report(trial.number, report.step, loss)

    def _on_finished(self, event: ev.Finished, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.values, trial.figures = event.values, dict(event.figures)
        self.pace.finished(trial.number, self._now)
        self._places.packing.finished(trial.number, trial.figures, self._now)
        beaten = self._close(trial, TrialState.COMPLETE, out)
        if trial.number in self.books.front:
            out.append(m.Keep(trial.number))
            out.extend(m.Discard(n) for n in beaten)
        else:
            out.append(m.Release(trial.number))

    def _on_kept(self, event: ev.Kept, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.objects_path = event.path if event.names else None
        if event.left_out:
            left = (f"{name} not kept: {why}" for name, why in event.left_out.items())
            trial.notice = "; ".join(left)
        self._touch(trial)
        out.append(m.Save(trial))
        if trial.number not in self.books.front:
            out.append(m.Discard(trial.number))

    def _on_failed(self, event: ev.Failed, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.figures = dict(event.figures)
        if self.config.in_kernel and event.error.kind == "KeyboardInterrupt":
            self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, event.error.message))
            self._stop(INTERRUPTED, out)
        elif event.error.kind in OUT_OF_MEMORY:
            self._ran_out(trial, event.error, out)
        else:
            self._places.packing.failed(trial.number, trial.figures)
            self._close(trial, TrialState.FAIL, out, event.error)

    def _on_stopped(self, event: ev.Stopped, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.figures = dict(event.figures)
        self._places.packing.finished(trial.number, trial.figures, self._now)
        self._close_stopped(trial, out)

    def _on_died(self, event: ev.Died, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        if trial.state is TrialState.COMPLETE:  # its objects were lost, its value was not
            trial.notice = f"its objects were lost: {event.reason}"
            self._touch(trial)
            out.append(m.Save(trial))
        elif trial.number in self._stops:
            self._close_stopped(trial, out)
        elif event.kind in OUT_OF_MEMORY:
            self._ran_out(trial, TrialError(event.kind, event.reason), out)
        else:
            self._close(trial, TrialState.FAIL, out, TrialError(event.kind, event.reason))

    def _ran_out(self, trial: Trial, error: TrialError, out: list[m.Command]) -> None:
        """For want of memory: tried again alone, once; then known to be infeasible."""
        if trial.number in self._stops:
            self._close_stopped(trial, out)
        elif self._places.ran_out(trial.number):
            self._ran.stop(trial.number, self._now)
            self._to_pause.discard(trial.number)
            self.pace.gone(trial.number)
            self.scheduler.on_end(trial.number)
            self.books.enter(trial, TrialState.WAITING)
            trial.reports.clear()
            trial.notice = f"{MEMORY[error.kind]}, so it was tried again alone"
            self._touch(trial)
            out.append(m.Save(trial))
        else:
            trial.notice = f"{MEMORY[error.kind]}, also when it ran alone"
            self._close(trial, TrialState.PRUNED, out, error)

    def _try_again(self, out: list[m.Command]) -> None:
        """Start the second attempts whose devices are free for them."""
        number = self._places.packing.again()
        while number is not None and number not in self._places.alive:
            trial = self.trials[number]
            trial.device = self._places.take(number)
            out.append(m.Launch(trial))
            number = self._places.packing.again()

    def _on_ended(self, event: ev.Ended, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        self._places.end(trial.number)
        self._stops.ended(trial.number)
        if trial.number in self._places.again:
            if self.phase == "stopping":
                self._cut_off(trial, out)
        elif not trial.state.finished:
            error = TrialError("died", "the trial ended without a result")
            self._close(trial, TrialState.FAIL, out, error)

    def _on_lost(self, event: ev.ExecutorLost, out: list[m.Command]) -> None:
        for number in sorted(self._places.alive):
            trial = self.trials[number]
            if not trial.state.finished:
                self._close(trial, TrialState.FAIL, out, TrialError("died", event.reason))
            self._places.end(number)
            self._stops.ended(number)
        self.failed = True
        self._stop(event.reason, out)

    def _cut_off(self, trial: Trial, out: list[m.Command]) -> None:
        """The study ends before the trial had its second attempt."""
        self._places.give_up(trial.number)
        self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, self.message))

    # ----------------------------------------------------------------- transitions
    def _run(self, trial: Trial) -> None:
        self.books.enter(trial, TrialState.RUNNING)
        self._ran.start(trial.number, self._now)
        self.pace.began(trial.number, self._now)
        self._touch(trial)

    def _wait(self, trial: Trial, waits: Waits) -> None:
        self._places.wait(trial.number, waits)
        self.books.enter(trial, TrialState.PAUSED)
        self._ran.stop(trial.number, self._now)
        self._touch(trial)

    def _go_on(self, trial: Trial, out: list[m.Command]) -> None:
        self._places.go_on(trial.number)
        self._run(trial)
        out.append(m.Continue(trial.number))

    def _stop_trial(self, number: int, why: str, out: list[m.Command]) -> None:
        if number in self._stops:
            return
        self._stops.tell(number, why, self._now)
        self._to_pause.discard(number)
        if not self.trials[number].state.finished:
            self.scheduler.on_end(number)
            out.append(m.Stop(number))

    def _close_stopped(self, trial: Trial, out: list[m.Command]) -> None:
        why, cut_off = self._stops.why(trial.number), trial.number in self._stops.cut_off
        if trial.reports and not cut_off:
            trial.values = trial.reports[-1].values
            trial.notice = why
            self._close(trial, TrialState.PRUNED, out)
        else:
            kind = INTERRUPTED if cut_off else "stopped"
            self._close(trial, TrialState.FAIL, out, TrialError(kind, why))

    def _close(
        self, trial: Trial, state: TrialState, out: list[m.Command], error: TrialError | None = None
    ) -> list[int]:
        """Finish the trial; the trials that it displaces from the front."""
        number = trial.number
        self._ran.stop(number, self._now)
        self._to_pause.discard(number)
        self._places.go_on(number)
        self.pace.gone(number)
        trial.figures["running_s"] = round(self.running_s(number, self._now), 3)
        trial.finished_at = self._now
        self.books.enter(trial, state, error)
        beaten = self.books.front.take(trial)
        self.scheduler.on_end(number, complete=state is TrialState.COMPLETE)
        self._progress.add(trial, leads=number in self.books.front)
        self._touch(trial)
        out += [m.Tell(trial), m.Save(trial)]
        return beaten

    def _stop(self, why: str, out: list[m.Command]) -> None:
        self.phase, self.message = "stopping", why
        # What runs, or is held by the person, is tried again when the study goes on; what
        # the scheduler had paused has been compared, and is pruned.
        compared = set(self._places.those(Waits.SCHEDULER))
        for number in sorted(self._places.alive):
            if number not in self._stops and number not in compared:
                self._stops.cut_off.add(number)
            self._stop_trial(number, why, out)
        for number in list(self._places.again):
            if number not in self._places.alive:
                self._cut_off(self.trials[number], out)
        self._touch()

    def _touch(self, trial: Trial | None = None) -> None:
        self.version += 1
        if trial is not None:
            self.books.changed(trial, self.version)

    def _begin_with_earlier(self) -> None:
        """Rank what earlier sessions left, and try again what was cut off in them."""
        trials = list(self.trials.values())
        done = [t.params for t in trials if not interrupted(t)]
        for trial in trials:
            again = interrupted(trial) and not trial.outside
            if again and trial.params not in [*done, *self._queue]:
                self._queue.append(dict(trial.params))
        front = self.books.front.trials
        self._progress.earlier(trials, front[0] if front else None)
        if len(self.config.objectives) == 1:
            for trial in trials:
                if interrupted(trial) or trial.outside:
                    continue
                for report in trial.reports:
                    loss = losses(self.config.objectives, report.values)[0]
                    self.scheduler.on_report(trial.number, report.step, loss)
                self.scheduler.on_end(trial.number, complete=trial.state is TrialState.COMPLETE)
