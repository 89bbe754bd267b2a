"""A study on a simulated device: packing, memory and workers, through the real processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_hpo.cell.captured import CellProgram, Place
from jupyter_hpo.engine import Engine
from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.space import Int, Parameter, SearchSpace
from jupyter_hpo.storage import MemoryStorage, StudyFolder
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.packing import Packing
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import TrialState
from jupyter_hpo.worker.devices import Plan
from jupyter_hpo.worker.snapshot import take_snapshot

SIMULATED = Path(__file__).parents[1] / "simulated"
MB = 1 << 20
LOSS = (Objective("x", "minimize"),)


class Sampler:
    """Suggests what `params(number)` says."""

    name = "given"

    def __init__(self, params):
        self.params, self.told = params, []

    def ask(self, number, fixed=None):
        return self.params(number)

    def tell(self, trial):
        self.told.append((trial.number, trial.state))


SIZE = SearchSpace([Parameter("size", Int(0, 1 << 40), default=0)])
AT = {"size": (Place(1, 7, 1, 8),)}


def train(step_s: float = 0.01, epochs: int = 10) -> str:
    """A cell that takes `size` bytes and reports each epoch."""
    return f"""size = 0
import simulated_device
from jupyter_hpo.worker.reporting import report
block = simulated_device.allocate(size)
for epoch in range({epochs}):
    simulated_device.work({step_s})
    x = 1.0
    report(x=x)
