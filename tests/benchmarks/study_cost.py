"""What the study itself costs a trial, by how many trials came before.

    python -m tests.benchmarks.study_cost [trials ...]

Study, ASHA, presenter and encoder at work on events made up here: no sampler, no worker, no
disk. Prints milliseconds of CPU a trial over the last trials before each of the given numbers.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

from jupyter_hpo.present import Presenter
from jupyter_hpo.space import Categorical, Float, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.schedulers import Asha, Scheduler
from jupyter_hpo.study.study import Study
from jupyter_hpo.widgets.encode import encode

STEPS, SLOTS, WINDOW = 12, 4, 50
SPACE = SearchSpace({"lr": Float(1e-5, 1e-1, log=True), "act": Categorical(["relu", "tanh"])})


class Bench:
    """A study whose trials report made-up losses as soon as they may go on."""

    def __init__(
        self,
        *,
        steps: int = STEPS,
        slots: int = SLOTS,
        space: SearchSpace = SPACE,
        suggest: Callable[[int], dict[str, Any]] = lambda number: {"lr": 1e-3, "act": "relu"},
        scheduler: Scheduler | None = None,
    ) -> None:
        config = StudyConfig("bench", (Objective("loss", "minimize"),), slots=slots)
        self.study = Study(config, scheduler=scheduler or Asha())
        self.n_steps, self.suggest = steps, suggest
        engine = SimpleNamespace(
            study=self.study, lock=threading.Lock(), storage_problem=lambda: None
        )
        self.presenter = Presenter(engine, space, facts=[], notices=[], sampler="tpe")
        self.steps: dict[int, int] = {}
        self.ready: deque[int] = deque()
        self.sent, self.seq = 0, count(1)

    def handle(self, event: object) -> None:
        pending = deque([event])
        while pending:
            for command in self.study.handle(pending.popleft(), time.time()):
                match command:
                    case m.Ask(number, _):
                        pending.append(m.Suggested(number, self.suggest(number)))
                    case m.Launch(trial):
                        self.steps[trial.number] = 0
                        pending.append(ev.Started(trial.number, 1, time.time()))
                        self.ready.append(trial.number)
                    case m.Continue(number):
                        self.ready.append(number)
                    case m.Stop(number):
                        pending += [ev.Stopped(number), ev.Ended(number)]
                    case m.Keep(number):
                        pending += [ev.Kept(number, "x", ("model",)), ev.Ended(number)]
                    case m.Release(number):
                        pending.append(ev.Ended(number))

    def turn(self) -> None:
        """One report, or the end, of the trial that has waited longest."""
        number = self.ready.popleft()
        step = self.steps[number] = self.steps[number] + 1
        loss = 1.0 / step + (number * 7919 % 1009) / 1009
        if step > self.n_steps:
            self.handle(ev.Finished(number, (loss,)))
        else:
            self.handle(ev.Reported(number, step, (loss,)))

    def show(self) -> None:
        update = self.presenter.changes(self.sent)
        self.sent = update.version
        for _ in encode(update, reset=False, next_seq=lambda: next(self.seq)):
            pass

    def until(self, n_trials: int) -> None:
        while self.study.n_done < n_trials:
            self.turn()
            self.show()


def main(sizes: list[int]) -> None:
    bench = Bench()
    bench.handle(m.Begin())
    first = None
    for size in sizes:
        bench.until(size - WINDOW)
        began, done = time.process_time(), bench.study.n_done
        bench.until(size)
        cost = 1000 * (time.process_time() - began) / (bench.study.n_done - done)
        first = first or cost
        print(f"{size:>7} trials: {cost:7.3f} ms a trial, {cost / first:5.2f} x the first")


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [100, 1000, 5000, 10_000])
