"""The widgets' Python side, with no kernel and no front end built."""

import pytest

from jupyter_hpo.errors import HpoError
from jupyter_hpo.space import Float
from jupyter_hpo.widgets import assets, control
from jupyter_hpo.widgets.dashboard import Dashboard
from jupyter_hpo.widgets.editor import Editor, EditorAnswer
from jupyter_hpo.widgets.protocol import (
    Detail,
    EditorProblem,
    EditorSection,
    EditorSettings,
    EditorSpec,
    Header,
    ObjectiveCandidate,
    Reply,
    Update,
)
from jupyter_hpo.widgets.ranges import editor_row


class Source:
    def changes(self, since):
        return Update(1, Header("s", "running"))

    def detail(self, number):
        return Detail(number)


@pytest.fixture(autouse=True)
def _no_front_end(monkeypatch):
    monkeypatch.setattr(assets, "load", lambda name: "export default {}")


def send(command, study="s", **more):
    send.count = getattr(send, "count", 0) + 1
    return control.commands.deliver(
        {"id": f"test-{send.count}", "study": study, "command": command, **more}
    )


def test_buttons_reach_the_callback_and_its_sentence_the_browser():
    got = []

    def obey(command):
        got.append((command.command, command.number))
        message = "At the next report." if command.command == "pause" else ""
        return Reply(command.id, True, message)

    dashboard = Dashboard(Source(), obey, "s")
    assert send("pause").message == "At the next report."
    for command in ("pause_trial", "resume_trial", "stop_trial"):
        assert send(command, number=4).ok
        assert "needs a trial number" in send(command).message
    assert [c for c in got if c[1] is None] == [("pause", None)]
    assert got[1:] == [("pause_trial", 4), ("resume_trial", 4), ("stop_trial", 4)]
    dashboard.finish({"text/plain": "done"})


def test_resync_is_the_dashboard_s_own():
    def refuse(command):
        raise AssertionError(command)

    dashboard = Dashboard(Source(), refuse, "s")
    assert send("resync").ok
    assert not send("cancel").ok
    dashboard.finish({"text/plain": "done"})


@pytest.mark.parametrize(("pages", "stays"), [("aa", False), ("ab", True), ("aba", True)])
def test_only_another_page_keeps_the_live_widget_at_the_end(pages, stays):
    dashboard = Dashboard(Source(), lambda command: None, "s")
    for page in pages:
        assert send("resync", page=page).ok
    dashboard.finish({"text/plain": "done"})
    assert (dashboard.comm is not None) is stays
    dashboard.close()


def test_finish_prints_the_text_where_there_is_no_kernel(capsys):
    dashboard = Dashboard(Source(), lambda command: None, "s")
    dashboard.show()
    dashboard.finish({"text/plain": "the leaderboard", "text/html": "<b></b>"})
    dashboard.finish({"text/plain": "once only"})
    assert send("pause").message == control.UNKNOWN
    assert dashboard.comm is None
    assert "once only" not in capsys.readouterr().out


def test_a_front_end_that_was_never_built_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    with pytest.raises(HpoError, match=r"dashboard\.js is not built\. Run `make build`"):
        Dashboard(Source(), lambda command: None, "s")


SPEC = EditorSpec(
    "digits",
    [editor_row("lr", 1e-3, "float", Float(1e-5, 1e-1, log=True), ticked=True)],
    EditorSettings([ObjectiveCandidate("acc", "maximize")]),
)


def choice(**row):
    first = {"name": "lr", "kind": "float", "low": "1e-4", "high": "1e-2", "log": True, **row}
    return {"rows": [first], "objective": "acc", "direction": "maximize"}


def test_start_gives_the_choice_as_distributions():
    got = []
    editor = Editor(SPEC, lambda *asked: got.append(asked) or EditorAnswer(), "e")
    reply = send("start", "e", choice=choice())
    assert (reply.ok, reply.message) == (True, "Starting.")
    ((command, chosen),) = got
    assert command == "start"
    assert chosen.distributions == {"lr": Float(1e-4, 1e-2, log=True)}
    editor.close_with({"text/plain": "started"})
    assert send("start", "e", choice=choice()).message == control.UNKNOWN


def test_what_is_asked_before_starting_comes_as_data():
    section = EditorSection("Every trial runs again", [["In[2], line 3"]])
    editor = Editor(SPEC, lambda command, chosen: EditorAnswer([section]), "e")
    reply = send("plan", "e", choice=choice())
    assert (reply.ok, reply.message) == (True, "")
    assert reply.data == [{"title": section.title, "rows": section.rows}]
    assert "has no command 'pause'" in send("pause", "e").message
    editor.hand_over()


def test_problems_come_back_with_their_row():
    problem = EditorProblem("lr", "lr is never read.")
    editor = Editor(SPEC, lambda command, chosen: EditorAnswer(problems=[problem]), "e")
    reply = send("start", "e", choice=choice())
    assert (reply.ok, reply.problems) == (False, [problem])
    assert reply.message == "Not started: one thing to put right."
    reply = send("plan", "e", choice=choice(low="9"))
    assert "greater than high" in reply.problems[0].message
    assert reply.message == ""
    editor.hand_over()
