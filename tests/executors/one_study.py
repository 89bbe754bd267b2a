"""One study from its first trial to its end, over the real engine and the real processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_hpo.cell.captured import CellProgram, Place
from jupyter_hpo.engine import Engine
from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.space import Int, Parameter, SearchSpace
from jupyter_hpo.storage import MemoryStorage, StudyFolder
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.packing import Packing
from jupyter_hpo.study.schedulers import Scheduler
from jupyter_hpo.study.study import Study
from jupyter_hpo.worker.devices import Plan
from jupyter_hpo.worker.snapshot import take_snapshot

LOSS = (Objective("x", "minimize"),)
SPACE = SearchSpace([Parameter("n", Int(0, 1 << 40), default=0)])
PLACES = {"n": (Place(1, 4, 1, 5),)}
WAIT_S = 100


class Given:
    """A sampler that suggests for `n` what a function of the trial's number says."""

    name = "given"

    def __init__(self, value: Callable[[int], int]) -> None:
        self.value = value
        self.told: list[int] = []

    def ask(self, number: int, fixed: dict[str, Any] | None = None) -> dict[str, Any]:
        return {"n": self.value(number)}

    def tell(self, trial: Any) -> None:
        self.told.append(trial.number)


def run_study(
    folder: Path,
    source: str,
    trials: int,
    *,
    value: Callable[[int], int] = lambda number: number,
    slots: int = 1,
    scheduler: Scheduler | None = None,
    packing: Packing | None = None,
    plan: Plan | None = None,
    on_change: Callable[[Study], None] = lambda study: None,
) -> Study:
    """The finished study. source: begins with `n = 0`, and sets x, which is minimised."""
    assert source.startswith("n = 0\n")
    program = CellProgram(source, "<cell>", SPACE, PLACES, LOSS)
    place = StudyFolder("s", folder)
    place.open()
    snapshot = take_snapshot({}, namespace={"__name__": "__main__"})
    config = StudyConfig("s", LOSS, Budget(n_trials=trials), slots=slots)
    study = Study(config, scheduler=scheduler, packing=packing)
    engine = Engine(
        study,
        sampler=Given(value),
        storage=MemoryStorage(),
        folder=place,
        make_executor=lambda emit: ProcessExecutor(program, snapshot, emit, jobs=slots, plan=plan),
    )
    engine.on_change = lambda: on_change(study)
    engine.start()
    assert engine.done.wait(WAIT_S), study.phase
    snapshot.close()
    assert engine.crash is None, engine.crash
    assert study.phase == "finished"
    return study
