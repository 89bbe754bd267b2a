"""Workers that run trial after trial: what they keep, what they give back, when they leave."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest
import torch

from jupyter_hpo.study.trial_events import Answer, Ended, Failed, Finished, Reported, Started


def pids(bench, n: int) -> list[int]:
    found = []
    for number in range(n):
        events = bench.run(number)[number]
        assert not any(isinstance(e, Failed) for e in events), events
        found += [e.pid for e in events if isinstance(e, Started)]
    return found


def test_one_process_runs_trial_after_trial(reused):
    reused.open("x = 1", jobs=1)
    assert len(set(pids(reused, 5))) == 1


def test_each_process_runs_one_trial_otherwise(workers):
    workers.open("x = 1", jobs=1)
    assert len(set(pids(workers, 5))) == 5


def test_objects_are_as_in_the_notebook_for_every_trial(reused):
    namespace = {
        "data": np.zeros(100_000),
        "net": torch.nn.Linear(64, 64),
        "seen": [],
    }
    before = net_sum(namespace["net"])
    reused.open(
        "data += 1; seen.append(1)\nwith torch.no_grad(): net.weight += 1\n"
        "x = data.sum() + 1000 * len(seen)",
        namespace={**namespace, "torch": torch},
        jobs=1,
    )
    assert [reused.value(i) for i in range(3)] == [101_000.0] * 3
    assert namespace["data"].sum() == 0
    assert net_sum(namespace["net"]) == before


def net_sum(net) -> float:
    return float(net.weight.detach().sum())


def test_a_class_of_the_notebook_is_a_trial_s_own(reused):
    earlier = "class Net:\n    made = 0\n    def __init__(self): Net.made += 1\n"
    reused.open("Net(); Net()\nx = Net.made", earlier=earlier, jobs=1)
    assert [reused.value(i) for i in range(3)] == [2, 2, 2]


def test_a_module_beside_the_notebook_is_imported_afresh(reused, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("count = 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    reused.open("import mine\nmine.count += 1\nx = mine.count", jobs=1)
    assert [reused.value(i) for i in range(3)] == [1, 1, 1]
    assert len(set(pids(reused, 2))) == 1


CHANGES = {
    "folder": ("os.chdir('/')", "os.getcwd() == '/'"),
    "environment": ("os.environ['HPO_TEST'] = '1'", "'HPO_TEST' in os.environ"),
    "a variable removed": ("os.environ.pop('PATH')", "'PATH' not in os.environ"),
    "module path": ("sys.path.append('/nowhere')", "'/nowhere' in sys.path"),
    "default dtype": (
        "torch.set_default_dtype(torch.float64)",
        "torch.get_default_dtype() is torch.float64",
    ),
    "gradients": ("torch.set_grad_enabled(False)", "not torch.is_grad_enabled()"),
    "numpy's errors": ("np.seterr(all='raise')", "np.geterr()['over'] == 'raise'"),
    "numpy's random state": ("np.random.seed(0)", "np.random.get_state()[1][1] == 1"),
    "warnings": (
        "warnings.filterwarnings('error', 'left')",
        "any('left' in str(f[1]) for f in warnings.filters)",
    ),
    "a builtin": ("builtins.sum = len", "sum([5]) == 1"),
    "a new builtin": ("builtins.extra = 1", "hasattr(builtins, 'extra')"),
    "a signal": (
        "signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN",
    ),
    "umask": ("os.umask(0o077)", "os.umask(0) == 0o077"),
    "the root logger": ("logging.getLogger().setLevel(5)", "logging.getLogger().level == 5"),
    "recursion": ("sys.setrecursionlimit(5000)", "sys.getrecursionlimit() == 5000"),
    "a name in __main__": (
        "import __main__; __main__.left = 1",
        "hasattr(__import__('__main__'), 'left')",
    ),
    "matplotlib": ("plt.rcParams['lines.linewidth'] = 9", "plt.rcParams['lines.linewidth'] == 9"),
    "figures": ("plt.figure()", "bool(plt.get_fignums())"),
    "sklearn": (
        "sklearn.set_config(transform_output='pandas')",
        "sklearn.get_config()['transform_output'] == 'pandas'",
    ),
}


def test_what_a_trial_changed_is_put_back(reused, tmp_path):
    cell = (
        "import builtins, logging, os, signal, sys, warnings\nimport numpy as np, torch, sklearn\n"
        "import matplotlib.pyplot as plt\n"
    )
    for name, (do, seen) in CHANGES.items():
        cell += f"if {seen}: print('was left:', {name!r})\n{do}\nassert {seen}, {name!r}\n"
    reused.open(cell + "x = os.getpid()", jobs=1)
    reused.value(0)  # it imports: the worker after it has that done from the start
    log = tmp_path / "log"
    values = [reused.value(number, log=log) for number in range(1, 4)]
    assert log.read_text() == ""
    assert len(set(values)) == 1


@pytest.mark.parametrize(
    "leftover",
    [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import subprocess; subprocess.Popen(['sleep', '600'])",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))",
        "keep = [open('/dev/null') for _ in range(40)]; import builtins; "
        "import json; json.kept = keep",
    ],
    ids=["thread", "process", "limit", "files"],
)
def test_a_worker_that_can_not_be_put_back_is_replaced(reused, leftover):
    reused.open(f"{leftover}\nx = 1", jobs=1)
    assert len(set(pids(reused, 3))) == 3


def test_a_worker_that_dies_while_idle_costs_no_trial(reused):
    reused.open("x = 1", jobs=1)
    (pid,) = pids(reused, 1)
    os.kill(pid, signal.SIGKILL)
    assert reused.value(1) == 1


def test_a_worker_forked_ahead_that_dies_costs_no_trial(workers):
    workers.open("import os\nx = os.getpid()", jobs=1)
    workers.value(0)
    for worker in list(workers.executor._crew.idle):
        if worker.pid is not None:
            os.kill(worker.pid, signal.SIGKILL)
    assert workers.value(1) > 0


def test_a_paused_trial_keeps_its_worker_and_another_takes_its_place(reused):
    cell = "import os\nfrom jupyter_hpo import report\nreport(x=1)\nx = os.getpid()"
    reused.open(cell, jobs=1)
    reused.submit(0)
    reused.until(Reported, 0)
    reused.submit(1)
    reused.until(Reported, 1)
    for number in (1, 0):
        reused.executor.answer(number, Answer.CONTINUE)
        reused.until(Finished, number)
        reused.executor.answer(number, Answer.RELEASE)
        reused.until(Ended, number)
    found = {e.number: e.values[0] for e in reused.events if isinstance(e, Finished)}
    assert found[0] != found[1]


def test_a_trial_with_much_memory_keeps_its_slot_until_its_process_is_gone(workers, monkeypatch):
    from jupyter_hpo.executors import processes

    monkeypatch.setattr(processes, "LARGE_BYTES", -1)
    workers.open("x = 1", jobs=1)
    events = workers.run(0)[0]
    pid = next(e.pid for e in events if isinstance(e, Started))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_stop_that_comes_too_late_is_no_trial_s(reused, tmp_path):
    """It lies in the socket of a trial that has failed without a report."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    reused.open(f"open({str(gate)!r}).read()\nraise ValueError", jobs=1)
    found = []
    for number in range(2):
        reused.submit(number)
        found.append(reused.until(Started, number).pid)
        reused.executor.answer(number, Answer.STOP)
        sent = threading.Event()
        reused.executor._io.hand_over(sent.set)
        assert sent.wait(60)
        gate.write_text("go")
        reused.until(Ended, number)
    assert found[0] == found[1]
