"""Leading statements that run once for all trials, in the real executor."""

from __future__ import annotations

import ast
import json
import linecache
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.setup import shared_setup
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import (
    Answer,
    Died,
    Ended,
    Failed,
    Finished,
    Reported,
    SetUp,
    TrialSpec,
)
from jupyter_hpo.worker.behind import look_behind
from jupyter_hpo.worker.objects import load_objects
from jupyter_hpo.worker.threads import THREAD_VARIABLES

from .conftest import wait_gone

TUNED = "k = 2.0  # hpo: 1.0..3.5\n"


def cell(source, namespace=None, *, all_before_k=False, objective="x"):
    """A program with its set-up, of the statements before `k`: as it is decided, or all of
    them, as if the forecast had seen nothing wrong."""
    namespace = namespace or {}
    captured = capture(
        source,
        objectives=[Objective(objective, "minimize")],
        names=set(namespace),
        line_offset=0,
        filename="<cell In[3]>",
    )
    assert not captured.problems, captured.problems
    made = captured.program()
    line = made.places["k"][0].line
    before = tuple(i for i, s in enumerate(ast.parse(source).body) if s.lineno < line)
    decided = shared_setup(made, look_behind(namespace, namespace))
    setup = before if all_before_k else tuple(i for i in decided if i in before)
    return replace(made, setup=setup)


def told(bench) -> SetUp:
    """The event of the set-up; it comes before anything of a trial."""
    return bench.until(SetUp)


def values(bench, *numbers, **options):
    """The objectives of these trials, which must finish."""
    events = bench.run(*numbers, **options)
    ends = [next(e for e in events[n] if isinstance(e, Finished | Failed)) for n in numbers]
    assert all(isinstance(e, Finished) for e in ends), ends
    return [e.values[0] for e in ends]


def test_it_runs_once_and_every_trial_inherits_it(workers):
    source = f"import os\nmade_by = [os.getpid()]\nmade_by.sort()\n{TUNED}x = made_by[0]\n"
    program = cell(source)
    assert program.setup == (0, 1, 2)
    workers.open(program)
    event = told(workers)
    assert event.lines == ((1, 3, 0),)
    assert event.why_not == ""
    assert event.wall_s > 0
    assert len(set(values(workers, 0, 1, 2))) == 1


def test_each_trial_has_its_own_copy(workers):
    source = f"rows = sorted([3, 1])\nrows.append(k0)\n{TUNED}rows.append(1)\nx = len(rows)\n"
    workers.open(cell(source, {"k0": 0}), namespace={"k0": 0})
    assert values(workers, 0) == [4]
    assert values(workers, 1) == [4]


def test_it_may_change_what_the_notebook_holds(workers):
    source = f"data.append(len(data))\n{TUNED}x = sum(data)\n"
    namespace = {"data": [5]}
    workers.open(cell(source, namespace), namespace=namespace)
    assert told(workers).why_not == ""
    assert values(workers, 0, 1) == [6, 6]
    assert namespace == {"data": [5]}


def test_places_keep_their_lines_and_values(workers):
    source = f"rows = sorted([3, 1])\n{TUNED}rows = [k] * 2\nraise ValueError(sum(rows))\n"
    workers.open(cell(source, objective="k"))
    workers.executor.submit(TrialSpec(0, {"k": 3.25}))
    failed = workers.until(Failed)
    assert failed.error.message == "6.5"
    assert failed.error.line == 4


@pytest.mark.parametrize("seed", [None, 7])
def test_random_draws_go_on_where_the_set_up_left_them(workers, seed):
    pytest.importorskip("torch")
    source = (
        "import random, numpy as np, torch\n"
        "random.seed(1); np.random.seed(2); torch.manual_seed(3)\n"
        "first = random.random() + np.random.rand() + float(torch.rand(()))\n"
        f"{TUNED}x = first + 10 * (random.random() + np.random.rand() + float(torch.rand(())))\n"
    )
    program = cell(source)
    assert program.setup
    workers.open(program, seed=seed)
    assert told(workers).why_not == ""
    shared = values(workers, 0, 1, seed=seed)
    workers.executor.close()
    workers.open(replace(program, setup=()), seed=seed)
    assert shared == values(workers, 0, 1, seed=seed)


