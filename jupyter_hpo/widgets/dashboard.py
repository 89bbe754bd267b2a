"""The live dashboard of one study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from . import assets
from .control import commands, install, keep_comm_off_the_main_shell
from .encode import plain
from .output import Output, view_of
from .protocol import Command, Reply, ReplyMessage, Source
from .publisher import Publisher


class Dashboard(anywidget.AnyWidget):  # type: ignore[misc]
    """Shows a study while it runs, and becomes a static picture of it when it ends.

    source: what to show (read on the publisher's thread). on_command: carries out every
    command but `resync`, on the kernel's control thread; it must return at once. view_id:
    names this widget among the receivers of the kernel's commands; unique.

    Main thread: the constructor, `show`, `publish`. Any thread: `notify`. Raises HpoError when the
    front end was never built.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _study = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, source: Source, on_command: Callable[[Command], Reply], view_id: str
    ) -> None:
        self._publisher = Publisher(source, self._send_content)  # `close` needs it in any case
        super().__init__(_esm=assets.load("dashboard"), _study=view_id)
        self._on_command = on_command
        self._output = Output()
        self._finished = self._reattached = False
        self._page = ""
        keep_comm_off_the_main_shell(self.comm)
        self.on_msg(self._on_comm_message)
        commands.register(view_id, self)
        install()

    def show(self, at: Output | None = None) -> None:
        """Display it in the running cell and begin to publish. Main thread.

        at: an output shown before, such as `Editor.hand_over()` gives, to stand in its
        place; then any thread.
        """
        if at is None:
            self._output.show(view_of(self, self._output))
        else:
            self._output = at
            at.replace(view_of(self, at))
        self.publish()

    def publish(self) -> None:
        """Begin to send, wherever it is shown; `close` ends it."""
        self._publisher.start()

    def close(self) -> None:
        self._publisher.stop()
        super().close()

    @property
    def output(self) -> Output:
        """Where it is shown."""
        return self._output

    def notify(self) -> None:
        """Something changed; it is sent within a tenth of a second. Any thread, cheap."""
        self._publisher.notify()

    def finish(self, bundle: dict[str, Any]) -> None:
        """Replace the widget by `bundle` (see `static.static_bundle`) for good.

        Best on the main thread before the cell ends; a background study may call it from
        its own thread. A second call does nothing.

        After a page reload JupyterLab no longer finds the output to replace; then the live
        widget stays, in its last state, so that the reloaded page has something to show.
        """
        if self._finished:
            return
        self._finished = True
        self._output.replace(bundle)
        if self._reattached:
            self._publisher.notify()
            return
        commands.unregister(self._study, self)
        self.close()

    def handle(self, command: Command) -> Reply:
        """Carry out a command (see `control.Receiver`)."""
        if command.command == "resync":
            self._page = self._page or command.page
            self._reattached |= command.page != self._page  # reloaded, or one more page
            self._publisher.resync()
            return Reply(command.id, True)
        reply = self._on_command(command)
        self._publisher.notify()
        return reply

    def _send_content(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(content, buffers)

    def _on_comm_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and "command" in content:
            reply = commands.deliver(content)
            self.send(plain(ReplyMessage("reply", reply)))
