"""How busy the machine is: from counters that are written here, and from a GPU that is told."""

import sys
from types import SimpleNamespace

import pytest

from jupyter_hpo.executors.machine_use import MachineUse


@pytest.fixture
def machine(tmp_path):
    made = SimpleNamespace(at=0.0, stat=tmp_path / "stat")

    def write(user, idle, *, waiting=0, guest=0):
        made.stat.write_text(f"cpu  {user} 0 0 {idle} {waiting} 0 0 0 {guest} 0\ncpu0 1 1 1 1\n")

    made.write = write
    write(0, 0)
    made.use = MachineUse(clock=lambda: made.at, stat=made.stat, environment={})
    return made


@pytest.mark.parametrize(
    ("after", "share"),
    [
        ({"user": 75, "idle": 25}, 0.75),
        ({"user": 0, "idle": 50, "waiting": 50}, 0.0),
        ({"user": 50, "idle": 50, "guest": 50}, 0.5),
    ],
    ids=["busy", "waiting for a disk is not busy", "a guest's time is in its user's"],
)
def test_the_share_is_of_the_time_since_the_last_look(machine, after, share):
    assert machine.use.now("CPU") == {}
    machine.write(**after)
    machine.at = 1.0
    assert machine.use.now("CPU") == {"CPU": share}


def test_it_looks_once_a_second_at_most(machine):
    machine.use.now("CPU")
    machine.write(10, 0)
    machine.at = 0.5
    assert machine.use.now("CPU") == {}
    machine.at = 1.5
    assert machine.use.now("CPU") == {"CPU": 1.0}
    machine.write(10, 1000)
    assert machine.use.now("CPU") == {"CPU": 1.0}


@pytest.mark.parametrize("text", [None, "", "nonsense", "cpu a b c d e"])
def test_without_counters_nothing_is_said(machine, text):
    if text is None:
        machine.stat.unlink()
    else:
        machine.stat.write_text(text)
    machine.use.now("CPU")
    machine.at = 2.0
    assert machine.use.now("CPU") == {}


class Nvml:
    """Two GPUs, 30 and 90% busy, and how often one began to use the library."""

    class NVMLError(Exception):
        pass

    def __init__(self):
        self.begun = 0
        self.tells = True

    def nvmlInit(self):
        self.begun += 1

    def nvmlShutdown(self):
        pass

    def nvmlDeviceGetCount(self):
        return 2

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetHandleByUUID(self, uuid):
        return int(uuid[-1])

    def nvmlDeviceGetMemoryInfo(self, handle):
        return SimpleNamespace(total=1 << 30, free=1 << 30)

    def nvmlDeviceGetMigMode(self, handle):
        raise self.NVMLError

    def nvmlDeviceGetUUID(self, handle):
        return f"GPU-{handle}"

    def nvmlDeviceGetName(self, handle):
        return "NVIDIA Test"

    def nvmlDeviceGetUtilizationRates(self, handle):
        if not self.tells:
            raise self.NVMLError
        return SimpleNamespace(gpu=[30, 90][handle])


@pytest.fixture
def nvml(monkeypatch):
    library = Nvml()
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return library


@pytest.mark.parametrize(
    ("device", "visible", "use"),
    [
        ("CPU", None, {}),
        ("cuda:1 (NVIDIA Test)", None, {"GPU 1": 0.9}),
        ("cuda:0 (NVIDIA Test), cuda:1 (NVIDIA Test)", None, {"GPU 0": 0.3, "GPU 1": 0.9}),
        ("cuda:0", "1", {"GPU 0": 0.9}),
        ("cuda:3", None, {}),
    ],
)
def test_gpus_are_the_ones_that_the_kernel_sees(tmp_path, nvml, device, visible, use):
    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    machine = MachineUse(stat=tmp_path / "none", environment=environment)
    assert machine.now(device) == use


def test_a_gpu_is_asked_for_once_and_may_keep_silent(tmp_path, nvml):
    at = iter([0.0, 2.0, 4.0])
    machine = MachineUse(clock=lambda: next(at), stat=tmp_path / "none", environment={})
    machine.now("cuda:0")
    begun = nvml.begun
    assert machine.now("cuda:0") == {"GPU 0": 0.3}
    assert nvml.begun == begun
    nvml.tells = False
    assert machine.now("cuda:0") == {}
