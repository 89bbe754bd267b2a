"""Libraries with threads and processes of their own, inside a trial's forked process.

Each runs twice, in two forks of one helper, and leaves nothing behind: no process, no file in
shared memory.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

SHARED_MEMORY = Path("/dev/shm")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def shared_files() -> set[str]:
    return set(os.listdir(SHARED_MEMORY)) if SHARED_MEMORY.is_dir() else set()


@pytest.fixture
def clean(workers):
    """Everything that the trials put into shared memory, or started, is gone with them."""
    before = shared_files()
    yield workers
    workers.close()
    workers.opened.clear()
    while not shared_files() <= before:  # trackers see the end of their trial, then delete
        time.sleep(0.01)


def twice(bench, cell, **options):
    bench.open(cell, threads_per_trial=2, jobs=1, **options)
    assert [bench.value(i) for i in range(2)] == [1, 1]


def test_torch_trains_with_two_threads(clean):
    pytest.importorskip("torch")
    twice(
        clean,
        "import os, torch\n"
        "assert torch.get_num_threads() == 2\n"
        "model = torch.nn.Sequential(torch.nn.Linear(512, 512), torch.nn.ReLU(),"
        " torch.nn.Linear(512, 1))\n"
        "optimizer = torch.optim.Adam(model.parameters())\n"
        "data = torch.randn(2048, 512)\n"
        "for _ in range(3):\n"
        "    optimizer.zero_grad(); model(data).pow(2).mean().backward(); optimizer.step()\n"
        "x = len(os.listdir('/proc/self/task')) > 1 if os.path.exists('/proc/self/task') else 1",
    )


def test_scikit_learn_s_openmp(clean):
    pytest.importorskip("sklearn")
    earlier = (
        "from sklearn.datasets import load_digits\n"
        "from sklearn.ensemble import HistGradientBoostingClassifier\n"
        "X, y = load_digits(return_X_y=True)\n"
        "HistGradientBoostingClassifier(max_iter=2).fit(X[:200], y[:200])\n"
    )
    cell = (
        "model = HistGradientBoostingClassifier(max_iter=2).fit(X[:500], y[:500])\n"
        "x = model.score(X, y) > 0.5"
    )
    twice(clean, cell, earlier=earlier)


def test_numpy_s_linear_algebra(clean):
    twice(
        clean,
        "import numpy as np\n"
        "a = np.random.rand(1500, 1500)\n"
        "b = a @ a\n"
        "x = np.isfinite(np.linalg.norm(np.linalg.inv(a + 1500 * np.eye(1500)) @ b))",
    )


LOADER = """
import torch
from torch.utils.data import DataLoader, Dataset
class Rows(Dataset):
    def __len__(self): return 40
    def __getitem__(self, i): return torch.full((2000,), float(i))
data = Rows()
"""


@pytest.mark.parametrize("how", ["to the end", "broken off", "persistent", "file_system"])
def test_a_loader_with_two_workers(clean, how):
    pytest.importorskip("torch")
    strategy = "import torch.multiprocessing as mp\nmp.set_sharing_strategy('file_system')\n"
    cell = (
        (strategy if how == "file_system" else "")
        + f"loader = DataLoader(data, 4, num_workers=2, persistent_workers={how == 'persistent'})\n"
        "total = 0\n"
        "batches = iter(loader)\n"
        "for number, batch in enumerate(batches):\n"
        "    total += batch[:, 0].sum().item()\n"
        f"    if {how == 'broken off'} and number == 2: break\n"
        "x = total in (780, 66)"
    )
    twice(clean, cell, earlier=LOADER)


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_joblib(clean, backend):
    pytest.importorskip("joblib")
    earlier = (
        "import joblib, numpy as np\nbig = np.ones(300_000)\ndef add(a, i): return a.sum() + i"
    )
    cell = (
        f"done = joblib.Parallel(2, backend={backend!r})"
        "(joblib.delayed(add)(big, i) for i in range(4))\n"
        "x = sum(done) == 4 * 300_000 + 6"
    )
    twice(clean, cell, earlier=earlier)


def test_scikit_learn_with_two_jobs(clean):
    pytest.importorskip("sklearn")
    twice(
        clean,
        "from sklearn.datasets import load_digits\n"
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.model_selection import cross_val_score\n"
        "X, y = load_digits(return_X_y=True)\n"
        "RandomForestClassifier(5, n_jobs=2).fit(X, y)\n"
        "x = cross_val_score(LogisticRegression(max_iter=5), X, y, cv=2, n_jobs=2).mean() > 0.5",
    )


def test_shared_memory_that_was_not_unlinked(clean):
    twice(
        clean,
        "from multiprocessing.shared_memory import SharedMemory\n"
        "memory = SharedMemory(create=True, size=1000)\nx = 1",
    )


def test_a_pool_of_processes_that_was_not_closed(clean):
    twice(
        clean,
        "import multiprocessing, concurrent.futures as cf\n"
        "pool = multiprocessing.Pool(2)\n"
        "other = cf.ProcessPoolExecutor(2)\n"
        "x = sum(pool.map(abs, [-1, 1])) + sum(other.map(abs, [-1])) == 3",
    )


EXITS = """
import atexit, multiprocessing, os, tempfile
folder = tempfile.TemporaryDirectory()
os.mkfifo(os.path.join(folder.name, "pipe"))
atexit.register(lambda: open(told, "a").write("exit function\\n"))
pool = multiprocessing.Pool(1)
open(told, "a").write(folder.name + "\\n")
x = 1
"""


def test_exit_functions_run_and_temporary_folders_go(clean, tmp_path):
    told = tmp_path / "told"
    clean.open(EXITS, namespace={"told": str(told)}, jobs=1)
    assert clean.value() == 1
    clean.value(1)
    while told.read_text().count("exit function") < 2:  # written after the trial has ended
        time.sleep(0.01)
    folders = {line for line in told.read_text().splitlines() if line != "exit function"}
    assert len(folders) == 2
    while any(os.path.exists(folder) for folder in folders):
        time.sleep(0.01)


def test_exit_functions_of_the_last_trial_run_to_their_end(clean, tmp_path):
    told = tmp_path / "told"
    cell = (
        "import atexit, tempfile\nfolder = tempfile.TemporaryDirectory()\n"
        "for i in range(500): open(f'{folder.name}/{i}', 'w').close()\n"
        "open(told, 'w').write(folder.name)\nx = 1"
    )
    clean.open(cell, namespace={"told": str(told)}, jobs=1)
    assert clean.value() == 1
    clean.close()
    clean.opened.clear()
    assert not os.path.exists(told.read_text())


def test_exit_functions_of_the_helper_are_its_own(clean, tmp_path):
    """One that an object of the notebook registers where it is loaded, in the helper."""
    told = tmp_path / "told"
    told.touch()

    class Registers:
        def __reduce__(self):
            code = f"import atexit; atexit.register(lambda: open({str(told)!r}, 'a').write('!'))"
            return exec, (code, {})

    clean.open("import os\nx = os.getpid()", namespace={"r": Registers()}, jobs=1)
    pids = [int(clean.value(i)) for i in range(2)]
    while any(os.path.exists(f"/proc/{pid}") for pid in pids):
        time.sleep(0.01)
    assert told.read_text() == ""


def test_an_exit_function_that_hangs_is_cut_short(clean):
    clean.open("import atexit, os, time\natexit.register(time.sleep, 600)\nx = os.getpid()")
    pid = int(clean.value())
    while os.path.exists(f"/proc/{pid}"):
        time.sleep(0.01)
