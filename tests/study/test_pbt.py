"""Population based training: who is replaced by a copy of whom, and with which values."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_hpo.space import Categorical, Comparison, Condition, Float, Int, Parameter, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.breeding import NO_MORE, NOTHING_MOVED
from jupyter_hpo.study.endings import INTERRUPTED
from jupyter_hpo.study.schedulers import Pbt
from jupyter_hpo.study.schedulers.exploring import explored
from jupyter_hpo.study.trial import TrialState

from .driver import make

SPACE = SearchSpace({"x": Float(0.0, 1e6)})


def pbt(**options):
    return Pbt(SPACE, **{"population": 4, "interval": 2, "seed": 0, **options})


def run(driver, after=lambda: None):
    """All trials in turn, to the study's end."""
    driver.send(m.Begin())
    turn = 0
    while driver.study.phase != "finished":
        ready = sorted(n for n in driver.live if n not in driver.waiting)
        assert ready, "a trial is left waiting for ever"
        driver.step(ready[turn % len(ready)])
        turn += 1
        after()
    return driver


def steady(n):
    """The later the trial, the worse; copies are the best of all."""
    return [n / 10] * 9 if n < 5 else [0.01] * 9


def test_the_worst_is_replaced_by_a_copy_of_the_best_which_goes_on_from_its_state():
    driver = run(make(steady, scheduler=pbt(), slots=2, n_trials=6))
    trials = driver.study.trials
    assert len(trials) == 6
    copy = trials[5]
    assert (copy.parent, trials[4].state) == (1, TrialState.PRUNED)
    assert trials[4].notice == "replaced by a copy of trial 1, better at step 2"
    assert [r.step for r in copy.reports] == [3, 4, 5, 6, 7, 8, 9]
    assert copy.notice.startswith("goes on from trial 1 at step 2 with x = ")
    assert copy.params["x"] != trials[1].params["x"]
    assert {n for n, t in trials.items() if t.state is TrialState.COMPLETE} == {0, 1, 2, 3, 5}


def test_new_trials_make_the_population_and_copies_keep_it():
    driver = make(lambda n: [n % 7 / 10] * 9, scheduler=pbt(), slots=3, n_trials=30)

    def check():
        assert len(driver.live) <= 4, "the population is as large as it was founded"

    run(driver, check)
    trials = driver.study.trials.values()
    copies = [t for t in trials if t.parent is not None]
    assert len(trials) == 30
    assert len(copies) > 8
    assert sum(t.state is TrialState.PRUNED for t in trials) <= len(copies)
    assert driver.study.scheduler.rung_steps == (2, 4, 6, 8)


def test_without_budget_for_a_copy_all_go_on():
    driver = run(make(steady, scheduler=pbt(), slots=2, n_trials=5))
    assert {t.state for t in driver.study.trials.values()} == {TrialState.COMPLETE}


def test_a_small_budget_founds_a_smaller_population():
    driver = run(make(steady, scheduler=pbt(), slots=2, n_trials=3))
    assert driver.study.n_done == 3
    assert {t.state for t in driver.study.trials.values()} == {TrialState.COMPLETE}


def test_the_interval_follows_from_the_first_training():
    scheduler = pbt(interval=None)
    driver = run(make(lambda n: [0.5] * 20, scheduler=scheduler, slots=2, n_trials=5))
    assert driver.study.scheduler.rung_steps == (4, 8, 12, 16)


def test_what_could_not_be_changed_keeps_the_parents_value():
    driver = make(steady, scheduler=pbt(), slots=2, n_trials=6)
    driver.send(m.Begin())
    while 5 not in driver.live:
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    driver.send(ev.Copied(5, 1, driver.now, ("x",)))
    copy = driver.study.trials[5]
    assert copy.params == driver.study.trials[1].params
    assert copy.notice == f"goes on from trial 1 at step 2; {NOTHING_MOVED}"


def test_a_copy_that_could_not_be_made_leaves_the_rest_going_on():
    driver = make(steady, scheduler=pbt(), slots=2, n_trials=8)
    driver.send(m.Begin())
    while 5 not in driver.live:
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    driver.end(5, ev.Died(5, "trial 1 has ended."))
    while driver.study.phase != "finished":
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    assert driver.study.trials[5].state is TrialState.FAIL
    assert driver.study.n_done == 8


def test_a_copy_without_memory_is_tried_again_from_the_beginning_and_says_so():
    driver = make(steady, scheduler=pbt(), slots=2, n_trials=6)
    driver.send(m.Begin())
    while 5 not in driver.live:
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    driver.send(ev.Copied(5, 1, driver.now, ("x",)))
    driver.end(5, ev.Died(5, "killed for want of memory", "host_memory"))
    run(driver)
    copy = driver.study.trials[5]
    assert (copy.parent, copy.inherited, copy.state) == (None, {}, TrialState.COMPLETE)
    assert "tried again alone, from its beginning and no longer from trial 1" in copy.notice
    (launched,) = [c for c in driver.log if isinstance(c, m.Launch) and c.trial is copy]
    assert launched.trial.reports[0].step == 1


def test_copies_lie_in_the_space_as_it_is_now():
    driver = make(lambda n: [n / 10] * 40, scheduler=pbt(seed=3), slots=4, n_trials=40)
    driver.send(m.Begin())
    driver.send(m.StopTrialRequested(0))
    narrow = SearchSpace({"x": Float(0.0, 8.0)})
    driver.send(m.SpaceChanged(narrow))
    while driver.study.phase != "finished":
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    copies = [t for t in driver.study.trials.values() if t.parent is not None]
    assert len(copies) > 5
    assert all(0 <= t.params["x"] <= 8 for t in copies)


