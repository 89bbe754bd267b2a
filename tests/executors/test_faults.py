"""Faults injected into trials, workers, the helper and the machine: what the executor makes of
them. Nothing else is lost, a sentence says what happened, and the next trial runs."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from jupyter_hpo.executors.warm import WarmHelper
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

from .conftest import gone, wait_gone

REPORT = "from jupyter_hpo.worker.reporting import report\n"
BOTH = pytest.mark.parametrize("reuse", [False, True], ids=["fresh", "reused"])

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def events_of(bench, number):
    return [event for event in bench.events if getattr(event, "number", None) == number]


@pytest.fixture
def tiny(tmp_path):
    """A folder on a disk of 64 kB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def few_files():
    """Lets this process open no further file, from the call until `more` is called."""
    old = resource.getrlimit(resource.RLIMIT_NOFILE)
    held: list[int] = []

    class Limit:
        def exhaust(self) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (old[0], old[1]))
            top = max(int(name) for name in os.listdir("/proc/self/fd")) + 1
            resource.setrlimit(resource.RLIMIT_NOFILE, (top, old[1]))
            try:
                while True:
                    held.append(os.dup(0))
            except OSError:
                pass

        def more(self) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, old)
            while held:
                os.close(held.pop())

    limit = Limit()
    yield limit
    limit.more()


# ------------------------------------------------------------------- what the cell does
ENDS = {
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL)", Died, "was killed (SIGKILL)"),
    "SIGSEGV": ("os.kill(os.getpid(), signal.SIGSEGV)", Died, "crashed (SIGSEGV)"),
    "a real crash": ("import ctypes; ctypes.string_at(0)", Died, "crashed (SIGSEGV)"),
    "abort": ("os.abort()", Died, "crashed (SIGABRT)"),
    "os._exit": ("os._exit(3)", Died, "exit code 3"),
    "sys.exit": ("sys.exit('bye')", Failed, "sys.exit('bye')"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", Failed, "interrupted"),
    "GeneratorExit": ("raise GeneratorExit", Failed, "no message"),
    "recursion": ("f = lambda: f(); f()", Failed, "recursion"),
    "files closed": ("os.closerange(3, 4096)", Died, "without a word"),
    "all closed": ("os.closerange(0, 4096)", Died, "without a word"),
    "a thread's exit": (
        "import threading\nt = threading.Thread(target=os._exit, args=[9]); t.start(); t.join()",
        Died,
        "exit code 9",
    ),
}


@BOTH
@pytest.mark.parametrize("how", ENDS)
def test_a_cell_that_ends_its_process(workers, reuse, how):
    cell, kind, said = ENDS[how]
    workers.open(
        f"import os, signal, sys\n{REPORT}report(x=1)\nif not os.path.exists(flag):\n"
        + textwrap.indent(cell, "    ")
        + "\nx = 2",
        namespace={"flag": (flag := f"/tmp/no-such-flag-{os.getpid()}")},
        jobs=2,
        reuse=reuse,
    )
    workers.submit(0)
    workers.submit(1)
    for _ in range(2):
        workers.until(Reported)
    workers.executor.answer(0, Answer.CONTINUE)
    end = workers.until(kind, 0)
    message = end.reason if isinstance(end, Died) else end.error.message
    assert said in message
    workers.until(Ended, 0)
    Path(flag).touch()
    try:
        workers.executor.answer(1, Answer.CONTINUE)  # it waited meanwhile, and is as it was
        assert workers.until(Finished, 1).values == (2.0,)
        workers.executor.answer(1, Answer.RELEASE)
        workers.until(Ended, 1)
        assert workers.value(2) == 2
    finally:
        Path(flag).unlink()
    assert not any(isinstance(event, ExecutorLost) for event in workers.events)


@linux
@BOTH
def test_memory_beyond_the_limit_fails_the_trial_only(workers, reuse):
    cell = """
import resource
if greedy:
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (64 << 20), resource.RLIM_INFINITY))
    held = [bytearray(16 << 20) for _ in range(100)]
x = 1
"""
    workers.open(cell, namespace={"greedy": True}, reuse=reuse)
    failed = workers.run(0)[0][-2]
    assert isinstance(failed, Failed)
    assert "memory" in (failed.error.kind + failed.error.message).lower()
    failed = workers.run(1)[1][-2]  # the next has a process and its limits of its own
    assert isinstance(failed, Failed)


