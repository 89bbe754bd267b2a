"""A study's desk and the kernel's lobby, over a study that stands still."""

import threading
from types import SimpleNamespace

import pytest

from jupyter_hpo.desk import Desk
from jupyter_hpo.lobby import Lobby
from jupyter_hpo.present import Presenter
from jupyter_hpo.space import Categorical, Float, SearchSpace
from jupyter_hpo.steering import Steering
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialState
from jupyter_hpo.widgets.protocol import Command


@pytest.fixture
def handle():
    config = StudyConfig(
        name="digits",
        objectives=(Objective("acc", "maximize"),),
        budget=Budget(n_trials=9),
        slots=2,
    )
    space = SearchSpace({"lr": Float(0.0, 1.0), "act": Categorical(("relu", "tanh"))})
    requests = []
    engine = SimpleNamespace(
        study=Study(config), lock=threading.Lock(), storage_problem=lambda: None,
        request=requests.append, requests=requests,
    )  # fmt: skip
    for number in range(4):
        engine.study.books.add(Trial(number, {"lr": 0.5}, TrialState.RUNNING))
    presenter = Presenter(engine, space, facts=[], notices=[], sampler="tpe")
    handle = Steering()
    handle.session = SimpleNamespace(engine=engine, presenter=presenter, study=engine.study)
    handle.resume = lambda: requests.append(m.ResumeRequested())
    return handle


@pytest.fixture
def ask(handle):
    desk = Desk(handle)

    def ask(name, **more):
        return desk.handle(Command("id", "s", name, **more))

    return ask


@pytest.mark.parametrize(
    ("name", "number", "event"),
    [
        ("pause", None, m.PauseRequested()),
        ("resume", None, m.ResumeRequested()),
        ("stop", None, m.StopRequested()),
        ("pause_trial", 3, m.PauseTrialRequested(3)),
        ("resume_trial", 3, m.ResumeTrialRequested(3)),
        ("stop_trial", 3, m.StopTrialRequested(3)),
    ],
)
def test_buttons_become_requests(ask, handle, name, number, event):
    assert ask(name, number=number).ok
    assert handle.session.engine.requests == [event]


def test_every_page_follows_on_its_own(ask):
    def seq(page, number=0):
        message = ask("follow", page=page, number=number).data["message"]
        return message["seq"], message["reset"]

    assert [seq("a"), seq("a"), seq("b"), seq("a")] == [
        (1, True), (2, False), (1, True), (3, False),
    ]  # fmt: skip
    assert seq("a", 1) == (4, True)


def test_a_session_that_goes_on_is_told_from_its_start(ask, handle):
    ask("follow", page="a")
    session = handle.session
    session.presenter = Presenter(
        session.engine, SearchSpace({}), facts=[], notices=[], sampler="tpe"
    )
    message = ask("follow", page="a").data["message"]
    assert message["reset"]
    assert message["header"]["params"] == []


def test_a_trial_nobody_knows_is_said_to_be_unknown(ask):
    assert "Nothing is known of trial 7" in ask("detail", number=7).data["log"]


def test_what_a_study_can_not_do_is_refused(ask):
    reply = ask("resync")
    assert not reply.ok
    assert "'resync'" in reply.message


def test_the_lobby_lists_the_studies(handle):
    lobby = Lobby(lambda: [handle.session.presenter.summary("digits-1", 4)])
    reply = lobby.handle(Command("id", "", "studies"))
    (study,) = reply.data
    assert (study["id"], study["name"], study["cell"], study["n_trials"]) == (
        "digits-1", "digits", 4, 9,
    )  # fmt: skip
    assert not lobby.handle(Command("id", "", "stop")).ok
