"""Studies made up for pages: at their beginning, big, gone wrong, and meaning harm."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Any

from jupyter_hpo.widgets.protocol import (
    Best,
    Detail,
    EditorOption,
    EditorPiece,
    EditorRow,
    EditorSection,
    EditorSettings,
    EditorSpec,
    Header,
    ObjectiveCandidate,
    ObjectiveInfo,
    ParamInfo,
    Point,
    Row,
    Update,
)

PARAMS = [
    ParamInfo("lr", "float", log=True, low=1e-5, high=1e-1, own=1e-3),
    ParamInfo("hidden", "int", log=True, low=16, high=512, own=64),
    ParamInfo("dropout", "float", low=0.0, high=0.7, own=0.5),
    ParamInfo("optimizer", "categorical", choices=["adam", "sgd", "rmsprop"], own="adam"),
    ParamInfo("momentum", "float", low=0.0, high=0.99, own=0.9, conditional=True),
]
STEPS = 20


@dataclass
class Made:
    """A study as a dashboard's source; details by trial number."""

    header: Header
    rows: list[Row] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    details: dict[int, Detail] = field(default_factory=dict)

    def changes(self, since: int) -> Update:
        news = since == 0
        return Update(1, self.header, self.rows if news else [], self.points if news else [])

    def detail(self, number: int) -> Detail:
        return self.details[number]


def header(state: str, **more: Any) -> Header:
    usual: dict[str, Any] = {
        "objectives": [ObjectiveInfo("val_acc", "maximize")],
        "params": PARAMS,
        "n_trials": 40,
        "jobs": 8,
        "device": "CPU",
        "sampler": "TPE",
        "pruner": "ASHA",
        "facts": ["val_acc is reported at every epoch"],
        "elapsed_s": 61.0,
    }
    return Header(more.pop("study", "digits"), state, **{**usual, **more})  # type: ignore[arg-type]


def empty() -> Made:
    return Made(header("starting", elapsed_s=0.5))


def one_running() -> Made:
    row = Row(
        0, "RUNNING", [0.31], _params(random.Random(1)), step=1, duration_s=2.0, started_s=1.0,
        heard_s=3.0, long_s=20.0,
    )  # fmt: skip
    return Made(header("running", n_running=1, elapsed_s=3.1), [row], [Point(0, 1, 0.31)])


def one_complete() -> Made:
    made = many(1, running=0)
    made.header = header("finished", n_trials=1, n_complete=1, best=made.header.best)
    return made


def all_failed() -> Made:
    rows = [
        Row(n, "FAIL", None, _params(random.Random(n)), duration_s=0.2, started_s=float(n),
            finished_s=n + 0.2, error="ValueError: shapes (64, 10) and (32, 10) do not match",
            error_line=7)
        for n in range(3)
    ]  # fmt: skip
    details = {n: Detail(n, rows[n].params, "Traceback…\nValueError: shapes") for n in range(3)}
    said = "The first 3 trials failed alike, so the study stopped: ValueError: shapes do not match."
    return Made(header("failed", n_failed=3, message=said), rows, details=details)


def many(n: int, running: int = 8, objectives: int = 1) -> Made:
    """n trials of 20 reports; all states occur. The last ones run."""
    chance = random.Random(3)
    rows, points = [], []
    for number in range(n):
        state = "COMPLETE" if number == 0 else chance.choice(["COMPLETE", "COMPLETE", "PRUNED"])
        if number and chance.random() < 0.03:
            state = "FAIL"
        if number >= n - running:
            state = "RUNNING"
        last = {"COMPLETE": STEPS, "PRUNED": chance.randint(2, 9)}.get(state, 3)
        top = chance.random()
        curve = [top * (1 - math.exp(-step / 5)) for step in range(1, last + 1)]
        points += [Point(number, step, value) for step, value in enumerate(curve, 1)]
        values = None if state == "FAIL" else [curve[-1], *([top * 1e6] * (objectives - 1))]
        rows.append(
            Row(
                number, state, values, _params(chance), step=last, duration_s=last * 0.5,
                started_s=number * 1.0,
                finished_s=None if state == "RUNNING" else number + last * 0.5,
                error="RuntimeError: out of memory" if state == "FAIL" else "",
                error_line=9 if state == "FAIL" else None, memory_bytes=300_000_000,
                notice="worse than the better third at epoch 4" if state == "PRUNED" else "",
                heard_s=n * 1.0 if state == "RUNNING" else None,
                long_s=30.0 if state == "RUNNING" else None,
            )
        )  # fmt: skip
    count = {state: sum(row.state == state for row in rows) for state in ("COMPLETE", "PRUNED")}
    best = max((row for row in rows if row.state == "COMPLETE"), key=lambda row: row.values[0])
    both = [ObjectiveInfo("val_acc", "maximize"), ObjectiveInfo("n_params", "minimize")]
    return Made(
        header(
            "running", n_trials=n + 40, n_complete=count["COMPLETE"], n_pruned=count["PRUNED"],
            n_failed=sum(row.state == "FAIL" for row in rows), n_running=running,
            best=Best(best.number, list(best.values)), objectives=both[:objectives],
            elapsed_s=n * 1.0 + 5, left_s=125.0, use={"CPU": 0.97}, rungs=[3, 9],
        ),
        rows, points, {row.number: Detail(row.number, row.params) for row in rows},
    )  # fmt: skip


def _params(chance: random.Random) -> dict[str, Any]:
    params: dict[str, Any] = {
        "lr": 10 ** chance.uniform(-5, -1),
        "hidden": chance.choice([16, 32, 64, 128, 256]),
        "dropout": chance.uniform(0, 0.7),
        "optimizer": chance.choice(["adam", "sgd", "rmsprop"]),
    }
    if params["optimizer"] == "sgd":
        params["momentum"] = chance.uniform(0, 0.99)
    return params


STATES = {
    "empty": empty,
    "one running": one_running,
    "one complete": one_complete,
    "all failed": all_failed,
    "40 trials": lambda: many(40),
    "two objectives": lambda: many(60, objectives=2),
    "10,000 trials": lambda: many(10_000),
}


def editor(text: str = "a value") -> EditorSpec:
    """What the space editor shows of a cell. text: stands wherever a text of the person does."""
    rows = [
        EditorRow("lr", "line 3", f"lr = 1e-3  # {text}", "0.001", "float", "float", "1e-5",
                  "1e-1", log=True, ticked=True, why=text),
        EditorRow("hidden", "line 4", "hidden = 64", "64", "int", "int", "16", "256", log=True),
        EditorRow(text, "line 5", f"optimizer = {text!r}", text, "str", "categorical",
                  choices=[text, "sgd"], ticked=True, problems=[f"{text} is no choice"]),
    ]  # fmt: skip
    options = [EditorOption("", "the tool's own", ""), EditorOption("tpe", "TPE", text)]
    settings = EditorSettings(
        [ObjectiveCandidate("val_acc", "maximize", text)], trials="40", samplers=options,
        pruners=options, devices=options,
    )  # fmt: skip
    found = [EditorSection(text, [["line 3", text, text]])]
    pieces = [
        EditorPiece("Loss", "A sentence.", text),
        EditorPiece("Optimiser", text, text, replaces=text),
    ]
    return EditorSpec(text, rows, settings, [text], found, pieces, text)
