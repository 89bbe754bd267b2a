"""What a browser asks of a study that runs: requests, refusals, problems beside the field."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from jupyter_hpo.desk import Desk
from jupyter_hpo.options import Options, cores
from jupyter_hpo.space import Categorical, Float, Int, SearchSpace
from jupyter_hpo.steering import Steering
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Report, Trial, TrialState
from jupyter_hpo.widgets.cutting import LIVE
from jupyter_hpo.widgets.protocol import BudgetChoice, Command

SPACE = SearchSpace(
    {
        "lr": Float(1e-5, 1e-1, log=True),
        "depth": Int(1, 9),
        "act": Categorical(("relu", None, 2)),
    }
)


class Handle(Steering):
    name = "digits"
    on_main = None

    def __init__(self):
        config = StudyConfig(
            "digits", (Objective("acc", "maximize"),), Budget(n_trials=9, patience=5), slots=2
        )
        study = Study(config)
        for number, state in enumerate(["COMPLETE", "RUNNING", "PAUSED"]):
            study.books.add(
                Trial(number, {}, TrialState[state], reports=[Report(1, (0.5,), 1)] * (number > 0))
            )
        self.requests = []
        done = threading.Event()
        engine = SimpleNamespace(
            study=study, lock=threading.Lock(), request=self.requests.append, done=done
        )
        cell = SimpleNamespace(space=SPACE, reports="")
        self.session = SimpleNamespace(
            engine=engine, study=study, cell=cell, options=Options(trials=9), on_devices=False
        )
        self.began, self.finished = [], threading.Event()

    def can_go_on(self):
        return None

    def go_on(self, n_trials):
        self.began.append((n_trials, threading.current_thread().name))

    def end(self):
        self.session.study.phase = "finished"
        self.session.engine.done.set()
        self.finished.set()


@pytest.fixture
def study():
    return Handle()


@pytest.fixture
def ask(study):
    desk = Desk(study)
    return lambda name, **more: desk.handle(Command("id", "s", name, **more))


def problems(reply):
    assert not reply.ok
    return {p.name: p.message for p in reply.problems}


def test_a_running_trial_is_pruned_at_its_next_report_and_a_paused_one_now(ask, study):
    assert ask("prune_trial", number=1).message == "Trial 1 ends at its next report."
    assert ask("prune_trial", number=2).message == ""
    assert study.requests == [m.PruneTrialRequested(1), m.PruneTrialRequested(2)]


@pytest.mark.parametrize("command", ["prune_trial", "stop_trial", "pause_trial", "resume_trial"])
def test_trials_that_are_finished_or_unknown_are_refused(ask, study, command):
    assert ask(command, number=0).message.startswith("trial 0 is COMPLETE: it can't be ")
    assert ask(command, number=7).message == "study 'digits' has no trial 7."
    assert not ask(command, number=7).ok
    assert study.requests == []


def test_what_reports_nothing_can_not_be_pruned(ask, study):
    study.session.study.trials[1].reports.clear()
    study.session.cell.program = lambda: SimpleNamespace(source="fit()", earlier=())
    assert "stop it instead (%hpo stop-trial 1)" in ask("prune_trial", number=1).message


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("pause", {}),
        ("resume", {}),
        ("stop", {}),
        ("enqueue", {"params": {}}),
        ("set_budget", {"budget": BudgetChoice(trials="99")}),
        ("set_space", {"choice": object()}),
    ],
)
def test_a_finished_study_says_so(ask, study, command, more):
    study.end()
    reply = ask(command, **more)
    assert not reply.ok
    assert "study 'digits' has finished" in reply.message
    assert "resume(n_trials=20)" in reply.message


def test_a_study_that_ends_says_so(ask, study):
    study.session.study.phase = "stopping"
    assert ask("pause").message == "study 'digits' is ending: it can't be paused any more."
    assert not ask("enqueue", params={}).ok
    assert ask("stop").ok, "pressed twice"


def test_values_are_read_by_the_parameters_kind(ask, study):
    params = {"lr": "1e-3", "depth": 4.0, "act": "None"}
    assert ask("enqueue", params=params).message == "Queued: it runs next."
    (request,) = study.requests
    assert repr(request.params) == "{'lr': 0.001, 'depth': 4, 'act': None}"


def test_scalars_of_a_data_frame_are_numbers(study):
    study.enqueue(depth=np.int64(3), lr=np.float32(0.5) / 8)
    assert repr(study.requests[0].params) == "{'depth': 3, 'lr': 0.0625}"


def test_numbers_that_json_can_not_hold_are_revived(ask, study):
    assert problems(ask("enqueue", params={"lr": {"$float": "inf"}})).keys() == {"lr"}


def test_an_empty_text_leaves_the_value_to_the_sampler(ask, study):
    assert ask("enqueue", params={"lr": "", "act": "2"}).ok
    assert study.requests == [m.EnqueueRequested({"act": 2})]


def test_a_choice_that_was_cut_for_the_page_is_whole_again(ask, study):
    long = "a program " * 100_000
    study.session.cell.space = SearchSpace({"code": Categorical((long + "1", long + "2"))})
    for number in "12":
        assert ask("enqueue", params={"code": LIVE.of(long + number)}).ok
    assert [r.params["code"][-1] for r in study.requests] == ["1", "2"]
    assert problems(ask("enqueue", params={"code": long})).keys() == {"code"}


def test_every_wrong_value_has_its_problem(ask, study):
    found = problems(ask("enqueue", params={"lr": "fast", "depth": 2.5, "act": "gelu", "width": 3}))
    assert found == {
        "lr": "'fast' lies outside lr: a number in 1e-5..0.1 log.",
        "depth": "2.5 lies outside depth: a whole number in 1..9.",
        "act": "'gelu' lies outside act: one of relu | None | 2.",
        "width": "'width' is not tuned; tuned are: lr, depth, act.",
    }
    assert study.requests == []


def test_a_budget_is_read_from_texts(ask, study):
    reply = ask("set_budget", budget=BudgetChoice(trials="60", timeout="30m", jobs="auto"))
    assert reply.message == (
        "It ends after 60 trials in all or after 30m 00s; as many side by side as is good."
    )
    assert study.requests == [m.BudgetChanged(Budget(60, 1800.0))]
    assert study.session.options.trials == 60


def test_an_empty_text_is_no_limit_and_patience_stays(ask, study):
    reply = ask("set_budget", budget=BudgetChoice(trials="", timeout="", jobs="3"))
    assert reply.message == "It ends after 5 trials without a better value; 3 side by side."
    assert study.requests == [
        m.BudgetChanged(Budget(patience=5)),
        m.SlotsChanged(3, "As many as you asked for.", max(1, cores() // 3)),
    ]
    study.requests.clear()
    ask("set_budget", budget=BudgetChoice(trials="", timeout="", jobs="auto"))
    assert study.requests[-1] == m.SlotsChanged(cores(), threads=1)


def test_what_is_left_out_of_a_budget_stays(ask, study):
    ask("set_budget", budget=BudgetChoice(trials="60", jobs="3"))
    ask("set_budget", budget=BudgetChoice(timeout="30m"))
    assert study.session.options.jobs == 3
    assert [type(request) for request in study.requests] == [
        m.BudgetChanged,
        m.SlotsChanged,
        m.BudgetChanged,
    ]


def test_every_field_of_a_budget_has_its_problem(ask, study):
    found = problems(
        ask("set_budget", budget=BudgetChoice(trials="-1", timeout="soon", jobs="all"))
    )
    assert found == {
        "trials": "'-1' is not a whole number above 0.",
        "timeout": "'soon' is no time. Write it as 90s, 30m or 1h 30m.",
        "jobs": "'all' is not a whole number above 0.",
    }
    assert study.requests == []


def test_what_python_asks_for_is_checked_too(study):
    for asked in ({"trials": 0}, {"jobs": True}, {"timeout_s": -1}, {"timeout_s": "soon"}):
        with pytest.raises(Exception, match=r"whole number|seconds above 0|no time"):
            study.set_budget(**asked)
    study.session.options = Options(executor="inline")
    with pytest.raises(Exception, match="one by one"):
        study.set_budget(jobs=2)
    assert study.requests == []
    assert "after 1m 30s" in study.set_budget(timeout_s="90s")


def test_a_study_goes_on_from_the_main_thread(ask, study):
    study.end()
    study.on_main = lambda run: threading.Thread(target=run, name="main").start()
    assert ask("continue").message == "It goes on for 20 more trials."
    assert ask("continue", number=1).ok
    assert study.began == [(20, "main"), (1, "main")]
    assert not ask("continue", number=0).ok


def test_a_busy_kernel_is_said_and_nothing_begins_later(ask, study, monkeypatch):
    monkeypatch.setattr("jupyter_hpo.desk.going_on.BUSY_S", 0.01)
    later = []
    study.on_main = later.append
    assert "the kernel is busy with a cell" in ask("continue").message
    later[0]()
    assert study.began == []


def test_what_prevents_it_from_going_on_is_told(ask, study):
    def fail(n_trials):
        raise OSError("no disk")

    study.go_on, study.on_main = fail, lambda run: run()
    assert ask("continue").message == "it can't go on: OSError: no disk"
