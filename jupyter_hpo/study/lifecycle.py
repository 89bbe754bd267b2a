"""Lifecycle: what becomes of one trial, from its suggestion to its end."""

from __future__ import annotations

from . import messages as m
from . import trial_events as ev
from .constraints import infeasible
from .endings import DEVICE_MEMORY, HOST_MEMORY, INTERRUPTED, OUT_OF_MEMORY
from .places import Waits
from .round_keeping import NO_LONGER, PRUNED_BY_YOU, RoundKeeping, together
from .schedulers import Verdict
from .trial import Trial, TrialError, TrialState

OBJECTS = "objects_bytes"
"""Among a trial's figures: what its kept objects take."""

MEMORY = {DEVICE_MEMORY: "ran out of device memory", HOST_MEMORY: "ran out of memory"}


class Lifecycle(RoundKeeping):
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
        first = self.n_done == 0 and not self._begun
        if trial.enqueued or first or trial.number in self._cells_own:
            self._protected.add(trial.number)
            for judge in self._judges:
                judge.protect(trial.number)
        trial.device = self._places.take(trial.number)
        self._carry_on(trial)
        # Written before it is launched, and so in the order of the numbers.
        out += [m.Save(trial), m.Launch(trial)]

    def _on_started(self, event: ev.Started, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.pid = event.pid
        if trial.started_at is None or not trial.rounds:
            trial.started_at = event.at
        self._run(trial)
        out.append(m.Save(trial))
        if self.phase == "stopping":
            out.append(m.Stop(trial.number))

    def _on_reported(self, event: ev.Reported, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        self._touch(trial)
        self.pace.reported(trial.number, self._now)
        self._places.packing.reported(trial.number, self._now)
        self._take_report(trial, event, out)
        self._begun = self._begun or self._lets_others_begin(trial)
        self._take_broken(trial, event.broken)  # for good, so it need not run on
        if trial.number in self._to_prune:
            self._stop_trial(trial.number, PRUNED_BY_YOU, out)
        elif trial.number in self._stops:
            out.append(m.Stop(trial.number))
        elif trial.violations and self._may_end(trial):
            self._stop_trial(trial.number, f"infeasible: {infeasible(trial.violations)}", out)
        elif self.phase == "paused" and trial.number not in self._to_pause:
            self._wait(trial, Waits.STUDY)
        else:
            self._judge(trial, out)

    def _lets_others_begin(self, trial: Trial) -> bool:
        """Whether others may begin beside the first trial, which has reported. Folds and repeats
        wait for one that is whole: what they are shows there. Schedulers have a say, too."""
        whole = self.judge is None and self.config.rounds.n == 1
        return whole and trial.number not in self._to_pause

    def _judge(self, trial: Trial, out: list[m.Command]) -> None:
        verdict = self._verdict(trial)
        if trial.number in self._to_pause:
            self._to_pause.discard(trial.number)
            self.scheduler.withdraw(trial.number)
            self._wait(trial, Waits.PERSON)
        elif verdict is Verdict.STOP:
            self._stop_trial(trial.number, self._why_pruned(trial.number), out)
        elif verdict is Verdict.PAUSE:
            self._wait(trial, Waits.SCHEDULER)
        else:
            self._go_on(trial, out)
        for number in self.scheduler.evict(self._places.packing.pool):
            self._stop_trial(number, self.scheduler.why_pruned(number), out)

    def _verdict(self, trial: Trial) -> Verdict:
        verdict = self._fold_verdict(trial)
        if verdict is not None:
            return verdict
        loss = self._loss(trial.number, trial.reports[-1])
        if loss is None:
            return Verdict.CONTINUE
        return self.scheduler.on_report(trial.number, trial.reports[-1].step, loss)

    def _on_finished(self, event: ev.Finished, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        if self._took_round(trial, event, out):
            return
        self._check_folds(trial, event.values, out)
        if self.config.rounds.n == 1:
            trial.values, trial.figures = event.values, dict(event.figures)
            trial.take_amounts(event.amounts)
        self.pace.finished(trial.number, self._now)
        self._places.packing.finished(trial.number, trial.figures, self._now)
        beaten = self._close(trial, TrialState.COMPLETE, out)
        if trial.number in self.books.front:
            out.append(m.Keep(trial.number))
            for number in beaten:
                self._discard(self.trials[number], out)
        else:
            out.append(m.Release(trial.number))

    def _on_kept(self, event: ev.Kept, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.objects_path = event.path if event.names else None
        if event.left_out:
            left = (f"{name} not kept: {why}" for name, why in event.left_out.items())
            trial.notice = "; ".join(filter(None, [trial.notice, *left]))
        if event.n_bytes:
            trial.figures[OBJECTS] = float(event.n_bytes)
        self._touch(trial)
        if trial.number not in self.books.front:
            self._discard(trial, out)
        elif why := self._no_room(trial):
            trial.notice = "; ".join(filter(None, [trial.notice, why]))
            self._discard(trial, out)
        out.append(m.Save(trial))

    def _no_room(self, trial: Trial) -> str:
        """Why the objects of a trial on the front can't be kept beside those of the others."""
        limit, kept_for = self.config.keep_limit_bytes, [*self.books.front.trials]
        if self.chosen in self.trials and self.chosen not in self.books.front:
            kept_for.append(self.trials[self.chosen])
        kept = [t.figures[OBJECTS] for t in kept_for if t.objects_path and OBJECTS in t.figures]
        if limit is None or len(kept) < 2 or sum(kept) <= limit:
            return ""
        others = "another trial" if len(kept) == 2 else f"the {len(kept) - 1} others"
        return (
            f"its objects were not kept: with those of {others} they would take "
            f"{sum(kept) / 1e9:.1f} GB, more than --keep-limit allows"
        )

    def _discard(self, trial: Trial, out: list[m.Command]) -> None:
        """Let go of a trial's objects, unless the person has chosen it."""
        if trial.number != self.chosen:
            trial.objects_path = None
            trial.figures.pop(OBJECTS, None)
            self._touch(trial)
            out.append(m.Discard(trial.number))

    def _on_failed(self, event: ev.Failed, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        before = trial.figures
        after = together(before if trial.rounds else {}, event.figures)
        if self.config.in_kernel and event.error.kind == "KeyboardInterrupt":
            trial.figures = before if self.config.rounds.n > 1 else after
            self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, event.error.message))
            self._stop(INTERRUPTED, out)
        elif event.error.kind in OUT_OF_MEMORY:
            self._ran_out(trial, event.error, out)
            if trial.state.finished:  # else that run is made once more
                trial.figures = {**trial.figures, **after}
        else:
            trial.figures = after
            self._places.packing.failed(trial.number, trial.figures)
            self._close(trial, TrialState.FAIL, out, self._named(event.error, trial))

    def _on_stopped(self, event: ev.Stopped, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        again = self.config.rounds.n > 1 and trial.number in self._stops.cut_off
        if not again:  # else this round is run once more, when the study goes on
            trial.figures = together(trial.figures if trial.rounds else {}, event.figures)
        self._places.packing.finished(trial.number, trial.figures, self._now)
        self._close_stopped(trial, out)

    def _on_died(self, event: ev.Died, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        if trial.number in self._places.between or trial.number in self._at_round_end:
            self._died_between(trial, event.reason, out)
        elif trial.state is TrialState.COMPLETE:  # its objects were lost, its value was not
            trial.notice = f"its objects were lost: {event.reason}"
            self._touch(trial)
            out.append(m.Save(trial))
        elif trial.number in self._stops:
            self._close_stopped(trial, out)
        elif event.kind in OUT_OF_MEMORY:
            self._ran_out(trial, TrialError(event.kind, event.reason), out)
        else:
            error = TrialError(event.kind, event.reason)
            self._close(trial, TrialState.FAIL, out, self._named(error, trial))

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
            self._begin_anew(trial)
            trial.notice = f"{MEMORY[error.kind]}, so it was tried again alone"
            if trial.parent is not None:  # the state that it went on from is gone
                trial.notice += f", from its beginning and no longer from trial {trial.parent}"
                trial.parent, trial.inherited = None, {}
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
        if trial.number in self._places.between:
            self._ended_between(trial, out)
        elif trial.number in self._places.again:
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
