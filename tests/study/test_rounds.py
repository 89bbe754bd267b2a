"""Trials of several rounds (folds, repeats): run one after another, judged after each."""

import random

import pytest

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.constraints import parse_constraints
from jupyter_hpo.study.places import Waits
from jupyter_hpo.study.rounds import Rounds, mean, spread
from jupyter_hpo.study.schedulers import Asha, NoPruning
from jupyter_hpo.study.schedulers.paired import Paired
from jupyter_hpo.study.states import has_curve
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialError, TrialState

from .driver import LOSS, Driver

HARD = (0.0, 0.3, 0.1, 0.5, 0.2)  # how hard each fold is


def make(loss, *, rounds=None, judge=True, earlier=None, slots=1, curve=None, scheduler=None, **b):
    """loss(number) -> the trial's own, to which each fold adds how hard it is; a string fails."""
    rounds = rounds or Rounds(folds=5)
    config = StudyConfig("s", (LOSS,), Budget(**b), slots=slots, rounds=rounds)
    own = Paired(word=rounds.word, total=rounds.n) if judge else None
    study = Study(config, judge=own, earlier=earlier, scheduler=scheduler)

    def values(number):
        own = loss(number)
        if isinstance(own, str):
            return own
        at = len(study.trials[number].rounds)
        last = own + HARD[at % 5] + 0.01 * ((number * 7 + at * 3) % 5)
        return [*(curve or []), last]

    driver = Driver(study, values)
    driver.reports = bool(curve)
    return driver


def go_on(driver, limit):
    """As `Driver.run`, of a study that has begun."""
    while driver.study.phase != "finished" and limit:
        ready = [n for n in sorted(driver.live) if n not in driver.waiting]
        if not ready:
            return
        driver.step(ready[limit % len(ready)])
        limit -= 1


def run(driver, limit=5000):
    """As `Driver.run`, the trials without a curve ending at once."""
    if not driver.reports:
        step = driver.step

        def at_once(number):
            values = driver.curve(number)
            driver.live[number] = 1 if isinstance(values, list) else 0
            step(number)

        driver.step = at_once
    driver.run(limit)
    return driver.study


def launches(driver, number):
    return sum(isinstance(c, m.Launch) and c.trial.number == number for c in driver.log)


def test_a_trial_is_launched_once_for_each_round_and_its_value_is_the_mean():
    driver = make(lambda n: 1.0, judge=False, n_trials=2)
    study = run(driver)
    for trial in study.trials.values():
        assert trial.state is TrialState.COMPLETE
        assert len(trial.rounds) == 5
        assert launches(driver, trial.number) == 5
        assert trial.values == mean(trial.rounds)
        assert trial.step == 5
        assert trial.reports[-1].values == trial.values
    kept = [c.number for c in driver.log if isinstance(c, m.Keep)]
    assert kept == [study.best.number] or kept == [0, study.best.number]  # of the last round


def test_a_hopeless_trial_ends_after_a_fold_or_two_and_the_first_does_all():
    driver = make(lambda n: 9.0 if n in (0, 3) else 1.0 if n == 1 else 1.02, n_trials=6)
    study = run(driver)
    first, bad = study.trials[0], study.trials[3]
    assert first.state is TrialState.COMPLETE
    assert len(first.rounds) == 5
    assert bad.state is TrialState.PRUNED
    assert len(bad.rounds) <= 2
    assert bad.values == mean(bad.rounds)
    assert "worse than trial" in bad.notice
    assert " p " in bad.notice
    assert study.best.number == 1


def test_others_begin_after_the_first_round_of_trial_0():
    driver = make(lambda n: 1.0, slots=3, n_trials=3)
    run(driver)
    order = [c.trial.number for c in driver.log if isinstance(c, m.Launch)]
    assert order[:2] == [0, 0] or order[:2] == [0, 1]
    assert order.index(1) <= 2


def test_the_curve_is_that_of_the_first_round_and_later_ones_count_by_their_values():
    driver = make(lambda n: 1.0, judge=False, curve=[5.0, 4.0], scheduler=NoPruning(), n_trials=1)
    study = run(driver)
    trial = study.trials[0]
    assert [r.values[0] for r in trial.reports][:2] == [5.0, 4.0]
    assert len(trial.reports) == 3
    assert len(trial.rounds) == 5
    assert trial.values == mean(trial.rounds)


