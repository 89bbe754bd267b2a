"""The session's past in a real kernel: front ends that send cell ids, and those that don't."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

LOOK = """
from jupyter_hpo.past import history_of
def _look(source, cell_id=None):
    past = history_of(get_ipython()).past_of(source, cell_id)
    return ([c.number for c in past.cells], [c.number for c in past.superseded])
"""
TRAIN = "total = 0\nfor epoch in range(3):\n    total += width * epoch"


def run(kernel, source: str, name: str | None = None):
    """Run a cell as a front end does that sends the cell's id (or none)."""
    content = {"code": source, "silent": False, "store_history": True, "stop_on_error": True}
    metadata = {} if name is None else {"cellId": name}
    message = kernel.client.session.msg("execute_request", content, metadata=metadata)
    kernel.client.shell_channel.send(message)
    return kernel.finish(message["header"]["msg_id"])


def look(kernel, source: str = TRAIN, name: str | None = None):
    return kernel.value(f"_look({source!r}, {name!r})")


def test_with_cell_ids(kernel):  # In[1] loads the extension
    run(kernel, LOOK, "look")
    run(kernel, "width = 2", "width")
    run(kernel, TRAIN, "train")
    run(kernel, "width = 1 / 0", "width")
    run(kernel, "width = 3", "width")
    run(kernel, "!true", "shell")
    run(kernel, "print(total)", "below")
    assert look(kernel, name="train") == ([2, 6], [3, 4, 5, 8])


def test_without_cell_ids(kernel):
    run(kernel, LOOK)
    run(kernel, "width = 2")
    run(kernel, TRAIN)
    run(kernel, "width = 3")
    cells, superseded = look(kernel)
    assert (cells, superseded) == ([2, 3, 5], [4])


def test_top_level_await_and_an_interrupt_of_it_are_seen(kernel):
    run(kernel, LOOK, "look")
    run(kernel, "import asyncio\nawait asyncio.sleep(0)\nready = True", "await")
    run(kernel, "await asyncio.sleep(0)\nraise KeyboardInterrupt", "stopped")
    cells, superseded = look(kernel)
    assert 3 in cells
    assert superseded == [4]


def test_tracebacks_agree_with_the_files_of_the_past(kernel):
    run(kernel, LOOK, "look")
    run(kernel, "\ndef broken():\n    return 1 / 0", "define")
    same = (
        "history_of(get_ipython()).past_of('', None).cells[-1].filename"
        " == broken.__code__.co_filename"
    )
    assert kernel.value(same) is True


def test_a_study_knows_its_own_number_and_id(kernel):
    run(kernel, LOOK, "look")
    run(kernel, "found = []\nhistory = history_of(get_ipython())", "a")
    run(kernel, "found.append((history.running.number, history.running.cell_id))", "b")
    assert kernel.value("found") == [(4, "b")]


def test_unloading_ends_the_record_and_loading_again_goes_on(kernel):
    run(kernel, LOOK, "look")
    run(kernel, "%unload_ext jupyter_hpo", "unload")
    run(kernel, "x = 1", "x")
    run(kernel, "%load_ext jupyter_hpo", "load")
    run(kernel, "y = 1", "y")
    assert look(kernel) == ([2, 4, 6], [])
