"""The first tutorial against a plain loop, and the time from Run to the first report.

Everything runs in one real kernel, one after the other, so that the ratio holds when the
machine is slow; absolute seconds are for orientation only.
"""

from __future__ import annotations

import tempfile
import textwrap
import time
from pathlib import Path
from statistics import median

import nbformat

from .notebook import Notebook
from .ours import WARM_S
from .table import Rows, table

TUTORIAL = Path(__file__).parents[2] / "notebooks" / "01_first_study.ipynb"
PLAIN_RUNS = 20

REPORT = """%%hpo --maximize acc --trials 1 --name NAME --fresh
x = 0.5    # hpo: 0.0..1.0
import time
for epoch in range(3):
    acc = x
    print(time.time())
"""


def first_study(rounds: int = 1) -> str:
    """A table of both."""
    found = [_round() for _ in range(rounds)]
    rows: Rows = [
        (f"the plain cell, {PLAIN_RUNS} times", f"{median(f['loop_s'] for f in found):.1f} s"),
        (f"01_first_study, {found[0]['study']}", f"{median(f['study_s'] for f in found):.1f} s"),
        (
            f"   study to the plain cell {PLAIN_RUNS} times",
            f"{median(f['study_s'] / f['loop_s'] for f in found):.2f}",
        ),
        ("   test accuracy untuned -> tuned", found[0]["accuracy"]),
        (
            "Run to first report, extension just loaded",
            f"{median(f['cold_s'] for f in found):.2f} s",
        ),
        (
            "Run to first report, warm, torch in the notebook",
            f"{median(f['warm_s'] for f in found):.2f} s",
        ),
    ]
    return table("start: the first tutorial, and the first report", ["", ""], rows)


def _round() -> dict:
    cells = [c.source for c in nbformat.read(TUTORIAL, as_version=4).cells if c.cell_type == "code"]
    plain = next(c for c in cells if "untuned" in c and "%%hpo" not in c)
    search = next(c for c in cells if c.startswith("%%hpo"))
    with tempfile.TemporaryDirectory() as folder:
        cold = Notebook(folder)
        try:
            cold.run("%load_ext jupyter_hpo")
            cold_s = _first_report_s(cold, "cold")
        finally:
            cold.close()

        notebook = Notebook(folder)
        try:
            notebook.run(cells[0])
            notebook.run("import torch; torch.set_num_threads(1)")
            loop = f"for _ in range({PLAIN_RUNS}):\n" + textwrap.indent(plain, "    ")
            loop_s, _ = notebook.run(loop)
            notebook.run("%load_ext jupyter_hpo")
            time.sleep(WARM_S)  # a person reads on while the helper warms
            warm_s = _first_report_s(notebook, "warm")
            time.sleep(WARM_S)
            study_s, _ = notebook.run(search)
            _, facts = notebook.run(
                "print(len(study.trials), sum(len(t.reports) for t in study.trials), untuned,"
                " accuracy(model, test_x, test_y))"
            )
        finally:
            notebook.close()
    trials, epochs, untuned, tuned = facts.split()
    return {
        "cold_s": cold_s,
        "warm_s": warm_s,
        "loop_s": loop_s,
        "study_s": study_s,
        "study": f"{trials} trials ({epochs} epochs)",
        "accuracy": f"{float(untuned):.3f} -> {float(tuned):.3f}",
    }


def _first_report_s(notebook: Notebook, name: str) -> float:
    began = time.time()
    notebook.run(REPORT.replace("NAME", name))
    _, printed = notebook.run("print(study.trial(0).log.splitlines()[0])")
    return float(printed) - began
