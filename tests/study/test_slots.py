"""Slots that change while the study runs, the shared set-up, and an early end of a trial."""

from __future__ import annotations

import pytest

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev

from .driver import make
from .test_pausing import begun, running


def test_more_slots_are_filled_at_once():
    driver = begun(slots=1)
    driver.send(m.SlotsChanged(3, "Three fit into the memory."))
    assert running(driver) == [1, 2, 3]
    assert (driver.study.slots, driver.study.slots_why) == (3, "Three fit into the memory.")


def test_fewer_slots_let_running_trials_end():
    driver = begun(slots=3)
    driver.send(m.SlotsChanged(1))
    assert running(driver) == [1, 2, 3]
    for number in (1, 2):
        while number in driver.live:
            driver.step(number)
    assert running(driver) == [3]
    while 3 in driver.live:
        driver.step(3)
    assert running(driver) == [4]


def test_a_study_has_a_slot_at_least():
    with pytest.raises(ValueError, match="at least one"):
        m.SlotsChanged(0)


def test_the_newest_set_up_is_kept():
    driver = make()
    driver.send(ev.SetUp(((1, 4, 0),), 1.2))
    driver.send(ev.SetUp(((1, 4, 0),), why_not="it started a thread"))
    assert driver.study.setup.why_not == "it started a thread"


def test_a_slot_is_free_as_soon_as_nothing_more_is_due():
    driver = begun(slots=1)
    number = running(driver)[0]
    driver.study.handle(ev.Failed(number, ev.TrialError("ValueError", "x", 1)), 1.0)
    commands = driver.study.handle(ev.Ended(number), 1.0)
    assert [type(c) for c in commands] == [m.Ask]