def test_with_a_seed_of_the_study_the_set_up_draws_from_it(workers):
    pytest.importorskip("numpy")
    source = (
        f"import numpy as np\nfirst = np.random.rand()\n{TUNED}x = first + np.random.rand() * 10\n"
    )
    program = cell(source, all_before_k=True)
    workers.open(program, seed=5)
    assert told(workers).why_not == ""
    shared = values(workers, 0, seed=5)
    workers.executor.close()
    workers.open(replace(program, setup=()), seed=5)
    assert shared == values(workers, 0, seed=5)


def test_what_it_prints_heads_every_log(workers, tmp_path):
    source = (
        "import os, sys\n"
        "rows = sorted([2, 1])\nprint('rows', rows)\nprint('careful', file=sys.stderr)\n"
        f"{TUNED}print('trained')\nx = 1\n"
    )
    workers.open(cell(source))
    for number in (0, 1):
        log = tmp_path / f"{number}.log"
        values(workers, number, log=log)
        assert log.read_text() == "rows [1, 2]\ncareful\ntrained\n"


def test_a_failure_is_each_trials_own_at_its_own_line(workers):
    source = f"rows = sorted([2, 1])\nrows = rows[5]\n{TUNED}x = 1\n"
    workers.open(cell(source))
    event = told(workers)
    assert event.lines == ((1, 1, 0),)  # what comes before it is shared all the same
    workers.submit(0)
    failed = workers.until(Failed)
    assert failed.error.kind == "IndexError"
    assert failed.error.line == 2


def test_a_failure_in_the_first_line_shares_nothing(workers):
    workers.open(cell(f"rows = [][5]\n{TUNED}x = 1\n", all_before_k=True))
    event = told(workers)
    assert event.why_not == "line 1 raised IndexError: list index out of range"
    workers.submit(0)
    assert workers.until(Failed).error.line == 1


UNSEEN = {
    "a thread": (
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "leaves a thread running",
    ),
    "a file": ("f = open('/dev/zero')", "leaves a file or a connection open"),
    "a file written": ("open('written.txt', 'w').close()", "writes files"),
    "a swallowed refusal": (
        "try:\n    open('written.txt', 'w')\nexcept BaseException:\n    pass",
        "writes files",
    ),
    "a program": ("import subprocess\nsubprocess.run(['true'])", "starts a process"),
    "a fork": ("import os\nif os.fork() == 0: os._exit(0)", "starts a process"),
    "the network": (
        "import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))",
        "uses the network",
    ),
    "entropy": ("import uuid\nu = uuid.uuid4()", "draws randomness without a seed"),
    "a fresh generator": (
        "import numpy as np\nr = np.random.default_rng()",
        "draws randomness without a seed",
    ),
    "a fresh RandomState": (
        "import numpy as np\nr = np.random.RandomState()",
        "draws randomness without a seed",
    ),
    "a fresh PCG64": (
        "import numpy as np\nr = np.random.Generator(np.random.PCG64())",
        "draws randomness without a seed",
    ),
    "secrets": ("import secrets\nr = secrets.token_hex()", "draws randomness without a seed"),
    "the system's": (
        "from random import SystemRandom\nr = SystemRandom().random()",
        "draws randomness without a seed",
    ),
    "a fresh Random": ("import random\nr = random.Random()", "draws randomness without a seed"),
    "the global generator": (
        "import numpy as np\nr = np.random.rand()",
        "draws from numpy's generator, which nothing has seeded",
    ),
    "a seed that comes too late": (
        "import random\nr = random.random(); random.seed(0)",
        "draws from random's generator, which nothing has seeded",
    ),
    "a report": (
        "from jupyter_hpo.worker.reporting import report\nreport(x=1)",
        "reports",
    ),
    "a signal handler": (
        "import signal\nh = signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "sets a signal handler",
    ),
    "a timer": ("import signal\nt = signal.alarm(1000)", "sets a timer"),
    "the output": ("import sys, io\nsys.stdout = io.StringIO()", "replaces sys.stdout"),
    "threads of torch": ("import torch\ntorch.set_num_threads(3)", "sets the number of threads"),
    "the collector": ("import gc\ngc.disable()", "switches the garbage collector"),
    "an end": ("import os\nos._exit(3)", "its process ended"),
    "an exit": ("import sys\nsys.exit(3)", "raised SystemExit"),
}


