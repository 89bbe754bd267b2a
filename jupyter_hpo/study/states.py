"""States: what is kept of a study, and every change of a trial's state."""

from __future__ import annotations

from collections import deque
from math import isnan
from typing import Any

from ..space import SearchSpace
from . import messages as m
from .books import Books
from .config import StudyConfig
from .endings import INTERRUPTED, Progress, interrupted
from .fronts import Fronts
from .pace import Pace
from .packing import Packing, fixed_slots
from .places import Places, Waits
from .ranking import losses
from .rounds import mean
from .schedulers import NoPruning, Scheduler
from .stops import Stops
from .stopwatch import Stopwatch
from .trial import Report, Trial, TrialError, TrialState

WORKED = (TrialState.COMPLETE, TrialState.PRUNED)


class States:
    """The ground that `Lifecycle` and `Study` stand on.

    A trial moves WAITING -> RUNNING <-> PAUSED -> COMPLETE | PRUNED | FAIL. Every change of
    state goes through `_run`, `_wait` or `_close`, which keep the books. space: as the person
    changed it since the start, else None. chosen: the trial that the person chose in place of
    the best one. judge: of rounds (folds, repeats) by each one's own value; None leaves them to
    the scheduler, by the mean so far.
    """

    def __init__(
        self,
        config: StudyConfig,
        *,
        scheduler: Scheduler | None = None,
        judge: Scheduler | None = None,
        earlier: list[Trial] | None = None,
        packing: Packing | None = None,
    ) -> None:
        self.config = config
        self.scheduler: Scheduler = scheduler or NoPruning()
        self.judge = judge
        self.books = Books(config.objectives, earlier or ())
        self.pace = Pace()
        self.phase = "starting"
        self.message = ""
        self.failed = False
        self.version = 1
        self._now = 0.0
        self._places = Places(packing or fixed_slots(config.slots), in_kernel=config.in_kernel)
        self._to_pause: set[int] = set()  # by the person, at their next report
        self._to_prune: set[int] = set()  # likewise
        self._stops = Stops(config.grace_s)
        self._progress = Progress(config)
        self._ran: Stopwatch[int] = Stopwatch()
        self._queue: list[dict[str, Any]] = []  # what was cut off
        self._enqueued: deque[dict[str, Any]] = deque()  # by the person, before that
        self._wished: set[int] = set()  # numbers of those being asked for
        self._curves: set[int] = set()  # whose reports are those of the first round
        self._at_round_end: set[int] = set()  # one round done, its process waits to be released
        self._in_place_of: dict[int, int] = {}  # copy being made -> whom it replaces
        self._cut_short: list[Trial] = []  # cut off between rounds, to go on there
        self._ran_before_s: dict[int, float] = {}  # in the session that had cut it off
        self._protected: set[int] = set()  # never ended for what they have reported
        self._begun = False  # others may begin beside the first trial, or it was done
        self._cells_own: set[int] = set()  # numbers of those that try the cell's own values again
        self.space: SearchSpace | None = None
        self.folds_count = True  # False: the objective turned out not to be the folds' mean
        self.chosen: int | None = None
        self._fronts = Fronts(partly=config.partly)
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

    def running_spans(self, number: int) -> list[tuple[float, float | None]]:
        """When the trial ran in this session, from and to; to None: it runs."""
        return self._ran.spans(number)

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
        self._to_prune.discard(number)
        if not self.trials[number].state.finished:
            self.scheduler.on_end(number)
            out.append(m.Stop(number))

    def _close_stopped(self, trial: Trial, out: list[m.Command]) -> None:
        why, cut_off = self._stops.why(trial.number), trial.number in self._stops.cut_off
        if (trial.reports or trial.rounds) and not cut_off:
            if self.config.rounds.n == 1 or not trial.rounds:  # else the mean of the rounds
                trial.values = trial.reports[-1].values
            origin = trial.notice if trial.parent is not None else ""
            trial.notice = "; ".join(filter(None, [origin, why]))
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
        self._to_prune.discard(number)
        self._places.go_on(number)
        self.pace.gone(number)
        if number in self._places.between:
            self._places.between.remove(number)
        self._at_round_end.discard(number)
        if state is TrialState.FAIL:
            trial.values = None
        ran_s = self._ran_before_s.get(number, 0.0) + self.running_s(number, self._now)
        trial.figures["running_s"] = round(ran_s, 3)
        trial.finished_at = self._now
        self.books.enter(trial, state, error)
        beaten = self.books.front.take(trial)
        complete = state is TrialState.COMPLETE
        if number not in self._curves:
            self.scheduler.on_end(number, complete=complete)
        if self.judge is not None:  # nobody is worse than one that can't win
            self.judge.on_end(number, complete=complete and not trial.violations)
        self._progress.add(trial, leads=number in self.books.front)
        self._touch(trial)
        out += [m.Save(trial)] if trial.outside else [m.Tell(trial), m.Save(trial)]
        return beaten

    def _stop(self, why: str, out: list[m.Command]) -> None:
        self.phase, self.message = "stopping", why
        # What runs, or is held by the person, is tried again when the study goes on; what
        # the scheduler had paused and found worse than others is pruned.
        waiting = self._places.those(Waits.SCHEDULER)
        compared = {
            n for n in waiting if self.trials[n].reports and not self.scheduler.undecided(n)
        }
        for number in sorted(self._places.alive):
            if number not in self._stops and number not in compared:
                self._stops.cut_off.add(number)
            reason = self.scheduler.why_pruned(number) if number in compared else ""
            reason = reason or why
            self._stop_trial(number, reason, out)
        for number in self._places.to_come:
            if number not in self._places.alive:
                self._cut_off(self.trials[number], why, out)
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
            # A copy's values are not those that its state came from.
            again = interrupted(trial) and not trial.outside and trial.parent is None
            if again and trial.params not in done:
                if trial.params not in self._queue:
                    self._queue.append(dict(trial.params))
                if 0 < len(trial.rounds) < self.config.rounds.n:
                    self._cut_short.append(trial)
        first = self.config.first
        nothing_worked = not any(t.state in WORKED for t in trials)
        if self.books.uncounted and nothing_worked and first is not None:  # which failed, too
            self._queue = [dict(first), *(one for one in self._queue if one != first)]
        front = self.books.front.trials
        self._progress.earlier(trials, front[0] if front else None)
        self._leave_out({t.number for t in trials if t.outside})
        for trial in trials:
            if not interrupted(trial):
                self._replay(trial)

    @property
    def _judges(self) -> list[Scheduler]:
        return [self.scheduler] if self.judge is None else [self.scheduler, self.judge]

    def _replay(self, trial: Trial) -> None:
        """Tell of an earlier trial what was told while it ran, and to whom."""
        several, complete = self.config.rounds.n > 1, trial.state is TrialState.COMPLETE
        curve = several and bool(trial.rounds and has_curve(trial))
        by_judge = bool(trial.rounds) and not curve and self.judge is not None
        unheard = several and trial.rounds and not curve and len(self.config.objectives) != 1
        if not by_judge and not unheard:
            means = several and trial.rounds and not curve  # the last one is its value
            for report in trial.reports[: self.config.rounds.n - 1] if means else trial.reports:
                loss = self._loss(trial.number, report)
                if loss is not None:
                    self.scheduler.on_report(trial.number, report.step, loss)
        self._replay_rounds(trial)
        self.scheduler.on_end(trial.number, complete=curve or complete)
        if self.judge is not None:
            self.judge.on_end(trial.number, complete=complete and not trial.violations)

    def _replay_rounds(self, trial: Trial) -> None:
        """Tell the judge of rounds that were done earlier."""
        if self.judge is not None and len(self.config.objectives) == 1:
            steps = {report.step for report in trial.reports}
            for step, values in enumerate(trial.rounds, start=1):
                if self.config.rounds.n == 1 and step not in steps:
                    return  # a fold had no value: from there on there were no pairs
                loss = losses(self.config.objectives, values)[0]
                self.judge.on_report(trial.number, step, loss)

    def _loss(self, number: int, report: Report) -> float | None:
        """What the scheduler is told of a report; None: nothing, it can't be compared."""
        turned = losses(self.config.objectives, report.values)
        if len(turned) == 1:
            return None if isnan(turned[0]) else turned[0]
        return self._fronts.loss(number, report.step, turned)

    def _may_end(self, trial: Trial) -> bool:
        """Whether a trial that can't be the best any more is ended: not the first one, which the
        others are compared with, nor one that the person asked for."""
        return trial.number not in self._protected

    @property
    def known_late(self) -> tuple[str, ...]:
        """Of several objectives those that no report tells, though it tells others."""
        told = self._fronts.reported
        named = enumerate(self.config.objectives)
        return tuple(o.source for i, o in named if i not in told) if told else ()

    def _leave_out(self, numbers: set[int]) -> None:
        """These, and only these, are compared with nobody from now on."""
        self._fronts.leave_out(numbers)
        for judge in self._judges:
            judge.leave_out(numbers)

    def _cut_off(
        self, trial: Trial, why: str, out: list[m.Command], kind: str = INTERRUPTED
    ) -> None:
        """The trial has no second attempt."""
        self._places.give_up(trial.number)
        self._close(trial, TrialState.FAIL, out, TrialError(kind, why))


def has_curve(trial: Trial) -> bool:
    """Whether the reports of a trial of several runs are those of its first."""
    return any(
        not 1 <= report.step <= len(trial.rounds)
        or tuple(report.values) != mean(trial.rounds[: report.step])
        for report in trial.reports
    )
