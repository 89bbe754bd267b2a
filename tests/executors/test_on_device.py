"""A study on a simulated device: packing, memory and workers, through the real processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_hpo.study.packing import Packing
from jupyter_hpo.study.schedulers import Asha, Scheduler
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import TrialState
from jupyter_hpo.worker.devices import Plan

from .one_study import run_study

SIMULATED = Path(__file__).parents[1] / "simulated"
MB = 1 << 20


def train(step_s: float = 0.01, epochs: int = 10) -> str:
    """A cell that takes `n` bytes and reports each epoch."""
    return f"""n = 0
import simulated_device
from jupyter_hpo.worker.reporting import report
block = simulated_device.allocate(n)
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
        scheduler: Scheduler | None = None,
    ) -> Study:
        def note(study: Study) -> None:
            if self.slots[-1:] != [study.slots]:
                self.slots.append(study.slots)
                self.said.append(study.slots_why)

        return run_study(
            self.folder, source, trials, value=size, scheduler=scheduler, on_change=note,
            packing=Packing(self.simulated.kind.devices(), jobs=jobs), plan=Plan("sim:0"),
        )  # fmt: skip

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


def test_slots_rise_from_one_and_never_beyond_memory(device):
    """That they come to the knee is a matter of time, and is tested where time is simulated."""
    sim = device(1000 * MB, knee=4)
    study = sim.run(train(), 48)
    assert states(study) == {TrialState.COMPLETE: 48}
    assert sim.slots[0] == 1
    assert max(sim.slots) >= 2
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


def test_trials_that_wait_hold_memory_and_are_fewer_where_it_is_short(device):
    sim = device(100 * MB, knee=50)
    source = train().replace("x = 1.0", "x = float(n % 7)")
    study = sim.run(source, 30, size=lambda n: 20 * MB + n % 7, scheduler=Asha())
    counts = states(study)
    assert counts[TrialState.PRUNED] > 0
    assert sum(counts.values()) == 30
    assert TrialState.FAIL not in counts
    assert sim.memory()["refusals"] == 0
    assert sim.memory()["together"] <= 5
