"""Faults under a whole study in a real kernel: it ends, says what happened, loses nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits as on Linux"),
]

FAULTS = {
    "killed": "was killed (SIGKILL)",
    "crashed": "crashed (SIGSEGV)",
    "exited": "exit code 7",
    "quit": "the cell called sys.exit",
    "interrupted": "KeyboardInterrupt",
    "closed": "without a word",
    "memory": "ran out of memory",
    "helper": "helper process, which was killed",
}

# One at a time: a trial that kills the helper would take another one's fault away.
CELL = """%%hpo --maximize acc --trials 12 --jobs 1 --pruner none --name faults
import os, resource, signal, sys
x = 0    # hpo: 0..1000
fault = "none"
for fault in [] if x == 0 else faults:
    try:
        os.close(os.open(os.path.join(folder, fault), os.O_CREAT | os.O_EXCL))
        break  # this trial is the first to have it
    except FileExistsError:
        fault = "none"
print("fault", fault)
os.environ["LEFT"] = "1"; os.chdir("/")
if fault == "killed": os.kill(os.getpid(), signal.SIGKILL)
if fault == "crashed": os.kill(os.getpid(), signal.SIGSEGV)
if fault == "exited": os._exit(7)
if fault == "quit": sys.exit(1)
if fault == "interrupted": raise KeyboardInterrupt
if fault == "closed": os.closerange(0, 4096)
if fault == "helper": os.kill(os.getppid(), signal.SIGKILL); signal.pause()
if fault == "memory":
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    held = bytearray(1 << 40)
acc = 1.0
"""


def test_a_study_full_of_faults_ends_and_says_what_happened(kernel, tmp_path):
    (tmp_path / "faults").mkdir()
    kernel.run(f"folder, faults = {str(tmp_path / 'faults')!r}, {list(FAULTS)}")
    folder = kernel.value("__import__('os').getcwd()")
    result = kernel.run(CELL)
    assert result.error is None, result.error
    errors = kernel.value("[t._trial.error.message for t in study.trials if t.error]")
    told = errors + kernel.value("[t.notice for t in study.trials]")
    for fault, sentence in FAULTS.items():
        assert any(sentence in text for text in told), (fault, told)
    # Memory's is tried again: with the next fault, or none.
    assert len(FAULTS) - 1 <= len(errors) <= len(FAULTS)
    assert kernel.value("len(study.trials)") == 12
    assert kernel.value("sum(t.state == 'COMPLETE' for t in study.trials)") >= 3
    failed = kernel.value("sum(t.state == 'FAIL' for t in study.trials)")
    assert f"{failed} failed" in result.text
    assert kernel.value("__import__('os').getcwd()") == folder
    assert kernel.value("'LEFT' in __import__('os').environ") is False
    assert kernel.value("fault") == "none"


def children(pid: int) -> list[int]:
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in map(int, file.read().split()):
                found += [child, *children(child)]
    return found


def running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_a_killed_kernel_loses_nothing_that_finished(start, tmp_path):
    cell = (
        "%%hpo --maximize acc --trials 6 --jobs 1 --pruner none --name killed\n"
        "import subprocess, time\n"
        "x = 0    # hpo: 0..100\n"
        "started = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "while x and open(gate).read() == 'wait': time.sleep(0.01)\n"
        "acc = float(x)\n"
    )
    gate = tmp_path / "gate"
    gate.write_text("wait")
    first = start()
    first.run(f"gate = {str(gate)!r}")
    pid = first.value("__import__('os').getpid()")
    first.begin(cell)
    while not list(tmp_path.rglob("logs/*0001*")):  # the second trial waits
        time.sleep(0.05)
    below = children(pid)
    assert below
    os.kill(pid, 9)
    end = time.monotonic() + 5
    while any(map(running, below)):
        assert time.monotonic() < end, "processes are left 5 s after the kernel was killed"
        time.sleep(0.05)
    gate.write_text("go")
    second = start()
    second.run(f"gate = {str(gate)!r}")
    result = second.run(cell)
    assert result.error is None, result.error
    assert second.value("sum(t.state == 'COMPLETE' for t in study.trials)") >= 6
    assert second.value("study.trial(0).state") == "COMPLETE"
    assert second.value("study.trial(0).params") == {"x": 0}


def test_a_full_disk_is_said_and_the_search_goes_on(kernel, tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        result = kernel.run(
            f"%%hpo --maximize acc --trials 30 --jobs 2 --pruner none --storage {folder}\n"
            "x = 0    # hpo: 0..100\n"
            "print('output' * 500)\n"
            "for step in range(5):\n    acc = float(x + step)\n"
        )
        assert result.error is None, result.error
        assert "No space left on device" in result.all
        assert kernel.value("sum(t.state == 'COMPLETE' for t in study.trials)") == 30
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
