"""Trials on Ray: what is its own. The contract that all executors share is in test_contract."""

from __future__ import annotations

import os
import signal

import pytest

from jupyter_hpo.errors import ExecutorError
from jupyter_hpo.executors.ray import room
from jupyter_hpo.executors.ray_cluster import Node, connect, in_words, parse_on
from jupyter_hpo.executors.ray_foreman import surroundings_here
from jupyter_hpo.options import Options
from jupyter_hpo.placement_ray import shared_out
from jupyter_hpo.study.trial_events import Answer, Died, Ended, Finished, Kept, Reported, Started
from jupyter_hpo.worker.objects import load_objects
from jupyter_hpo.worker.snapshot import Surroundings

from .conftest import wait_gone

REPORTING = """
from jupyter_hpo.worker.reporting import report
print("begins")
for x in (3.0, 2.0, 1.0):
    report(x=x)
"""


def node(cpus=8.0, gpus=0.0, free=None, name="a"):
    free = cpus if free is None else free
    return Node(f"id-{name}", name, cpus, gpus, free, gpus)


# without a cluster ----------------------------------------------------------------------


def test_places_that_on_can_name():
    assert [parse_on(t) for t in ("ray", "ray://head", "ray://10.0.0.1:10001")]
    for text in ("dask", "ray:", "ray://", "ray://head:99999", "ray://a b"):
        with pytest.raises(ValueError, match=r"write ray .*or ray://host:10001"):
            parse_on(text)


def test_an_address_where_nothing_listens_is_told_at_once():
    pytest.importorskip("ray", reason="ray isn't installed")
    with pytest.raises(ExecutorError, match=r"nothing answers at 127\.0\.0\.1, port 9"):
        connect("ray://127.0.0.1:9", 1)


def test_an_address_of_the_environment_is_tried_first(monkeypatch):
    pytest.importorskip("ray", reason="ray isn't installed")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    with pytest.raises(ExecutorError, match=r"--on ray: nothing answers at 127\.0\.0\.1, port 9"):
        connect("ray", 1)


def test_without_ray_the_person_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(ExecutorError, match=r"pip install 'ray\[client\]'"):
        connect("ray", 1)


@pytest.mark.parametrize(
    ("nodes", "options", "uses_gpu", "slots", "cpus", "gpus"),
    [
        ([node(8)], Options(), False, 8, 1, False),
        ([node(8), node(4)], Options(), False, 12, 1, False),
        ([node(8)], Options(jobs=2), False, 2, 4, False),
        ([node(8)], Options(jobs=3), False, 3, 2, False),
        ([node(2)], Options(jobs=8), False, 8, 0.25, False),
        ([node(8), node(8)], Options(jobs=1), False, 1, 8, False),
        ([node(8)], Options(trials=4), False, 4, 2, False),
        ([node(16, 4)], Options(), True, 4, 4, True),
        ([node(16, 4)], Options(), False, 16, 1, False),
        ([node(16, 4)], Options(device="cpu"), True, 16, 1, False),
        ([node(16, 4), node(16, 4)], Options(device="cuda"), False, 8, 4, True),
        ([node(16, 2)], Options(device="cuda", jobs=6), False, 2, 8, True),
    ],
)
def test_what_each_trial_gets(nodes, options, uses_gpu, slots, cpus, gpus):
    share = shared_out(nodes, options, uses_gpu)
    assert (share.slots, share.cpus, share.gpus) == (slots, cpus, gpus)
    assert share.packing.slots == slots
    assert share.packing.label == share.label
    # As many as were promised find room, and no more than there is.
    held = sum(room(n, share.cpus, share.gpus) for n in nodes)
    assert held >= slots


def test_a_gpu_that_is_not_there_is_told():
    with pytest.raises(ExecutorError, match="the Ray cluster has no GPU"):
        shared_out([node(8)], Options(device="cuda"), True)


def test_the_cluster_in_words():
    assert in_words([node(2)], False) == "Ray: 2 CPUs on 1 node"
    assert in_words([node(8, 1), node(8)], True) == "Ray: 1 GPU on 2 nodes"


def test_only_what_is_free_is_used():
    assert room(node(8, free=3.0), 2.0, False) == 1
    assert room(node(8, 2, free=1.0), 1.0, True) == 1


def test_another_machine_keeps_its_own_variables_and_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/home/there")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    kernels = Surroundings(
        [str(tmp_path), "/not/there"], "/not/there", {"HOME": "/home/here", "FLAG": "1"}
    )
    made = surroundings_here(kernels, same=False)
    assert made.environment["HOME"] == "/home/there"
    assert made.environment["FLAG"] == "1"
    assert made.path[0] == str(tmp_path)
    assert "/not/there" not in made.path
    assert made.folder == os.getcwd()
    same = surroundings_here(kernels, same=True)
    assert same.environment["HOME"] == "/home/here"
    assert same.environment["CUDA_VISIBLE_DEVICES"] == "3"


