"""What the header says of a study: its state, its names, and the time left."""

import threading
from types import SimpleNamespace

import pytest

from jupyter_hpo import present
from jupyter_hpo.present import Presenter
from jupyter_hpo.space import Float, Int, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.schedulers import Asha
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Report, Trial, TrialError, TrialState

BEGAN = 1000.0


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(at=BEGAN, meanwhile=lambda: None)
    now.breathe = lambda seconds: now.meanwhile()
    monkeypatch.setattr(present, "time", SimpleNamespace(time=lambda: now.at, sleep=now.breathe))
    return now


@pytest.fixture
def study():
    config = StudyConfig(
        name="digits",
        objectives=(Objective("acc", "maximize"),),
        budget=Budget(n_trials=11),
        slots=2,
    )
    return Study(config)


@pytest.fixture
def view(study, clock):
    engine = SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None)
    space = SearchSpace({"lr": Float(0.0, 1.0)})
    presenter = Presenter(engine, space, facts=[], notices=[], sampler="tpe")
    return SimpleNamespace(
        header=lambda: presenter.changes(0).header,
        row=lambda number: {r.number: r for r in presenter.changes(0).rows}[number],
        detail=presenter.detail,
        presenter=presenter,
    )


def suggest(study, number, now):
    study.handle(m.Suggested(number, {"lr": 0.5}), now)


def run(study, number, began, ended):
    """The trial from its start to its end, as the engine would tell of it."""
    study.handle(ev.Started(number, pid=1, at=began), began)
    study.handle(ev.Finished(number, values=(0.5,), figures={}), ended)
    study.handle(ev.Ended(number), ended)


def test_it_is_starting_until_a_trial_has_begun(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    assert view.header().state == "starting"
    study.handle(ev.Started(0, pid=1, at=BEGAN + 2), BEGAN + 2)
    assert view.header().state == "running"


def test_names_are_written_for_people(view):
    found = view.header()
    assert (found.sampler, found.pruner, found.device) == ("TPE", "no pruner", "CPU")


def test_a_pruner_that_nothing_is_reported_to_is_not_said_to_prune(clock):
    config = StudyConfig("s", (Objective("acc", "maximize"),), Budget(n_trials=3))
    study = Study(config, scheduler=Asha())
    engine = SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None)

    def header(pruner=""):
        shown = Presenter(engine, SearchSpace(), facts=[], notices=[], sampler="tpe", pruner=pruner)
        return shown.changes(0).header

    assert header().pruner == "ASHA", "nobody knows yet"
    study.books.add(Trial(0, {}, TrialState.COMPLETE, (0.5,)))
    assert (header().pruner, header().notices) == ("no pruner", [])
    assert header("none").notices == []
    (notice,) = header("threshold:0.9").notices
    assert "--pruner threshold:0.9 has nothing to go by: it does nothing here" in notice
    study.books.add(Trial(1, {}, TrialState.PRUNED, (0.5,), [Report(1, (0.5,), 0)]))
    assert (header("asha").pruner, header("asha").notices) == ("ASHA", [])


def test_a_pruner_that_waits_for_an_objective_known_at_the_end_is_not_said_to_prune(clock):
    goals = (Objective("acc", "maximize"), Objective("size", "minimize"))
    for partly, pruner in ((False, "no pruner"), (True, "ASHA")):
        study = Study(StudyConfig("s", goals, partly=partly), scheduler=Asha())
        engine = SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None)
        shown = Presenter(engine, SearchSpace(), facts=[], notices=[], sampler="tpe")
        study.handle(m.Begin(), BEGAN)
        study.handle(m.Suggested(0, {}), BEGAN)
        study.handle(ev.Started(0, pid=1, at=BEGAN), BEGAN)
        assert shown.changes(0).header.pruner == "ASHA", "nothing is known yet"
        study.handle(ev.Reported(0, 1, (0.5, float("nan"))), BEGAN + 1)
        assert shown.changes(0).header.pruner == pruner


