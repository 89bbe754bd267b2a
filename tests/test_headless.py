"""Where nobody looks: nbclient, papermill, and IPython in a terminal or a pipe."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from jupyter_hpo.progress import in_a_line
from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE, VIEW_TYPE, Best, Header

CELL = """%%hpo --maximize acc --trials 5 --jobs 1 --seed 3 --name headless
import time
x = 1    # hpo: 0..9
for i in range(3):
    time.sleep(0.05)
    acc = x + i
"""
HOPELESS = """%%hpo --maximize acc --trials 4 --jobs 1 --name hopeless
x = 1    # hpo: 0..9
acc = x / 0
"""


def notebook(*cells: str) -> nbformat.NotebookNode:
    v4 = nbformat.v4
    return v4.new_notebook(cells=[v4.new_code_cell(c) for c in ("%load_ext jupyter_hpo", *cells)])


def ipython(cell: str, folder) -> list[str]:
    path = folder / "cell.ipy"
    path.write_text(cell)
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor"]
    return [*command, "--ext", "jupyter_hpo", str(path)]


@pytest.mark.kernel
def test_a_notebook_run_by_nbclient_leaves_the_result_and_nothing_else(tmp_path):
    book = notebook(CELL, "print(study.best_value)")
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = book.cells[1].outputs
    assert {"text/html", "text/plain", "image/png", SNAPSHOT_TYPE, VIEW_TYPE} == set(output["data"])
    assert float(book.cells[2].outputs[0]["text"]) >= 3
    nbformat.validate(book)


@pytest.mark.kernel
def test_a_study_that_could_not_run_fails_the_notebook(tmp_path):
    book = notebook(HOPELESS, "print('never')")
    client = NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError, match="division by zero") as failed:
        client.execute()
    assert failed.value.ename == "StudyFailed"
    assert book.cells[2].outputs == []


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%hpo --maximize acc\nlr = 1e-3\nacc = lr", "Mark a value"),
        ("%%hpo --edit --maximize acc\nx = 1  # hpo: 0..9\nacc = x", "Leave out --edit"),
    ],
)
def test_no_editor_is_opened_where_nobody_can_answer_it(tmp_path, cell, said):
    book = notebook(cell, "print('never')")
    client = NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError, match=said) as failed:
        client.execute()
    assert failed.value.ename == "StudyError"
    assert book.cells[2].outputs == []


@pytest.mark.kernel
def test_papermill_runs_it_and_fails_with_it(tmp_path):
    papermill = pytest.importorskip("papermill", reason="papermill isn't installed")
    nbformat.write(notebook(CELL), tmp_path / "in.ipynb")
    nbformat.write(notebook(HOPELESS), tmp_path / "bad.ipynb")
    options = {"cwd": str(tmp_path), "kernel_name": "python3", "progress_bar": False}
    done = papermill.execute_notebook(
        str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), **options
    )
    (output,) = done.cells[1].outputs
    assert SNAPSHOT_TYPE in output["data"]
    with pytest.raises(papermill.PapermillExecutionError, match="division by zero"):
        papermill.execute_notebook(
            str(tmp_path / "bad.ipynb"), str(tmp_path / "out2.ipynb"), **options
        )


def test_piped_ipython_prints_the_result_only(tmp_path):
    done = subprocess.run(
        ipython(CELL, tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("headless: ✓ Finished, maximize acc\nBest ")
    assert "\r" not in done.stdout + done.stderr
    assert "trials," not in done.stderr


def test_a_script_fails_when_the_study_could_not_run(tmp_path):
    done = subprocess.run(
        ipython(HOPELESS, tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0
    assert "division by zero" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_terminal_shows_one_line_that_is_written_over(tmp_path):
    ours, theirs = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # its other end is closed
                return
            if not chunk:
                return
            shown.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    process = subprocess.Popen(
        ipython(CELL, tmp_path), cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "60"},
    )  # fmt: skip
    os.close(theirs)
    assert process.wait(timeout=120) == 0
    reader.join(timeout=10)
    os.close(ours)
    text = b"".join(shown).decode()
    lines = re.findall(r"\r\x1b\[K(headless: [^\r\x1b\n]*)", text)
    assert len(lines) > 2
    assert any(re.match(r"headless: \d/5 trials, .*best \d", line) for line in lines)
    assert all(len(line) < 80 for line in lines)
    before, _, result = text.rpartition("\r\x1b[K")
    assert "\n" not in before[before.index("headless:") :]
    assert result.startswith("headless: ✓ Finished")


def test_the_line_says_what_counts_and_only_text():
    header = Header(
        "\x1b[31mdigits\n\u202e", "running", n_trials=40, n_complete=10, n_pruned=2, n_failed=1,
        n_running=2, best=Best(7, [0.9356]), elapsed_s=80.0, left_s=40.0,
    )  # fmt: skip
    assert in_a_line(header) == (
        "digits \\u202e: 13/40 trials, 2 running, 1 failed, best 0.9356 (trial 7), 1m 20s, 40s left"
    )