@pytest.mark.parametrize("case", UNSEEN)
def test_what_the_forecast_did_not_see_is_not_shared(workers, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, why = UNSEEN[case]
    source = f"rows = [7]\n{code}\n{TUNED}x = rows[0]\n"
    workers.open(cell(source, all_before_k=True))
    event = told(workers)
    assert why in event.why_not, event
    assert not (tmp_path / "written.txt").exists()


def test_what_came_before_is_shared_all_the_same(workers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = f"import os\npid = max(os.getpid(), 1)\nopen('log', 'w').close()\n{TUNED}x = pid\n"
    workers.open(cell(source, all_before_k=True))
    event = told(workers)
    assert event.lines == ((1, 2, 0),)
    assert event.why_not == ""
    assert len(set(values(workers, 0, 1))) == 1
    assert (tmp_path / "log").exists()  # by the trials


def test_an_earlier_cells_function_that_reads_the_clock(workers):
    text = "import time\ndef stamp():\n    return time.time()\ndef rows():\n    return [1]\n"
    linecache.cache["<cell In[1]>"] = (len(text), None, text.splitlines(True), "<cell In[1]>")
    namespace = {"__name__": "__main__"}
    exec(compile(text, "<cell In[1]>", "exec"), namespace)
    source = f"data = rows()\nat = stamp()\nmore = rows()\n{TUNED}x = len(data)\n"
    program = cell(source, namespace)
    assert program.setup == (0,)
    namespace_without_source = {"__name__": "__main__"}
    exec(compile(text, "<no source>", "exec"), namespace_without_source)
    assert cell(source, namespace_without_source).setup == (0,)


def test_a_module_of_the_persons_own_is_read_once_imported(workers, tmp_path, monkeypatch):
    (tmp_path / "helpers_of_mine.py").write_text(
        "import time\ndef stamp():\n    return time.time()\ndef rows():\n    return [1]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    source = (
        "from helpers_of_mine import rows, stamp\n"
        f"data = rows()\nat = stamp()\n{TUNED}x = len(data)\n"
    )
    program = cell(source)
    assert program.setup == (0, 1, 2)  # nobody knows yet what stamp does
    workers.open(program)
    assert told(workers).lines == ((1, 2, 0),)
    assert values(workers, 0) == [1]


def test_libraries_with_threads_work_before_and_after_the_fork(workers):
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    source = """
import numpy as np, torch
from sklearn.ensemble import HistGradientBoostingRegressor
from tqdm import tqdm
torch.manual_seed(0); np.random.seed(0)
def work():
    net = torch.nn.Linear(300, 300)
    loss = net(torch.ones(300, 300)).pow(2).sum()
    loss.backward()
    a = np.arange(90000.0).reshape(300, 300)
    trees = HistGradientBoostingRegressor(max_iter=3).fit(a[:, :3], a[:, 3])
    return float(loss) + (a @ a).sum() + trees.predict(a[:, :3]).sum()
for _ in tqdm(range(2)):
    before = work()
"""
    source += f"{TUNED}x = before + work() * k\n"
    workers.open(cell(source), threads_per_trial=2)
    event = told(workers)
    assert event.why_not == ""
    assert event.lines == ((2, 14, 0),)
    first, second = values(workers, 0, 1)
    assert first == second


def test_generators_with_a_seed_are_shared_and_stay_what_they_are(workers):
    pytest.importorskip("sklearn")
    source = """
import numpy as np, random
from numpy.random import RandomState
from sklearn.ensemble import RandomForestClassifier
a, b = RandomState(0), np.random.RandomState(1)
kinds = [isinstance(a, np.random.RandomState), type(b) is type(a), RandomState is type(a)]
g, r = np.random.Generator(np.random.PCG64(3)), random.Random(4)
X = a.rand(50, 2)
forest = RandomForestClassifier(5, random_state=b).fit(X, X[:, 0] > 0.5)
"""
    source += f"{TUNED}kinds += [RandomState is type(a)]\nx = sum(kinds) + r.random()\n"
    program = replace(cell(source), keep=("a", "g", "forest"))
    workers.open(program)
    event = told(workers)
    assert event.why_not == ""
    assert event.lines == ((2, 9, 0),)
    assert values(workers, 0)[0] == 4 + random.Random(4).random()


def test_objects_of_the_set_up_are_kept(workers, tmp_path):
    pytest.importorskip("numpy")
    source = (
        "import numpy as np\n"
        "def double(a):\n    return a * 2\n"
        "class Net:\n    size = 3\n"
        "table = double(np.arange(3000.0))\nnet = Net()\n"
        f"{TUNED}table[0] = k\nx = table.sum()\n"
    )
    program = replace(cell(source), keep=("table", "net", "double", "np"))
    assert program.setup == (0, 1, 2, 3, 4)
    workers.open(program)
    path = tmp_path / "objects"
    shared = values(workers, 0, keep=path)
    kept = load_objects(path, {})
    assert set(kept) == {"table", "net", "double"}
    assert kept["table"][0] == 2.0
    assert kept["table"].sum() == shared[0]
    assert kept["net"].size == 3
    assert kept["double"](4) == 8


def test_with_reused_workers_nothing_is_shared(workers):
    source = f"import os\npid = max(os.getpid(), 1)\n{TUNED}x = pid\n"
    workers.open(cell(source), reuse=True, jobs=1)
    assert values(workers, 0)[0] > 0
    assert not any(isinstance(event, SetUp) for event in workers.events)


def test_reports_and_stops_work_after_it(workers, kinds):
    source = (
        f"from jupyter_hpo.worker.reporting import report\nrows = sorted([1])\n{TUNED}"
        "report(x=1)\nx = 2\n"
    )
    workers.open(cell(source))
    told(workers)
    workers.submit(0)
    workers.until(Reported)
    workers.executor.answer(0, Answer.STOP)
    workers.until(Ended)
    assert kinds(workers.events) == ["SetUp", "Started", "Reported", "Stopped", "Ended"]


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@linux
def test_closing_ends_both_processes(workers):
    source = f"import os\npid = max(os.getpid(), 1)\n{TUNED}x = pid\n"
    workers.open(cell(source))
    told(workers)
    fork = int(values(workers, 0)[0])
    first = workers.executor._crew.helper.process
    assert first.pid != fork
    workers.executor.close()
    assert first.returncode == 0
    wait_gone(fork)


@linux
@pytest.mark.parametrize("which", ["first", "fork"])
def test_when_one_of_the_two_dies_so_does_the_other(workers, which):
    """The helper is lost, and the next trial has another, with its set-up."""
    source = f"import os\npid = max(os.getpid(), 1)\n{TUNED}x = pid\n"
    workers.open(cell(source))
    told(workers)
    fork = int(values(workers, 0)[0])
    first = workers.executor._crew.helper.process
    os.kill(first.pid if which == "first" else fork, signal.SIGKILL)
    wait_gone(fork)
    first.wait()
    assert first.returncode == -signal.SIGKILL
    workers.submit(1)
    assert told(workers).why_not == ""
    assert int(workers.until(Finished).values[0]) != fork


@linux
def test_a_set_up_that_never_ends_does_not_hold_up_the_end(workers):
    source = f"import threading\nthreading.Event().wait()\n{TUNED}x = 1\n"
    workers.open(cell(source, all_before_k=True))
    first = workers.executor._crew.helper.process
    workers.submit(0)
    closing = threading.Thread(target=workers.executor.close)
    closing.start()
    closing.join(60)
    assert not closing.is_alive()
    assert first.returncode == 0


def test_real_cells_give_the_same_with_and_without_it(tmp_path):
    """Bit for bit: reports, results, logs, and every object that they bind."""
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, str(here / "both_ways.py"), str(here.parent / "cells"), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")},
        check=True,
    )
    differences = json.loads(done.stdout)
    assert differences == dict.fromkeys(differences, "")
    assert len(differences) > 15


def test_a_trial_that_waits_for_it_can_be_ended(workers, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    source = f"data = sorted(open({str(gate)!r}).read())\n{TUNED}x = 1\n"
    program = cell(source)
    assert program.setup == (0,)
    workers.open(program)
    workers.submit(0)
    workers.executor.kill(0, "stopped by you")
    assert workers.queue.get(timeout=60) == Died(0, "stopped by you")
    assert workers.queue.get(timeout=60) == Ended(0)
    gate.write_text("go")
    assert told(workers).why_not == ""
    assert values(workers, 1) == [1]
