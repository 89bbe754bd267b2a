"""Drives a Study without an engine: performs its commands on simulated trials."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study

LOSS = Objective("loss", "minimize")


@dataclass
class Driver:
    """A study with hand-made trials: `run` the trials with the curves given by number.

    curve(number) -> losses per step; a string instead of a list makes the trial fail.
    """

    study: Study
    curve: object = None
    now: float = 0.0
    log: list[object] = field(default_factory=list)
    live: dict[int, int] = field(default_factory=dict)  # number -> steps reported
    waiting: set[int] = field(default_factory=set)
    pending: deque[object] = field(default_factory=deque)
    refusal: str = ""  # why no trial can be copied

    def send(self, event: object) -> list[m.Command]:
        """Handle the event and, first come first served as the engine does, all that follow."""
        self.pending.append(event)
        if len(self.pending) > 1:
            return []
        done: list[m.Command] = []
        while self.pending:
            commands = self.study.handle(self.pending[0], self.now)
            done += commands
            self.log += commands
            for command in commands:
                self._perform(command)
            self.pending.popleft()
        return done

    def _perform(self, command: m.Command) -> None:
        match command:
            case m.Ask(number, fixed):
                self.send(m.Suggested(number, {"x": number, **(fixed or {})}))
            case m.Launch(trial):
                self.live[trial.number] = 0
                self.send(ev.Started(trial.number, 1000 + trial.number, self.now))
            case m.Copy(trial):
                assert trial.parent in self.waiting, "it is copied while it waits"
                self.live[trial.number] = self.live[trial.parent]
                self.waiting.add(trial.number)
                if self.refusal:
                    self.end(trial.number, ev.Died(trial.number, self.refusal))
                else:
                    self.send(ev.Copied(trial.number, 1000 + trial.number, self.now))
            case m.Continue(number):
                self.waiting.discard(number)
            case m.Stop(number) if number in self.live and number in self.waiting:
                self.end(number, ev.Stopped(number))
            case m.Kill(number, reason) if number in self.live:
                self.end(number, ev.Died(number, reason))
            case m.Keep(number):
                self.send(ev.Kept(number, f"/objects/{number}", ("model",)))
                self.end(number)
            case m.Release(number):
                self.end(number)

    def end(self, number: int, event: object | None = None) -> None:
        del self.live[number]
        self.waiting.discard(number)
        if event is not None:
            self.send(event)
        self.send(ev.Ended(number))

    def step(self, number: int) -> None:
        """The trial does one more turn, or ends when its curve does."""
        curve = self.curve(number)
        done = self.live[number]
        self.now += 1
        if isinstance(curve, str):
            error = ev.TrialError("ValueError", curve, 3)
            self.end(number, ev.Failed(number, error))
        elif done >= len(curve):  # a copy may go on further than its own curve
            self.send(ev.Finished(number, (curve[-1],)))
        else:
            self.live[number] += 1
            self.waiting.add(number)
            self.send(ev.Reported(number, done + 1, (curve[done],)))

    def run(self, limit: int = 10_000) -> None:
        """Turn every trial that may run, in order, until the study ends or all wait."""
        self.send(m.Begin())
        while self.study.phase != "finished" and limit:
            ready = [n for n in sorted(self.live) if n not in self.waiting]
            if not ready:
                return
            self.step(ready[limit % len(ready)])
            limit -= 1


def make(curve=lambda n: [1.0], *, scheduler=None, earlier=None, slots=2, first=None, **budget):
    config = StudyConfig("s", (LOSS,), Budget(**budget), slots=slots, first=first)
    return Driver(Study(config, scheduler=scheduler, earlier=earlier), curve)
