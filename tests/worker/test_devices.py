"""The device seam of a worker, and tensors of a GPU that travel; torch's CUDA is pretended."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from jupyter_hpo.study.endings import DEVICE_MEMORY, HOST_MEMORY
from jupyter_hpo.worker import arrays, devices, randomness
from jupyter_hpo.worker.devices import CudaDevice, NoDevice, Plan, UnknownDevice, swapped
from jupyter_hpo.worker.exhausted import exhausted
from jupyter_hpo.worker.objects import load_objects, write_objects
from jupyter_hpo.worker.snapshot import load_snapshot, take_snapshot

torch = pytest.importorskip("torch")
nn = torch.nn


# ------------------------------------------------------------------------------ out of memory
class OutOfMemoryError(RuntimeError):
    """As CuPy has one, and the simulated device."""


def raised(make):
    try:
        make()
    except BaseException as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), HOST_MEMORY),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"), DEVICE_MEMORY),
        (OutOfMemoryError("no room"), DEVICE_MEMORY),
        (RuntimeError("CUDA error: out of memory\nCUDA kernel errors might"), DEVICE_MEMORY),
        (RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), DEVICE_MEMORY),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), HOST_MEMORY),
        (OSError(12, "Cannot allocate memory"), HOST_MEMORY),
        (RuntimeError("shapes cannot be multiplied"), None),
        (ValueError("CUDA out of memory"), None),
        (KeyboardInterrupt(), None),
    ],
    ids=str,
)
def test_what_ran_out_is_told_from_the_exception(error, kind):
    assert exhausted(error) == kind


def test_what_it_was_raised_from_counts_and_what_was_being_handled_does_not():
    def wrapped():
        try:
            raise MemoryError
        except MemoryError as error:
            raise ValueError("training failed") from error

    def handled():
        try:
            raise MemoryError
        except MemoryError:
            raise ValueError("a bug in the handler")  # noqa: B904

    assert exhausted(raised(wrapped)) == HOST_MEMORY
    assert exhausted(raised(handled)) is None


def test_an_allocation_that_numpy_refuses():
    import numpy as np

    assert exhausted(raised(lambda: np.empty(1 << 50))) == HOST_MEMORY
    assert exhausted(raised(lambda: torch.empty(1 << 50))) == HOST_MEMORY


# ------------------------------------------------------------------------------------ a worker
class Pretended:
    """torch.cuda in a worker: counts what is asked of it. left: bytes still allocated."""

    def __init__(self, left=0, broken=""):
        self.left, self.broken, self.said = left, broken, []

    def is_initialized(self):
        return True

    def set_device(self, index):
        self.said.append(("set", index))

    def reset_peak_memory_stats(self, index):
        self.said.append(("reset", index))

    def mem_get_info(self, index):
        if self.broken:
            raise RuntimeError(self.broken)
        return 60, 100

    def max_memory_reserved(self, index):
        return 25

    def synchronize(self, index):
        if self.broken:
            raise RuntimeError(self.broken)

    def empty_cache(self):
        self.said.append("empty")

    def memory_allocated(self, index):
        return self.left


@pytest.fixture
def cuda(monkeypatch):
    def pretend(**options):
        made = Pretended(**options)
        monkeypatch.setattr(torch, "cuda", made)
        monkeypatch.setattr(torch._C, "_cuda_clearCublasWorkspaces", lambda: None, raising=False)
        return made

    return pretend


def test_figures_and_release_of_a_gpu(cuda):
    made = cuda()
    device = CudaDevice(1)
    device.begin()
    assert device.read() == {
        "device_memory_bytes": 25, "device_free_bytes": 60, "device_total_bytes": 100,
    }  # fmt: skip
    assert device.release() == ""
    assert made.said == [("set", 1), ("reset", 1), "empty"]
    assert device.name == device.place("cuda:1") == "cuda:1"


def test_a_leak_costs_the_worker_its_place(cuda):
    cuda(left=80 << 20)
    assert CudaDevice(0).release() == "the trial left 80 MB allocated on cuda:0."


def test_a_device_that_an_assert_broke_is_not_used_again(cuda):
    cuda(broken="CUDA error: device-side assert triggered\nmore")
    assert CudaDevice(0).read() == {}
    said = CudaDevice(0).release()
    assert said == ("the device can't be used any more: CUDA error: device-side assert triggered.")


def test_without_torch_on_the_gpu_nothing_is_measured():
    device = CudaDevice(0)
    device.begin()
    assert device.read() == {}
    assert device.release() == ""
    nothing = NoDevice()
    nothing.begin()
    assert (nothing.read(), nothing.release(), nothing.place("cuda:3")) == ({}, "", "cpu")


def test_the_trials_device_takes_the_place_of_the_notebooks():
    visible = ("GPU-a", "GPU-b", "GPU-c")
    assert swapped(visible, 0, 0) == list(visible)
    assert swapped(visible, 0, 2) == ["GPU-c", "GPU-b", "GPU-a"]
    assert swapped(visible, 1, 0) == ["GPU-b", "GPU-a", "GPU-c"]


@pytest.fixture
def attached(monkeypatch):
    monkeypatch.setattr(devices, "_current", NoDevice())
    for variable in ("CUDA_VISIBLE_DEVICES", *devices.FRUGAL):
        monkeypatch.setenv(variable, "to be restored")
        monkeypatch.delenv(variable)
    return devices.attach


def test_attaching_shows_the_process_its_gpu_in_the_notebooks_place(attached, monkeypatch):
    import os

    device = attached("cuda:1", Plan("cuda:0", ("3", "5")))
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "5,3"
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert device.name == "cuda:0"
    assert devices.current() is device
    assert isinstance(attached(None, None), NoDevice)


def test_attaching_makes_the_context_on_the_notebooks_gpu(attached, cuda, monkeypatch):
    import os

    made = cuda()
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    made.init = lambda: made.said.append(os.environ["CUDA_VISIBLE_DEVICES"])
    monkeypatch.setattr(torch, "empty", lambda n, device: made.said.append(device))
    device = attached("cuda:0", Plan("cuda:1", ("GPU-a", "GPU-b")))
    assert made.said == ["GPU-b,GPU-a", ("set", 1), "cuda:1"]
    assert device.name == "cuda:1"


def test_a_device_that_fails_is_named_and_its_lack_of_memory_told(attached, monkeypatch):
    def full(name, plan):
        raise torch.OutOfMemoryError("CUDA out of memory.\nmore")

    monkeypatch.setattr(devices, "attach_cuda", full)
    with pytest.raises(devices.UnusableDevice) as caught:
        attached("cuda:0", Plan("cuda:0"))
    assert str(caught.value) == "cuda:0 can't be used: OutOfMemoryError: CUDA out of memory."
    assert exhausted(caught.value) == DEVICE_MEMORY


def test_an_unknown_kind_is_named(attached):
    with pytest.raises(UnknownDevice, match=r"no device is called 'tpu'; there are cpu, cuda"):
        attached("tpu:0", Plan("tpu:0"))


# ------------------------------------------------------------------------- tensors that travel
class Recorded(NoDevice):
    """A device that puts everything on the host, and notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def place(self, tag):
        self.asked.append(tag)
        return "cpu"


