"""Which GPUs a kernel may use, whether a cell uses one, and what `--device` makes of it."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from jupyter_hpo.errors import ExecutorError
from jupyter_hpo.executors import devices, gpus
from jupyter_hpo.executors.device_use import find_use
from jupyter_hpo.executors.devices import choose, parse_device
from jupyter_hpo.executors.gpus import Gpu, select

GB = 1 << 30
TWO = [
    Gpu("GPU-aaaa-1", "NVIDIA H200", 140 * GB, 120 * GB),
    Gpu("GPU-bbbb-2", "NVIDIA H200", 140 * GB, 139 * GB),
]
MIG = [
    Gpu(
        "GPU-cccc-3", "NVIDIA A100", 40 * GB, 39 * GB,
        (Gpu("MIG-1111", "MIG 1g.5gb", 5 * GB, 5 * GB, mig=True),
         Gpu("MIG-2222", "MIG 1g.5gb", 5 * GB, 4 * GB, mig=True)),
        mig=True,
    )
]  # fmt: skip
USES = "model.to('cuda')"


@pytest.fixture
def machine(monkeypatch):
    """A machine with these GPUs, as NVML tells them, and a torch that can use them."""

    def make(found, environment=None):
        monkeypatch.setattr(gpus, "by_nvml", lambda: found)
        monkeypatch.setattr(gpus, "by_smi", lambda: None)
        monkeypatch.setattr(devices, "_can_use_gpus", lambda: True)
        monkeypatch.delitem(sys.modules, "torch", raising=False)
        return environment or {}

    return make


# ------------------------------------------------------------------------ which GPUs there are
@pytest.mark.parametrize(
    ("shown", "entries"),
    [
        (None, ["0", "1"]),
        ("1", ["1"]),
        ("1,0", ["1", "0"]),
        ("GPU-bbbb", ["GPU-bbbb"]),
        ("GPU-bbbb-2,GPU-aaaa-1", ["GPU-bbbb-2", "GPU-aaaa-1"]),
        ("0,7,1", ["0"]),
        ("-1", []),
        ("0,-1,1", ["0"]),
        ("NoDevFiles", []),
        ("1,1", ["1"]),
        ("GPU-", []),
    ],
)
def test_what_cuda_visible_devices_leaves(shown, entries):
    assert [entry for entry, _ in select(TWO, shown)] == entries


@pytest.mark.parametrize(
    ("shown", "entries"),
    [
        (None, ["MIG-1111"]),
        ("0", ["MIG-1111"]),
        ("MIG-2222", ["MIG-2222"]),
        ("MIG-2222,MIG-1111", ["MIG-2222"]),
        ("MIG-9", []),
    ],
)
def test_of_a_divided_gpu_a_process_has_one_part(shown, entries):
    chosen = select(MIG, shown)
    assert [entry for entry, _ in chosen] == entries
    assert all(gpu.total_bytes == 5 * GB for _, gpu in chosen)


def test_a_divided_gpu_without_parts_is_none():
    assert select([Gpu("GPU-c", "A100", mig=True)], None) == []


def test_facts_in_the_kernels_order(machine):
    environment = machine(TWO, {"CUDA_VISIBLE_DEVICES": "1,0"})
    visible = gpus.gpus(environment)
    assert [(f.name, f.free_bytes // GB) for f in visible.facts] == [
        ("cuda:0", 139),
        ("cuda:1", 120),
    ]
    assert visible.entries == ("1", "0")
    assert visible.facts[0].label == "NVIDIA H200"


def test_memory_of_unlike_gpus_by_index_is_not_guessed(machine):
    unlike = [TWO[0], Gpu("GPU-d", "NVIDIA T4", 16 * GB, 15 * GB)]
    machine(unlike)
    assert [f.total_bytes for f in gpus.gpus({}).facts] == [None, None]
    by_bus = gpus.gpus({"CUDA_DEVICE_ORDER": "PCI_BUS_ID"})
    assert [f.label for f in by_bus.facts] == ["NVIDIA H200", "NVIDIA T4"]
    by_uuid = gpus.gpus({"CUDA_VISIBLE_DEVICES": "GPU-d"})
    assert by_uuid.facts[0].total_bytes == 16 * GB


def test_an_empty_list_hides_every_gpu(machine):
    machine(TWO)
    visible = gpus.gpus({"CUDA_VISIBLE_DEVICES": ""})
    assert visible.facts == ()
    assert "CUDA_VISIBLE_DEVICES is empty" in visible.notes[0]


def test_mps_and_mig_are_noted(machine):
    machine(MIG)
    notes = gpus.gpus({"CUDA_MPS_PIPE_DIRECTORY": "/tmp/mps"}).notes
    assert [note.partition(" is ")[0] for note in notes] == ["The GPU", "MPS"]


def test_nvml_is_asked_and_let_go(monkeypatch):
    class NVMLError(Exception):
        pass

    said = []

    def mig(handle):
        if handle == 1:
            raise NVMLError
        return (0, 0)

    fake = SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: said.append("init"),
        nvmlShutdown=lambda: said.append("shutdown"),
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda i: i,
        nvmlDeviceGetMemoryInfo=lambda h: SimpleNamespace(total=100 + h, free=50 + h),
        nvmlDeviceGetMigMode=mig,
        nvmlDeviceGetUUID=lambda h: f"GPU-{h}".encode(),
        nvmlDeviceGetName=lambda h: "NVIDIA T4",
    )
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    assert gpus.by_nvml() == [
        Gpu("GPU-0", "NVIDIA T4", 100, 50), Gpu("GPU-1", "NVIDIA T4", 101, 51),
    ]  # fmt: skip
    assert said == ["init", "shutdown"]
    fake.nvmlDeviceGetMemoryInfo = lambda h: (_ for _ in ()).throw(NVMLError)
    assert gpus.by_nvml() is None
    assert said[-1] == "shutdown"


def test_without_nvml_the_program_is_asked(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = -L ]; then\n'
        'echo "GPU 0: NVIDIA A100 (UUID: GPU-cccc-3)"\n'
        'echo "  MIG 1g.5gb     Device  0: (UUID: MIG-1111)"\n'
        "else\n"
        'echo "0, GPU-cccc-3, NVIDIA A100, 40960, 40000, Enabled"\n'
        'echo "1, GPU-dddd-4, NVIDIA T4, 16384, [N/A], [N/A]"\n'
        "fi\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = gpus.by_smi()
    assert found[0].instances == (Gpu("MIG-1111", "MIG 1g.5gb", mig=True),)
    assert (found[0].mig, found[0].total_bytes) == (True, 40 * GB)
    assert found[1] == Gpu("GPU-dddd-4", "NVIDIA T4", 16 * GB, None)
    program.write_text("#!/bin/sh\nexit 9\n")
    assert gpus.by_smi() is None
    program.unlink()
    assert gpus.by_smi() is None


def test_a_torch_that_uses_gpus_says_what_it_sees(monkeypatch):
    cuda = SimpleNamespace(
        is_available=lambda: True,
        is_initialized=lambda: True,
        current_device=lambda: 1,
        device_count=lambda: 2,
        get_device_properties=lambda i: SimpleNamespace(name="NVIDIA T4", total_memory=16 * GB),
        mem_get_info=lambda i: (15 * GB, 16 * GB),
    )
    monkeypatch.setattr(gpus, "by_nvml", lambda: None)
    monkeypatch.setattr(gpus, "by_smi", lambda: None)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    visible = gpus.gpus({"CUDA_VISIBLE_DEVICES": "3,5"})
    assert [f.free_bytes for f in visible.facts] == [None, 15 * GB]
    assert visible.entries == ("3", "5")
    cuda.is_initialized = lambda: False
    visible = gpus.gpus({})
    assert [(f.name, f.label, f.total_bytes) for f in visible.facts] == [
        ("cuda:0", "", None), ("cuda:1", "", None),
    ]  # fmt: skip
    cuda.is_available = lambda: False
    assert gpus.gpus({}) == gpus.Visible()


def test_on_this_machine_it_answers():
    assert isinstance(gpus.gpus({}).facts, tuple)


# ------------------------------------------------------------------------ whether a cell uses one
@pytest.mark.parametrize(
    ("source", "index", "why"),
    [
        ("model.cuda()", None, "line 1 uses `.cuda`"),
        ("x = 1\nmodel.to('cuda:1')", 1, "line 2 names 'cuda:1'"),
        ("device = 'cuda' if torch.cuda.is_available() else 'cpu'", None, "names 'cuda'"),
        ("xgb.train({'device': 'cuda'}, data)", None, "names 'cuda'"),
        ("L.Trainer(max_epochs=3).fit(model)", None, "makes a Trainer"),
        ("from torch import cuda\ncuda.synchronize()", None, "line 2 uses `cuda`"),
        ("L.Engine(accelerator='gpu')", None, "names 'gpu'"),
        ("model.to(device)", None, None),
        ("print('a cuda core')", None, None),
        ("# .cuda()\nx = 1", None, None),
    ],
)
def test_signs_in_the_code(source, index, why):
    use = find_use(source, {})
    if why is None:
        assert use is None
    else:
        assert use.index == index
        assert why in use.why


def notebook(source):
    namespace = {"__name__": "__main__"}
    exec(source, namespace)
    return namespace


@pytest.mark.parametrize(
    ("earlier", "index", "why"),
    [
        ("device = 'cuda:1'", 1, "device is 'cuda:1'"),
        ("config = {'device': 'cuda'}", None, "config is 'cuda'"),
        ("class C:\n  pass\nconfig = C()\nconfig.device = 'cuda:0'", 0, "config is 'cuda:0'"),
        ("def train(model):\n  model.cuda()", None, "train() uses `.cuda`"),
        ("def put(m):\n  m.cuda()\ndef train(m):\n  put(m)", None, "put() uses `.cuda`"),
        (
            "def train(model):\n  return [m.to('cuda:2') for m in model]",
            2,
            "train() names 'cuda:2'",
        ),
        ("import math\nnumber = 3\ntext = 'cudax'\nitems = [1, 'cpu']", None, None),
        ("items = []\nitems.append(items)", None, None),
    ],
)
def test_signs_in_what_the_cell_reads(earlier, index, why):
    use = find_use("pass", notebook(earlier))
    if why is None:
        assert use is None
    else:
        assert (use.index, use.why) == (index, why)


def test_tensors_modules_and_optimisers_are_taken_at_their_word():
    torch = pytest.importorskip("torch")
    model = torch.nn.Linear(2, 2)
    names = {"model": model, "data": torch.ones(3), "device": torch.device("cpu")}
    names["optimizer"] = torch.optim.Adam(model.parameters())
    assert find_use("train(model)", names) is None
    assert find_use("pass", {"device": torch.device("cuda:1")}).index == 1
    assert find_use("pass", {"device": torch.device("cuda")}).index is None
    on_meta = torch.nn.Linear(2, 2, device="meta")
    assert find_use("pass", {"model": on_meta}) is None


@pytest.mark.parametrize("holds", [lambda t: t, lambda t: {"batch": [t]}, lambda t: (1, t)])
def test_a_tensor_on_a_gpu_is_found(holds):
    """A stand-in with torch's names: there may be no GPU here."""
    device = type("device", (), {"type": "cuda", "index": 1, "__str__": lambda s: "cuda:1"})()
    tensor = type("Tensor", (), {"__module__": "torch", "device": device})()
    assert find_use("pass", {"data": holds(tensor)}).why == "data is on cuda:1"