def test_a_grid_that_was_cut_off_says_so_when_it_ends(clock):
    config = StudyConfig("s", (Objective("acc", "maximize"),), Budget(n_trials=2))
    study = Study(config)
    engine = SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None)
    space = SearchSpace({"n": Int(1, 5)})
    shown = Presenter(engine, space, facts=[], notices=[], sampler=lambda: ("grid", "Why."))
    for number in range(2):
        study.books.add(Trial(number, {"n": number + 1}, TrialState.COMPLETE, (0.5,)))
    assert (shown.changes(0).header.notices, shown.changes(0).header.sampler_why) == ([], "Why.")
    study.phase = "finished"
    (notice,) = shown.changes(0).header.notices
    assert "2 of 5 combinations were tried; 3 were not" in notice
    assert notice.endswith("--trials 5 tries them, too.")
    for number in range(2, 5):
        study.books.add(Trial(number, {"n": number + 1}, TrialState.COMPLETE, (0.5,)))
    study.version += 1
    assert shown.changes(0).header.notices == []


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        (((0.5, 68.0), (1.0, 332.0)), [False, True]),
        (((0.0, 68.5), (1.0, 332.0)), [False, False]),
        (((float("inf"), float("nan")),), [False, False]),
    ],
)
def test_counts_are_known_by_their_values(clock, values, whole):
    goals = (Objective("acc", "maximize"), Objective("n_params", "minimize"))
    study = Study(StudyConfig("s", goals, Budget(n_trials=3)))
    for number, each in enumerate(values):
        study.books.add(Trial(number, {}, TrialState.COMPLETE, each))
        study.books.front.take(study.trials[number])
    engine = SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None)
    header = Presenter(engine, SearchSpace(), facts=[], notices=[], sampler="").changes(0).header
    assert [objective.whole for objective in header.objectives] == whole
    assert header.front == [trial.number for trial in study.front]


