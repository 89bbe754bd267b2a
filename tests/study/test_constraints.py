"""Constraints: what is one, by how much it is broken, and what becomes of trials that break one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jupyter_hpo.constraining import judge_earlier
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.constraints import (
    ConstraintError,
    infeasible,
    parse_constraints,
    readable,
    said,
)
from jupyter_hpo.study.figures import by_name
from jupyter_hpo.study.goals import Goals, judged_again, view
from jupyter_hpo.study.objective import Objective, ObjectiveError
from jupyter_hpo.study.ranking import best_trials, leaderboard
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialError, TrialState

from .driver import LOSS, Driver

SMALL = "n_params <= 1e6"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SMALL, [(SMALL, True)]),
        ("30>wall_s", [("wall_s < 30", True)]),
        ("val_loss<.5 and n_params <= 10", [("val_loss < .5", False), ("n_params <= 10", True)]),
        ("1 < depth <= 8", [("depth > 1", False), ("depth <= 8", False)]),
        ("2 * peak_gpu_gb + 1 <= 8", [("2 * peak_gpu_gb + 1 <= 8", True)]),
        ("max(wall_s, cpu_s) < 60", [("max(wall_s, cpu_s) < 60", True)]),
        ("n_params >= 10", [("n_params >= 10", False)]),  # it may grow yet
        ("n_params <= width", [("n_params <= width", False)]),
        ("reports_per_s <= 5", [("reports_per_s <= 5", False)]),  # it may fall yet
        ("wall_s - cpu_s <= 1", [("wall_s - cpu_s <= 1", False)]),
        ("wall_s * n_params - 5 <= 1", [("wall_s * n_params - 5 <= 1", True)]),
        ("(n_params - 5) * wall_s <= 1", [("(n_params - 5) * wall_s <= 1", False)]),  # below 0?
    ],
)
def test_comparisons_are_constraints_and_some_stay_broken(text, found):
    assert [(c.text, c.stays_broken) for c in parse_constraints(text)] == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("n_params", "no comparison"),
        ("n_params <=", "no comparison"),
        ("not n_params < 3", "no comparison"),
        ("n_params == 3", "no bound"),
        ("a < 1 or b < 2", "several --constraint"),
        ("3 < 4", "numbers only"),
    ],
)
def test_what_is_no_constraint_is_refused_with_a_sentence(text, why):
    with pytest.raises(ConstraintError, match=why):
        parse_constraints(text)


@pytest.mark.parametrize(
    ("text", "names", "amount"),
    [
        ("x <= 2", {"x": 3.0}, 1.0),
        ("x <= 2", {"x": 2}, 0.0),
        ("x >= 2 * y", {"x": 3, "y": 2}, 1.0),
        ("x > 2", {"x": 5}, -3.0),
    ],
)
def test_the_amount_says_by_how_much_it_is_broken(text, names, amount):
    assert parse_constraints(text)[0].amount(names) == amount


def test_a_strict_bound_is_broken_by_its_own_value():
    assert parse_constraints("x < 2")[0].amount({"x": 2}) > 0


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({}, "'x <= 2' reads 'x', which was never assigned"),
        ({"x": "many"}, "'x', in the constraint 'x <= 2', is the string 'many'"),
        ({"x": float("nan")}, "nan, not a finite number"),
    ],
)
def test_a_side_that_is_no_number_says_so(names, why):
    with pytest.raises(ObjectiveError, match=why):
        parse_constraints("x <= 2")[0].amount(names)


def test_a_trial_says_what_it_breaks_in_few_words():
    assert said(SMALL, 2e5) == "n_params 1.2M > 1M"
    assert said("n_params <= 1000", 327) == "n_params 1327 > 1000"
    assert said("acc >= 0.9", 0.1) == "acc 0.8 < 0.9"
    assert said("a <= 2 * b", 0.3) == "a <= 2 * b is broken by 0.3"
    assert readable(1_000_003, unlike=1e6) == "1.000003M", "as many digits as tell them apart"
    assert infeasible({SMALL: 2e5, "acc >= 0.9": 0.1}) == "n_params 1.2M > 1M, acc 0.8 < 0.9"


def test_figures_go_by_their_names_in_several_units():
    measured = {"wall_s": 5.0, "device_memory_bytes": 3e9, "n_params": 7.0}
    named = by_name(measured)
    assert (named["wall_s"], named["peak_gpu_gb"], named["peak_gpu_mb"]) == (5.0, 3.0, 3000.0)
    assert "peak_memory_gb" not in named


# in a trial ---------------------------------------------------------------------------

GOALS = Goals(
    measured=((1, Objective("n_params", "minimize")),),
    constraints=(*parse_constraints(SMALL), *parse_constraints("val < 1")),
    lasting=parse_constraints(SMALL),
)


def test_goals_are_computed_beside_the_cells_own_values():
    seen = view({"val": 3.0}, {"n_params": 2e6}, {})
    assert GOALS.values((0.5,), seen, final=True) == (0.5, 2e6)
    assert GOALS.amounts(seen, final=True) == {SMALL: 1e6, "val < 1": 2.0}
    assert GOALS.amounts(seen, final=False) == {SMALL: 1e6}, "what may heal is left alone"


def test_what_is_not_known_at_a_report_is_nan_and_at_the_end_an_error():
    seen = view({"val": 3.0}, {}, {})
    own, unknown = GOALS.values((0.5,), seen, final=False)
    assert (own, unknown != unknown) == (0.5, True)
    assert GOALS.amounts(seen, final=False) == {}
    with pytest.raises(ObjectiveError, match="'n_params' can't be had of this trial: no torch"):
        GOALS.values((0.5,), seen, final=True)


def test_the_cells_own_name_goes_before_a_figure_only_where_it_assigns_it():
    figures = {"n_params": 5.0}
    assert view({"n_params": 1}, figures, {})["n_params"] == 5.0, "left from an earlier run"
    assert view({"n_params": 1}, figures, {}, frozenset({"n_params"}))["n_params"] == 1


# in a study ---------------------------------------------------------------------------


class Bounded(Driver):
    """Trial n ends with loss 10 - n; odd ones break the bound, those from 5 on for good, as does
    `first`."""

    first = -1

    def step(self, number: int) -> None:
        done, self.now = self.live[number], self.now + 1
        broken = {SMALL: number + 1.0} if number % 2 or number == self.first else {}
        if done == 2:
            amounts = broken or {SMALL: -1.0}
            self.send(ev.Finished(number, (10.0 - number,), {"n_params": 1.0}, amounts))
            return
        self.live[number] += 1
        self.waiting.add(number)
        early = broken if number >= 5 or number == self.first else {}
        self.send(ev.Reported(number, done + 1, (10.0 - number,), early))


def bounded(n_trials=8, **config):
    budget = Budget(n_trials=n_trials)
    return Bounded(Study(StudyConfig("s", (LOSS,), budget, constraints=(SMALL,), **config)))


def test_infeasible_trials_never_win_and_end_early_where_they_cannot_heal():
    driver = bounded()
    driver.run()
    study = driver.study
    assert [t.state.value for t in study.trials.values()] == [
        *["COMPLETE"] * 5, "PRUNED", "COMPLETE", "PRUNED",
    ]  # fmt: skip
    assert study.best.number == 6, "7 has the lowest loss"
    assert [len(study.trials[n].reports) for n in (3, 5, 7)] == [2, 1, 1]
    assert study.trials[7].notice == "infeasible: n_params 1.000008M > 1M"
    assert study.trials[3].objects_path is None
    assert study.trials[6].slacks == {SMALL: -1.0}
    assert study.books.n_infeasible == 4
    order = leaderboard((LOSS,), study.trials.values())
    assert [t.number for t in order] == [6, 4, 2, 0, 3, 1, 7, 5]
    assert best_trials((LOSS,), order) == [study.best]


def test_what_the_person_enqueued_runs_to_its_end():
    driver = bounded()
    for n in range(8):
        driver.send(m.EnqueueRequested({"x": n}))
    driver.run()
    assert [t.state.value for t in driver.study.trials.values()] == ["COMPLETE"] * 8
    assert driver.study.best.number == 6


def test_the_first_trial_runs_to_its_end_as_the_others_are_compared_with_it():
    driver = bounded()
    driver.first = 0
    driver.run()
    assert driver.study.trials[0].state is TrialState.COMPLETE
    assert driver.study.trials[0].violations == {SMALL: 1.0}


def test_a_study_without_a_feasible_trial_says_so_and_has_no_best():
    study = Study(StudyConfig("s", (LOSS,), Budget(n_trials=3), constraints=(SMALL,)))
    driver = Bounded(study)
    driver.step = lambda number: driver.send(  # type: ignore[method-assign]
        ev.Finished(number, (1.0,), {}, {SMALL: 5e5 - number})
    )
    driver.run()
    assert study.best is None
    assert study.failed
    assert study.message == (
        "no trial was feasible: 3 of 3 break 'n_params <= 1e6'. Trial 2 comes nearest (n_params "
        "1.5M > 1M). Search where trials can keep it, or loosen it."
    )


def test_trials_of_earlier_sessions_are_held_to_the_constraints_of_now():
    acc = (Objective("acc", "maximize"),)
    tight = parse_constraints("n_params <= 10 and acc > 0.8 and val < 3")
    trial = Trial(0, {}, TrialState.COMPLETE, (0.7,), figures={"n_params": 12.0})
    trial.take_amounts({"val < 3": -1.0, "old <= 2": 7.0})
    assert judged_again(trial, acc, tight) == []
    assert set(trial.violations) == {"n_params <= 10", "acc > 0.8"}
    assert trial.slacks == {"val < 3": -1.0}, "as it was judged then"
    fresh = Trial(1, {}, TrialState.COMPLETE, (0.9,), figures={"n_params": 1.0})
    assert judged_again(fresh, acc, tight) == ["val < 3"], "nobody wrote down val"
    cell = SimpleNamespace(objectives=acc, goals=SimpleNamespace(constraints=tight))
    changed, said = judge_earlier([fresh], cell)
    assert (changed, fresh.unjudged, fresh.may_win) == ({1}, ["val < 3"], False)
    assert "1 earlier trial was not held to `val < 3`" in said[0]
    assert "never the best" in said[0]
    cell.goals.constraints = ()
    assert judge_earlier([fresh], cell) == ({1}, [])
    assert fresh.may_win, "it is asked for no longer"


def test_earlier_trials_are_held_to_constraints_on_tuned_values_and_tighter_bounds():
    acc = (Objective("acc", "maximize"),)
    trial = Trial(0, {"x": 0.5, "opt": "a"}, TrialState.COMPLETE, (0.7,))
    trial.take_amounts({"val <= 3": -1.0, "low >= 1": 0.5})
    now = parse_constraints("x <= 0.2 and val <= 1.5 and low >= 0.25 and len(opt) <= 9")
    assert judged_again(trial, acc, now) == ["len(opt) <= 9"]
    assert trial.violations == {"x <= 0.2": pytest.approx(0.3), "val <= 1.5": 0.5}
    assert trial.slacks == {"low >= 0.25": -0.25}, "low was 0.5"


NO_MODULE = TrialError("objective", "'n_params' can't be had of this trial")


def told_of_none(ends: str) -> Driver:
    """Trial by trial: f runs to its end, where its result can't be told; p is pruned."""
    driver = Driver(Study(StudyConfig("s", (LOSS,), Budget(n_trials=len(ends)))))

    def step(number: int) -> None:
        if ends[number] == "f":
            driver.end(number, ev.Failed(number, NO_MODULE))
            return
        driver.waiting.add(number)
        driver.send(m.PruneTrialRequested(number))
        driver.send(ev.Reported(number, 1, (1.0,)))

    driver.step = step  # type: ignore[method-assign]
    return driver


