"""What only processes can do: isolation, deaths, trials side by side."""

from __future__ import annotations

import errno
import gc
import os
import signal
import subprocess
import sys
import weakref

import numpy as np
import pytest
import torch
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_hpo.cell import capture
from jupyter_hpo.executors import crew
from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.executors.warm import WarmHelper
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import (
    Answer,
    Died,
    Ended,
    ExecutorLost,
    Failed,
    Finished,
    Kept,
    Reported,
    Started,
    Stopped,
)
from jupyter_hpo.worker.objects import load_objects
from jupyter_hpo.worker.snapshot import take_snapshot

from .conftest import gone, program, wait_gone

REPORT = "from jupyter_hpo.worker.reporting import report\n"


def notebook(source):
    """A notebook's namespace after a cell was run in it."""
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<earlier cell>", "exec"), namespace)
    return namespace


def test_stop_reaches_a_cell_that_swallows_everything_once(workers, kinds):
    workers.open(
        """
from jupyter_hpo.worker.reporting import report
x = 0.0
while True:
    try:
        report(x=x)
    except:
        pass
"""
    )
    workers.submit(0)
    workers.until(Reported)
    workers.executor.answer(0, Answer.STOP)
    workers.until(Ended)
    assert kinds(workers.events) == ["Started", "Reported", "Stopped", "Ended"]


def test_two_trials_at_once(workers):
    """Each waits for the other to have started: only side by side do both end."""
    workers.open(REPORT + "import os\nreport(x=os.getpid())\nx = os.getpid()")
    workers.submit(0)
    workers.submit(1)
    pids = {workers.until(Reported).values[0] for _ in range(2)}
    assert len(pids) == 2
    for number in (0, 1):
        workers.executor.answer(number, Answer.CONTINUE)
    finished = {workers.until(Finished).number for _ in range(2)}
    assert finished == {0, 1}
    for number in (1, 0):
        workers.executor.answer(number, Answer.RELEASE)
        workers.until(Ended, number)


def test_many_paused_trials_resume_in_any_order(workers):
    workers.open(REPORT + "report(x=1)\nx = 2", jobs=1)
    for number in range(5):
        workers.submit(number)
    for _ in range(5):
        workers.until(Reported)
    for number in (3, 1, 4, 0, 2):
        workers.executor.answer(number, Answer.CONTINUE)
        assert workers.until(Finished).number == number
        workers.executor.answer(number, Answer.RELEASE)
        workers.until(Ended, number)


def test_a_model_of_an_earlier_cell_starts_afresh_in_every_trial(workers):
    earlier = """
import torch
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Linear(64, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
data = torch.randn(32, 64)
def loss():
    return (model(data) ** 2).mean()
"""
    cell = """
first = loss().item()
for _ in range(3):
    optimizer.zero_grad()
    value = loss()
    value.backward()
    optimizer.step()
assert loss().item() < first
x = first
"""
    namespace = notebook(earlier)
    before = [p.detach().clone() for p in namespace["model"].parameters()]
    workers.open(cell, namespace=namespace)
    here = namespace["loss"]().item()
    assert [workers.value(i) for i in range(3)] == pytest.approx([here] * 3)
    for old, new in zip(before, namespace["model"].parameters(), strict=True):
        assert torch.equal(old, new)
        assert new.grad is None


def test_an_array_changed_in_place_is_private(workers):
    array = np.arange(200_000.0)
    workers.open("x = a[0]\na += 1\nassert v[0] == 11", namespace={"a": array, "v": array[10:20]})
    assert [workers.value(i) for i in range(3)] == [0, 0, 0]
    assert array[0] == 0


