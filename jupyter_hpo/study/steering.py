"""Steering: what the person asks of a study while it runs, and of its trials one by one."""

from __future__ import annotations

from dataclasses import replace

from . import messages as m
from .breeding import Breeding
from .endings import STOPPED_BY_YOU
from .places import Waits
from .ranking import telling
from .round_keeping import NO_LONGER, PRUNED_BY_YOU
from .schedulers import Pbt
from .stopwatch import Stopwatch
from .trial import Trial

TOLD = 400
"""Trials told to the sampler of a new space: to tell one costs it a millisecond."""


class Steering(Breeding):
    """The part of `Study` that answers the person."""

    threads: int | None
    exhausted: str
    _slots_asked_why: str
    _paused: Stopwatch[str]

    def waits_for(self, number: int) -> Waits | None:
        """What a paused trial waits for; PERSON also of one that runs and will be paused at
        its next report."""
        if number in self._to_pause:
            return Waits.PERSON
        return self._places.waiting.get(number)

    def choose(self, number: int | None) -> None:
        """Make a trial the result, whatever is better; None: the best one again."""
        before, self.chosen = self.chosen, number
        for one in (before, number):
            if one in self.trials:
                self._touch(self.trials[one])
        self._touch()

    @property
    def _going(self) -> bool:
        return self.phase not in ("stopping", "finished")

    # ------------------------------------------------------------------- the whole study
    def _on_stop(self, event: m.StopRequested, out: list[m.Command]) -> None:
        if self._going:
            self._stop(event.why, out)

    def _on_pause(self, event: m.PauseRequested, out: list[m.Command]) -> None:
        if self.phase == "running":
            self.phase = "paused"
            self._paused.start("study", self._now)
            self._places.packing.held(self._now)
            self._touch()

    def _on_resume(self, event: m.ResumeRequested, out: list[m.Command]) -> None:
        if self.phase == "paused":
            self.phase = "running"
            self._paused.stop("study", self._now)
            self._places.packing.held(self._now)
            self._touch()
            for number in self._places.those(Waits.STUDY):
                self._judge(self.trials[number], out)

    # ------------------------------------------------------------------------- one trial
    def _on_stop_trial(self, event: m.StopTrialRequested, out: list[m.Command]) -> None:
        if event.number in self._places.alive:
            self._stop_trial(event.number, STOPPED_BY_YOU, out)
        elif event.number in self._places.between:
            self._stop_between(self.trials[event.number], STOPPED_BY_YOU, out)
        elif event.number in self._places.again:
            self._cut_off(self.trials[event.number], STOPPED_BY_YOU, out, "stopped")

    def _on_prune_trial(self, event: m.PruneTrialRequested, out: list[m.Command]) -> None:
        trial = self._steerable(event.number)
        if trial is None:
            return
        if trial.number in self._places.between:
            self._prune_between(trial, out)
        elif trial.number in self._places.waiting:
            self._stop_trial(trial.number, PRUNED_BY_YOU, out)
        else:
            self._to_prune.add(trial.number)
        self._touch(trial)

    def _on_pause_trial(self, event: m.PauseTrialRequested, out: list[m.Command]) -> None:
        trial = self._steerable(event.number)
        if trial is None or self.waits_for(trial.number) is Waits.PERSON:
            return
        waits = self._places.waiting.get(trial.number)
        self._to_pause.add(trial.number)
        if waits is Waits.STUDY:  # what it reported is still to be judged
            self._judge(trial, out)
        elif waits is not None:
            self._to_pause.discard(trial.number)
            self.scheduler.withdraw(trial.number)
            self._wait(trial, Waits.PERSON)
        self._touch(trial)

    def _on_resume_trial(self, event: m.ResumeTrialRequested, out: list[m.Command]) -> None:
        trial = self._steerable(event.number)
        if trial is None:
            return
        self._to_pause.discard(trial.number)
        if self._places.waiting.get(trial.number) in (Waits.PERSON, Waits.SCHEDULER):
            self.scheduler.withdraw(trial.number)
            self._wait(trial, Waits.SLOT)
        self._touch(trial)

    def _steerable(self, number: int) -> Trial | None:
        """The trial when it can still be paused or resumed."""
        under_way = number in self._places.alive or number in self._places.between
        if not under_way or number in self._stops:
            return None
        trial = self.trials[number]
        return None if trial.state.finished else trial

    # ------------------------------------------------------------------ what is looked for
    def _on_slots(self, event: m.SlotsChanged, out: list[m.Command]) -> None:
        self._places.packing.ask_for(event.slots, self._now)
        self._slots_asked_why, self.threads = event.why, event.threads
        self._touch()

    def _on_enqueue(self, event: m.EnqueueRequested, out: list[m.Command]) -> None:
        self._enqueued.append(dict(event.params))
        self._touch()

    def _on_budget(self, event: m.BudgetChanged, out: list[m.Command]) -> None:
        self.config = replace(self.config, budget=event.budget)
        self._progress.budget = event.budget
        limit = event.budget.n_trials
        if limit is not None and self.n_done >= limit and self._going:
            done = self.n_done
            self._stop(f"{done} trials are done, and you asked for {limit}", out)
        self._touch()

    def _on_choose(self, event: m.Chosen, out: list[m.Command]) -> None:
        before = self.trials.get(self.chosen) if self.chosen is not None else None
        self.choose(event.number)
        if before is not None and before.number not in self.books.front and before.objects_path:
            self._discard(before, out)  # they were kept for that only
            out.append(m.Save(before))
        out.append(m.Describe({"chosen": event.number}))

    def _on_space(self, event: m.SpaceChanged, out: list[m.Command]) -> None:
        if not self._going:
            return
        self.space, self._begun = event.space, self._begun or self.n_done > 0
        self.exhausted = ""
        self.config = replace(self.config, first=event.space.defaults())
        if isinstance(self.scheduler, Pbt):
            self.scheduler.space = event.space
        for trial in self.trials.values():
            tuned = trial.tuned
            params = event.space.completed(tuned)
            own = {n: v for n, v in (params or {}).items() if n not in tuned}
            changed = (own, params is None) != (trial.own, trial.outside)
            trial.own, trial.outside = own, params is None
            trial.params = tuned if params is None else params
            self._touch(trial)
            if changed:
                out.append(m.Save(trial))
        for number in self._places.to_come:
            if self.trials[number].outside and number not in self._places.alive:
                self._cut_off(self.trials[number], NO_LONGER, out)
        for number in self._places.those(Waits.SCHEDULER):
            if self.trials[number].outside:  # it would be carried further for nothing
                self._stop_trial(number, NO_LONGER, out)
        self.books.outside_changed()
        self._leave_out({t.number for t in self.trials.values() if t.outside})
        self._progress.anew()
        done = (t for t in self.trials.values() if t.state.finished and not t.outside)
        out += [m.Tell(trial) for trial in telling(self.config.objectives, done, TOLD)]
