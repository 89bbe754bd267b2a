"""What holds of every scheduler: a contract, and properties over whole simulated studies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.space import Int, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.config import Budget
from jupyter_hpo.study.places import Waits
from jupyter_hpo.study.schedulers import (
    Asha,
    Hyperband,
    MedianRule,
    NoPruning,
    Patience,
    Pbt,
    SuccessiveHalving,
    Threshold,
    Verdict,
)
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import TrialState

from .driver import Driver, make

DONE = {TrialState.COMPLETE, TrialState.PRUNED}
POOL = 3
RUNGS = {
    "asha": lambda: Asha(pool=POOL),
    "hyperband": lambda: Hyperband(pool=POOL),
    "halving": lambda: SuccessiveHalving(cohort=9, pool=POOL),
}
STOPPING = {
    "asha, stop-only": lambda: Asha(pausing=False),
    "hyperband, stop-only": lambda: Hyperband(pausing=False),
    "halving, stop-only": lambda: SuccessiveHalving(pausing=False),
    "median": lambda: MedianRule(least=2),
    "patience": lambda: Patience(3),
    "threshold": lambda: Threshold(0.5, first_step=1),
    "none": NoPruning,
}
PBT = {"pbt": lambda: Pbt(SearchSpace({"x": Int(0, 99)}), population=3, interval=2, seed=1)}
MAKERS = {**RUNGS, **STOPPING, **PBT}

every = pytest.mark.parametrize("name", list(MAKERS))
curves = st.lists(
    st.lists(st.integers(0, 8).map(lambda i: i / 8), min_size=1, max_size=12),
    min_size=1,
    max_size=12,
)


def feed(scheduler, losses, step=1):
    """Verdicts on one report of each trial, numbered from 0."""
    return [scheduler.on_report(number, step, loss) for number, loss in enumerate(losses)]


def learnt(scheduler, steps=9):
    """The scheduler after one full training."""
    scheduler.protect(0)
    for step in range(1, steps + 1):
        scheduler.on_report(0, step, 0.5)
    scheduler.on_end(0, complete=True)
    return scheduler


@every
def test_a_protected_trial_goes_on_whatever_it_reports(name):
    scheduler = learnt(MAKERS[name]())
    for number in range(1, 9):
        scheduler.on_report(number, 1, 0.1)
    scheduler.protect(20)
    said = [scheduler.on_report(20, step, 9.0 + step) for step in range(1, 10)]
    assert set(said) == {Verdict.CONTINUE}


@every
def test_a_trial_that_is_left_out_goes_on_and_is_compared_with_nobody(name):
    one, other = MAKERS[name](), MAKERS[name]()
    for scheduler in (one, other):
        learnt(scheduler)
    one.leave_out({40, 41})
    for number, loss in ((40, 0.0), (41, 9.0)):
        said = [one.on_report(number, step, loss) for step in range(1, 10)]
        assert set(said) == {Verdict.CONTINUE}
        one.on_end(number, complete=True)
    for number in range(1, 13):
        loss = number * 5 % 12 / 12
        assert one.on_report(number, 1, loss) is other.on_report(number, 1, loss)
    assert one.promote() == other.promote()
    assert one.evict() == other.evict()


@every
def test_what_is_withdrawn_is_neither_promoted_nor_evicted(name):
    scheduler = learnt(MAKERS[name]())
    for number in range(1, 8):
        if scheduler.on_report(number, 1, 1 - number / 10) is Verdict.PAUSE:
            scheduler.withdraw(number)
    assert not scheduler.paused
    assert scheduler.evict(0) == []
    assert scheduler.promote() is None


@pytest.mark.parametrize("name", RUNGS)
def test_beyond_the_pool_the_worst_are_evicted_and_fewer_are_kept_where_memory_is_short(name):
    scheduler = MAKERS[name]()
    paused = []
    for number, loss in enumerate([0.4, 0.3, 0.5, 0.6, 0.2]):
        if scheduler.on_report(number, 1, loss) is Verdict.PAUSE:
            paused.append((loss, number))
    for room in (None, 2, 1, 0):
        room_for = POOL if room is None else min(POOL, room)
        out = scheduler.evict(room)
        assert len(scheduler.paused) - len(out) <= room_for
        kept = [n for loss, n in paused if n in scheduler.paused and n not in out]
        losses = {n: loss for loss, n in paused}
        assert all(losses[k] <= losses[o] for k in kept for o in out)
        for number in out:
            assert scheduler.why_pruned(number)
            scheduler.on_end(number)


@every
def test_the_same_reports_get_the_same_answers(name):
    def play():
        scheduler, said = learnt(MAKERS[name]()), []
        for turn in range(60):
            number = 1 + turn * 7 % 12
            step = 1 + sum(1 for n, *_ in said if n == number)
            if number not in scheduler.paused:
                said.append((number, scheduler.on_report(number, step, turn * 11 % 17 / 17)))
            said.append((None, scheduler.promote()))
            for gone in scheduler.evict():
                said.append((None, gone))
                scheduler.on_end(gone)
        return said

    assert play() == play()


@pytest.mark.parametrize("name", [n for n in MAKERS if n not in ("none", "pbt")])
def test_a_resumed_study_compares_with_what_earlier_sessions_found(name):
    good = [[0.5 - step / 100] * 9 for step in range(9)]
    first = play(MAKERS[name](), good, 1, 9).study
    assert all(t.state in DONE for t in first.trials.values())
    driver = Driver(
        Study(
            replace(first.config, budget=Budget(12)),
            scheduler=MAKERS[name](),
            earlier=list(first.trials.values()),
        ),
        lambda n: [0.9] * 9,
    )
    driver.send(m.Begin())
    while driver.study.phase != "finished":
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    new = [t for n, t in driver.study.trials.items() if n >= 9]
    assert len(new) == 3
    assert TrialState.PRUNED in {t.state for t in new}
    assert all(t.number == 0 or len(t.reports) < 9 for t in new if t.state is TrialState.PRUNED)


def play(scheduler, curves, slots, n_trials, room=None):
    """A whole study of trials with these curves; after each command the bounds are looked at."""
    driver = make(
        lambda n: curves[n % len(curves)], scheduler=scheduler, slots=slots, n_trials=n_trials
    )
    driver.send(m.Begin())
    turn = 0
    while driver.study.phase != "finished":
        ready = sorted(n for n in driver.live if n not in driver.waiting)
        assert ready, "a trial is left waiting for ever"
        driver.step(ready[turn % len(ready)])
        turn += 1
        held = driver.study._places.those(Waits.SCHEDULER)
        assert set(held) == scheduler.paused
        assert len(held) <= POOL
        assert driver.study.n_done + driver.study.books.n_unfinished <= n_trials
    return driver


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(list(MAKERS)), curves, st.integers(1, 3), st.integers(1, 14))
def test_a_study_ends_with_its_budget_and_says_why_each_trial_was_pruned(
    name, curves, slots, n_trials
):
    driver = play(MAKERS[name](), curves, slots, n_trials)
    trials = driver.study.trials.values()
    assert driver.study.n_done == n_trials
    assert {t.state for t in trials} <= {TrialState.COMPLETE, TrialState.PRUNED}
    assert all(t.notice for t in trials if t.state is TrialState.PRUNED)
    assert driver.study.best is not None
    again = play(MAKERS[name](), curves, slots, n_trials)
    assert again.log == driver.log, "the same events give the same commands"


class Watched:
    """A rung scheduler, of which each decision is checked when it is made: what goes on from a
    rung is among the best of those that it is compared with there."""

    def __init__(self, scheduler):
        self.__dict__.update(scheduler=scheduler, at={}, found={}, on={}, free=set(), full=None)

    def __getattr__(self, name):
        return getattr(self.scheduler, name)

    def protect(self, number):
        self.free.add(number)
        self.scheduler.protect(number)

    def on_report(self, number, step, loss):
        self.at[number] = step
        verdict = self.scheduler.on_report(number, step, loss)
        group = self.group(number)
        self.found.setdefault((group, step), {})[number] = loss
        if verdict is Verdict.CONTINUE:
            self.check(number)
        return verdict

    def on_end(self, number, *, complete=False):
        if complete:
            self.__dict__["full"] = max(self.full or 0, self.at.get(number, 0))
        self.scheduler.on_end(number, complete=complete)

    def promote(self):
        number = self.scheduler.promote()
        if number is not None:
            self.check(number)
        return number

    def group(self, number):
        """What it is compared within, and the rungs there; None: with nobody."""
        if isinstance(self.scheduler, Hyperband):
            race = self.scheduler._race_of.get(number)
            return None if race is None else (id(race), race.first_step)
        if isinstance(self.scheduler, SuccessiveHalving):
            cohort = self.scheduler._cohort_of.get(number)
            return None if cohort is None else (id(cohort), 1)
        return (0, 1)

    def check(self, number):
        step, group = self.at[number], self.group(number)
        if group is None or number in self.free or (self.full and step >= self.full):
            return
        if step not in {group[1] * 3**k for k in range(9)}:
            return
        found = self.found[group, step]
        better = sum(loss < found[number] for loss in found.values())
        if isinstance(self.scheduler, SuccessiveHalving):
            on = self.on.setdefault((group, step), set())
            on.add(number)
            quota = 9
            while step >= 1:
                quota, step = max(1, quota // 3), step // 3
            assert len(on) <= quota, "the rung is overfilled"
            return
        assert better < max(1, len(found) // 3)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(list(RUNGS)), curves, st.integers(1, 3), st.integers(3, 20))
def test_what_goes_on_from_a_rung_is_among_the_best_there_and_no_rung_is_overfilled(
    name, curves, slots, n_trials
):
    play(Watched(RUNGS[name]()), curves, slots, n_trials)


@pytest.mark.parametrize("name", ["hyperband", "halving", "pbt", *STOPPING])
def test_others_begin_at_the_first_report_where_no_rung_depends_on_the_length(name):
    driver = make(lambda n: [0.4] * 9, scheduler=MAKERS[name](), slots=3, n_trials=9)
    driver.send(m.Begin())
    driver.step(0)
    waits = name in ("hyperband", "halving", "pbt") or name in (
        "asha, stop-only", "hyperband, stop-only", "halving, stop-only"
    )  # fmt: skip
    assert sorted(driver.live) == ([0] if waits else [0, 1, 2])
    for _ in range(9):
        driver.step(0)
    assert len(driver.live) == 3


@pytest.mark.parametrize("slots", [2, 6])
def test_beside_the_first_trial_none_is_ended_by_rungs_that_move_when_its_length_is_known(slots):
    """Of 300 boosting rounds the first says nothing; 8 wait at most, and then all go on."""
    driver = make(
        lambda n: [n + 1 / step for step in range(1, 301)],
        scheduler=Asha(),
        slots=slots,
        n_trials=14,
    )
    driver.send(m.Begin())
    while 0 in driver.live:
        driver.step(0)
        for number in [n for n in driver.live if n and n not in driver.waiting]:
            driver.step(number)
        assert 0 not in driver.live or len(driver.live) <= 9
        assert all(t.state not in DONE for t in driver.study.trials.values() if t.number)
    assert len(driver.study.trials) >= 8
    while driver.study.phase != "finished":
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    pruned = [t for t in driver.study.trials.values() if t.state is TrialState.PRUNED]
    assert len(pruned) >= 8
    assert all(len(t.reports) >= 33 for t in pruned), "compared at a ninth of it, not before"


@pytest.mark.parametrize("name", RUNGS)
def test_rungs_follow_a_long_training_also_where_the_first_trial_failed(name):
    scheduler = MAKERS[name]()
    scheduler.protect(0)
    scheduler.on_report(0, 1, 0.5)
    assert not scheduler.takes_more(POOL + 1)
    scheduler.on_end(0)
    assert scheduler.takes_more(POOL + 1)
    scheduler.on_report(2, 1, 0.5)
    for step in range(1, 121):
        scheduler.on_report(1, step, 0.1)
    scheduler.on_end(1, complete=True)
    for number in range(3, 9):
        assert {scheduler.on_report(number, s, 0.9) for s in range(1, 13)} == {Verdict.CONTINUE}
    assert Verdict.PAUSE in [scheduler.on_report(number, 13, 0.9) for number in range(3, 9)]
    assert 13 in scheduler.rung_steps


def test_of_a_cohort_exactly_the_best_go_on():
    losses = [0.5, 0.3, 0.9, 0.1, 0.8, 0.2, 0.7, 0.4, 0.6]
    driver = play(SuccessiveHalving(cohort=9), [[9.0] * 20] + [[x] * 20 for x in losses], 1, 10)
    steps = {t.number: len(t.reports) for t in driver.study.trials.values()}
    assert [steps[n + 1] for n, x in enumerate(losses) if x > 0.35] == [1] * 6
    assert sorted(steps[n + 1] for n, x in enumerate(losses) if x < 0.35) == [3, 3, 20]
    assert driver.study.best.number == 4
