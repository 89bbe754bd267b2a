"""Tab and `?` in a real kernel, as JupyterLab asks for them; and in a plain IPython."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jupyter_hpo.options import SAMPLERS

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(120)]

CELL = """
lr = 1e-3
for epoch in range(3):
    val_loss = abs(lr - 0.01)
    val_acc = 1 - val_loss
"""


def answer(kernel, request: str) -> dict:
    """The reply to a request; those to what was run before it are still there."""
    while True:
        reply = kernel.client.get_shell_msg(timeout=60)
        if reply["parent_header"]["msg_id"] == request:
            return reply["content"]


def completed(kernel, line: str, body: str = CELL) -> list[str]:
    """The lines that the front end would make of it, with the cursor at the end of the line."""
    found = answer(kernel, kernel.client.complete(f"{line}\n{body}", len(line)))
    return [line[: found["cursor_start"]] + match for match in found["matches"]]


def told(kernel, code: str) -> str:
    """The pager's text."""
    (page,) = answer(kernel, kernel.client.execute(code))["payload"]
    return page["data"]["text/plain"]


@pytest.mark.parametrize("jedi", [True, False])
def test_tab_completes_options_choices_and_the_cells_objectives(shared, jedi):
    shared.run(f"get_ipython().Completer.use_jedi = {jedi}")
    assert completed(shared, "%%hpo --tri") == ["%%hpo --trials", "%%hpo --trial-timeout"]
    assert completed(shared, "%%hpo --sampler ") == [f"%%hpo --sampler {s}" for s in SAMPLERS]
    assert completed(shared, "%%hpo --sampler=r") == ["%%hpo --sampler=random"]
    assert completed(shared, "%%hpo --maximize v")[0] == "%%hpo --maximize val_acc"
    assert completed(shared, "%%hpo --minimize=v")[0] == "%%hpo --minimize=val_loss"
    assert completed(shared, "#! %%hpo --see") == ["#! %%hpo --seed"]
    assert completed(shared, "%%hpo l")[0] == "%%hpo lr="


def test_tab_completes_names_studies_and_trials(shared):
    shared.run("from jupyter_hpo import SearchSpace\nplace = SearchSpace({})")
    assert completed(shared, "%%hpo --space pl") == ["%%hpo --space place"]
    assert "%hpo stop-trial" in completed(shared, "%hpo st", "")
    cell = (
        "%%hpo --maximize acc --trials 2 --name wine --quiet\nx = 1.0  # hpo: 0.0..1.0\nacc = x\n"
    )
    assert shared.run(cell).error is None
    assert completed(shared, "%hpo open w", "") == ["%hpo open wine"]
    assert completed(shared, "%hpo enqueue ", "") == ["%hpo enqueue x="]


def test_other_lines_are_completed_as_ever(shared):
    shared.run("some_long_name = 1")
    assert "some_long_name" in completed(shared, "some_lo", "")
    assert completed(shared, "%%tim", "") == ["%%time", "%%timeit"]
    assert "%%hpo" in completed(shared, "%%hp", "")


def test_help_of_the_cell_magic_and_of_the_line_magic(shared):
    page = told(shared, "%%hpo?")
    assert "--maximize NAME" in page
    assert "How to search" in page
    page = told(shared, "%hpo?")
    assert "stop-trial" in page
    assert "--maximize" not in page


PLAIN = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.completer import provisionalcompleter
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "jupyter_hpo")
def words(text):
    with provisionalcompleter():
        return [c.text for c in shell.Completer.completions(text, len(text))]
print(words("%%hpo --tri"), words("%hpo sta"))
shell.run_line_magic("reload_ext", "jupyter_hpo")
print(words("%%hpo --sampler "))
shell.run_line_magic("unload_ext", "jupyter_hpo")
print(words("%%hpo --tri"))
"""


def test_tab_in_a_plain_ipython():
    done = subprocess.run(
        [sys.executable, "-c", PLAIN], capture_output=True, text=True, timeout=100, check=True
    )
    assert done.stdout.splitlines() == [
        "['--trials', '--trial-timeout'] ['status']",
        str(list(SAMPLERS)),
        "[]",
    ]