def test_time_left_is_a_guess_after_three_trials_by_the_pace_of_all_jobs(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    run(study, 0, BEGAN + 5, BEGAN + 60)  # alone, and to its end
    for number in (1, 2):
        suggest(study, number, BEGAN + 60)
    clock.at = BEGAN + 64
    assert view.header().left_s is None
    run(study, 1, BEGAN + 60, BEGAN + 64)
    run(study, 2, BEGAN + 60, BEGAN + 64)
    # Two trials in four seconds on two jobs: the eight that are left take sixteen.
    assert view.header().left_s == pytest.approx(16.0)


def test_a_first_trial_with_others_beside_it_counts_as_any(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    study.handle(ev.Started(0, pid=1, at=BEGAN), BEGAN)
    study.handle(ev.Reported(0, 1, (0.5,)), BEGAN + 1)
    suggest(study, 1, BEGAN + 1)
    run(study, 1, BEGAN + 1, BEGAN + 4)
    study.handle(ev.Finished(0, values=(0.5,), figures={}), BEGAN + 6)
    study.handle(ev.Ended(0), BEGAN + 6)
    suggest(study, 2, BEGAN + 6)
    clock.at = BEGAN + 12
    run(study, 2, BEGAN + 6, BEGAN + 12)
    assert view.header().left_s == pytest.approx(4.0 * (study.config.budget.n_trials - 3), rel=0.3)


def test_no_time_is_left_to_guess_while_the_study_is_paused(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    for number in range(3):
        suggest(study, number, BEGAN)
        run(study, number, BEGAN, BEGAN + 1)
    clock.at = BEGAN + 2
    assert view.header().left_s is not None
    study.handle(m.PauseRequested(), BEGAN + 2)
    assert view.header().left_s is None


def test_rows_tell_when_they_finished(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    run(study, 0, BEGAN + 5, BEGAN + 60)
    assert view.row(0).finished_s == 60.0
    study.began_at = BEGAN + 100
    assert view.row(0).finished_s == -40.0


@pytest.mark.parametrize(
    ("kind", "message", "sentence"),
    [
        ("ValueError", "no", "ValueError: no"),
        ("KeyboardInterrupt", "", "KeyboardInterrupt"),
        ("ValueError", "ValueError: no", "ValueError: no"),
        ("died", "its process was killed", "its process was killed"),
    ],
)
def test_an_error_says_its_class(study, view, clock, kind, message, sentence):
    study.books.add(Trial(0, {}, TrialState.FAIL, error=TrialError(kind, message, 3)))
    assert view.row(0).error == sentence


@pytest.mark.parametrize(
    ("kind", "state"), [("interrupted", "STOPPED"), ("stopped", "STOPPED"), ("died", "FAIL")]
)
def test_what_was_ended_by_the_person_did_not_fail(study, view, clock, kind, state):
    study.books.add(Trial(0, {}, TrialState.FAIL, error=TrialError(kind, "stopped by you")))
    assert (view.row(0).state, view.row(0).error) == (state, "stopped by you")


def test_a_trial_that_the_person_stopped_was_not_pruned(study, view, clock):
    report = Report(1, (0.5,), 0)
    stopped = Trial(0, {}, TrialState.PRUNED, (0.5,), [report], notice="stopped by you")
    study.books.add(stopped)
    row = view.row(0)
    assert (row.state, row.error, row.notice) == ("STOPPED", "stopped by you", "")
    assert row.values == [0.5]
    study.books.add(Trial(1, {}, TrialState.PRUNED, (0.5,), [report], notice="pruned by you"))
    assert view.row(1).state == "PRUNED"


def test_the_row_of_a_copy_names_its_parent(study, view, clock):
    study.books.add(Trial(0, {}, TrialState.COMPLETE, (0.5,)))
    study.books.add(Trial(1, {}, TrialState.COMPLETE, (0.5,), parent=0))
    assert [view.row(number).parent for number in (0, 1)] == [None, 0]


def test_an_error_in_an_earlier_cell_says_where(study, view, clock):
    error = TrialError("ValueError", "no", 2, "", 3)
    study.books.add(Trial(0, {}, TrialState.FAIL, error=error))
    row = view.row(0)
    assert (row.error, row.error_line) == ("In[3], line 2: ValueError: no", None)


def test_a_long_silence_is_told_by_the_trials_own_pace(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    study.handle(ev.Started(0, pid=1, at=BEGAN), BEGAN)
    assert (view.row(0).heard_s, view.row(0).long_s) == (0.0, 60.0), "nothing is usual yet"
    for step in range(1, 5):
        study.handle(ev.Reported(0, step, (0.5,)), BEGAN + 4 * step)
    assert (view.row(0).heard_s, view.row(0).long_s) == (16.0, 20.0)
    run(study, 0, BEGAN, BEGAN + 17)
    assert (view.row(0).heard_s, view.row(0).long_s) == (None, None)


def test_what_a_paused_trial_waits_for_is_said(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    study.handle(ev.Started(0, pid=1, at=BEGAN), BEGAN)
    study.handle(m.PauseTrialRequested(0), BEGAN)
    assert (view.row(0).state, view.row(0).waits) == ("RUNNING", "person")
    study.handle(ev.Reported(0, 1, (0.5,)), BEGAN + 1)
    assert (view.row(0).state, view.row(0).waits) == ("PAUSED", "person")


def test_it_says_that_only_the_person_can_go_on(study, view, clock):
    object.__setattr__(study.config, "budget", Budget(n_trials=1))
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    study.handle(ev.Started(0, pid=1, at=BEGAN), BEGAN)
    study.handle(m.PauseTrialRequested(0), BEGAN)
    study.handle(ev.Reported(0, 1, (0.5,)), BEGAN + 1)
    header = view.header()
    assert header.state == "waiting"
    assert header.message == "Only trial 0 is left, paused by you: resume it, or stop the study."
    study.handle(m.ResumeTrialRequested(0), BEGAN + 2)
    assert (view.header().state, view.header().message) == ("running", "")


@pytest.mark.parametrize(
    ("setup", "sentence"),
    [
        (
            ev.SetUp(((1, 4, 0), (7, 7, 0)), 1.2),
            "Shared set-up, ran once: lines 1-4 and 7 (1.2s)",
        ),
        (ev.SetUp(((3, 3, 0),), 0.02), "Shared set-up, ran once: line 3 (20ms)"),
        (
            ev.SetUp(((1, 2, 0), (4, 5, 0), (9, 9, 0)), 61.0),
            "Shared set-up, ran once: lines 1-2, 4-5 and 9 (1m 01s)",
        ),
        (
            ev.SetUp(((2, 3, 2), (1, 1, 4), (5, 6, 0)), 2.0),
            "Shared set-up, ran once: In[2], lines 2-3; In[4], line 1; lines 5-6 (2.0s)",
        ),
        (
            ev.SetUp(((1, 4, 0),), why_not="it started a thread"),
            "Sharing the set-up (lines 1-4) did not work, so every trial runs it: it started a "
            "thread.",
        ),
    ],
)
def test_shared_set_up_is_said(study, view, clock, setup, sentence):
    study.handle(m.Begin(), BEGAN)
    study.handle(setup, BEGAN)
    assert view.header().setup == sentence


def test_jobs_are_those_of_now(study, view, clock):
    study.handle(m.SlotsChanged(3, "Three fit into the memory."), BEGAN)
    assert (view.header().jobs, view.header().jobs_why) == (3, "Three fit into the memory.")


def test_a_running_trial_has_figures_too(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    study.handle(ev.Started(0, pid=1, at=BEGAN), BEGAN)
    study.handle(ev.Reported(0, 1, (0.5,)), BEGAN + 2)
    clock.at = BEGAN + 4
    assert view.detail(0).figures == {"running_s": 4.0, "reports_per_s": 0.25}


def test_only_what_changed_is_sent_again(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    for number in range(3):
        suggest(study, number, BEGAN)
        study.handle(ev.Started(number, pid=1, at=BEGAN), BEGAN)
        study.handle(ev.Reported(number, 1, (0.5,)), BEGAN)
    version = view.presenter.changes(0).version
    study.handle(ev.Reported(1, 2, (0.6,)), BEGAN)
    study.handle(ev.Reported(0, 2, (0.7,)), BEGAN)
    update = view.presenter.changes(version)
    assert [row.number for row in update.rows] == [0, 1]
    assert [(p.number, p.step) for p in update.points] == [(0, 2), (1, 2)]
    assert view.presenter.changes(update.version).rows == []


def test_all_trials_are_read_in_parts_and_what_changes_meanwhile_comes_again(
    study, view, clock, monkeypatch
):
    monkeypatch.setattr(present, "AT_ONCE", 2)
    study.handle(m.Begin(), BEGAN)
    for number in range(5):
        suggest(study, number, BEGAN)
        study.handle(ev.Started(number, pid=1, at=BEGAN), BEGAN)
    before = study.version
    steps = iter((1, 2))
    clock.meanwhile = lambda: study.handle(ev.Reported(0, next(steps), (0.5,)), BEGAN)
    update = view.presenter.changes(0)
    assert [row.number for row in update.rows] == list(range(5))
    assert update.version == before
    later = view.presenter.changes(update.version)
    assert [row.number for row in later.rows] == [0]
    assert [(p.number, p.step) for p in later.points] == [(0, 1), (0, 2)]


def test_the_rungs_and_when_a_paused_trial_ran_are_told(view, clock):
    config = StudyConfig(
        name="s", objectives=(Objective("acc", "maximize"),), budget=Budget(n_trials=2), slots=1
    )
    study = Study(config, scheduler=Asha(eta=2))
    presenter = Presenter(
        SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None),
        SearchSpace({"lr": Float(0.0, 1.0)}), facts=[], notices=[], sampler="tpe",
    )  # fmt: skip

    def told():
        update = presenter.changes(0)
        return update.header.rungs, {row.number: row.spans for row in update.rows}

    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    run(study, 0, BEGAN, BEGAN + 5)
    assert told() == ([], {0: []})
    suggest(study, 1, BEGAN + 5)
    study.handle(ev.Started(1, pid=1, at=BEGAN + 6), BEGAN + 6)
    assert told() == ([], {0: [], 1: []})
    study.handle(m.PauseTrialRequested(1), BEGAN + 7)
    study.handle(ev.Reported(1, 1, (0.5,)), BEGAN + 8)
    assert told() == ([1], {0: [], 1: [6.0, 8.0]})
    study.handle(m.ResumeTrialRequested(1), BEGAN + 10)
    assert told() == ([1], {0: [], 1: [6.0, 8.0, 10.0]})
    study.handle(ev.Reported(1, 2, (0.6,)), BEGAN + 11)
    # It leads, and nothing else is left to do: no sooner paused than it goes on.
    assert told() == ([1, 2], {0: [], 1: [6.0, 8.0, 10.0, 11.0, 11.0]})
    study.handle(m.StopTrialRequested(1), BEGAN + 15)
    study.handle(ev.Stopped(1, figures={}), BEGAN + 16)
    assert told() == ([1, 2], {0: [], 1: [6.0, 8.0, 10.0, 11.0, 11.0, 16.0]})


def test_the_machine_is_looked_at_while_the_study_lasts(study, view, clock, monkeypatch):
    monkeypatch.setattr(view.presenter, "_machine", SimpleNamespace(now=lambda on: {on: 0.5}))
    assert view.header().use == {"CPU": 0.5}
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    study.handle(m.StopRequested(), BEGAN)
    run(study, 0, BEGAN, BEGAN + 1)
    assert study.phase == "finished"
    assert view.header().use == {}


def test_pauses_take_no_time_and_slow_no_pace(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    for number in range(3):
        suggest(study, number, BEGAN)
        run(study, number, BEGAN, BEGAN + 4)
    clock.at = BEGAN + 4
    left = view.header().left_s
    study.handle(m.PauseRequested(), BEGAN + 4)
    clock.at = BEGAN + 1004
    assert (view.header().spent_s, view.header().pauses) == (4.0, [4.0])
    study.handle(m.ResumeRequested(), BEGAN + 1004)
    found = view.header()
    assert (found.spent_s, found.elapsed_s, found.pauses) == (4.0, 1004.0, [4.0, 1004.0])
    assert found.left_s == left


def test_a_session_s_time_goes_on_from_those_before(study, view, clock):
    for number, at in ((0, 0), (1, 4), (2, 500)):
        trial = Trial(number, {"lr": 0.5}, TrialState.COMPLETE, values=(0.5,))
        trial.started_at, trial.finished_at = at + 1.0, at + 11.0
        study.books.add(trial)
    study.handle(m.Begin(), BEGAN)
    clock.at = BEGAN + 5
    assert view.header().spent_s == 14.0 + 10.0 + 5.0


def test_the_budget_counts_no_trial_outside_the_space(study, view, clock):
    study.handle(m.Begin(), BEGAN)
    for number in range(3):
        suggest(study, number, BEGAN)
        run(study, number, BEGAN, BEGAN + 1)
    study.handle(m.SpaceChanged(SearchSpace({"lr": Float(0.6, 1.0)})), BEGAN + 2)
    found = view.header()
    assert (found.n_complete, found.n_outside, found.n_trials) == (3, 3, 11)
    assert view.presenter.summary("s", 0).n_done == 0
