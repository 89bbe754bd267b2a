"""Runs examples: plainly, twice, and captured at their own values. One framework a process:

python -m tests.corpus.running ROOM FRAMEWORK OUTPUT.json [NAME ...]
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import asdict
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from .comparing import differences, without_times
from .corpus import Example, examples

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 500
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


@cache
def results(framework: str, *names: str, room: str = "cells") -> dict[str, dict[str, Any]]:
    """Of each example of a framework (or of these only) what its runs gave, from a process of
    their own that works in an empty folder. Raises RuntimeError with its end when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "results.json")
        backend = {"KERAS_BACKEND": framework.partition("-")[2]} if "keras" in framework else {}
        env = {
            **os.environ,
            **dict.fromkeys(THREADS, "1"),
            **backend,
            "PYTHONPATH": str(ROOT),
            "IPYTHONDIR": folder,
            "MPLBACKEND": "agg",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONHASHSEED": "0",
            "TOKENIZERS_PARALLELISM": "false",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.corpus.running", room, framework, str(output), *names],
            cwd=folder, env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{framework}: {done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        found: dict[str, dict[str, Any]] = json.loads(output.read_text())
        return found


class Notebook:
    """IPython's shell, begun anew for each run. before: the number of the execution before the
    first cell, as the shell counts."""

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        from jupyter_hpo.past import history_of

        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.ast_node_interactivity = "none"
        config.InteractiveShell.colors = "nocolor"

        class Shell(InteractiveShell):
            def enable_gui(self, gui: str | None = None) -> None:
                """Of `%matplotlib inline`: there is none."""

        self.shell = Shell.instance(config=config)
        self.before = 0
        history_of(self.shell).begin()

    def begin(self, seed: int) -> None:
        """A fresh namespace; the random states of Python, NumPy and torch differ by seed."""
        gc.freeze()  # the reset collects garbage twice, in all that the frameworks have built
        self.shell.run_cell("%reset -f", store_history=True)
        self.before = self.shell.execution_count - 1
        random.seed(seed)
        for library, call in (("numpy", "random.seed"), ("torch", "manual_seed")):
            if library in sys.modules:
                attrgetter(call)(sys.modules[library])(seed)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")

    @property
    def namespace(self) -> dict[str, Any]:
        return self.shell.user_ns

    def run(self, source: str, cell_id: str | None = None) -> str:
        """A cell, as a person runs it; what it raises is raised. Returns what it printed."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            result = self.shell.run_cell(source, store_history=True, cell_id=cell_id)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            raise error
        return out.getvalue()


def plain(notebook: Notebook, example: Example, seed: int) -> tuple[dict[str, Any], str, float]:
    """Namespace, prints of the training cell and its seconds, run from the first cell on."""
    notebook.begin(seed)
    for source in example.earlier:
        notebook.run(source)
    begun = time.perf_counter()
    printed = notebook.run(example.training)
    return dict(notebook.namespace), printed, time.perf_counter() - begun


def measured(notebook: Notebook, example: Example) -> dict[str, Any]:
    """All that is asked of one example, for JSON."""
    first, printed, _ = plain(notebook, example, seed=2)
    second, again, seconds = plain(notebook, example, seed=3)
    found: dict[str, Any] = {
        "seconds": seconds,
        "differs": differences(first, second, example.clock),
        "prints_differ": without_times(printed) != without_times(again),
    }
    notebook.begin(4)
    for source in example.earlier:
        notebook.run(source)
    try:
        from . import broken, captured

        found["captured"] = asdict(captured.run(notebook, example, second, again))
        found["broken"] = broken.run(notebook, example)
    except Exception as error:  # of the tool: a miss of this example, not the end of the rest
        found["captured"] = {"crash": f"{type(error).__name__}: {error}"}
    return found


def studied(notebook: Notebook, example: Example) -> dict[str, Any]:
    """Of a whole notebook: two plain runs from the top, then studies in the session as the
    second one leaves it, with every value as it stands."""
    from . import studies

    found: dict[str, Any] = {"plain": []}
    file = Path("notebook.ipynb").absolute()
    studies.save(example, file)
    os.environ["JPY_SESSION_NAME"] = str(file)
    n = len(example.earlier)
    for seed in (2, 3):
        notebook.begin(seed)
        for i, source in enumerate(example.earlier):
            notebook.run(source, studies.cell_id(i))
        printed = notebook.run(example.training, studies.cell_id(n))
        found["plain"].append((studies.value_of(example, notebook), without_times(printed)))
        for i, source in enumerate(example.later, n + 1):
            notebook.run(source, studies.cell_id(i))
    found["studies"] = studies.run(notebook, example)
    return found


def main(room: str, framework: str, output: str, *names: str) -> None:
    warnings.simplefilter("ignore")
    notebook = Notebook()
    found = {}
    run = studied if room == "notebooks" else measured
    for name, example in examples(room).items():
        if example.framework == framework and (not names or name in names):
            try:
                found[name] = run(notebook, example)
            except Exception as error:
                found[name] = {"error": f"{type(error).__name__}: {error}"}
    Path(output).write_text(json.dumps(found, default=repr))


if __name__ == "__main__":
    main(*sys.argv[1:])
