"""What a session decides before it starts: budgets, schedulers, names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.errors import StudyError
from jupyter_hpo.options import PATIENCE, TRIALS, Options
from jupyter_hpo.population import doubts
from jupyter_hpo.programs import with_shared_setup
from jupyter_hpo.pruning import about_pruning, scheduler_for
from jupyter_hpo.session import _config, _enough, more_trials, study_name
from jupyter_hpo.study.config import StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.schedulers import Verdict
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialError, TrialState

ACC, SIZE = Objective("acc", "maximize"), Objective("size", "minimize")
CELL = "x = 1    # hpo: 1..9\nfor i in range(3):\n    acc = x\nsize = x\n"


def captured(*objectives):
    cell = capture(CELL, objectives=objectives or (ACC,))
    assert cell.problems == ()
    return cell


@pytest.mark.parametrize(
    ("options", "objectives", "trials", "patience"),
    [
        (Options(), (ACC,), None, PATIENCE),
        (Options(), (ACC, SIZE), TRIALS, None),
        (Options(trials=5), (ACC,), 5, None),
        (Options(timeout_s=5), (ACC, SIZE), None, None),
        (Options(patience=3), (ACC, SIZE), None, 3),
    ],
)
def test_every_study_ends_by_itself(options, objectives, trials, patience):
    budget = _config("s", captured(*objectives), options).budget
    assert (budget.n_trials, budget.patience) == (trials, patience)


@pytest.mark.parametrize(
    ("options", "objectives", "name"),
    [
        (Options(trials=40), (ACC,), "asha"),
        (Options(), (ACC,), "asha"),
        (Options(trials=4), (ACC,), "none"),
        (Options(trials=4, pruner="asha"), (ACC,), "asha"),
        (Options(pruner="none"), (ACC,), "none"),
        (Options(), (ACC, SIZE), "asha"),
        (Options(executor="inline"), (ACC,), "asha"),
        (Options(pruner="hyperband"), (ACC,), "hyperband"),
        (Options(pruner="halving"), (ACC,), "halving"),
        (Options(pruner="median"), (ACC,), "median"),
        (Options(pruner="patience"), (ACC,), "patience"),
        (Options(pruner="threshold:0.9"), (ACC,), "threshold"),
    ],
)
def test_the_pruner_fits_the_budget(options, objectives, name):
    assert scheduler_for(captured(*objectives), options).name == name


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(), "ASHA stops trials that fall behind: of three at a rung one goes on."),
        (Options(pruner="halving", trials=12), "compares 12 trials with each other"),
        (
            Options(pruner="hyperband"),
            "in some late, in the last one never",
        ),
        (Options(pruner="hyperband", executor="inline"), "Trials can't be paused in the kernel"),
        (Options(executor="inline"), "Trials can't be paused in the kernel"),
        (Options(pruner="median"), "once there are 5."),
        (Options(pruner="patience:7"), "has not improved for 7 steps."),
        (Options(pruner="threshold:0.9"), "worse than 0.9, from a third of a training on."),
        (Options(pruner="threshold:0.9@5"), "a value worse than 0.9, from step 5 on."),
        (Options(pruner="none"), "No trial is stopped early."),
        (Options(pruner="pbt", jobs=1), "PBT trains 4 trials side by side; now and then copies"),
        (Options(pruner="pbt", jobs=99), "PBT trains 8 trials side by side"),
    ],
)
def test_what_the_pruner_does_is_said(options, says):
    assert says in about_pruning(scheduler_for(captured(), options))


@pytest.mark.parametrize(
    ("pruner", "objectives", "says"),
    [
        ("ashes", (ACC,), "--pruner: there is no 'ashes', only asha,"),
        ("patience:3", (ACC, SIZE), "this study has 2 (acc, size). Use --pruner asha, or none."),
        ("threshold:1", (ACC, SIZE), "--pruner threshold looks at the course of one objective"),
    ],
)
def test_a_pruner_that_can_not_be_had_is_refused(pruner, objectives, says):
    with pytest.raises(StudyError) as error:
        scheduler_for(captured(*objectives), Options(pruner=pruner))
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("options", "on_devices", "says"),
    [
        (Options(executor="workers"), False, "leave out --executor workers, or use --pruner asha."),
        (Options(executor="inline"), False, "leave out --executor inline, or use --pruner asha."),
        (Options(on="ray"), False, "leave out --on, or use --pruner asha."),
        (Options(), True, "run it on the CPU with --device cpu, or use --pruner asha."),
        (Options(folds=3), False, "leave out --folds and --repeats"),
    ],
)
def test_where_running_trials_can_not_be_copied_pbt_is_refused(options, on_devices, says):
    with pytest.raises(StudyError) as error:
        scheduler_for(captured(), replace(options, pruner="pbt"), on_devices=on_devices)
    assert says in str(error.value)


def test_what_a_copy_can_not_change_is_said_before_it_begins():
    [none] = doubts(captured())  # `x` goes into `acc` in the loop, and into `size` outside
    assert none.startswith("PBT can change none of these while a trial trains: x.")


def test_a_threshold_knows_which_way_is_better():
    scheduler = scheduler_for(captured(ACC), Options(pruner="threshold:0.2@1"))
    assert scheduler.on_report(1, 1, -0.3) is Verdict.CONTINUE
    assert scheduler.on_report(1, 2, -0.1) is Verdict.STOP


def test_the_cells_own_values_come_first():
    assert _config("s", captured(), Options()).first == {"x": 1}


@pytest.mark.parametrize(
    ("kinds", "enough"),
    [(["", ""], True), (["", "interrupted"], False), (["KeyError", "KeyError"], False)],
    ids=["done", "one was cut off", "all failed"],
)
def test_a_cluster_is_asked_for_as_long_as_there_is_something_to_run(kinds, enough):
    earlier = [
        Trial(n, {}, TrialState.FAIL, error=TrialError(kind, "", 3))
        if kind
        else Trial(n, {}, TrialState.COMPLETE, (1.0,))
        for n, kind in enumerate(kinds)
    ]
    options = Options(trials=2)
    study = Study(StudyConfig("s", (ACC,)), earlier=earlier)
    assert _enough(earlier, options) == (study.n_done >= 2) == enough
    assert more_trials(options, study, 5).trials == study.n_done + 5


def test_a_population_that_goes_on_draws_other_values_than_it_began_with():
    options = Options(pruner="pbt", seed=1)
    draws = [
        scheduler_for(captured(ACC), replace(options, seed=seed)).explore({"x": 4})
        for seed in (1, 1, *range(2, 9))
    ]
    assert draws[0] == draws[1]
    assert any(other != draws[0] for other in draws[2:])


def test_names_are_made_of_the_objective_and_the_code():
    cell = captured()
    assert study_name(cell) == f"acc-{cell.identity}"
    expression = captured(Objective("max(acc, size)", "maximize"))
    assert study_name(expression).startswith("objective-")


def test_the_set_up_knows_the_notebook():
    source = (
        "from math import sqrt\nroot = sqrt(data)\nbase = load()\nx = 1.0  # hpo: 1..9\nacc = x\n"
    )
    namespace = {"data": 4}
    text = "def load():\n    import time\n    return time.time()\n"
    exec(compile(text, "<no source>", "exec"), namespace)
    cell = capture(source, objectives=(ACC,), names=set(namespace), line_offset=0)
    program = with_shared_setup(cell.program(), cell.free_names, namespace, seed=None)
    assert program.setup == (0, 1)