def test_an_error_names_its_fold():
    fails = {2}
    driver = make(lambda n: 1.0, n_trials=3)
    values = driver.curve

    def curve(number):
        failing = number in fails and len(driver.study.trials[number].rounds) == 2
        return "no such column" if failing else values(number)

    driver.curve = curve
    trial = run(driver).trials[2]
    assert trial.state is TrialState.FAIL
    assert trial.values is None
    assert trial.error.message == "fold 3 of 5: no such column"


def test_a_trial_cut_off_between_rounds_goes_on_with_those_that_are_left():
    driver = make(lambda n: 1.0, judge=False)
    driver.reports = False
    run(driver, limit=8)
    driver.send(m.StopRequested())
    while driver.study.phase != "finished":
        driver.now += 1
        driver.send(m.Tick())
    cut = next(t for t in driver.study.trials.values() if t.error and len(t.rounds) == 3)
    assert cut.error.kind == "interrupted"
    again = make(lambda n: 1.0, judge=False, earlier=list(driver.study.trials.values()), n_trials=2)
    study = run(again)
    trial = study.trials[cut.number + 1]
    assert trial.params == cut.params
    assert trial.rounds[:3] == cut.rounds
    assert len(trial.rounds) == 5
    assert launches(again, trial.number) == 2
    assert [r.step for r in trial.reports] == [4, 5]
    assert not has_curve(trial), "they are means, though the first three were told before"


def test_a_trial_cut_off_twice_goes_on_where_it_came_to_the_second_time():
    cut_off = TrialError("interrupted", "the study ended")
    earlier = [
        Trial(n, {"x": 7}, TrialState.FAIL, rounds=[(1.0,)] * done, error=cut_off)
        for n, done in enumerate((2, 4))
    ]
    again = make(lambda n: 1.0, judge=False, earlier=earlier, n_trials=1)
    trial = run(again).trials[2]
    assert (trial.params["x"], len(trial.rounds), launches(again, 2)) == (7, 5, 1)


def test_out_of_memory_runs_the_round_again_and_keeps_those_before():
    driver = make(lambda n: 1.0, judge=False, n_trials=1)
    error = ev.TrialError("device_memory", "out of memory")
    took = driver.step
    driver.reports = False
    failed = []

    def step(number):
        if len(driver.study.trials[number].rounds) == 2 and not failed:
            failed.append(number)
            driver.end(number, ev.Failed(number, error))
        else:
            driver.live[number] = 1
            took(number)

    driver.step, driver.reports = step, True
    trial = run(driver).trials[0]
    assert failed
    assert trial.state is TrialState.COMPLETE
    assert len(trial.rounds) == 5
    assert launches(driver, 0) == 6


@pytest.mark.parametrize("held", ["pause", "prune", "stop"])
def test_the_person_can_hold_or_end_a_trial_between_its_rounds(held):
    requests = {
        "pause": m.PauseTrialRequested(0),
        "prune": m.PruneTrialRequested(0),
        "stop": m.StopTrialRequested(0),
    }
    driver = make(lambda n: 1.0, judge=False, n_trials=1)
    run(driver, limit=1)
    driver.send(requests[held])
    go_on(driver, 1)
    trial = driver.study.trials[0]
    if held == "pause":
        assert trial.state is TrialState.PAUSED
        driver.send(m.ResumeTrialRequested(0))
        go_on(driver, 50)
        assert trial.state is TrialState.COMPLETE
        assert len(trial.rounds) == 5
    else:
        assert trial.state is TrialState.PRUNED
        assert trial.values == mean(trial.rounds)


def test_a_paused_study_begins_no_round():
    driver = make(lambda n: 1.0, judge=False, n_trials=1)
    run(driver, limit=1)
    driver.send(m.PauseRequested())
    driver.step(0)
    assert driver.study.trials[0].state is TrialState.WAITING
    driver.send(m.ResumeRequested())
    go_on(driver, 50)
    assert driver.study.trials[0].state is TrialState.COMPLETE


