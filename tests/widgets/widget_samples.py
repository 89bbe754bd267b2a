"""One study with everything awkward in it, for several tests."""

import math

from jupyter_hpo.widgets.protocol import (
    Best,
    Header,
    ObjectiveInfo,
    ParamInfo,
    Point,
    Row,
    Update,
)

HEADER = Header(
    study='<b>"digits"</b>',
    state="running",
    objectives=[ObjectiveInfo("val_acc", "maximize"), ObjectiveInfo("size", "minimize")],
    params=[
        ParamInfo("lr", "float", log=True),
        ParamInfo("seed", "int"),
        ParamInfo("act", "categorical"),
    ],
    n_trials=40,
    n_complete=1,
    best=Best(0, [0.9, math.inf]),
    facts=["a fact"],
    setup="Shared set-up, ran once: lines 1-4 (1.2s)",
)
ROWS = [
    Row(0, "COMPLETE", [0.9, math.inf], {"lr": 1e-3, "seed": 2**60, "act": "relu"}, 3, 1.5, 0.0),
    Row(
        1, "FAIL", None, {"lr": math.nan, "act": None}, error="<script>boom</script>", error_line=3
    ),
    Row(
        2,
        "RUNNING",
        [math.nan, 1.0],
        {"act": True},
        started_s=2.25,
        memory_bytes=3 * 10**9,
        heard_s=2.5,
        long_s=10.0,
        waits="person",
        spans=[2.25, 2.375, 2.4375],
        parent=0,
    ),
    Row(
        3,
        "PRUNED",
        [0.5, 2.0],
        {"lr": "odd", "act": 1},
        notice="stopped",
        infeasible="size 2 > 1",
        figures={"n_params": 1e6},
        kept=True,
        rounds=[0.5, 0.25],
    ),
]
POINTS = [Point(0, 1, 0.5), Point(0, 2, math.nan), Point(2, 1, -math.inf)]
UPDATE = Update(7, HEADER, ROWS, POINTS)
