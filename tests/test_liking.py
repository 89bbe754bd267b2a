"""`--like STUDY`: what an older study found, in a new search."""

from __future__ import annotations

import optuna
import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.errors import StorageError, StudyError
from jupyter_hpo.liking import begin_with, but_itself, fitted, prior_of, tell_prior
from jupyter_hpo.options import Options
from jupyter_hpo.search.grid import GridSampler
from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)
from jupyter_hpo.storage import StudyFolder
from jupyter_hpo.storage.journal import JournalStorage
from jupyter_hpo.study.config import StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialError, TrialState

ACC = Objective("acc", "maximize")
CELL = "x = 0.5  # hpo: 0..1\nn = 3  # hpo: 1..9\ndrop = 0.1  # hpo: 0..0.5\nacc = x * n - drop\n"
OLD = SearchSpace({"x": Float(0, 2), "n": Int(1, 9), "gone": Int(0, 5)})


def captured(source=CELL, objectives=(ACC,)):
    cell = capture(source, objectives=objectives)
    assert cell.problems == ()
    return cell


@pytest.fixture
def older(tmp_path):
    """Ten trials of x = 0, 0.2, ..., 1.8, the last one failed; its folder."""
    folder = StudyFolder("older", tmp_path)
    folder.open()
    storage = JournalStorage(folder.journal, "older", OLD, (ACC,))
    storage.describe({"objectives": [["acc", "maximize"]]})
    for i in range(10):
        params = {"x": 0.2 * i, "n": 1 + i % 9, "gone": 2}
        trial = Trial(i, params, TrialState.COMPLETE, (float(i),), started_at=1.0, finished_at=2.0)
        if i == 9:
            trial.state, trial.values, trial.error = TrialState.FAIL, None, TrialError("E", "no")
        storage.save(trial)
    storage.close()
    folder.close()
    return folder


def options(like, folder):
    return Options(like=like, root=folder.path.parent)


@pytest.mark.parametrize("how", ["name", "folder", "journal", "object", "handle"])
def test_a_study_is_found_by_name_path_or_variable(older, how):
    study = optuna.load_study(
        study_name=None,
        storage=optuna.storages.JournalStorage(
            optuna.storages.journal.JournalFileBackend(str(older.journal))
        ),
    )
    likes = {"name": "older", "folder": str(older.path), "journal": str(older.journal)}
    handle = type("Handle", (), {"optuna": study})()
    namespace = {"object": study, "handle": handle}
    prior = prior_of(captured(), options(likes.get(how, how), older), namespace)
    assert prior.name == "older"
    assert [t.values for t in prior.trials][:2] == [(0.0,), (1.0,)]
    assert set(prior.space) == {"x", "n", "gone"}


def test_optunas_own_studies_are_continued(tmp_path):
    path = tmp_path / "study.db"
    study = optuna.create_study(storage=f"sqlite:///{path}", direction="maximize")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
    for like in (str(path), "study"):
        prior = prior_of(captured(), Options(like=like, root=tmp_path), {"study": study})
        assert [t.values[0] for t in prior.trials] == [t.value for t in study.trials]
    optuna.create_study(storage=f"sqlite:///{path}", study_name="second")
    with pytest.raises(StorageError, match=r"holds 2 studies .* give --like older"):
        prior_of(captured(), Options(like=str(path)), {})


def test_what_was_found_is_told_and_the_best_tried_first(older):
    cell = captured()
    prior = prior_of(cell, options("older", older), {})
    sampler = OptunaSampler(cell.space, cell.objectives, seed=0)
    study = Study(StudyConfig("new", (ACC,), first=cell.space.defaults()))
    said = begin_with(prior, sampler, study, cell)
    told = sampler._study.trials
    assert [round(t.params["x"], 1) for t in told] == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert all(t.params["drop"] == 0.1 and "gone" not in t.params for t in told)
    assert [p["n"] for p in study._queue] == [6, 5, 4]
    assert said == [
        "Begins with 6 trials of study 'older': the best are tried first.",
        "3 of its trials do not fit this space: x lies outside its range.",
        "New here, taken to have been at the cell's own value: drop.",
        "No longer tuned, and left out of its trials: gone.",
    ]
    assert study.trials == {}, "they stand in no leaderboard"


