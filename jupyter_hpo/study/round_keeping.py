"""Rounds of a trial: what becomes of it between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from . import messages as m
from . import trial_events as ev
from .constraints import infeasible
from .figures import by_name
from .objective import ObjectiveError
from .places import Waits
from .ranking import losses
from .rounds import mean
from .schedulers import Scheduler, Verdict
from .states import States, has_curve
from .trial import Report, Trial, TrialError, TrialState

PRUNED_BY_YOU = "pruned by you"
NO_LONGER = "its values are no longer in the space"

ROUNDED = 1e-3
"""So far the objective may be from the mean of its folds, in parts of it: rounding by the cell."""

SUMS = ("wall_s", "cpu_s", "n_warnings")
"""Figures of a trial that add up over its rounds; of the others the largest counts."""


class RoundKeeping(States):
    """The part of `Lifecycle` that runs a trial's cell once for each round, and judges it after
    each; and that takes down the folds that one run of the cell reports.

    The learning curve is that of the first round, which the scheduler judges as any; of later
    rounds only the values count. Where no round reports, each one's end is a report: the mean
    so far. Trial 0 does all rounds; the others begin after its first.
    """

    def _took_round(self, trial: Trial, event: ev.Finished, out: list[m.Command]) -> bool:
        """Note a run's end. True: it was not the last, and all is done for it; else the trial
        has come to its end with the values noted."""
        rounds, number = self.config.rounds, trial.number
        if rounds.n == 1:
            return False
        self._begun = True
        if trial.reports and not trial.rounds:
            self._curves.add(number)
            self.scheduler.on_end(number, complete=True)  # its curve is at its end
        self._note(trial, event.values, out)
        trial.figures = together(trial.figures, event.figures)
        for text, amount in event.amounts.items():
            trial.amounts[text] = trial.amounts.get(text, 0.0) + amount
        self._judge_constraints(trial)
        if len(trial.rounds) == rounds.n:
            if self.judge is not None:
                self._round_verdict(trial, self.judge)  # others are compared with this one as well
            return False
        self.pace.finished(number, self._now)
        self._places.packing.finished(number, event.figures, self._now)
        self._at_round_end.add(number)
        if trial.violations and self._may_end(trial):
            self._end_between(trial, f"infeasible: {infeasible(trial.violations)}", out)
        elif number in self._stops or number in self._to_prune:
            self._end_between(trial, PRUNED_BY_YOU, out)
        elif number in self._to_pause:
            self._to_pause.discard(number)
            self._wait(trial, Waits.PERSON)
        else:
            self._judge_round(trial, self._judge_of(number), out)
        return True

    def _note(self, trial: Trial, own: tuple[float, ...], out: list[m.Command]) -> None:
        trial.rounds.append(own)
        trial.values = mean(trial.rounds)
        self._touch(trial)
        if trial.number not in self._curves:
            trial.reports.append(Report(len(trial.rounds), trial.values, trial.version))
            out.append(m.SaveReport(trial))
        out.append(m.Save(trial))

    def _judge_constraints(self, trial: Trial) -> None:
        """Hold the trial to the constraints by the rounds that it has done: to those over figures
        by the figures of all of them, to others by the mean, as its values are. Before the last
        round only what stays broken is told: of the rest the later ones may make good."""
        done, seen = len(trial.rounds), by_name(trial.figures)
        amounts = {text: total / done for text, total in trial.amounts.items()} if done else {}
        for constraint in self.config.by_figures:
            with suppress(ObjectiveError):  # without that figure as each round has told
                amounts[constraint.text] = constraint.amount(seen)
        if done < self.config.rounds.n:
            lasting = {c.text for c in self.config.by_figures if c.stays_broken}
            amounts = {t: amount for t, amount in amounts.items() if t in lasting and amount > 0}
        trial.take_amounts(amounts)

    def _take_broken(self, trial: Trial, broken: Mapping[str, float]) -> None:
        """Note what a trial breaks for good, as it reports. broken: by its present run."""
        before = trial.violations if self.config.rounds.n > 1 else {}
        more = {text: max(amount, before.get(text, 0.0)) for text, amount in broken.items()}
        trial.violations = {**before, **more}

    def _judge_of(self, number: int) -> Scheduler | None:
        """Who judges rounds by their ends; None: nobody, as the scheduler has the curve."""
        if self.judge is not None:
            return self.judge
        return None if number in self._curves else self.scheduler

    def _judge_round(self, trial: Trial, judge: Scheduler | None, out: list[m.Command]) -> None:
        verdict = self._round_verdict(trial, judge)
        if verdict is Verdict.CONTINUE or judge is None:
            self._next_round(trial, out)
        elif verdict is Verdict.STOP:
            self._end_between(trial, judge.why_pruned(trial.number), out)
        else:
            self._wait(trial, Waits.SCHEDULER)
        for number in self.scheduler.evict(self._places.packing.pool):
            self._stop_trial(number, self.scheduler.why_pruned(number), out)

    def _round_verdict(self, trial: Trial, judge: Scheduler | None) -> Verdict:
        if judge is None or len(self.config.objectives) != 1:
            return Verdict.CONTINUE
        values = trial.rounds[-1] if judge is self.judge else mean(trial.rounds)
        loss = losses(self.config.objectives, values)[0]
        return judge.on_report(trial.number, len(trial.rounds), loss)

    def _next_round(self, trial: Trial, out: list[m.Command]) -> None:
        """The run ends, and the next begins when its process has gone."""
        self._to_come_again(trial, out)
        out.append(m.Release(trial.number))

    def _to_come_again(self, trial: Trial, out: list[m.Command]) -> None:
        self._at_round_end.discard(trial.number)
        self._places.go_on(trial.number)
        self._ran.stop(trial.number, self._now)
        self.books.enter(trial, TrialState.WAITING)
        self._places.between.append(trial.number)
        self._touch(trial)
        out.append(m.Save(trial))

    def _died_between(self, trial: Trial, reason: str, out: list[m.Command]) -> None:
        """The process died with its round done: nothing of that is lost, and the next has a
        process of its own. One that was held does another round before it is held again."""
        number = trial.number
        trial.notice = f"after {self.config.rounds.name(len(trial.rounds) - 1)}: {reason}"
        if number in self._at_round_end:
            if self._places.waiting.get(number) is Waits.PERSON:
                self._to_pause.add(number)
            self.scheduler.withdraw(number)
            self._to_come_again(trial, out)
        else:
            self._touch(trial)
            out.append(m.Save(trial))

    def _prune_between(self, trial: Trial, out: list[m.Command]) -> None:
        """The person ends a trial whose next round has not begun."""
        if trial.number in self._places.alive:  # the process of the last one is going
            self._stop_trial(trial.number, PRUNED_BY_YOU, out)
        else:
            self._stop_between(trial, PRUNED_BY_YOU, out)

    def _end_between(self, trial: Trial, why: str, out: list[m.Command]) -> None:
        """The trial, whose process waits at the end of a round, has done its last."""
        self._stop_between(trial, why, out)
        out.append(m.Release(trial.number))

    def _stop_between(self, trial: Trial, why: str, out: list[m.Command]) -> None:
        if trial.number not in self._stops:
            self._stops.tell(trial.number, why, self._now)
        self._close_stopped(trial, out)

    def _launch_rounds(self, out: list[m.Command]) -> None:
        """Begin the next rounds of trials whose processes have gone, as far as slots are free."""
        for number in list(self._places.between):
            if self._places.free > 0 and number not in self._places.alive:
                trial = self.trials[number]
                trial.device = self._places.take(number)
                out.append(m.Launch(trial))

    def _ended_between(self, trial: Trial, out: list[m.Command]) -> None:
        """The process of the last round has gone; was the trial told to end meanwhile?"""
        if trial.number in self._stops and trial.number not in self._stops.cut_off:
            self._close_stopped(trial, out)
        elif self.phase == "stopping":
            self._cut_off(trial, self.message, out)
        elif trial.outside:
            self._cut_off(trial, NO_LONGER, out)

    # --------------------------------------------------------- as any trial, at a round's end
    def _go_on(self, trial: Trial, out: list[m.Command]) -> None:
        if trial.number in self._at_round_end:
            self._next_round(trial, out)
        else:
            super()._go_on(trial, out)

    def _stop_trial(self, number: int, why: str, out: list[m.Command]) -> None:
        if number in self._at_round_end and number not in self._stops:
            self._end_between(self.trials[number], why, out)
        else:
            super()._stop_trial(number, why, out)

    # ------------------------------------------------------------------ folds in one run
    def _take_report(self, trial: Trial, event: ev.Reported, out: list[m.Command]) -> None:
        """Take down a report: of the first round, or of a fold of the only one."""
        if self.config.rounds.n > 1 and trial.rounds:
            return
        trial.reports.append(Report(event.step, event.values, trial.version))
        out.append(m.SaveReport(trial))
        if event.fold is not None and self.config.rounds.n == 1 and self.folds_count:
            trial.rounds.append(event.fold)
            out.append(m.Save(trial))

    def _begin_anew(self, trial: Trial) -> None:
        """The round under way is run once more."""
        if self.config.rounds.n == 1:
            trial.rounds.clear()
        if not trial.rounds:
            trial.reports.clear()
        self._judge_constraints(trial)

    def _fold_verdict(self, trial: Trial) -> Verdict | None:
        """On a trial that has just reported; None: that is the scheduler's matter."""
        if not self.folds_count:
            return Verdict.CONTINUE  # what it reports are means, which the objective is not
        if not trial.rounds:
            return None
        if self.config.rounds.n > 1:
            return Verdict.CONTINUE
        if trial.reports[-1].step != len(trial.rounds):  # a fold had no value: no pairs
            return Verdict.CONTINUE
        return None if self.judge is None else self._round_verdict(trial, self.judge)

    def _check_folds(self, trial: Trial, values: tuple[float, ...], out: list[m.Command]) -> None:
        """The folds of a complete trial say whether the objective is their mean. Where it is
        not (the least, the median; turns that were no folds), they are of no use."""
        if self.config.rounds.n > 1 or not trial.rounds or not self.folds_count:
            return
        if any(
            abs(value - of_folds) > ROUNDED * max(abs(of_folds), abs(value))
            for value, of_folds in zip(values, mean(trial.rounds), strict=True)
        ):
            self.folds_count = False
            for other in self.trials.values():
                if other.rounds:
                    other.rounds.clear()
                    self._touch(other)
                    out.append(m.Save(other))

    def _why_pruned(self, number: int) -> str:
        why = "" if self.judge is None else self.judge.why_pruned(number)
        return why or self.scheduler.why_pruned(number)

    # --------------------------------------------------------------------------- resuming
    def _carry_on(self, trial: Trial) -> None:
        """Give a trial the rounds of one with its params that a study's end had cut off."""
        figured = {c.text for c in self.config.by_figures}
        needed = set(self.config.constraints) - figured
        further = sorted(self._cut_short, key=lambda t: -len(t.rounds))  # cut off twice: the last
        for other in further:
            if other.params == trial.params and needed <= other.amounts.keys():
                trial.rounds = list(other.rounds)
                trial.values = mean(trial.rounds)
                trial.amounts = {t: a for t, a in other.amounts.items() if t in needed | figured}
                trial.figures = dict(other.figures)
                self._ran_before_s[trial.number] = trial.figures.pop("running_s", 0.0)
                self._judge_constraints(trial)
                if has_curve(other):
                    self._curves.add(trial.number)
                self._cut_short = [t for t in further if t.params != trial.params]
                self._replay_rounds(trial)
                return

    def _named(self, error: TrialError, trial: Trial) -> TrialError:
        """The error, saying in which round it came."""
        name = self.config.rounds.name(len(trial.rounds))
        return replace(error, message=f"{name}: {error.message}") if name else error


def together(before: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    """The figures of several rounds as those of one trial."""
    found = dict(before)
    for name, value in new.items():
        earlier = found.get(name, 0.0)
        found[name] = earlier + value if name in SUMS else max(earlier, value)
    return found
