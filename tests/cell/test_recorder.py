"""The recorder's own rules: thinning, unusable turns."""

from __future__ import annotations

from typing import Any

from jupyter_hpo.cell.recorder import DENSE, Recorder, reported_turn
from jupyter_hpo.study.objective import Objective


def test_every_turn_at_first_then_thinner() -> None:
    assert all(reported_turn(step) for step in range(1, DENSE + 1))
    counts = [sum(map(reported_turn, range(DENSE << k, DENSE << (k + 1)))) for k in range(1, 6)]
    assert set(counts) == {32}
    assert sum(map(reported_turn, range(1, 60_001))) <= 520


def test_several_objectives_report_together() -> None:
    objectives = (Objective("a", "minimize"), Objective("b + 1", "maximize"))
    seen: list[Any] = []
    namespace: dict[str, Any] = {"a": 1, "b": 2}
    recorder = Recorder(objectives, namespace, lambda step, values: seen.append((step, values)))
    assert list(recorder.iterate(None, "xy")) == ["x", "y"]
    assert seen == [(1, (1.0, 3.0)), (2, (1.0, 3.0))]


def test_an_unusable_turn_counts_and_is_remembered() -> None:
    seen: list[int] = []
    namespace: dict[str, Any] = {}
    recorder = Recorder((Objective("a", "minimize"),), namespace, lambda step, _: seen.append(step))
    for turn in recorder.iterate(None, range(3)):
        namespace["a"] = float("nan") if turn == 1 else turn
    assert seen == [1, 3]
    assert "not a finite number" in str(recorder.error)