"""


class OnDevice:
    """Runs one study to its end. sizes: bytes of the devices."""

    def __init__(self, folder: Path, monkeypatch, *sizes: int, **options: object) -> None:
        monkeypatch.syspath_prepend(str(SIMULATED))
        import simulated_device

        self.simulated = simulated_device
        for variable, value in simulated_device.describe(folder, *sizes, **options).items():
            monkeypatch.setenv(variable, value)
        self.folder = folder
        self.slots: list[int] = []
        self.said: list[str] = []

    def run(
        self,
        source: str,
        trials: int,
        *,
        size: Callable[[int], int] = lambda n: MB,
        jobs: int | None = None,
    ) -> Study:
        program = CellProgram(source, "<cell>", SIZE, AT, LOSS)
        namespace: dict[str, object] = {"__name__": "__main__"}
        folder = StudyFolder("s", self.folder)
        folder.open()
        snapshot = take_snapshot({}, namespace=namespace)
        facts = self.simulated.kind.devices()
        study = Study(
            StudyConfig("s", LOSS, Budget(n_trials=trials)), packing=Packing(facts, jobs=jobs)
        )
        engine = Engine(
            study,
            sampler=Sampler(lambda number: {"size": size(number)}),
            storage=MemoryStorage(),
            folder=folder,
            make_executor=lambda emit: ProcessExecutor(
                program, snapshot, emit, jobs=1, plan=Plan("sim:0")
            ),
        )

        def note() -> None:
            if self.slots[-1:] != [study.slots]:
                self.slots.append(study.slots)
                self.said.append(study.slots_why)

        engine.on_change = note
        engine.start()
        assert engine.done.wait(100), study.phase
        snapshot.close()
        assert engine.crash is None, engine.crash
        assert study.phase == "finished"
        return study

    def memory(self, index: int = 0) -> dict[str, int]:
        """What the device saw: the most bytes, the most trials at once, refusals, processes."""
        names = ("bytes", "together", "refusals", "processes")
        return dict(zip(names, self.simulated.Memory(index).header(), strict=True))

    def left_over(self) -> list[int]:
        """Bytes that each trial left to the next one of its process."""
        log = self.folder / "device.json.log"
        return [int(line.split()[1]) for line in log.read_text().splitlines()]


@pytest.fixture
def device(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))

    def make(*sizes: int, **options: object) -> OnDevice:
        return OnDevice(tmp_path, monkeypatch, *sizes, **options)

    return make


def states(study: Study) -> dict[TrialState, int]:
    return {state: n for state, n in study.counts().items() if n}


def test_slots_rise_to_the_knee_and_never_beyond_memory(device):
    sim = device(1000 * MB, knee=4)
    study = sim.run(train(), 48)
    assert states(study) == {TrialState.COMPLETE: 48}
    assert sim.slots[0] == 1
    assert 4 <= max(sim.slots) <= 8
    assert sim.memory()["refusals"] == 0
    assert study.trials[0].device == "sim:0"
    assert study.trials[5].figures["device_memory_bytes"] == MB


def test_memory_bounds_the_slots(device):
    sim = device(100 * MB, knee=50, context_bytes=2 * MB)
    study = sim.run(train(), 24, size=lambda n: 20 * MB)
    assert states(study) == {TrialState.COMPLETE: 24}
    seen = sim.memory()
    assert seen["together"] == max(sim.slots) == 3
    assert seen["refusals"] == 0
    assert seen["bytes"] <= 100 * MB
    assert "as many as its memory holds" in sim.said[-1]


def test_one_that_needs_the_whole_device_is_tried_again_alone(device):
    sim = device(100 * MB, knee=50)
    study = sim.run(train(), 16, size=lambda n: 95 * MB if n == 8 else 10 * MB, jobs=4)
    assert states(study) == {TrialState.COMPLETE: 16}
    again = [t for t in study.trials.values() if "tried again alone" in t.notice]
    assert len(again) == sim.memory()["refusals"] >= 1, "it, or those that came to it"


def test_one_that_never_fits_is_infeasible_and_the_study_goes_on(device):
    sim = device(100 * MB, knee=50)
    study = sim.run(train(), 16, size=lambda n: 101 * MB if n in (0, 8) else 10 * MB)
    assert states(study) == {TrialState.COMPLETE: 14, TrialState.PRUNED: 2}
    assert sim.memory()["refusals"] == 4
    assert study.trials[8].infeasible
    assert study.trials[8].error.line == 4
    assert "simulated device out of memory" in study.trials[8].error.message
    assert "ran out of device memory" in study.trials[0].notice


def test_a_hundred_trials_in_one_worker_leave_its_memory_flat(device):
    sim = device(1000 * MB, context_bytes=MB)
    study = sim.run(train(0.0, 1), 100, jobs=1)
    assert states(study) == {TrialState.COMPLETE: 100}
    assert len({trial.pid for trial in study.trials.values()}) == 1
    assert sim.memory()["processes"] == 1
    assert set(sim.left_over()) == {0}
    assert sim.memory()["bytes"] == 2 * MB


def test_a_worker_whose_memory_does_not_come_back_is_replaced(device):
    sim = device(100 * MB, leak=True)
    study = sim.run(train(0.0, 1), 12, size=lambda n: 30 * MB, jobs=1)
    assert states(study) == {TrialState.COMPLETE: 12}
    assert sim.memory()["processes"] >= 12


def test_several_devices_by_free_memory(device):
    sim = device(30 * MB, 200 * MB, knee=50)
    study = sim.run(train(), 40, size=lambda n: 10 * MB)
    assert states(study) == {TrialState.COMPLETE: 40}
    assert study.trials[0].device == "sim:1"
    assert {t.device for t in study.trials.values()} == {"sim:0", "sim:1"}
    small, large = sim.memory(0), sim.memory(1)
    assert 1 <= small["together"] <= 2
    assert large["together"] > small["together"]
    assert small["refusals"] == large["refusals"] == 0


def test_a_device_whose_memory_is_not_known_beforehand(device):
    sim = device(100 * MB, knee=50, told=False)
    study = sim.run(train(), 16, size=lambda n: 20 * MB)
    assert states(study) == {TrialState.COMPLETE: 16}
    assert any("memory holds 4" in said for said in sim.said)
    assert sim.memory()["together"] <= 4
    assert sim.memory()["refusals"] == 0


def test_a_worker_that_cannot_have_the_device_fails_its_trial_only(device):
    """The context alone does not fit while another holds the memory."""
    sim = device(100 * MB, context_bytes=40 * MB)
    study = sim.run(train(0.001), 6, size=lambda n: 30 * MB, jobs=2)
    assert study.counts()[TrialState.COMPLETE] == 6
    assert study.message == ""