def test_what_can_be_told_of_no_trial_from_the_first_on_ends_the_study():
    driver = told_of_none("fppfpfpppppp")
    driver.run()
    assert driver.study.failed
    assert driver.study.n_done == 6, "three failed alike, though others were pruned"
    assert driver.study.message == (
        f"no trial is complete, and 3 had no result alike: {NO_MODULE.message}"
    )


def test_a_study_that_ran_out_with_nothing_complete_says_why():
    driver = told_of_none("fppp")
    driver.run()
    assert driver.study.failed
    assert driver.study.message == (
        f"no trial was complete: 3 were pruned and 1 failed; trial 0: {NO_MODULE.message}"
    )


def test_pruned_trials_before_one_that_failed_end_no_study():
    driver = told_of_none("pfffp")
    driver.run()
    assert driver.study.n_done == 5


def test_the_person_may_choose_another_trial_and_its_objects_stay():
    driver = Bounded(Study(StudyConfig("s", (LOSS,), Budget(n_trials=5), slots=1)))
    study = driver.study
    study.choose(2)
    driver.run()
    kept = {c.number for c in driver.log if type(c) is m.Keep}
    let_go = {c.number for c in driver.log if type(c) is m.Discard}
    assert (kept, let_go) == ({0, 2, 4}, {0}), "2 was chosen, 4 is the best"
    assert (study.selected.number, study.best.number) == (2, 4)
    driver.send(m.Chosen(4))
    assert not [c for c in driver.log if c == m.Discard(4)]
    assert m.Discard(2) in driver.log, "they were kept because it was chosen"
    assert study.trials[2].objects_path is None
    study.choose(None)
    assert study.selected is study.best