def test_an_exact_sign_wins():
    assert find_use("model.cuda()", {"device": "cuda:1"}).index == 1


# ------------------------------------------------------------------------------------- --device
@pytest.mark.parametrize("text", ["auto", "cpu", "cuda", "cuda:1", "cuda:0,cuda:2", "sim:0"])
def test_devices_that_can_be_asked_for(text):
    assert parse_device(text) == text


@pytest.mark.parametrize("text", ["", "cuda:", "cuda:x", "1", "cuda:0, cuda:1", "cuda 1", "CUDA"])
def test_what_is_no_device(text):
    with pytest.raises(ValueError, match="is no device; write auto, cpu, cuda"):
        parse_device(text)


def test_kinds_are_not_mixed():
    with pytest.raises(ValueError, match="mixes kinds"):
        parse_device("cuda:0,sim:1")


def names_of(choice):
    return [d.name for d in choice.devices]


def test_auto_is_the_cpu_where_the_cell_uses_no_gpu(machine):
    environment = machine(TWO)
    choice = choose("auto", "x = 1", {}, environment)
    assert (choice.devices, choice.plan, choice.hidden) == ((), None, False)


def test_auto_is_the_gpu_the_cell_names(machine):
    environment = machine(TWO)
    choice = choose("auto", "model.to('cuda:1')", {}, environment)
    assert names_of(choice) == ["cuda:1"]
    assert choice.plan.home == "cuda:1"
    assert choice.plan.visible == ("0", "1")
    assert choice.notes[0] == ("The trials use cuda:1, as the cell does: line 1 names 'cuda:1'.")
    assert "--device cuda spreads them over all 2 GPUs." in choice.notes


