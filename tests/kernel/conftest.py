"""A real ipykernel per test module, in a folder of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from queue import Empty

import pytest
from jupyter_client.manager import start_new_kernel


@dataclass
class Result:
    """What a cell left: text printed, displays (by display id the newest), the error."""

    stdout: str = ""
    stderr: str = ""
    displays: dict[str, dict] = field(default_factory=dict)
    error: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(d.get("text/plain", "") for d in self.displays.values())

    @property
    def all(self) -> str:
        return "\n".join([self.stdout, self.stderr, self.text, self.error or ""])


class Kernel:
    """Runs cells and collects what they leave. `begin` does not wait; `finish` does."""

    def __init__(self, folder, env: dict[str, str] | None = None) -> None:
        more = {} if env is None else {"env": env}
        self.manager, self.client = start_new_kernel(cwd=str(folder), **more)
        self.run("%load_ext jupyter_hpo")

    def begin(self, code: str) -> str:
        return self.client.execute(code)

    def run(self, code: str, timeout: float = 60) -> Result:
        return self.finish(self.begin(code), timeout)

    def finish(self, request: str, timeout: float = 60, until=None) -> Result:
        """Collect until the request is done, or until(result) is true."""
        result = Result()
        end = time.monotonic() + timeout
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
            except Empty:
                raise TimeoutError(f"the cell is still running; so far: {result}") from None
            if message["parent_header"].get("msg_id") != request:
                continue
            self._collect(message, result)
            if until is not None and until(message, result):
                return result
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return result

    def _collect(self, message, result: Result) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            setattr(result, content["name"], getattr(result, content["name"]) + content["text"])
        elif kind in ("display_data", "update_display_data", "execute_result"):
            where = content.get("transient", {}).get("display_id") or f"#{len(result.displays)}"
            result.displays[where] = content["data"]
        elif kind == "error":
            result.error = "\n".join(content["traceback"])

    def value(self, expression: str):
        """The value of an expression in the kernel (by its repr)."""
        result = self.run(f"print(repr({expression}))")
        assert result.error is None, result.error
        return eval(result.stdout.strip(), {"nan": float("nan")})

    def control(self, command: str, study: str, **more) -> dict:
        """Send a command on the control channel, as the widget does; its reply."""
        content = {"id": f"{command}-{time.monotonic_ns()}", "study": study, "command": command}
        return self.on_control("jupyter_hpo_request", {**content, **more})

    def on_control(self, kind: str, content: dict) -> dict:
        """Send a message on the control channel; what its reply says."""
        message = self.client.session.msg(kind, content)
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def start(tmp_path):
    """Start kernels in the test's folder; all are ended with the test."""
    kernels = []

    def start_one(env: dict[str, str] | None = None) -> Kernel:
        kernels.append(Kernel(tmp_path, env))
        return kernels[-1]

    yield start_one
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(start) -> Kernel:
    return start()


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Kernel:
    """One kernel for the tests of a module that leave nothing behind."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.close()
