"""Whatever happens in whatever order, slots, books and waiting trials stay true."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.space import Int, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.endings import DEVICE_MEMORY, interrupted
from jupyter_hpo.study.packing import DeviceFacts, Packing
from jupyter_hpo.study.places import Waits
from jupyter_hpo.study.ranking import best_trials
from jupyter_hpo.study.schedulers import (
    Asha,
    Hyperband,
    MedianRule,
    Patience,
    Pbt,
    SuccessiveHalving,
    Threshold,
)
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import TrialError, TrialState

from .driver import LOSS, Driver, make

DONE = {TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL}

OF_A_TRIAL = (
    m.PauseTrialRequested,
    m.ResumeTrialRequested,
    m.StopTrialRequested,
    m.PruneTrialRequested,
)

MAKERS = {
    "none": lambda: None,
    "asha": lambda: Asha(pool=2),
    "asha, stop-only": lambda: Asha(pausing=False),
    "hyperband": lambda: Hyperband(pool=2),
    "halving": lambda: SuccessiveHalving(cohort=4, pool=2),
    "halving, stop-only": lambda: SuccessiveHalving(pausing=False),
    "median": lambda: MedianRule(least=2),
    "patience": lambda: Patience(2),
    "threshold": lambda: Threshold(0.7, first_step=2),
    "pbt": lambda: Pbt(SearchSpace({"x": Int(0, 10_000)}), population=3, interval=1, seed=0),
}
pruners = st.sampled_from(list(MAKERS))
numbers = st.integers(0, 12)
actions = st.one_of(
    st.tuples(st.just("step"), numbers),
    st.tuples(st.just("step"), numbers),
    st.tuples(st.just("step"), numbers),
    st.tuples(st.just("die"), numbers),
    st.tuples(st.sampled_from([m.PauseTrialRequested, m.ResumeTrialRequested]), numbers),
    st.tuples(st.sampled_from([m.PauseTrialRequested, m.ResumeTrialRequested]), numbers),
    st.tuples(st.sampled_from([m.StopTrialRequested, m.PruneTrialRequested]), numbers),
    st.tuples(st.just(m.SlotsChanged), st.integers(1, 4)),
    st.tuples(st.sampled_from([m.PauseRequested, m.ResumeRequested, m.Tick]), st.none()),
)


def ready(driver):
    return sorted(n for n in driver.live if n not in driver.waiting)


def act(driver, what, value):
    """One thing happens. A trial is meant by its place among those that can be meant, seldom
    by its number, so that requests come too late as well."""
    if what == "step":
        if ready(driver):
            driver.step(ready(driver)[value % len(ready(driver))])
    elif what == "die":
        if value > 9 and driver.live:
            number = sorted(driver.live)[value % len(driver.live)]
            driver.end(number, ev.Died(number, "was killed"))
    else:
        driver.now += 0.3
        if what in OF_A_TRIAL and value < 10 and driver.live:
            value = sorted(driver.live)[value % len(driver.live)]
        driver.send(what() if value is None else what(value))


def taken(driver):
    """The slots taken, counted by what the trials do: they run, or are held with the study."""
    held = [n for n in driver.waiting if driver.study.waits_for(n) is Waits.STUDY]
    return len(ready(driver)) + len(held)


def check(driver):
    study, books = driver.study, driver.study.books
    trials = study.trials.values()
    assert max(0, study._places.free) == max(0, study.slots - taken(driver))
    waiting = set(study._places.waiting)
    assert waiting == driver.waiting
    assert waiting == {t.number for t in trials if t.state is TrialState.PAUSED}
    assert study._places.alive == set(driver.live)
    assert study.scheduler.paused == set(study._places.those(Waits.SCHEDULER))
    pool = getattr(study.scheduler, "population", 2)
    assert len(study.scheduler.paused) <= pool, "the pool is bounded"
    if study.phase != "paused":
        assert not study._places.those(Waits.STUDY)

    counts = study.counts()
    assert counts == {state: sum(t.state is state for t in trials) for state in TrialState}
    counted = [t for t in trials if t.state in DONE and not interrupted(t) and not t.outside]
    assert study.n_done == len(counted)
    assert books.n_unfinished == sum(t.state not in DONE for t in trials)
    assert books.n_cut_off == sum(interrupted(t) for t in trials)
    assert study.front == best_trials(study.config.objectives, trials)
    versions = sorted(t.version for t in trials)
    since = versions[len(versions) // 2] if versions else 0
    if since:
        assert [t.number for t in books.since(since)] == sorted(
            t.number for t in trials if t.version > since
        )


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.lists(st.floats(0, 1), max_size=7), min_size=1, max_size=9),
    st.integers(1, 3),
    st.integers(1, 12),
    pruners,
    st.lists(actions, min_size=30, max_size=80),
)
def test_slots_books_and_waiting_trials_stay_true(curves, slots, n_trials, pruner, happens):
    def curve(n):
        return curves[n % len(curves)] or [0.5]

    driver = make(curve, scheduler=MAKERS[pruner](), slots=slots, n_trials=n_trials)
    driver.send(m.Begin())
    for what, value in happens:
        before = taken(driver)
        act(driver, what, value)
        check(driver)
        assert taken(driver) <= max(driver.study.slots, before)
        if driver.study.phase == "finished":
            break
    # Whatever the person has left behind, it can be brought to its end.
    act(driver, m.ResumeRequested, None)
    for number in range(13):
        driver.send(m.ResumeTrialRequested(number))
    for _ in range(13 * 9):
        act(driver, "step", 0)
        act(driver, m.Tick, None)
    check(driver)
    assert driver.study.phase == "finished"
    assert not driver.live
    if not driver.study.failed:
        assert driver.study.n_done == n_trials


spaces = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(
    lambda ends: SearchSpace({"x": Int(min(ends), max(ends) + 1)})
)
steered = st.one_of(
    actions,
    actions,
    st.tuples(st.just(m.SpaceChanged), spaces),
    st.tuples(st.just(m.BudgetChanged), st.integers(2, 12).map(Budget)),
    st.tuples(st.just(m.EnqueueRequested), st.integers(0, 9).map(lambda x: {"x": x})),
)


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 3), pruners, st.lists(steered, min_size=30, max_size=80))
def test_another_space_and_another_budget_leave_the_books_true(slots, pruner, happens):
    scheduler = MAKERS[pruner]()
    driver = make(lambda n: [n % 3 + 0.5] * 5, scheduler=scheduler, slots=slots, n_trials=6)
    driver.send(m.Begin())
    for what, value in happens:
        act(driver, what, value)
        check(driver)
        if driver.study.phase == "finished":
            break
    if driver.study.phase != "finished":
        driver.send(m.SpaceChanged(SearchSpace({"x": Int(0, 10_000)})))
        check(driver)
    act(driver, m.ResumeRequested, None)
    for number in driver.study.trials:
        driver.send(m.ResumeTrialRequested(number))
    for _ in range(40 * 9):
        act(driver, "step", 0)
        act(driver, m.Tick, None)
    check(driver)
    assert driver.study.phase == "finished"
    assert not driver.live


@settings(deadline=None, max_examples=100)
@given(
    st.integers(1, 3),
    st.sampled_from([None, 2]),
    st.integers(1, 10),
    pruners,
    st.lists(actions | st.tuples(st.just("oom"), numbers), min_size=20, max_size=60),
)
def test_on_devices_with_too_little_memory_nothing_hangs(devices, jobs, n_trials, pruner, happens):
    facts = [DeviceFacts(f"cuda:{i}", "", 10 << 30, 10 << 30) for i in range(devices)]
    config = StudyConfig("s", (LOSS,), Budget(n_trials))
    study = Study(config, scheduler=MAKERS[pruner](), packing=Packing(facts, jobs=jobs))
    driver = Driver(study, lambda n: [n % 3 + 0.5] * 5)
    driver.send(m.Begin())
    for what, value in happens:
        if what == "oom":
            if ready(driver):
                number = ready(driver)[value % len(ready(driver))]
                driver.end(number, ev.Failed(number, TrialError(DEVICE_MEMORY, "too little")))
        else:
            act(driver, what, value)
        if study.phase == "finished":
            break
        assert set(study._places.waiting) == driver.waiting
        assert study._places.alive == set(driver.live)
        assert study.front == best_trials(config.objectives, study.trials.values())
    act(driver, m.ResumeRequested, None)
    for number in range(13):
        driver.send(m.ResumeTrialRequested(number))
    for _ in range(13 * 9):
        act(driver, "step", 0)
        act(driver, m.Tick, None)
    assert study.phase == "finished"
    assert not driver.live