# on a cluster ---------------------------------------------------------------------------


@pytest.mark.ray
def test_a_lost_trial_is_run_again_and_goes_on_where_it_was(on_ray, tmp_path, kinds):
    """Its foreman is killed while it waits at its second report."""
    bench, log = on_ray, tmp_path / "0.log"
    bench.open(REPORTING, keep=("x",))
    bench.submit(0, log=log)
    bench.until(Reported)
    bench.executor.answer(0, Answer.CONTINUE)
    assert bench.until(Reported).step == 2
    os.kill(_foreman_of(bench), signal.SIGKILL)
    bench.executor.answer(0, Answer.CONTINUE)
    last = bench.until(Reported)
    assert (last.step, last.values) == (3, (1.0,))
    bench.executor.answer(0, Answer.CONTINUE)
    bench.until(Finished)
    bench.executor.answer(0, Answer.KEEP, str(tmp_path / "objects"))
    bench.until(Kept)
    bench.until(Ended)
    assert kinds(bench.events) == ["Started", *["Reported"] * 3, "Finished", "Kept", "Ended"]
    assert load_objects(tmp_path / "objects", {})["x"] == 1.0
    text = log.read_text()
    assert text.count("begins\n") == 2
    assert "was lost; the trial begins again.\n" in text


@pytest.mark.ray
def test_objects_lost_with_their_node_are_told(on_ray, tmp_path, kinds):
    bench = on_ray
    bench.open("x = 1.0", keep=("x",))
    bench.submit(0)
    bench.until(Finished)
    os.kill(_foreman_of(bench), signal.SIGKILL)
    while bench.executor._trials[0].post is not None:  # until it is known
        bench.executor.answer(99, Answer.CONTINUE)
    bench.executor.answer(0, Answer.KEEP, str(tmp_path / "objects"))
    assert "objects was lost" in bench.until(Died).reason
    bench.until(Ended)
    assert kinds(bench.events) == ["Started", "Finished", "Died", "Ended"]
    assert bench.value(1) == 1.0  # on another foreman


@pytest.mark.ray
def test_no_process_is_left(on_ray):
    bench = on_ray
    bench.open("import time\nfrom jupyter_hpo.worker.reporting import report\nreport(x=1)\nx = 1")
    bench.submit(0)
    pid = bench.until(Started).pid
    bench.until(Reported)
    foreman = _foreman_of(bench)
    bench.executor.close()
    wait_gone(pid, foreman)


@pytest.mark.ray
def test_a_ray_of_ours_listens_to_this_machine_only(cluster):
    psutil = pytest.importorskip("psutil")
    if not cluster.local:
        pytest.skip("it was started by somebody else")
    found = [c for p in psutil.Process().children(recursive=True) for c in _listening(p)]
    assert found
    assert {ip.removeprefix("::ffff:") for ip in found} == {"127.0.0.1"}


def _listening(process) -> list[str]:
    psutil = pytest.importorskip("psutil")
    try:
        held = process.net_connections(kind="inet")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []
    return [c.laddr.ip for c in held if c.status == psutil.CONN_LISTEN]


@pytest.mark.ray
def test_a_cell_of_a_notebook_on_ray(tmp_path):
    """With a Ray of its own: nothing but the result is shown, and nothing is left running."""
    nbformat = pytest.importorskip("nbformat")
    from nbclient import NotebookClient

    cells = [
        "%load_ext jupyter_hpo\nimport numpy as np\ndata = np.arange(1000.0)",
        "%%hpo --maximize acc --trials 4 --jobs 2 --on ray --name onray\n"
        "x = 1  # hpo: 0..9\n"
        "model = {'x': x, 'sum': data.sum()}\n"
        "for epoch in range(2):\n"
        "    acc = x + epoch",
        "import ray\n"
        "header = study.session.presenter.changes(0).header\n"
        "print(header.device, '|', model == {'x': study.best_params['x'], 'sum': 499500.0})\n"
        "print([f for f in header.facts if f.startswith('Ray')], ray.is_initialized())",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(book, timeout=110, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = book.cells[1].outputs
    assert output["output_type"] == "display_data"
    (told,) = book.cells[2].outputs
    first, second = told["text"].splitlines()
    assert first.startswith("Ray: ")
    assert first.endswith(" on 1 node | True")
    assert "for each trial, 2 side by side." in second
    assert second.endswith("False")


def _foreman_of(bench) -> int:
    """The process of the executor's one foreman."""
    (post,) = bench.executor._posts
    ray = __import__("ray")
    return ray.get(post.actor.__ray_call__.remote(_pid))


def _pid(_self) -> int:
    return os.getpid()
