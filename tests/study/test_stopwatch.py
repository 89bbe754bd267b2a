from __future__ import annotations

from jupyter_hpo.study.stopwatch import Stopwatch


def test_pauses_are_left_out():
    watch = Stopwatch()
    watch.start("a", 10.0)
    watch.start("a", 12.0)
    assert watch.seconds("a", 13.0) == 3.0
    watch.stop("a", 14.0)
    watch.stop("a", 20.0)
    assert watch.seconds("a", 99.0) == 4.0
    assert watch.running == ()
    watch.start("a", 100.0)
    assert watch.seconds("a", 101.0) == 5.0
    assert watch.running == ("a",)
    assert watch.spans("a") == [(10.0, 14.0), (100.0, None)]


def test_an_unknown_key_has_not_run():
    assert Stopwatch().seconds("a", 5.0) == 0.0
    assert Stopwatch().spans("a") == []
