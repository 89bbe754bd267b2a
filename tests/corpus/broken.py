"""Mistakes that people make, put into examples: the same lines are named as in a plain run."""

from __future__ import annotations

import contextlib
import io
import re
import traceback
from dataclasses import replace
from typing import Any, NamedTuple

from jupyter_hpo.study.trial_events import Failed

from . import captured
from .corpus import Example

FRAME = re.compile(r'File "(<[^"]+>)", line (\d+), in (.+)')
CAPTURED = re.compile(r"<cell In\[(\d+)\]>")


class Mistake(NamedTuple):
    what: str
    before: str
    after: str


BROKEN: dict[str, tuple[Mistake, ...]] = {
    "torch_full_batch": (
        Mistake("wrong shape", "nn.Linear(16, 3)", "nn.Linear(8, 3)"),
        Mistake("class for instance", "nn.CrossEntropyLoss()", "nn.CrossEntropyLoss"),
        Mistake("undefined name", "criterion(out, y)", "criterium(out, y)"),
    ),
    "torch_argparse_train": (
        Mistake("wrong type in an earlier function", "F.nll_loss(output, t", "F.nll_loss(data, t"),
        Mistake("argument that was never added", "args.hidden)", "args.hiden)"),
    ),
    "torch_trainer_class": (
        Mistake("wrong shape below a method", "RegressionNet(10, 64)", "RegressionNet(12, 64)"),
    ),
    "keras_torch_scheduler": (
        Mistake("function for a callback", "callbacks=[callback]", "callbacks=[scheduler]"),
        Mistake("unknown loss", '"sparse_categorical_crossentropy"', '"sparse_crossentropy"'),
    ),
    "lightning_module": (
        Mistake("wrong shape in a hook", "nn.Linear(64, hidden_dim)", "nn.Linear(60, hidden_dim)"),
    ),
    "sklearn_random_forest": (
        Mistake("lengths that differ", "rf.fit(X_train, y_train)", "rf.fit(X_train, y_test)"),
        Mistake("not yet fitted", "rf.fit(X_train, y_train)", "rf"),
    ),
    "xgb_native_train": (
        Mistake("unknown objective", "reg:squarederror", "reg:squared"),
    ),
    "numpy_logreg": (
        Mistake("wrong order", "predict(X_test, w, b)", "predict(w, X_test, b)"),
        Mistake("unknown keyword", "y_train, lr=0.3", "y_train, rate=0.3"),
    ),
}  # fmt: skip


def lines_of(text: str, training: int) -> list[tuple[int, str]]:
    """Line and function of a traceback's frames in the notebook, outermost first. training:
    the number of the captured cell, which counts its lines from the `%%hpo` above it."""
    found = []
    for file, line, name in FRAME.findall(text):
        cell = CAPTURED.fullmatch(file)
        above = 1 if cell and int(cell[1]) == training else 0
        found.append((int(line) - above, "<module>" if name.startswith("<cell") else name.strip()))
    return found


def run(notebook: Any, example: Example) -> list[dict[str, Any]]:
    """For each mistake, the lines that a plain run names and those of a trial."""
    return [_one(notebook, example, mistake) for mistake in BROKEN.get(example.name, ())]


def _one(notebook: Any, example: Example, mistake: Mistake) -> dict[str, Any]:
    wrong = replace(
        example,
        training=example.training.replace(mistake.before, mistake.after),
        earlier=tuple(cell.replace(mistake.before, mistake.after) for cell in example.earlier),
    )
    found: dict[str, Any] = {"what": mistake.what, "applied": wrong != example}
    _until_training(notebook, wrong)
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            notebook.run(wrong.training)
        except Exception as error:
            found["error"] = type(error).__name__
            found["plain"] = lines_of("".join(traceback.format_exception(error)), training=0)
    _until_training(notebook, wrong)
    found |= _captured(notebook, wrong)
    return found


def _until_training(notebook: Any, example: Example) -> None:
    notebook.begin(5)
    for source in example.earlier:
        notebook.run(source)


def _captured(notebook: Any, example: Example) -> dict[str, Any]:
    asked = tuple(a for a in example.aims if not a.printed)[:1]
    understood = captured.understand(example, notebook, asked)
    problems = understood.cell.problems
    if problems:
        lines = [p.line - 1 for p in problems if p.code == "undefined_name" and p.line]
        return {"said_before": lines, "problems": [p.message for p in problems]}
    channel, _ = captured.trial(understood, notebook.namespace)
    if not isinstance(channel.end, Failed):
        return {"captured": None}
    error = channel.end.error
    return {
        "kind": error.kind,
        "line": error.line if error.cell or error.line is None else error.line - 1,
        "captured": lines_of(error.traceback, notebook.before + len(example.earlier) + 1),
    }