def test_a_killed_process_fails_that_trial_only(workers):
    workers.open(REPORT + "report(x=1)\nx = 2")
    workers.submit(0)
    workers.submit(1)
    pids = {}
    reported = set()
    for event in workers.arriving():
        if isinstance(event, Started):
            pids[event.number] = event.pid
        if isinstance(event, Reported):
            reported.add(event.number)
        if len(reported) == 2:
            break
    os.kill(pids[0], signal.SIGKILL)
    died = workers.until(Died)
    assert died.number == 0
    assert "was killed (SIGKILL); the machine may have run out of memory" in died.reason
    workers.until(Ended, 0)
    workers.executor.answer(1, Answer.CONTINUE)
    assert workers.until(Finished).number == 1
    workers.executor.answer(1, Answer.RELEASE)
    workers.until(Ended, 1)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import os\nos._exit(7)", "exit code 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "crashed (SIGSEGV)"),
        ("import os\nos._exit(0)", "exit code 0"),
    ],
)
def test_a_process_that_ends_without_a_word(workers, kinds, source, said):
    workers.open(source)
    events = workers.run(0)[0]
    assert kinds(events) == ["Started", "Died", "Ended"]
    assert said in events[1].reason


def test_dying_while_the_objects_are_written(workers, kinds, tmp_path):
    workers.open(
        "import os\nclass Bomb:\n  def __reduce__(self): os._exit(1)\nb = Bomb()\nx = 1",
        keep=("b",),
    )
    events = workers.run(0, keep=tmp_path / "objects")[0]
    assert kinds(events) == ["Started", "Finished", "Died", "Ended"]
    assert not (tmp_path / "objects").exists()


def test_kill_ends_a_trial_that_never_reports(workers, kinds):
    workers.open("while True: pass")
    workers.submit(0)
    pid = workers.until(Started).pid
    workers.executor.kill(0, "it took longer than 5 minutes.")
    assert workers.until(Died).reason == "it took longer than 5 minutes."
    workers.until(Ended)
    assert gone(pid)