def test_halving_on_request_compares_means_so_far():
    driver = make(lambda n: float(n % 7), judge=False, scheduler=Asha(), n_trials=20, slots=2)
    study = run(driver)
    assert study.phase == "finished"
    assert study.best.number in (0, 7, 14)
    assert any(t.state is TrialState.PRUNED and len(t.rounds) < 5 for t in study.trials.values())


def in_one_run(owns, *, objective=mean, lost=()):
    """A study of trials whose one run has five folds. lost: (number, fold) without a value."""
    study = Study(StudyConfig("s", (LOSS,), Budget(n_trials=len(owns)), slots=1), judge=Paired())
    driver = Driver(study)
    driver.send(m.Begin())
    for number, own in enumerate(owns):
        found = []
        for fold in range(5):
            if number not in driver.live:
                break
            if (number, fold) in lost:
                continue
            found.append((own + HARD[fold] + 0.01 * ((number + fold) % 3),))
            driver.waiting.add(number)
            driver.send(ev.Reported(number, fold + 1, mean(found), fold=found[-1]))
        else:
            driver.send(ev.Finished(number, objective(found)))
    return study


def test_folds_that_one_run_reports_are_compared_pairwise():
    study = in_one_run([1.0, 5.0, 0.9])
    states = [study.trials[n].state.value for n in range(3)]
    assert states == ["COMPLETE", "PRUNED", "COMPLETE"]
    assert len(study.trials[0].rounds) == 5
    assert study.trials[1].values == study.trials[1].reports[-1].values


@pytest.mark.parametrize(
    "of", [min, max, lambda found: sorted(found)[2]], ids=["min", "max", "median"]
)
def test_folds_that_the_objective_is_not_the_mean_of_are_compared_with_nothing(of):
    study = in_one_run([1.0, 5.0, 0.9, 6.0], objective=of)
    assert all(t.state is TrialState.COMPLETE for t in study.trials.values())
    assert not any(t.rounds for t in study.trials.values()), "a spread would say something else"
    assert not study.folds_count