def test_what_is_not_kept_of_a_trial_is_said_behind_what_was_said_before():
    driver = Driver(Study(StudyConfig("s", (LOSS,), Budget(n_trials=1), slots=1)))
    driver.send(m.Begin())
    driver.study.trials[0].notice = "goes on from trial 3"
    driver.study.handle(ev.Finished(0, (1.0,)), 1.0)
    driver.study.handle(ev.Kept(0, "/objects/0", ("model",), {"log": "can't be pickled"}), 1.0)
    assert driver.study.trials[0].notice == "goes on from trial 3; log not kept: can't be pickled"


def test_objects_of_a_front_are_kept_as_far_as_there_is_room():
    two = (LOSS, Objective("size", "minimize"))
    config = StudyConfig("s", two, Budget(n_trials=4), slots=1, keep_limit_bytes=250)
    driver = Driver(Study(config))
    driver.send(m.Begin())
    for n in range(4):  # each better in one of the two, so all are on the front
        driver.study.handle(ev.Finished(n, (float(n), -float(n))), 1.0)
        driver.study.handle(ev.Kept(n, f"/objects/{n}", ("model",), n_bytes=100), 1.0)
        driver.end(n)
    trials = driver.study.trials.values()
    assert [t.objects_path is not None for t in trials] == [True, True, False, False]
    assert "more than --keep-limit allows" in driver.study.trials[2].notice
