"""Commands from the browser, on the kernel's control channel or over a widget's comm.

While a cell runs, the shell channel waits; the control channel does not. So the browser
sends `jupyter_hpo_request` there first, and uses the comm when that is not answered. Both
ways end in `deliver`, which carries out each command id once. All use of the kernel's
internals (`control_handlers`, `kernel_info`, `_reply_subshell_for`) is in this file, and is
tested for before use; it was read in ipykernel 6.31, 7.3 and 7.4.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol
from weakref import WeakValueDictionary

from .encode import plain
from .protocol import REPLY_TYPE, REQUEST_TYPE, BadCommand, Command, Reply, parse_command

log = logging.getLogger("jupyter_hpo")

REMEMBERED = 512
UNKNOWN = (
    "The kernel does not hold this study any more: it was restarted, or the study's cell was run "
    "again. Run the cell again to go on where the study stood."
)


class Receiver(Protocol):
    """Who carries out the commands of one study: a dashboard or an editor."""

    def handle(self, command: Command) -> Reply:
        """Called on the control thread (or a comm's): decide, pass on, return at once."""


class Commands:
    """Receivers by study id, held weakly, and the replies given, by command id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._receivers: WeakValueDictionary[str, Receiver] = WeakValueDictionary()
        self._replies: OrderedDict[str, Reply] = OrderedDict()
        self._working: dict[str, threading.Event] = {}

    def register(self, study: str, receiver: Receiver) -> None:
        with self._lock:
            self._receivers[study] = receiver

    def unregister(self, study: str, receiver: Receiver) -> None:
        with self._lock:
            if self._receivers.get(study) is receiver:
                del self._receivers[study]

    def deliver(self, message: Mapping[str, Any]) -> Reply:
        """Carry out a command once and reply; a repeated id gets the first one's reply."""
        try:
            command = parse_command(message)
        except BadCommand as error:
            return Reply(str(message.get("id", "")), False, f"The browser's message: {error}")
        with self._lock:
            if command.id in self._replies:
                return self._replies[command.id]
            under_way = self._working.get(command.id)
            if under_way is None:
                self._working[command.id] = done = threading.Event()
                receiver = self._receivers.get(command.study)
        if under_way is not None:
            under_way.wait()
            return self._replies[command.id]
        try:
            reply = _carry_out(receiver, command)
            with self._lock:
                self._replies[command.id] = reply
                while len(self._replies) > REMEMBERED:
                    self._replies.popitem(last=False)
        finally:
            with self._lock:
                del self._working[command.id]
            done.set()
        return reply


def _carry_out(receiver: Receiver | None, command: Command) -> Reply:
    if receiver is None:
        return Reply(command.id, False, UNKNOWN)
    try:
        return receiver.handle(command)
    except Exception as error:
        log.exception("command %r failed", command.command)
        return Reply(
            command.id, False, f"{command.command} failed: {type(error).__name__}: {error}"
        )


commands = Commands()


def current_kernel() -> Any | None:
    """The running ipykernel, None in a terminal or a plain script."""
    try:
        from IPython import get_ipython  # type: ignore[attr-defined]
    except ImportError:
        return None
    return getattr(get_ipython(), "kernel", None)  # type: ignore[no-untyped-call]


def install(kernel: Any | None = None) -> bool:
    """Answer `jupyter_hpo_request` on the kernel's control channel; False when it has none.

    From then on the kernel names that message among its `supported_features` to who asks there
    for its `kernel_info`: a kernel that does not know the message writes an error for each, so
    a page that can't know better asks that first. Safe to call again. kernel: the current one
    when None.
    """
    kernel = kernel if kernel is not None else current_kernel()
    handlers = getattr(kernel, "control_handlers", None)
    session = getattr(kernel, "session", None)
    if kernel is None or not isinstance(handlers, dict) or session is None:
        return False

    async def jupyter_hpo_request(stream: Any, ident: Any, parent: Any) -> None:
        reply = commands.deliver(parent["content"])
        session.send(stream, REPLY_TYPE, plain(reply), parent, ident)

    async def kernel_info_request(stream: Any, ident: Any, parent: Any) -> None:
        info = dict(kernel.kernel_info)
        info["supported_features"] = [*info.get("supported_features", ()), REQUEST_TYPE]
        session.send(stream, "kernel_info_reply", {"status": "ok", **info}, parent, ident)

    handlers[REQUEST_TYPE] = jupyter_hpo_request
    if isinstance(getattr(kernel, "kernel_info", None), dict):
        handlers["kernel_info_request"] = kernel_info_request
    return True


def keep_comm_off_the_main_shell(comm: Any) -> None:
    """Let comm messages keep the subshell they were sent to.

    ipykernel 7.4 sends them to the shell that last published on the comm, which is the busy
    main one; other versions have no such hook.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default