def test_a_trial_with_a_fold_that_has_no_value_is_not_compared_from_there_on():
    study = in_one_run([1.0, 1.5, 5.0], lost=[(1, 0)])
    states = [study.trials[n].state.value for n in range(3)]
    assert states == ["COMPLETE", "COMPLETE", "PRUNED"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_rounds_are_done_in_order_and_never_more_than_asked(seed):
    chance = random.Random(seed)
    driver = make(
        lambda n: "bad" if n % 9 == 8 else chance.choice([1.0, 1.1, 3.0]),
        slots=chance.choice([1, 3]),
        rounds=Rounds(chance.choice([1, 3]), chance.choice([2, 3])),
        n_trials=12,
    )
    most = driver.study.config.rounds.n
    run(driver, limit=0)
    for _ in range(400):
        if driver.study.phase == "finished":
            break
        go_on(driver, 1)
        number = chance.randrange(12)
        if chance.random() < 0.1 and number in driver.study.trials:
            kinds = [m.PauseTrialRequested, m.ResumeTrialRequested, m.StopTrialRequested]
            driver.send(chance.choice([*kinds, m.PruneTrialRequested])(number))
        held = sorted(driver.waiting & driver.live.keys())
        if held and chance.random() < 0.05:
            driver.end(held[0], ev.Died(held[0], "killed"))
        if chance.random() < 0.05:
            driver.send(chance.choice([m.PauseRequested(), m.ResumeRequested()]))
        driver.now += 1
        driver.send(m.Tick())
    for trial in driver.study.trials.values():
        assert len(trial.rounds) <= most
        assert launches(driver, trial.number) <= most
        if trial.state is TrialState.COMPLETE:
            assert len(trial.rounds) == most
            assert trial.values == mean(trial.rounds)


def test_the_spread_is_the_sample_standard_deviation():
    assert spread([(1.0,), (3.0,)]) == pytest.approx(2**0.5)
    assert spread([(1.0,)]) is None


def test_rounds_are_named():
    assert Rounds(5).name(2) == "fold 3 of 5"
    assert Rounds(1, 3).name(0) == "repeat 1 of 3"
    assert Rounds(5, 2).name(7) == "fold 3 of 5, repeat 2 of 2"
    assert Rounds().name(0) == ""


# constraints over rounds ------------------------------------------------------------

GOOD, FAST = parse_constraints("acc >= 0.9 and wall_s <= 60")


def bounded(folds=2, earlier=None, judge=None, slots=1):
    config = StudyConfig(
        "s", (LOSS,), Budget(n_trials=3), slots=slots, rounds=Rounds(folds),
        constraints=(GOOD.text, FAST.text), by_figures=(FAST,),
    )  # fmt: skip
    driver = Driver(Study(config, earlier=earlier, judge=judge))
    driver.send(m.Begin())
    return driver


def fold(driver, number, acc, wall_s=10.0):
    """One run ends with these."""
    amounts = {GOOD.text: 0.9 - acc, FAST.text: wall_s - 60}
    driver.send(ev.Finished(number, (1.0 - acc,), {"wall_s": wall_s}, amounts))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(("accs", "kept"), [((0.6, 0.95), False), ((0.87, 0.95), True)])
def test_a_constraint_on_a_value_is_held_to_by_the_mean_of_the_rounds(number, accs, kept):
    driver = bounded()
    if number:
        fold(driver, 0, 0.95)
        fold(driver, 0, 0.95)
    trial = driver.study.trials[number]
    fold(driver, number, accs[0])
    assert (trial.rounds, trial.violations) == ([(1.0 - accs[0],)], {}), "the next may heal it"
    fold(driver, number, accs[1])
    assert trial.state is TrialState.COMPLETE
    assert ({**trial.slacks, **trial.violations}[GOOD.text] <= 0) == trial.may_win == kept
    assert (GOOD.text in trial.violations) == (not kept)


def test_a_constraint_on_a_sum_is_held_to_by_all_rounds_and_ends_the_trial_between_them():
    driver = bounded(folds=3)
    for _ in range(3):
        fold(driver, 0, 0.95, wall_s=40)  # each of them less than 60
    first = driver.study.trials[0]
    assert (first.state, first.figures["wall_s"]) == (TrialState.COMPLETE, 120)
    assert first.violations == {FAST.text: 60}, "it runs to its end all the same"
    fold(driver, 1, 0.95, wall_s=40)
    fold(driver, 1, 0.95, wall_s=40)
    other = driver.study.trials[1]
    assert (other.state, len(other.rounds)) == (TrialState.PRUNED, 2)
    assert other.notice == "infeasible: wall_s 80 > 60"


def test_what_a_round_broke_for_good_is_not_forgotten_in_the_next():
    driver = bounded()
    fold(driver, 0, 0.95, wall_s=90)
    driver.waiting.add(0)
    driver.send(ev.Reported(0, 1, (0.1,), {FAST.text: 5.0}))
    assert driver.study.trials[0].violations == {FAST.text: 30}
    fold(driver, 0, 0.95)
    assert driver.study.trials[0].violations == {FAST.text: 40}


def test_a_trial_that_goes_on_keeps_what_its_rounds_told_and_took():
    driver = bounded(folds=3)
    fold(driver, 0, 0.7, wall_s=20)
    fold(driver, 0, 0.9, wall_s=20)
    driver.send(m.StopRequested())
    driver.end(0, ev.Stopped(0, {"wall_s": 7.0}))
    cut = driver.study.trials[0]
    assert (cut.figures["wall_s"], len(cut.rounds)) == (40, 2), "the third is run once more"
    cut.figures["running_s"] = 50.0
    again = bounded(folds=3, earlier=[cut])
    trial = again.study.trials[1]
    fold(again, 1, 0.9, wall_s=5)
    assert trial.state is TrialState.COMPLETE
    assert (trial.figures["wall_s"], trial.figures["running_s"]) == (45, 50.0)
    assert trial.violations == {GOOD.text: pytest.approx(0.2 / 3)}
    cut.amounts = {}
    assert not bounded(folds=3, earlier=[cut]).study.trials[1].rounds, "acc is not known of them"


def test_trials_are_compared_by_all_rounds_of_the_best_one_that_keeps_the_constraints():
    paired = Paired(total=2)
    driver = bounded(judge=paired)
    fold(driver, 0, 0.8)
    fold(driver, 0, 0.8)
    assert paired.best is None, "it breaks one"
    fold(driver, 1, 0.98)
    fold(driver, 1, 0.93)
    fold(driver, 2, 0.97)
    fold(driver, 2, 0.95)
    assert paired.best == driver.study.best.number == 2, "by both of its folds"


def test_an_attempt_without_memory_counts_for_no_figure():
    driver = bounded()
    fold(driver, 0, 0.95, wall_s=20)
    driver.end(0, ev.Failed(0, ev.TrialError("device_memory", "out of memory"), {"wall_s": 50.0}))
    trial = driver.study.trials[0]
    assert (trial.violations, trial.figures["wall_s"]) == ({}, 20)
    fold(driver, 0, 0.95, wall_s=20)
    assert (trial.state, trial.figures["wall_s"]) == (TrialState.COMPLETE, 40)


# between two rounds ---------------------------------------------------------------------


def between(driver):
    """Trial 0 has done one round of two and no process: the next begins when the study does."""
    driver.send(m.PauseRequested())
    fold(driver, 0, 0.95)
    assert driver.study._places.between
    assert not driver.live
    return driver.study.trials[0]


def test_a_trial_whose_next_round_has_not_begun_can_be_pruned_and_held():
    driver = bounded()
    trial = between(driver)
    driver.send(m.PruneTrialRequested(0))
    assert (trial.state, trial.notice) == (TrialState.PRUNED, "pruned by you")
    driver = bounded(folds=3, slots=2)
    trial = between(driver)
    driver.send(m.PauseTrialRequested(0))
    assert driver.study.waits_for(0) is Waits.PERSON
    driver.send(m.ResumeRequested())
    fold(driver, 0, 0.95)
    assert trial.state is TrialState.PAUSED
    driver.send(m.ResumeTrialRequested(0))
    fold(driver, 0, 0.95)
    assert trial.state is TrialState.COMPLETE


@pytest.mark.parametrize("kind", ["died", "host_memory"])
def test_a_process_that_dies_with_its_round_done_takes_nothing_with_it(kind):
    study = bounded().study
    study.handle(ev.Finished(0, (1.0,)), 1.0)
    study.handle(ev.Died(0, "ended by signal 11", kind), 1.0)
    out = study.handle(ev.Ended(0), 1.0)
    trial = study.trials[0]
    assert [c.trial for c in out if isinstance(c, m.Launch)] == [trial]
    assert (trial.rounds, trial.notice) == ([(1.0,)], "after fold 1 of 2: ended by signal 11")
    study.handle(ev.Started(0, 1, 1.0), 1.0)
    study.handle(ev.Finished(0, (3.0,)), 1.0)
    assert (trial.state, trial.values) == (TrialState.COMPLETE, (2.0,))


def test_a_process_that_dies_while_it_is_held_after_a_round_is_not_missed():
    driver = bounded(folds=3)
    driver.send(m.PauseTrialRequested(0))
    fold(driver, 0, 0.95)
    trial = driver.study.trials[0]
    assert trial.state is TrialState.PAUSED
    driver.end(0, ev.Died(0, "killed"))
    fold(driver, 0, 0.95)
    assert (trial.state, len(trial.rounds)) == (TrialState.PAUSED, 2), "held after the next"


# what a later session tells -------------------------------------------------------------


class Heard(NoPruning):
    """Notes what it is told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def on_report(self, number, step, loss):
        self.told.append((number, step, loss))
        return super().on_report(number, step, loss)

    def on_end(self, number, *, complete=False):
        self.told.append((number, "complete" if complete else "ended"))


@pytest.mark.parametrize("judge", [True, False])
@pytest.mark.parametrize("curve", [None, [5.0], [5.0, 4.0, 3.0]])
def test_a_later_session_tells_the_scheduler_what_was_told_while_trials_ran(judge, curve):
    before = Heard()
    hard = {2: 9.0}  # trial 2 is pruned between its folds, where there is a judge
    driver = make(
        lambda n: hard.get(n, 1.0), judge=judge, curve=curve, scheduler=before, n_trials=4
    )
    trials = list(run(driver).trials.values())
    after = Heard()
    Study(driver.study.config, judge=Paired() if judge else None, scheduler=after, earlier=trials)

    def of_each(heard):
        return [[what for what in heard.told if what[0] == n] for n in range(4)]

    assert of_each(after) == of_each(before)