@linux
def test_memory_beyond_a_control_group_s_limit(workers):
    group = Path(f"/sys/fs/cgroup/memory/jupyter_hpo_test_{os.getpid()}")
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(400 << 20))
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    try:
        warm = WarmHelper()
        (group / "cgroup.procs").write_text(str(warm.process.pid))
        cell = REPORT + "report(x=1)\nheld = [bytearray(b'x') * (16 << 20) for _ in range(100)]"
        workers.open(cell, jobs=2, warm=warm)
        workers.submit(0)
        workers.submit(1)
        for _ in range(2):
            workers.until(Reported)
        workers.executor.answer(0, Answer.CONTINUE)
        assert "SIGKILL" in workers.until(Died, 0).reason
        workers.until(Ended, 0)
        workers.executor.answer(1, Answer.STOP)
        workers.until(Stopped, 1)
        workers.until(Ended, 1)
        workers.executor.close()
        wait_gone(warm.process.pid)
    finally:
        while True:
            try:
                group.rmdir()
                break
            except OSError:  # its last process is on its way out
                time.sleep(0.01)


# -------------------------------------------------------------------- workers and helper
@BOTH
def test_a_lost_helper_costs_its_trials_and_nothing_else(workers, reuse):
    workers.open(REPORT + "import os\nreport(x=os.getppid())\nx = 1", reuse=reuse)
    assert workers.run(0)[0][-1] == Ended(0)  # finished before
    workers.submit(1)
    workers.submit(2)
    helper = int(workers.until(Reported).values[0])
    workers.until(Reported)
    os.kill(helper, signal.SIGSEGV)
    for _ in range(2):
        died = workers.until(Died)
        assert "workers' helper process, which crashed (SIGSEGV)" in died.reason
        workers.until(Ended, died.number)
    assert workers.value(3) == 1


@linux
@BOTH
def test_a_busy_worker_that_is_stopped_by_the_system_can_be_killed(workers, reuse):
    workers.open("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nx = 1", reuse=reuse)
    workers.submit(0)
    workers.until(Started)
    workers.executor.kill(0, "it took too long.")
    assert workers.until(Died).reason == "it took too long."
    workers.until(Ended)


@linux
def test_without_files_left_trials_wait_and_then_run(workers, few_files):
    """Every socket pair needs descriptors of the kernel's, which may have none left."""
    workers.open(REPORT + "report(x=1)\nx = 2", jobs=1)
    workers.submit(0)
    workers.until(Reported)
    few_files.exhaust()
    for number in range(1, 5):
        workers.submit(number)
    told = {n: [] for n in range(1, 5)}
    workers.executor.answer(0, Answer.CONTINUE)
    workers.until(Finished, 0)
    few_files.more()
    workers.executor.answer(0, Answer.RELEASE)
    workers.until(Ended, 0)
    open_ = set(told)
    for event in workers.events:  # those that found a descriptor in time
        if isinstance(event, Reported) and event.number in told:
            workers.executor.answer(event.number, Answer.CONTINUE)
    for event in workers.arriving():
        if isinstance(event, Reported):
            workers.executor.answer(event.number, Answer.CONTINUE)
        elif isinstance(event, Finished):
            workers.executor.answer(event.number, Answer.RELEASE)
        elif isinstance(event, Ended):
            open_.discard(event.number)
            if not open_:
                break
    assert not any(isinstance(event, ExecutorLost) for event in workers.events)
    assert sum(isinstance(event, Finished) for event in workers.events) == 5
    assert workers.value(9) == 2


@linux
def test_with_files_for_two_workers_trials_go_on_one_by_one(workers, few_files):
    """One has ended, and its process not yet: its descriptor is waited for."""
    workers.open(REPORT + "report(x=1)\nx = 2", jobs=1)
    workers.submit(0)
    workers.until(Reported)
    few_files.exhaust()
    workers.submit(1)  # to the worker forked ahead
    workers.until(Reported, 1)
    for number in (0, 1):
        workers.executor.answer(number, Answer.STOP)
        workers.until(Ended, number)
    for number in range(2, 8):
        assert workers.value(number) == 2


# ----------------------------------------------------------------------------- the disk
@linux
@BOTH
def test_a_full_disk_under_the_log(workers, reuse, tiny):
    workers.open("print('x' * 200_000)\nx = 1", reuse=reuse)
    assert workers.value(0, log=tiny / "log") == 1  # output that can't be kept fails no trial
    assert (tiny / "log").read_bytes().startswith(b"xxxx")


@linux
def test_a_full_disk_under_the_objects(workers, tiny):
    workers.open("import os\nx = 1\nbig = os.urandom(200_000)", keep=("big", "x"))
    kept = workers.run(0, keep=tiny / "objects")[0][-2]
    assert isinstance(kept, Kept)
    assert kept.names == ()
    assert "No space left on device" in kept.left_out["big"]
    assert list(tiny.iterdir()) == []


def test_a_folder_of_logs_that_is_gone(workers, tmp_path):
    workers.open("print('hello')\nx = 1")
    assert workers.value(0, log=tmp_path / "gone" / "log") == 1


# ---------------------------------------------------------------- processes of its own
DAEMON = """
import os, time
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    {exec_}
    os.write(write, str(os.getpid()).encode())
    os.closerange(0, 64)
    time.sleep(600)
x = int(os.read(read, 100))
"""