@pytest.fixture
def recorded(monkeypatch):
    made = Recorded()
    monkeypatch.setattr(devices, "_current", made)
    return made


def on(monkeypatch, where):
    """Pretend that storages lie on devices: where(storage) -> the tag, or None."""
    monkeypatch.setattr(arrays, "tag_of", where)


def travel(**names):
    snapshot = take_snapshot(names, namespace=names)
    worker = {}
    load_snapshot(snapshot.fd, worker)
    snapshot.close()
    return worker


def test_tensors_of_a_gpu_arrive_with_their_devices_name(monkeypatch, recorded):
    gpu = torch.arange(5000.0)
    small = torch.ones(3)
    host = torch.zeros(5000)
    tags = {gpu.data_ptr(): "cuda:0", small.data_ptr(): "cuda:1"}
    on(monkeypatch, lambda storage: tags.get(storage.data_ptr()))
    worker = travel(gpu=gpu, small=small, host=host, rows=gpu.view(50, 100)[3:])
    assert sorted(recorded.asked) == ["cuda:0", "cuda:1"], "each storage once, those alone"
    assert torch.equal(worker["gpu"], gpu)
    assert torch.equal(worker["small"], small)
    worker["gpu"][300] = -1
    assert worker["rows"][0, 0] == -1, "a view stays a view"
    assert gpu[300] == 300


def test_a_module_on_a_gpu_keeps_ties_gradients_and_buffers(monkeypatch, recorded):
    on(monkeypatch, lambda storage: "cuda:0")
    a, b = nn.Linear(64, 64), nn.Linear(64, 64)
    b.weight = a.weight
    model = nn.Sequential(a, b, nn.BatchNorm1d(64))
    a.bias.requires_grad_(False)
    model(torch.randn(8, 64)).sum().backward()
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.step()
    worker = travel(model=model, optimizer=optimizer)
    got = worker["model"]
    assert got[0].weight is got[1].weight
    assert worker["optimizer"].param_groups[0]["params"][0] is got[0].weight
    assert not got[0].bias.requires_grad
    assert torch.equal(got[0].weight.grad, a.weight.grad)
    assert torch.equal(got[2].running_var, model[2].running_var)
    assert set(recorded.asked) == {"cuda:0"}


def test_an_empty_tensor_of_a_gpu(monkeypatch, recorded):
    on(monkeypatch, lambda storage: "cuda:0")
    assert travel(t=torch.empty(0, 3))["t"].shape == (0, 3)


def test_device_objects_follow_the_trials_device(recorded):
    worker = travel(gpu=torch.device("cuda:1"), any=torch.device("cuda"), cpu=torch.device("cpu"))
    assert worker == {name: torch.device("cpu") for name in ("gpu", "any", "cpu")}
    assert sorted(recorded.asked) == ["cuda", "cuda:1"]