def test_auto_is_the_gpu_that_torch_has_chosen_here(machine, monkeypatch):
    environment = machine(TWO)
    cuda = SimpleNamespace(is_initialized=lambda: True, current_device=lambda: 1)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    assert names_of(choose("auto", USES, {}, environment)) == ["cuda:1"]


def test_auto_is_the_cpu_where_there_is_no_gpu_or_none_may_be_used(machine, monkeypatch):
    environment = machine(None)
    assert choose("auto", USES, {}, environment).devices == ()
    machine(TWO)
    hidden = {"CUDA_VISIBLE_DEVICES": ""}
    assert choose("auto", USES, {}, hidden).devices == ()
    monkeypatch.setattr(devices, "_can_use_gpus", lambda: False)
    assert choose("auto", USES, {}, {}).devices == ()


def test_a_torch_without_cuda_uses_no_gpu(monkeypatch):
    loaded = {"torch": SimpleNamespace(version=SimpleNamespace(cuda=None))}
    monkeypatch.setattr(devices, "sys", SimpleNamespace(modules=loaded))
    assert not devices._can_use_gpus()
    loaded["torch"].version.cuda = "12.8"
    assert devices._can_use_gpus()
    loaded["torch"].version.cuda = None
    loaded["xgboost"] = ModuleType("xgboost")
    assert devices._can_use_gpus()
    loaded.clear()
    monkeypatch.setattr(devices, "version", lambda name: "2.13.0+cpu")
    assert not devices._can_use_gpus()