@linux
@BOTH
def test_a_daemon_ends_with_its_trial_s_study(workers, reuse):
    workers.open(DAEMON.format(exec_=""), reuse=reuse)
    pid = int(workers.value(0))
    workers.executor.close()
    wait_gone(pid)


@linux
@BOTH
def test_a_program_in_a_session_of_its_own_ends_with_its_trial(workers, reuse):
    workers.open(
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " start_new_session=True)\nx = p.pid",
        reuse=reuse,
    )
    wait_gone(*(int(workers.value(number)) for number in range(2)))


@linux
def test_a_background_program_of_a_running_trial_is_left_alone(workers):
    """Its parent, a shell, has ended: it is an orphan, but its trial goes on."""
    workers.open(
        REPORT + "import subprocess\n"
        "pid = int(subprocess.check_output(['setsid', 'sh', '-c', 'sleep 600 >&2 & echo $!']))\n"
        "report(x=pid)\nx = pid"
    )
    workers.submit(0)
    pid = int(workers.until(Reported).values[0])
    assert workers.value(1) > 0  # another trial comes and goes
    assert not gone(pid)
    workers.executor.answer(0, Answer.CONTINUE)
    workers.until(Finished, 0)
    workers.executor.answer(0, Answer.RELEASE)
    workers.until(Ended, 0)
    wait_gone(pid)


@linux
def test_what_trials_started_ends_when_the_helper_is_killed(workers):
    workers.open(
        REPORT + "import os, subprocess\n"
        "a = subprocess.Popen(['sleep', '600'])\n"
        "b = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "report(x=a.pid, step=1)\nreport(x=b.pid, step=2)\nreport(x=os.getppid(), step=3)\nx = 1"
    )
    workers.submit(0)
    pids = []
    for _ in range(3):
        pids.append(int(workers.until(Reported).values[0]))
        workers.executor.answer(0, Answer.CONTINUE) if len(pids) < 3 else None
    os.kill(pids[2], signal.SIGKILL)
    workers.until(Ended, 0)
    wait_gone(*pids)


# ----------------------------------------------------------------------------- the kernel
KERNEL = """
import queue, sys
sys.path[:] = {path!r}
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import Answer, Reported, TrialSpec
from jupyter_hpo.worker.snapshot import take_snapshot
events = queue.SimpleQueue()
cell = CellProgram({source!r}, "<c>", SearchSpace({{}}), {{}}, (Objective("x", "minimize"),))
import numpy
names = {{"big": numpy.ones(300_000)}}
executor = ProcessExecutor(
    cell, take_snapshot(names, namespace=names), events.put, jobs=2, reuse={reuse}
)
executor.submit(TrialSpec(0, {{}}))
while True:
    event = events.get()
    if isinstance(event, Reported):
        print(int(event.values[0]), flush=True)
        executor.answer(0, Answer.CONTINUE)
"""
BUSY = """
import os, subprocess
from jupyter_hpo.worker.reporting import report
from multiprocessing.shared_memory import SharedMemory
import joblib
memory = SharedMemory(create=True, size=1000)
pool = joblib.Parallel(2, backend="loky", max_nbytes=1000)
def add(a, i): return os.getpid()
pids = pool(joblib.delayed(add)(big, i) for i in range(4))
daemon = subprocess.Popen(["sleep", "600"], start_new_session=True)
for pid in {os.getpid(), os.getppid(), daemon.pid, *pids}:
    report(x=pid)
report(x=-1)
while True: pass
"""


@linux
@BOTH
def test_a_kernel_killed_leaves_no_process_and_no_shared_memory(reuse):
    pytest.importorskip("joblib")
    before = set(os.listdir("/dev/shm"))
    script = KERNEL.format(path=sys.path, source=BUSY, reuse=reuse)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as kernel:
        assert kernel.stdout is not None
        pids = []
        for line in kernel.stdout:
            if int(line) < 0:
                break
            pids.append(int(line))
        assert len(pids) >= 4
        assert not any(gone(pid) for pid in pids)
        assert set(os.listdir("/dev/shm")) - before
        kernel.kill()
    wait_gone(*pids)
    while set(os.listdir("/dev/shm")) - before:
        time.sleep(0.01)


@pytest.mark.parametrize("what", [b"\x08\x00\x00\x00\x00nonsense", b"hello world\n"])
def test_a_socket_that_is_written_to_by_the_cell(workers, what):
    cell = f"""
import os, socket, stat
for fd in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            os.write(fd, {what!r})
    except OSError:
        pass
x = 1
"""
    workers.open(cell)
    events = workers.run(0)[0]
    assert isinstance(events[-2], Died)
    assert "damaged its connection" in events[-2].reason
    workers.run(1)
    assert not any(isinstance(event, ExecutorLost) for event in workers.events)
