"""What travels from the notebook to a worker and stays what it was, and what can't."""

from __future__ import annotations

import io
import os
import random

import numpy as np
import pytest

from jupyter_hpo.errors import SnapshotError
from jupyter_hpo.worker import pickling
from jupyter_hpo.worker.snapshot import Surroundings, load_snapshot, take_snapshot


def notebook(source: str) -> dict:
    namespace = {"__name__": "__main__"}
    exec(compile(source, "<earlier cell>", "exec"), namespace)
    return namespace


def travel(namespace: dict, *names: str) -> dict:
    """The worker's namespace after these names (all, when none is given) arrived."""
    wanted = {n: namespace[n] for n in (names or namespace) if not n.startswith("__")}
    snapshot = take_snapshot(wanted, namespace=namespace)
    worker = {"__name__": "__main__"}
    load_snapshot(snapshot.fd, worker)
    snapshot.close()
    return worker


def same_memory(a, b) -> bool:
    return bool(np.shares_memory(a, b))


def test_functions_see_what_the_worker_assigns():
    worker = travel(notebook("model = 1\ndef evaluate(): return model\n"), "evaluate")
    assert worker["evaluate"]() == 1
    assert worker["evaluate"].__globals__ is worker
    worker["model"] = 2
    assert worker["evaluate"]() == 2


def test_mutually_recursive_functions_and_lambdas_and_nested_ones():
    worker = travel(
        notebook(
            "def even(n): return n == 0 or odd(n - 1)\n"
            "def odd(n): return n != 0 and even(n - 1)\n"
            "double = lambda v: v * factor\nfactor = 2\n"
            "def outer(k):\n"
            "    def inner(v): return double(v) + k\n"
            "    return inner\n"
            "add = outer(3)\n"
        ),
        "even",
        "add",
    )
    assert worker["even"](10)
    assert worker["add"](4) == 11
    worker["factor"] = 10
    assert worker["add"](4) == 43


def test_modules_go_by_reference_and_missing_names_are_missing():
    worker = travel(notebook("import json\nimport os.path as p\nother = 3"), "json", "p")
    assert worker["json"].__name__ == "json"
    assert worker["p"] is os.path
    assert "other" not in worker


def test_arrays_are_writable_private_and_not_duplicated():
    namespace = notebook("import numpy as np\na = np.arange(100_000.0)")
    a = namespace["a"]
    namespace.update(view=a[10:20], back=a[::-1], square=a.reshape(100, 1000).T, same=a)
    wanted = {n: namespace[n] for n in ("a", "view", "back", "square", "same")}
    snapshot = take_snapshot(wanted, namespace=namespace)
    assert snapshot.size_bytes < a.nbytes + 100_000
    worker, other = {}, {}
    load_snapshot(snapshot.fd, worker)
    load_snapshot(snapshot.fd, other)
    for name, value in wanted.items():
        assert np.array_equal(worker[name], value)
        assert worker[name].flags.writeable
        assert worker[name].strides == value.strides
    assert worker["same"] is worker["a"]
    worker["a"][10] = -1
    assert worker["view"][0] == worker["back"][-11] == worker["square"][10, 0] == -1
    assert a[10] == 10
    assert other["a"][10] == 10


@pytest.mark.parametrize(
    "array",
    [
        np.arange(60_000.0).reshape(10, 20, 300).transpose(2, 0, 1),
        np.arange(60_000.0)[::7],
        np.arange(60_000.0).reshape(200, 300)[:, 5:9],
        np.broadcast_to(np.arange(1000.0), (50, 1000)),
        np.array(3.5),
        np.zeros((0, 5)),
        np.zeros(5000, dtype=[("a", "i4"), ("b", "f8")]),
        np.zeros(5000, dtype=[("a", "i4"), ("b", "f8")])["b"],
        np.array(["x", None, {}], dtype=object),
        np.array([["x", 1]] * 3000, dtype=object)[:, ::2],
        np.array(["ab", "c"] * 3000),
        np.arange(6000, dtype=">i4"),
        np.arange("2020-01-01", "2040-01-01", dtype="datetime64[D]"),
        np.ma.masked_greater(np.arange(6000.0), 5),
    ],
    ids=lambda a: f"{a.dtype}-{a.shape}"[:40],
)
def test_arrays_of_every_kind(array):
    got = travel({"a": array})["a"]
    assert type(got) is type(array)
    assert (got.dtype, got.shape) == (array.dtype, array.shape)
    assert np.array_equal(got, array)


def test_a_read_only_array_stays_so():
    array = np.arange(10_000)
    array.flags.writeable = False
    assert not travel({"a": array})["a"].flags.writeable


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": range(5000), "b": ["x"] * 5000})
    pandas.testing.assert_frame_equal(travel({"f": frame})["f"], frame)


def test_random_states_and_surroundings(monkeypatch, tmp_path):
    random.seed(1)
    np.random.seed(2)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("MADE_UP", "yes")
    monkeypatch.chdir(tmp_path)
    snapshot = take_snapshot({}, namespace={})
    expected = random.random(), np.random.rand()
    from jupyter_hpo.worker import randomness

    randomness.restore(load_snapshot(snapshot.fd, {}))
    assert (random.random(), np.random.rand()) == expected
    monkeypatch.delenv("MADE_UP")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("ADDED", "1")
    snapshot.surroundings.apply(keep=["OMP_NUM_THREADS"])
    assert os.environ["MADE_UP"] == "yes"
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert "ADDED" not in os.environ
    assert os.getcwd() == str(tmp_path)
    monkeypatch.setenv("MADE_UP", "")


def test_a_deleted_folder_is_no_obstacle(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert Surroundings.here().folder == os.path.expanduser("~")


def test_ipython_s_own_names_never_travel():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance(user_ns=None)
    try:
        space = shell.user_ns
        shell.run_cell("def f():\n    return get_ipython, In, 1\n")
        snapshot = take_snapshot(dict(space), namespace=space)
        assert "f" in snapshot.names
        assert [n for n in snapshot.names if n.startswith(("_", "In", "Out"))] == []
        assert not {"get_ipython", "exit", "quit"} & set(snapshot.names)
    finally:
        InteractiveShell.clear_instance()


def test_the_way_to_what_can_not_travel_is_told():
    namespace = notebook(
        "import threading, os\n"
        "fh = open(os.devnull)\n"
        "def f(): return g()\n"
        "def g(): return fh.read()\n"
        "class Log:\n"
        "    def __init__(self): self.lock = threading.Lock()\n"
        "log = Log()\n"
        "table = {'a': [1, log]}\n"
        "def make():\n"
        "    lock = log.lock\n"
        "    return lambda: lock\n"
        "closure = make()\n"
    )
    wanted = ("f", "log", "table", "closure", "fh")
    with pytest.raises(SnapshotError) as caught:
        take_snapshot({n: namespace[n] for n in wanted}, namespace=namespace)
    namespace["fh"].close()
    reasons = caught.value.reasons
    assert reasons["f"] == (
        "`f` uses the global `g`, which uses the global `fh`, an open file: "
        "open it inside the cell."
    )
    assert reasons["log"] == "`log` has the attribute `lock`, a lock: create it inside the cell."
    assert reasons["table"].startswith("`table` holds in ['a'], which holds in [1], which has")
    assert reasons["closure"].startswith("`closure` holds the variable `lock`, a lock")


def test_a_limit_holds():
    with pytest.raises(pickling.TooLarge):
        pickling.dump(np.zeros(10_000), io.BytesIO(), namespace={}, limit_bytes=10_000)