def test_a_stop_asked_while_it_runs_holds_at_the_next_report(workers, kinds, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    workers.open(REPORT + f"open({str(gate)!r}).read()\nreport(x=1)\nx = 2")
    workers.submit(0)
    workers.until(Started)
    workers.executor.answer(0, Answer.STOP)
    gate.write_text("go")
    workers.until(Stopped)
    workers.until(Ended)


def test_what_a_trial_started_ends_with_it(workers, tmp_path):
    workers.open(
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\nx = p.pid"
    )
    pid = int(workers.value())
    wait_gone(pid)


def test_close_leaves_no_process(workers):
    workers.open("import os\n" + REPORT + "report(x=os.getppid())\nwhile True: pass")
    pids = set()
    for number in range(3):
        workers.submit(number)
        pids.add(workers.until(Started).pid)
        pids.add(int(workers.until(Reported).values[0]))
    workers.executor.answer(0, Answer.CONTINUE)
    assert len(pids) == 4
    workers.executor.close()
    assert all(gone(pid) for pid in pids)


def test_a_lost_helper_is_started_again(workers, kinds):
    workers.open(REPORT + "import os\nreport(x=os.getppid())\nx = 1")
    workers.submit(0)
    helper = int(workers.until(Reported).values[0])
    os.kill(helper, signal.SIGKILL)
    died = workers.until(Died)
    assert "helper process, which was killed (SIGKILL)" in died.reason
    workers.until(Ended)
    assert workers.value(1) == 1


def test_a_helper_lost_again_and_again_ends_it(workers):
    cell = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()"
    workers.open(cell)
    for number in range(crew.RESTARTS):
        workers.submit(number)
        workers.until(Ended, number)
    assert "5 times in a row" in workers.until(ExecutorLost).reason
    workers.run(99)
    assert sum(isinstance(e, ExecutorLost) for e in workers.events) == 1


def test_objects_that_do_not_load_are_told(workers):
    class Broken:
        def __reduce__(self):
            return eval, ("1 / 0",)

    workers.open("x = 1", namespace={"broken": Broken()})
    workers.run(0)  # told before or after the trial's end, whichever comes first
    lost = next((e for e in workers.events if isinstance(e, ExecutorLost)), None)
    reason = (lost or workers.until(ExecutorLost)).reason
    assert "can't load the notebook's objects: ZeroDivisionError" in reason


def test_a_fork_that_fails_fails_that_trial_only(workers, kinds, tmp_path):
    """An object of the notebook breaks the helper's os.fork, when it is loaded, while a file
    exists."""
    full = tmp_path / "full"
    full.touch()
    source = f"""
import errno, os
fork = os.fork
def fail():
    if os.path.exists({str(full)!r}):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return fork()
os.fork = fail
"""

    class Broken:
        def __reduce__(self):
            return exec, (source, {})

    workers.open("x = 1", namespace={"broken": Broken()})
    events = workers.run(0)[0]
    assert kinds(events) == ["Died", "Ended"]
    said = f"no process could be started for it: {os.strerror(errno.EAGAIN)}."
    assert events[0].reason.startswith(said)
    full.unlink()
    assert workers.value(1) == 1
    assert not any(isinstance(event, ExecutorLost) for event in workers.events)


def test_workers_end_when_the_kernel_is_killed(tmp_path):
    script = f'''
import queue, sys
sys.path[:] = {sys.path!r}
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import *
from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.worker.snapshot import take_snapshot
q = queue.SimpleQueue()
source = """import os
from jupyter_hpo.worker.reporting import report
report(x=os.getppid())
while True: pass"""
cell = CellProgram(source, "<c>", SearchSpace({{}}), {{}}, (Objective("x", "minimize"),))
ex = ProcessExecutor(cell, take_snapshot({{}}, namespace={{}}), q.put, jobs=1)
ex.submit(TrialSpec(0, {{}}))
while True:
    e = q.get()
    if isinstance(e, Started): print(e.pid, flush=True)
    if isinstance(e, Reported):
        print(int(e.values[0]), flush=True)
        ex.answer(0, Answer.CONTINUE)
'''
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as kernel:
        assert kernel.stdout is not None
        pids = [int(kernel.stdout.readline()) for _ in range(2)]
        assert not any(gone(pid) for pid in pids)
        kernel.kill()
    for pid in pids:
        wait_gone(pid)


def test_c_code_and_programs_print_to_the_log(workers, tmp_path):
    workers.open(
        "import ctypes, os\nctypes.CDLL(None).puts(b'from C')\nprint('x')\n"
        "os.system('echo sh')\nx=1"
    )
    log = tmp_path / "log"
    workers.run(0, log=log)
    assert sorted(log.read_text().split("\n")) == ["", "from C", "sh", "x"]


def test_torch_uses_threads_when_given_some(workers):
    cell = """
import os
a = torch.ones(1500, 1500)
(a @ a).sum(), (a * 2).exp().sum()
x = 100 * torch.get_num_threads() + min(len(os.listdir("/proc/self/task")), 2)
"""
    workers.open(cell, namespace={"torch": torch}, threads_per_trial=2, jobs=1)
    assert [workers.value(i) for i in range(2)] == [202, 202]


def test_a_class_of_an_earlier_cell_comes_back_as_itself(workers, tmp_path):
    namespace = notebook(
        "class Net:\n    made = 0\n    def __init__(self, n): self.n = n; Net.made += 1\n"
    )
    workers.open("net = Net(3)\nx = isinstance(net, Net)", namespace=namespace, keep=("net",))
    kept = workers.run(0, keep=tmp_path / "o")[0][-2]
    assert isinstance(kept, Kept)
    net = load_objects(tmp_path / "o", namespace)["net"]
    assert isinstance(net, namespace["Net"])
    assert (net.n, namespace["Net"].made) == (3, 0)


def test_classes_see_the_globals_of_the_trial(workers):
    earlier = """
import dataclasses, enum
class Base:
    def scale(self): return unit
class Net(Base):
    def scale(self): return super().scale() * 2
@dataclasses.dataclass
class Config:
    lr: float = 1.0
class Mode(enum.Enum):
    A = 1
unit = 5
net, config, mode = Net(), Config(2.0), Mode.A
"""
    cell = """
assert net.scale() == 10
unit = 6
assert isinstance(net, Base) and config == Config(2.0) and mode is Mode.A
x = net.scale()
"""
    workers.open(cell, namespace=notebook(earlier))
    assert workers.value() == 12


def test_shell_commands_and_magics(workers, tmp_path):
    cell = """
get_ipython().run_line_magic("matplotlib", "inline")
get_ipython().system("echo hello")
files = get_ipython().getoutput("echo one; echo two")
get_ipython().run_line_magic("time", "y = len(files)")
x = y
"""
    workers.open(cell)
    log = tmp_path / "log"
    assert [workers.value(i, log=log) for i in range(2)] == [2, 2]
    assert log.read_text().count("hello") == 2


def test_names_inside_commands_magics_and_strings_travel(workers, tmp_path):
    cell = capture(
        "!echo $DATA-{table['k']}\nx = eval('number')\nfor step in range(1):\n"
        "    def f():\n        !echo {late}\n    f()\n",
        transform=TransformerManager().transform_cell,
        objectives=[Objective("x", "minimize")],
        names={"DATA", "table", "number", "late", "never"},
        line_offset=0,
    )
    namespace = {"DATA": "d", "table": {"k": "v"}, "number": 3, "late": "too", "never": 0}
    assert cell.free_names == namespace.keys() - {"never"}
    workers.open(cell.program(), namespace={n: namespace[n] for n in cell.free_names})
    log = tmp_path / "log"
    assert workers.value(log=log) == 3
    assert log.read_text().split() == ["d-v", "too"]


def test_a_warm_helper_is_taken_over(workers):
    warm = WarmHelper(["json", "no_such_module"])
    workers.open("import os\nx = os.getppid()", warm=warm)
    assert workers.value() == warm.process.pid


def test_what_a_trial_imports_is_imported_once(workers):
    cell = "import sys\nx = 'wave' in sys.modules\ndef f():\n    import wave\nf()"
    sys.modules.pop("wave", None)
    workers.open(cell)
    assert [workers.value(i) for i in range(3)] == [0, 1, 1]


def test_a_failure_in_the_background_does_not_hide_the_next(workers):
    workers.open("import os\nx = 1 / 0")
    assert all(isinstance(workers.run(i)[i][-2], Failed) for i in range(3))


def test_the_notebook_s_settings_are_the_trial_s(workers):
    """Default dtype, error handling, filters of warnings: what an earlier cell set."""
    import warnings

    pandas = pytest.importorskip("pandas")
    width = pandas.get_option("display.width")
    torch.set_default_dtype(torch.float64)
    pandas.set_option("display.width", 123)
    try:
        with np.errstate(divide="raise"), warnings.catch_warnings():
            warnings.resetwarnings()
            warnings.filterwarnings("ignore", "known", UserWarning)
            workers.open(
                "import warnings\nwarnings.warn('known to be')\nwarnings.warn('new')\n"
                "assert torch.ones(1).dtype is torch.float64\n"
                "assert np.geterr()['divide'] == 'raise'\n"
                "assert pd.get_option('display.width') == 123\nx = 1",
                namespace={"torch": torch, "np": np, "pd": pandas},
            )
    finally:
        torch.set_default_dtype(torch.float32)
        pandas.set_option("display.width", width)
    finished = workers.run(0)[0][1]
    assert isinstance(finished, Finished), finished
    assert finished.figures["n_warnings"] == 1


def test_the_notebook_s_data_is_let_go_at_the_end():
    """At once: the garbage collector may come by much later, or never."""
    snapshot = take_snapshot({"a": 1}, namespace={})
    held = weakref.ref(snapshot)
    gc.collect()
    gc.disable()
    try:
        ProcessExecutor(program("x = a"), snapshot, lambda event: None, jobs=1).close()
        del snapshot
        assert held() is None
    finally:
        gc.enable()
