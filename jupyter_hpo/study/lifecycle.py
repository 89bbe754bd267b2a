"""Lifecycle: what becomes of one trial, from its suggestion to its end."""

from __future__ import annotations

from . import messages as m
from . import trial_events as ev
from .endings import DEVICE_MEMORY, HOST_MEMORY, INTERRUPTED, OUT_OF_MEMORY
from .places import Waits
from .ranking import losses
from .schedulers import Verdict
from .states import States
from .trial import Report, Trial, TrialError, TrialState

PRUNED_BY_YOU = "pruned by you"
NO_LONGER = "its values are no longer in the space"
MEMORY = {DEVICE_MEMORY: "ran out of device memory", HOST_MEMORY: "ran out of memory"}


class Lifecycle(States):
    """The half of `Study` that answers the events of its trials."""

    def _on_suggested(self, event: m.Suggested, out: list[m.Command]) -> None:
        self._places.asked.discard(event.number)
        trial = Trial(event.number, dict(event.params), enqueued=event.number in self._wished)
        self._wished.discard(event.number)
        self.books.add(trial)
        self._touch(trial)
        if self.phase == "stopping":
            self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, self.message))
            return
        if trial.enqueued or (self.n_done == 0 and not self._begun):
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
        if trial.number in self._to_prune:
            self._stop_trial(trial.number, PRUNED_BY_YOU, out)
        elif trial.number in self._stops:
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
        elif verdict is Verdict.STOP:
            self._stop_trial(trial.number, self.scheduler.why_pruned(trial.number), out)
        elif verdict is Verdict.PAUSE:
            self._wait(trial, Waits.SCHEDULER)
        else:
            self._go_on(trial, out)
        for number in self.scheduler.evict(self._places.packing.pool):
            self._stop_trial(number, self.scheduler.why_pruned(number), out)

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
        for waiting in self._places.packing.in_the_way:
            if self._places.waiting.get(waiting) is Waits.SCHEDULER:
                self._stop_trial(waiting, "its memory was needed by another trial", out)
            elif self._places.waiting.get(waiting) is Waits.SLOT:  # it frees it by going on
                self._go_on(self.trials[waiting], out)
                break
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
                self._cut_off(trial, self.message, out)
            elif trial.outside:
                self._cut_off(trial, NO_LONGER, out)
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