def test_device_objects_keep_their_name_on_a_gpu(monkeypatch):
    monkeypatch.setattr(devices, "_current", CudaDevice(0))
    assert travel(d=torch.device("cuda:1"))["d"] == torch.device("cuda:1")


def test_a_generator_of_a_gpu(recorded):
    reduced = arrays._generator("cuda:0", 7, b"")
    assert torch.equal(
        torch.rand(3, generator=reduced), torch.rand(3, generator=torch.Generator().manual_seed(7))
    )


def test_what_comes_back_to_a_kernel_without_that_gpu_lies_on_the_cpu(monkeypatch, tmp_path):
    tensor = torch.arange(5000.0)
    on(monkeypatch, lambda storage: "cuda:0")
    path = str(tmp_path / "trial.objects")
    names, left_out = write_objects(path, ["t"], {"t": tensor})
    assert (names, left_out) == (("t",), {})
    found = load_objects(path, {})["t"]
    assert found.device.type == "cpu"
    assert torch.equal(found, tensor)


def test_the_place_of_what_comes_back(monkeypatch):
    cuda = SimpleNamespace(is_available=lambda: True, device_count=lambda: 1)
    monkeypatch.setattr(torch, "cuda", cuda)
    assert devices.place_here("cuda:0") == "cuda:0"
    assert devices.place_here("cuda:1") == "cpu"
    assert devices.place_here("sim:0") == "cpu"


# ------------------------------------------------------------------------------- random states
class Generators:
    """torch.cuda's random states of two GPUs."""

    def __init__(self, *states):
        self.states = {i: torch.tensor(list(s), dtype=torch.uint8) for i, s in enumerate(states)}
        self.seeded = None

    def is_initialized(self):
        return True

    def device_count(self):
        return len(self.states)

    def get_rng_state_all(self):
        return list(self.states.values())

    def set_rng_state(self, state, index):
        self.states[index] = state

    def manual_seed_all(self, seed):
        self.seeded = seed


def test_random_states_of_gpus_are_carried(monkeypatch):
    kernel, worker = Generators(b"one", b"two"), Generators(b"xxx", b"yyy")
    monkeypatch.setattr(torch, "cuda", kernel)
    state = randomness.capture()
    assert state.cuda == (b"one", b"two")
    monkeypatch.setattr(torch, "cuda", worker)
    randomness.restore(state)
    assert [bytes(s.numpy()) for s in worker.get_rng_state_all()] == [b"one", b"two"]


def test_a_gpu_first_used_in_the_trials_starts_every_one_alike(monkeypatch):
    before = random.getstate(), torch.get_rng_state()
    state = randomness.capture()
    assert state.cuda is None
    worker = Generators(b"xxx")
    monkeypatch.setattr(torch, "cuda", worker)
    randomness.restore(state)
    assert worker.seeded == torch.initial_seed()
    assert torch.equal(before[1], torch.get_rng_state())


# --------------------------------------------------------------------------------- the real one
@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_real_gpu_there_and_back(monkeypatch, tmp_path):
    monkeypatch.setattr(devices, "_current", CudaDevice(0))
    model = nn.Sequential(nn.Linear(256, 256), nn.Linear(256, 256)).cuda()
    model[1].weight = model[0].weight
    data, host = torch.randn(1000, 256, device="cuda"), torch.zeros(5000)
    generator = torch.Generator("cuda").manual_seed(3)
    worker = travel(model=model, data=data, rows=data[5:], host=host, generator=generator)
    assert worker["data"].device == data.device
    assert worker["data"].data_ptr() != data.data_ptr()
    assert worker["rows"].untyped_storage().data_ptr() == worker["data"].data_ptr()
    assert worker["model"][0].weight is worker["model"][1].weight
    assert worker["model"](worker["data"]).device.type == "cuda"
    assert torch.equal(worker["data"], data)
    draws = [torch.rand(3, generator=g, device="cuda") for g in (generator, worker["generator"])]
    assert torch.equal(*draws)
    path = str(tmp_path / "trial.objects")
    write_objects(path, ["model"], {"model": worker["model"]})
    assert next(load_objects(path, {})["model"].parameters()).device.type == "cuda"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_real_gpu_is_measured_and_comes_back_empty():
    device = CudaDevice(0)
    torch.cuda.init()
    device.begin()
    work = torch.empty(256 << 20, dtype=torch.uint8, device="cuda")
    figures = device.read()
    assert figures["device_memory_bytes"] >= 256 << 20
    assert 0 < figures["device_free_bytes"] < figures["device_total_bytes"]
    assert "left 256 MB allocated" in device.release()
    del work
    assert device.release() == ""
    with pytest.raises(torch.OutOfMemoryError) as caught:
        torch.empty(int(figures["device_total_bytes"]) * 2, dtype=torch.uint8, device="cuda")
    assert exhausted(caught.value) == DEVICE_MEMORY
