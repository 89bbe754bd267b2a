"""The recorder's own rules: thinning, unusable turns."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_hpo.cell.captured import Loop, Place, Watch
from jupyter_hpo.cell.recorder import DENSE, SILENT, Recorder, next_reported, reported_turn
from jupyter_hpo.study.objective import Objective, ObjectiveError


def test_every_turn_at_first_then_thinner() -> None:
    assert all(reported_turn(step) for step in range(1, DENSE + 1))
    counts = [sum(map(reported_turn, range(DENSE << k, DENSE << (k + 1)))) for k in range(1, 6)]
    assert set(counts) == {32}
    assert sum(map(reported_turn, range(1, 60_001))) <= 520
    step = 1
    for turn in range(2, 60_001):
        if reported_turn(turn):
            assert next_reported(step) == turn
            step = turn


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


PLACE = Place(1, 0, 2, 0)
LOSS = (Objective("loss", "minimize"),)


def recording(**options: Any) -> tuple[Recorder, list[tuple[int, tuple[float, ...]]]]:
    seen: list[tuple[int, tuple[float, ...]]] = []
    options = {"objectives": LOSS, "namespace": {}, **options}
    return Recorder(report=lambda step, values: seen.append((step, values)), **options), seen


def test_a_function_s_names_are_read_in_its_frame() -> None:
    loop = Loop(PLACE, "", "fit", ("kept[-1] * scale",), (0,))
    recorder, seen = recording(loop=loop)

    def fit() -> None:
        kept: list[float] = []
        scale = 2.0
        for value in recorder.iterate(None, (1.0, 3.0)):
            kept.append(value)
        assert scale

    fit()
    fit()
    assert seen == [(1, (2.0,)), (2, (6.0,)), (3, (2.0,)), (4, (6.0,))]
    assert recorder.final() == (6.0,)


def test_a_while_loop_that_is_run_again_counts_only_its_turns() -> None:
    loop = Loop(PLACE, "", "fit", ("n",), (0,))
    recorder, seen = recording(loop=loop)

    def fit(turns: int) -> None:
        n = 0
        while recorder.tick(None) and (n < turns or recorder.over()):
            n += 1

    fit(2)
    fit(0)
    fit(1)
    assert seen == [(1, (1.0,)), (2, (2.0,)), (3, (1.0,))]


def test_the_last_value_counts_also_in_a_turn_that_is_thinned_out() -> None:
    loop = Loop(PLACE, "", "fit", ("loss",), (0,))
    recorder, seen = recording(loop=loop)

    def fit() -> None:
        for loss in recorder.iterate(None, range(DENSE + 2)):
            assert loss >= 0

    fit()
    assert len(seen) == DENSE
    assert recorder.final() == (DENSE + 1,)


def test_a_watched_value_is_a_report_where_it_says_so() -> None:
    watches = (Watch(PLACE, (), 0, reports=True), Watch(PLACE, (), 0, reports=False))
    recorder, seen = recording(watches=watches)
    assert [recorder.seen(None, 0, x) for x in (3, 2)] == [3, 2]
    assert recorder.seen(None, 1, 1.5) == 1.5
    assert seen == [(1, (3.0,)), (2, (2.0,))]
    assert recorder.final() == (1.5,)


def test_an_element_is_picked_of_what_is_a_tuple() -> None:
    recorder, _ = recording(watches=(Watch(PLACE, (), 0, pick=1),))
    for value in ((1, 2), [3], 7):
        assert recorder.seen(None, 0, value) is value
    assert recorder.final() == (2.0,)


def test_two_watched_objectives_report_when_both_are_new() -> None:
    objectives = (
        Objective('printed("a {}")', "minimize"),
        Objective('printed("b {}")', "minimize"),
    )
    watches = (Watch(PLACE, (), 0, reports=True), Watch(PLACE, (), 1, reports=True))
    recorder, seen = recording(objectives=objectives, watches=watches)
    for turn in range(2):
        recorder.seen(None, 0, turn)
        recorder.seen(None, 1, -turn)
    assert seen == [(1, (0.0, 0.0)), (2, (1.0, -1.0))]


def test_what_was_looked_for_is_named() -> None:
    with pytest.raises(ObjectiveError, match=r"nothing the cell printed matched 'val acc: \{\}'"):
        recording(objectives=(Objective('printed("val acc: {}")', "maximize"),))[0].final()
    recorder, _ = recording(watches=(Watch(PLACE, (), 0),))
    with pytest.raises(ObjectiveError, match="'loss' was never assigned"):
        recorder.final()
    recorder.seen(None, 0, "good")
    with pytest.raises(ObjectiveError, match="the string 'good'"):
        recorder.final()


def test_code_of_another_program_is_left_alone() -> None:
    recorder, seen = recording(key="mine", watches=(Watch(PLACE, (), 0, reports=True),))
    items = [1, 2]
    assert recorder.iterate("other", items) is items
    assert recorder.tick("other")
    assert recorder.seen("other", 5, 3) == 3
    recorder.leave("other")
    assert SILENT.iterate("mine", items) is items
    assert seen == []
    assert recorder.step == 0