def test_its_trials_are_held_to_the_constraints_of_this_study_and_no_longer_to_their_own(older):
    cell = capture(CELL, objectives=(ACC,), constraints=["x <= 0.5", "acc <= 4 and wall_s < 9"])
    prior = prior_of(cell, options("older", older), {})
    for trial in prior.trials:
        trial.take_amounts({"n_params <= 1e5": 3.0, "acc <= 9": -1.0})
    sampler = OptunaSampler(cell.space, cell.objectives, seed=0)
    study = Study(StudyConfig("new", (ACC,)))
    said = begin_with(prior, sampler, study, cell)
    assert [p["n"] for p in study._queue] == [3, 2, 1], "x = 0.6, 0.8 and 1.0 break one"
    told = [t.constraints for t in sampler._study.trials]
    assert {tuple(one) for one in told} == {("acc <= 4", "wall_s < 9", "x <= 0.5")}
    assert [one["x <= 0.5"] > 0 for one in told] == [False] * 3 + [True] * 3
    assert [one["acc <= 4"] > 0 for one in told] == [False] * 5 + [True]
    assert any("not all held to `wall_s < 9`" in one for one in said)


def test_a_study_that_goes_on_is_told_and_tries_nothing_first(older):
    cell = captured()
    prior = prior_of(cell, options("older", older), {})
    done = Trial(0, cell.space.defaults(), TrialState.COMPLETE, (1.0,))
    study = Study(StudyConfig("new", (ACC,)), earlier=[done])
    sampler = OptunaSampler(cell.space, cell.objectives, seed=0)
    assert begin_with(prior, sampler, study, cell)[0].endswith("of study 'older'.")
    assert study._queue == []
    assert len(sampler._study.trials) == 6


def test_a_grid_is_tried_anew(older):
    cell = captured("n = 3  # hpo: 1..9\nacc = n\n")
    prior = prior_of(cell, options("older", older), {})
    sampler = GridSampler(cell.space)
    assert tell_prior(prior, sampler, cell) == 0
    assert len({sampler.ask(i)["n"] for i in range(9)}) == 9


@pytest.mark.parametrize(
    ("source", "objectives", "said"),
    [
        (CELL, (Objective("acc", "minimize"),), "to maximize acc, and this one to minimize acc"),
        (CELL, (Objective("loss", "maximize"),), "to maximize acc, and this one to maximize loss"),
        ("y = 1  # hpo: 1..9\nacc = y\n", (ACC,), "tuned x, n, gone, and this one tunes y"),
    ],
)
def test_what_says_nothing_about_this_search_is_refused(older, source, objectives, said):
    cell = captured(source.replace("acc =", "loss = acc ="), objectives)
    with pytest.raises(StudyError, match=said):
        prior_of(cell, options("older", older), {})


def test_a_study_that_is_not_there_is_named_with_those_that_are(older, tmp_path):
    with pytest.raises(StudyError, match=r"--like newer: there is no such study.*: older\."):
        prior_of(captured(), options("newer", older), {"newer": 3})
    with pytest.raises(StudyError, match="Give a name, a path"):
        prior_of(captured(), Options(like="x", root=tmp_path / "empty"), {})
    text = tmp_path / "notes.txt"
    text.write_text("no study")
    with pytest.raises(StorageError, match="can't be read as a study"):
        prior_of(captured(), Options(like=str(text)), {})


def test_values_in_another_space():
    sgd = Condition((Comparison("opt", "==", "sgd"),))
    space = SearchSpace(
        [
            Parameter("opt", Categorical(("adam", "sgd")), default="adam"),
            Parameter("lr", Float(0, 1)),
            Parameter("momentum", Float(0, 1), sgd, default=0.5),
        ]
    )
    assert fitted({"lr": 1, "old": 3}, space) == {"opt": "adam", "lr": 1.0}
    assert fitted({"lr": 0.1, "opt": "sgd"}, space) == {"opt": "sgd", "lr": 0.1, "momentum": 0.5}
    assert fitted({"lr": 0.1, "momentum": 9.0}, space) == {"opt": "adam", "lr": 0.1}
    assert fitted({"opt": "sgd"}, space) is None, "the cell has no value of lr"
    assert fitted({"lr": 2.0}, space) is None


def test_the_study_itself_is_left_out_and_what_was_cleared_is_not(older):
    prior = prior_of(captured(), options("older", older), {})
    left, said = but_itself(prior, Study(StudyConfig("older", (ACC,)), earlier=prior.trials))
    assert left is None
    assert "--like is left out: 'older' is this study" in said[0]
    assert but_itself(prior, Study(StudyConfig("older", (ACC,)))) == (prior, [])  # --fresh
    assert but_itself(prior, Study(StudyConfig("newer", (ACC,)))) == (prior, [])


def test_a_refusal_takes_away_only_what_it_made(older, tmp_path):
    for path in (older.path, tmp_path / "new", tmp_path / "root" / "new"):
        folder = StudyFolder(path.name, path.parent)
        folder.open()
        folder.withdraw()
    assert older.journal.exists()
    assert sorted(f.name for f in tmp_path.iterdir()) == [".gitignore", "older"]
