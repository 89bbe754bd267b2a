"""A search in simulated time: the real Study, scheduler and sampler over recorded curves.

A trial's curve is known before it begins, so a search of a thousand epochs takes milliseconds.
Nothing here trains, sleeps or starts a process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple, Protocol

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.schedulers import Scheduler
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial

ERROR = Objective("error", "minimize")


class Curve(NamedTuple):
    """What one configuration does: the error after each epoch, seconds that each took."""

    errors: Sequence[float]
    secs: Sequence[float]


class Asked(Protocol):
    """The Sampler seam, as `jupyter_hpo.search.sampler`."""

    def ask(self, number: int, fixed: Any = None) -> dict[str, Any]: ...

    def tell(self, trial: Trial) -> None: ...


@dataclass
class Course:
    """How a search went: (epochs spent, seconds of work spent, error) at each better complete
    trial. n_trials: begun; most_paused: at once."""

    better: list[tuple[int, float, float]] = field(default_factory=list)
    epochs: int = 0
    secs: float = 0.0
    n_trials: int = 0
    most_paused: int = 0

    def error_at(self, epochs: float) -> float:
        """The best complete trial's error once so many epochs were spent; inf: none yet."""
        return min((e for n, _, e in self.better if n <= epochs), default=float("inf"))


class Simulation:
    """One study until `epochs` are spent by all its trials together.

    curve: params -> what a trial with them does. slots: trials side by side. real_time: epochs
    take the seconds recorded, else all the same.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        sampler: Asked,
        curve: Callable[[dict[str, Any]], Curve],
        *,
        epochs: int,
        slots: int = 2,
        real_time: bool = False,
        first: dict[str, Any] | None = None,
    ) -> None:
        config = StudyConfig("simulated", (ERROR,), slots=slots, first=first)
        self.study = Study(config, scheduler=scheduler)
        self.sampler, self.curve, self.real_time = sampler, curve, real_time
        self.course, self._limit = Course(), epochs
        self._now, self._order = 0.0, count()
        self._coming: list[tuple[float, int, int]] = []  # when, in which order, the trial
        self._curves: dict[int, Curve] = {}
        self._done: dict[int, int] = {}  # trial -> epochs
        self._pending: deque[object] = deque()

    def run(self) -> Course:
        self._handle(m.Begin())
        while self._coming and self.course.epochs < self._limit:
            self._now, _, number = heappop(self._coming)
            self._epoch(number)
        return self.course

    def _epoch(self, number: int) -> None:
        """The trial has done one more epoch."""
        curve = self._curves[number]
        step = self._done[number] = self._done[number] + 1
        self.course.epochs += 1
        self.course.secs += curve.secs[step - 1]
        self._handle(ev.Reported(number, step, (curve.errors[step - 1],)))
        self.course.most_paused = max(
            self.course.most_paused, len(getattr(self.study.scheduler, "paused", ()))
        )

    def _handle(self, event: object) -> None:
        self._pending.append(event)
        while self._pending:
            for command in self.study.handle(self._pending.popleft(), self._now):
                self._perform(command)

    def _perform(self, command: m.Command) -> None:
        match command:
            case m.Ask(number, fixed):
                params = self.sampler.ask(number, fixed)
                self._pending.append(m.Suggested(number, params))
            case m.Launch(trial):
                self._curves[trial.number] = self.curve(trial.params)
                self._done[trial.number] = 0
                self.course.n_trials += 1
                self._pending.append(ev.Started(trial.number, None, self._now))
                self._goes_on(trial.number)
            case m.Continue(number):
                self._goes_on(number)
            case m.Stop(number):
                self._pending += [ev.Stopped(number), ev.Ended(number)]
            case m.Keep(number):
                self._pending += [ev.Kept(number, "", ()), ev.Ended(number)]
            case m.Release(number):
                self._pending.append(ev.Ended(number))
            case m.Tell(trial):
                self.sampler.tell(trial)

    def _goes_on(self, number: int) -> None:
        curve, done = self._curves[number], self._done[number]
        if done < len(curve.errors):
            takes = curve.secs[done] if self.real_time else 1.0
            heappush(self._coming, (self._now + takes, next(self._order), number))
            return
        error = curve.errors[-1]
        best = self.course.better[-1][2] if self.course.better else float("inf")
        if error < best:
            self.course.better.append((self.course.epochs, self.course.secs, error))
        self._pending.append(ev.Finished(number, (error,)))
