import asyncio
import gc
import threading

import pytest

from jupyter_hpo.widgets import control
from jupyter_hpo.widgets.control import Commands, install, keep_comm_off_the_main_shell
from jupyter_hpo.widgets.protocol import REPLY_TYPE, REQUEST_TYPE, Reply


class Recorder:
    def __init__(self):
        self.got = []

    def handle(self, command):
        self.got.append(command)
        return Reply(command.id, True, f"{command.command} it is")


def message(identity="1", command="pause", study="s", **more):
    return {"id": identity, "study": study, "command": command, **more}


@pytest.fixture
def receiver():
    return Recorder()


@pytest.fixture
def commands(receiver):
    commands = Commands()
    commands.register("s", receiver)
    return commands


def test_a_command_reaches_its_study(commands, receiver):
    assert commands.deliver(message(number=3)) == Reply("1", True, "pause it is")
    assert (receiver.got[0].command, receiver.got[0].number) == ("pause", 3)


def test_the_same_id_is_carried_out_once(commands, receiver):
    first = commands.deliver(message())
    assert commands.deliver(message()) is first
    commands.deliver(message("2"))
    assert len(receiver.got) == 2


def test_a_copy_that_comes_while_the_first_is_at_work_waits_for_its_reply(commands):
    entered, go_on = threading.Event(), threading.Event()

    class Slow(Recorder):
        def handle(self, command):
            entered.set()
            assert go_on.wait(timeout=30)
            return super().handle(command)

    slow = Slow()
    commands.register("s", slow)
    replies = []
    threads = [
        threading.Thread(target=lambda: replies.append(commands.deliver(message())))
        for _ in range(2)
    ]
    threads[0].start()
    assert entered.wait(timeout=30)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(slow.got) == 1
    assert replies[0] is replies[1]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"id": "1", "study": "s", "command": "explode"}, "explode"),
        ({"study": "s", "command": "pause"}, "id"),
        ({"id": "1", "study": "s", "command": "stop_trial"}, "number"),
        ({"id": "1", "study": "s", "command": "stop_trial", "number": "x"}, "integer"),
        ({"id": "1", "study": "s", "command": "start"}, "choice"),
        ({"id": "1", "study": "s", "command": "start", "choice": {"rows": 3}}, "malformed"),
    ],
)
def test_a_malformed_command_is_answered(commands, receiver, bad, said):
    reply = commands.deliver(bad)
    assert not reply.ok
    assert said in reply.message
    assert receiver.got == []


def test_a_study_that_is_gone_is_answered(commands, receiver):
    commands.unregister("s", Recorder())  # not the one registered: nothing happens
    assert commands.deliver(message("a")).ok
    commands.unregister("s", receiver)
    assert "does not hold this study any more" in commands.deliver(message("b")).message


def test_receivers_are_held_weakly():
    commands = Commands()
    commands.register("s", Recorder())
    gc.collect()
    assert not commands.deliver(message()).ok


def test_an_error_becomes_a_reply(commands, caplog):
    class Broken:
        def handle(self, command):
            raise ValueError("no such trial")

    broken = Broken()
    commands.register("s", broken)
    reply = commands.deliver(message())
    assert reply == Reply("1", False, "pause failed: ValueError: no such trial")


class FakeKernel:
    def __init__(self):
        self.control_handlers = {}
        self.sent = []
        self.session = self

    def send(self, stream, kind, content, parent, ident):
        self.sent.append((stream, kind, content, ident))


def test_the_control_handler_replies(monkeypatch, receiver, commands):
    monkeypatch.setattr(control, "commands", commands)
    kernel = FakeKernel()
    assert install(kernel)
    handler = kernel.control_handlers[REQUEST_TYPE]
    asyncio.run(handler("stream", ["browser"], {"content": message()}))
    expected = {"id": "1", "ok": True, "message": "pause it is", "problems": [], "data": None}
    assert kernel.sent == [("stream", REPLY_TYPE, expected, ["browser"])]


def test_a_kernel_says_that_it_can_be_asked():
    kernel = FakeKernel()
    assert install(kernel)
    assert "kernel_info_request" not in kernel.control_handlers, "it has no info to tell"
    kernel.kernel_info = {"banner": "hello", "supported_features": ["debugger"]}
    install(kernel)
    install(kernel)
    asyncio.run(kernel.control_handlers["kernel_info_request"]("stream", ["browser"], {}))
    (stream, kind, content, _) = kernel.sent[0]
    assert (stream, kind) == ("stream", "kernel_info_reply")
    assert content == {
        "status": "ok",
        "banner": "hello",
        "supported_features": ["debugger", REQUEST_TYPE],
    }
    assert kernel.kernel_info["supported_features"] == ["debugger"]


def test_no_control_channel_is_no_error():
    assert not install(object())


def test_the_comm_keeps_the_subshell_of_the_sender():
    class Comm:
        def _reply_subshell_for(self, data, default):
            return None

    comm = Comm()
    keep_comm_off_the_main_shell(comm)
    assert comm._reply_subshell_for({"method": "custom"}, "subshell-1") == "subshell-1"
    keep_comm_off_the_main_shell(object())
