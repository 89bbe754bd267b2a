"""Telling a process that was killed for memory from one that was merely killed."""

from __future__ import annotations

import signal

import pytest

from jupyter_hpo.executors.host_memory import HostMemory
from jupyter_hpo.study.trial_events import Died

GROUP = "sys/fs/cgroup/user.slice"


def files(root, **contents):
    for path, text in contents.items():
        file = root / path.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.mark.parametrize(
    ("cgroup", "counter", "text"),
    [
        ("0::/user.slice\n", f"{GROUP}/memory.events", "low 0\noom 3\noom_kill {n}\n"),
        ("0::/\n", "sys/fs/cgroup/memory.events", "oom_kill {n}\n"),
        (
            "9:cpu:/\n4:memory:/box\n",
            "sys/fs/cgroup/memory/box/memory.oom_control",
            "under_oom 0\noom_kill {n}\n",
        ),
        ("", "proc/vmstat", "nr_free_pages 5\noom_kill {n}\n"),
    ],
    ids=["cgroup 2", "its root", "cgroup 1", "whole machine"],
)
def test_a_kill_for_memory_is_counted_once(tmp_path, cgroup, counter, text):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/self").mkdir()
    (tmp_path / "proc/self/cgroup").write_text(cgroup)
    file = tmp_path / counter
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format(n=4))
    memory = HostMemory(tmp_path)
    assert not memory.ran_out()
    file.write_text(text.format(n=5))
    assert memory.ran_out()
    assert not memory.ran_out()
    file.write_text(text.format(n=7))  # two at once
    assert [memory.ran_out() for _ in range(3)] == [True, True, False]


def test_the_narrowest_group_decides(tmp_path):
    files(tmp_path, proc__self__cgroup="0::/a\n")
    own = tmp_path / "sys/fs/cgroup/a"
    own.mkdir(parents=True)
    (own / "memory.events").write_text("oom_kill 0\n")
    (tmp_path / "proc/vmstat").write_text("oom_kill 7\n")
    memory = HostMemory(tmp_path)
    (tmp_path / "proc/vmstat").write_text("oom_kill 8\n")
    assert not memory.ran_out(), "somebody else's"


def test_where_nothing_is_counted_nothing_is_claimed(tmp_path):
    assert not HostMemory(tmp_path).ran_out()


@pytest.mark.parametrize(("counted", "kind"), [(True, "host_memory"), (False, "died")])
def test_a_worker_that_was_killed(workers, counted, kind):
    executor = workers.open(f"import os\nos.kill(os.getpid(), {int(signal.SIGKILL)})")
    executor._crew.memory.ran_out = lambda: counted
    died = next(e for e in workers.run(0)[0] if isinstance(e, Died))
    assert died.kind == kind
    assert ("memory ran out" in died.reason) is counted


def test_a_worker_that_we_killed_did_not_run_out(workers):
    executor = workers.open("import time\nx = 1\ntime.sleep(600)")
    executor._crew.memory.ran_out = lambda: True
    workers.submit(0)
    executor.kill(0, "took too long")
    died = workers.until(Died)
    assert (died.kind, died.reason) == ("died", "took too long")