def test_the_cpu_hides_every_gpu(machine):
    environment = machine(TWO)
    choice = choose("cpu", USES, {}, environment)
    assert (choice.devices, choice.plan, choice.hidden) == ((), None, True)


def test_all_gpus_one_or_some(machine):
    environment = machine(TWO)
    assert names_of(choose("cuda", "x = 1", {}, environment)) == ["cuda:0", "cuda:1"]
    assert names_of(choose("cuda:1", "x = 1", {}, environment)) == ["cuda:1"]
    assert names_of(choose("cuda:1,cuda:0", "x = 1", {}, environment)) == ["cuda:1", "cuda:0"]


def test_the_chosen_gpu_stands_in_for_the_one_the_notebook_uses(machine):
    environment = machine(TWO)
    assert choose("cuda:1", "model.cuda()", {}, environment).plan.home == "cuda:0"
    assert choose("cuda:0", "model.to('cuda:1')", {}, environment).plan.home == "cuda:1"


def test_a_gpu_that_is_not_there_is_answered_with_those_that_are(machine):
    environment = machine(TWO)
    with pytest.raises(ExecutorError) as caught:
        choose("cuda:7", "x = 1", {}, environment)
    assert str(caught.value) == (
        "--device cuda:7: there is no cuda:7 here, only cuda:0 (NVIDIA H200), cuda:1 (NVIDIA H200)."
    )
    machine(None)
    with pytest.raises(ExecutorError, match=r"there is none\. No GPU was found"):
        choose("cuda", "x = 1", {}, {})
    with pytest.raises(ExecutorError, match="CUDA_VISIBLE_DEVICES is empty"):
        choose("cuda", "x = 1", {}, {"CUDA_VISIBLE_DEVICES": ""})


def test_an_unknown_kind_is_answered_with_those_there_are():
    with pytest.raises(ExecutorError, match="no device is called 'tpu'; there are cpu, cuda"):
        choose("tpu", "x = 1", {}, {})