def test_nobody_is_ended_for_a_copy_that_is_refused_and_no_other_is_tried():
    driver = make(steady, scheduler=pbt(), slots=2, n_trials=8)
    driver.refusal = "trial 1 could not be copied: it has processes of its own."
    trials = run(driver).study.trials
    failed = [t for t in trials.values() if t.state is TrialState.FAIL]
    assert [t.parent is not None for t in failed] == [True], "one copy was tried"
    assert failed[0].error.message == f"{driver.refusal} {NO_MORE}"
    others = {t.state for t in trials.values() if t is not failed[0]}
    assert others == {TrialState.COMPLETE}


def test_members_that_wait_when_the_study_is_stopped_are_tried_again_and_copies_are_not():
    driver = make(steady, scheduler=pbt(), slots=2, n_trials=12)
    driver.send(m.Begin())
    while 5 not in driver.live or len(driver.waiting) < 2:
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    waiting = set(driver.waiting)
    driver.send(m.StopRequested("interrupted"))
    while driver.live:
        driver.step(min(driver.live))
    trials = driver.study.trials
    assert {trials[n].error.kind for n in waiting} == {INTERRUPTED}
    again = make(steady, scheduler=pbt(), earlier=list(trials.values()), n_trials=12).study
    undone = [t for t in trials.values() if t.error is not None]
    assert again._queue == [t.params for t in undone if t.parent is None]
    assert len(again._queue) < len(undone)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=6, max_size=9), min_size=3, max_size=9),
    st.integers(3, 8),
    st.integers(1, 4),
    st.integers(1, 30),
)
@example([[0.0] * 6, [0.0] * 8, [0.0] * 5 + [1.0, 0.0, 0.0]], 8, 4, 10)  # of unequal lengths
@example([[0.0] * 6, [0.0] * 8, [0.0] * 6 + [1.0, 0.0]], 7, 4, 9)
def test_members_are_replaced_by_better_ones_within_the_budget(curves, population, slots, n_trials):
    def play():
        scheduler = pbt(population=population)
        driver = make(
            lambda n: curves[n % len(curves)], scheduler=scheduler, slots=slots, n_trials=n_trials
        )

        def check():
            assert len(scheduler.paused) <= population
            assert len(driver.live) <= max(1, population)

        return run(driver, check)

    driver = play()
    trials = driver.study.trials
    assert driver.study.n_done == len(trials) == n_trials
    copies = [t for t in trials.values() if t.parent is not None]
    pruned = [t for t in trials.values() if t.state is TrialState.PRUNED]
    assert len(copies) == len(pruned), "each replaced one has its copy"
    for trial in pruned:
        at = trial.reports[-1]
        assert "replaced by a copy of trial" in trial.notice
        parent = trials[int(trial.notice.split("copy of trial ")[1].split(",")[0])]
        there = [r.values for r in parent.reports if r.step == at.step]
        assert there[0] < at.values
    assert play().log == driver.log, "the same events give the same commands"


ranges = st.one_of(
    st.just(Float(1e-5, 1.0, log=True)),
    st.just(Float(-1.0, 1.0)),
    st.just(Float(0.0, 1.0, step=0.25)),
    st.just(Int(1, 512, log=True)),
    st.just(Int(-5, 5)),
    st.just(Int(8, 64, step=8)),
    st.just(Categorical((32, 8, 16))),
    st.just(Categorical(("relu", "tanh"))),
    st.just(Categorical(("torch.relu", "torch.tanh"), expressions=True)),
)


@settings(deadline=None, max_examples=80)
@given(ranges, st.integers(0, 10_000))
def test_explored_values_stay_in_their_range(distribution, seed):
    space, draw = SearchSpace({"x": distribution}), Random(seed)
    if isinstance(distribution, Categorical):
        value = draw.choice(distribution.choices)
    else:
        value = distribution.low
    for _ in range(20):
        value = explored({"x": value}, space, draw)["x"]
        assert distribution.contains(value)


def test_values_are_perturbed_by_a_fifth_or_drawn_anew_and_choices_move_to_a_neighbour():
    space = SearchSpace({"lr": Float(0.0, 1e9), "width": Categorical((64, 16, 32, 128))})
    draw = Random(0)
    made = [explored({"lr": 1.0, "width": 32}, space, draw) for _ in range(400)]
    perturbed = [p["lr"] for p in made if p["lr"] in (0.8, 1.2)]
    assert len(perturbed) == pytest.approx(300, abs=30)
    assert perturbed.count(0.8) == pytest.approx(150, abs=30)
    widths = [p["width"] for p in made]
    assert widths.count(16) + widths.count(64) > 300
    assert widths.count(128) < 60


def test_what_decides_on_other_values_stays_as_it_is():
    only_sgd = Condition((Comparison("optimizer", "==", "sgd"),))
    space = SearchSpace(
        [
            Parameter("optimizer", Categorical(("sgd", "adam"))),
            Parameter("momentum", Float(0.0, 1.0), only_sgd),
        ]
    )
    for seed in range(50):
        params = explored({"optimizer": "sgd", "momentum": 0.5}, space, Random(seed))
        assert params["optimizer"] == "sgd"
        assert space.holds(params)
