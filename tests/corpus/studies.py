"""Studies of a notebook's training cell in which every trial runs at the code's own values."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_hpo.arguments import parse_line
from jupyter_hpo.handle import StudyHandle
from jupyter_hpo.notebook import Notebook
from jupyter_hpo.run import Runner, StudyFailed
from jupyter_hpo.session import open_session
from jupyter_hpo.study.messages import EnqueueRequested
from jupyter_hpo.study.objective import Objective

from . import captured
from .corpus import Aim, Example

TRIALS = 3
ROUNDING = 1e-6
"""Trials have other numbers of threads than the notebook, which sum in another order."""


def aim_of(example: Example) -> Aim:
    return next(aim for aim in example.aims if not aim.printed)


def value_of(example: Example, notebook: Any) -> float:
    """The objective as it stands in the notebook."""
    aim = aim_of(example)
    return Objective(aim.source, aim.direction).evaluate(notebook.namespace)


def run(notebook: Any, example: Example) -> list[dict[str, Any]]:
    """Two studies, one after the other: the second finds what the first brought back. They
    stand where `%%hpo` would: in the execution of a cell that has an id."""
    found: list[dict[str, Any]] = []

    def hpo(line: str, cell: str) -> None:
        found.append(_study(notebook, example, cell, f"{example.name}-{len(found)}"))

    notebook.shell.run_line_magic("load_ext", "jupyter_hpo")
    notebook.shell.register_magic_function(hpo, "cell", "hpo")
    for _ in range(2):
        notebook.run("%%hpo\n" + example.training, cell_id(len(example.earlier)))
    return found


def cell_id(index: int) -> str:
    """Of a notebook's cell, counted from 0."""
    return f"cell-{index}"


def save(example: Example, path: Path) -> None:
    """Write the notebook's file, in which the past finds the order of its cells."""
    sources = [*example.earlier, example.training, *example.later]
    cells = [
        {"cell_type": "code", "id": cell_id(i), "source": source, "metadata": {}, "outputs": []}
        for i, source in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}))


def _study(notebook: Any, example: Example, source: str, name: str) -> dict[str, Any]:
    aim = aim_of(example)
    line = (
        f"--auto --{aim.direction} '{aim.source}' --trials {TRIALS} --jobs 1 --pruner none "
        f"--patience 100 --quiet --fresh --name {name}"
    )
    request = parse_line(line)
    around = Notebook(notebook.shell, request, source)
    found = captured.proposals(around.capture(auto=True, objectives=()), example, notebook)
    cell = around.capture(auto=True)
    if cell.problems:
        return {"problems": [str(problem) for problem in cell.problems], "found": asdict(found)}
    session = open_session(cell, request.options, notebook.namespace, around.states_for(cell))
    runner = Runner(notebook.namespace, quiet=True)
    study = StudyHandle(session, notebook.namespace, run=runner.run)
    own = cell.space.defaults()
    for _ in range(TRIALS - 1 if own is not None else 0):
        session.engine.request(EnqueueRequested(own))
    failed = ""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            runner.run(study)
        except StudyFailed as error:
            failed = str(error)
    first = study.trials[0]
    found.ran, found.error = first.values is not None, str(first.error or "")
    found.value = first.values[0] if first.values else None
    found.steps = list(range(1, len(first.reports) + 1))
    return {
        "found": asdict(found),
        "values": [trial.values and trial.values[0] for trial in study.trials],
        "states": [str(trial.state) for trial in study.trials],
        "errors": [trial.error and str(trial.error) for trial in study.trials],
        "own": [dict(trial.params) == own for trial in study.trials],
        "steps": [len(trial.reports) for trial in study.trials],
        "failed": failed,
        "params": list(cell.space),
        "reruns": [f"In[{s.cell}] line {s.first_line}: {s.why}" for s in cell.reruns],
        "notices": list(cell.notices),
    }
