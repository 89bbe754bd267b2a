"""Against a real ipykernel: a command arrives while a cell blocks, and the output is replaced."""

import pytest
from jupyter_client.manager import start_new_kernel

from jupyter_hpo.widgets.protocol import REPLY_TYPE, REQUEST_TYPE

pytestmark = pytest.mark.kernel

CELL = """
import threading
from jupyter_hpo.widgets import assets
from jupyter_hpo.widgets.dashboard import Dashboard
from jupyter_hpo.widgets.protocol import Detail, Header, Reply, Update

class Source:
    def changes(self, since): return Update(1, Header("s", "running"))
    def detail(self, number): return Detail(number)

assets.load = lambda name: ""
pressed, got = threading.Event(), []
def obey(command):
    got.append((command.command, command.number, threading.current_thread().name))
    pressed.set()
    return Reply(command.id, True, "Stopping.")
dashboard = Dashboard(Source(), obey, "study-1")
dashboard.show()
assert pressed.wait(60), "no command came while the cell was busy"
BACKGROUND
print(got[0][:2], threading.current_thread().name)
"""
ON_MAIN = 'dashboard.finish({"text/plain": "the result"})'
ON_THREAD = f"t = threading.Thread(target=lambda: {ON_MAIN})\nt.start(); t.join()"


@pytest.fixture(scope="module")
def client():
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("finish", [ON_MAIN, ON_THREAD], ids=["main thread", "other thread"])
def test_a_command_reaches_a_busy_cell_and_the_output_becomes_static(client, finish):
    request = client.execute(CELL.replace("BACKGROUND", finish))
    shown, replaced, printed, sent = None, None, "", False
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != request and message["msg_type"] != (
            "update_display_data"
        ):
            continue
        content = message["content"]
        if message["msg_type"] == "display_data":
            shown = content
            command = {"id": request, "study": "study-1", "command": "stop"}
            client.control_channel.send(client.session.msg(REQUEST_TYPE, command))
            sent = True
        elif message["msg_type"] == "update_display_data":
            replaced = content
            assert message["parent_header"]["msg_id"] == request
        elif message["msg_type"] == "stream":
            printed += content["text"]
        elif message["msg_type"] == "error":
            pytest.fail("\n".join(content["traceback"]))
        elif message["msg_type"] == "status" and content["execution_state"] == "idle":
            break
    assert sent
    reply = client.control_channel.get_msg(timeout=60)
    assert reply["msg_type"] == REPLY_TYPE
    said = {"id": request, "ok": True, "message": "Stopping.", "problems": [], "data": None}
    assert reply["content"] == said
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]
    assert replaced["data"] == {"text/plain": "the result"}
    assert replaced["transient"]["display_id"] == shown["transient"]["display_id"]
    assert printed.startswith("('stop', None) MainThread")
