"""The space editor: what can be tuned, with proposals; tick, adjust, Start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anywidget
import traitlets

from . import assets
from .control import commands, install, keep_comm_off_the_main_shell
from .encode import plain
from .output import Output, view_of
from .protocol import Command, CommandName, EditorProblem, EditorSpec, Reply, ReplyMessage
from .ranges import Choice, read_choice

ANSWERED = ("start", "plan", "write_marks")


@dataclass(frozen=True)
class EditorAnswer:
    """data: of the type that `Command` names. problems: then nothing was done; each is shown
    beside its row."""

    data: Any = None
    problems: list[EditorProblem] = field(default_factory=list)


class Editor(anywidget.AnyWidget):  # type: ignore[misc]
    """Shows the values found in a cell and asks what to tune.

    spec: everything shown. answer: called with "start", "plan" or "write_marks" and a valid
    `Choice`, on the kernel's control thread (or a comm's thread); it returns at once. After a
    start without problems the study is on its way: call `close_with` or `hand_over`. study_id:
    as for the dashboard, unique in the kernel.

    Main thread: the constructor, `show`. Raises HpoError when the front end was never built.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _study = traitlets.Unicode().tag(sync=True)
    _spec = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        spec: EditorSpec,
        answer: Callable[[CommandName, Choice], EditorAnswer],
        study_id: str,
    ) -> None:
        super().__init__(_esm=assets.load("editor"), _study=study_id, _spec=plain(spec))
        self._answer, self._settings = answer, spec.settings
        self._value_kinds = {row.name: row.value_kind for row in spec.rows}
        self._output = Output()
        keep_comm_off_the_main_shell(self.comm)
        self.on_msg(self._on_comm_message)
        commands.register(study_id, self)
        install()

    def show(self) -> None:
        """Display it in the running cell. Main thread."""
        self._output.show(view_of(self, self._output))

    def close_with(self, bundle: dict[str, Any]) -> None:
        """Replace the editor by `bundle` (a text, a static result) for good. Any thread."""
        self._output.replace(bundle)
        self._leave()

    def hand_over(self) -> Output:
        """The output the editor stands in, for `Dashboard.show(at=...)`; the editor is done."""
        self._leave()
        # JupyterLab hides the output of a closed widget, and would draw the next widget in that
        # hidden place; a text between them makes it begin with a new one.
        self._output.replace({"text/plain": "Starting the study."})
        return self._output

    def _leave(self) -> None:
        commands.unregister(self._study, self)
        self.close()

    def handle(self, command: Command) -> Reply:
        """Carry out a command (see `control.Receiver`)."""
        if command.command not in ANSWERED or command.choice is None:
            return Reply(command.id, False, f"An editor has no command {command.command!r}.")
        choice, problems = read_choice(command.choice, self._value_kinds, self._settings)
        answer = EditorAnswer(problems=problems)
        if choice is not None:
            answer = self._answer(command.command, choice)
        starts = command.command == "start"
        if answer.problems:
            count = len(answer.problems)
            what = "one thing" if count == 1 else f"{count} things"
            said = f"Not started: {what} to put right." if starts else ""
            return Reply(command.id, False, said, answer.problems)
        return Reply(command.id, True, "Starting." if starts else "", data=plain(answer.data))

    def _on_comm_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and "command" in content:
            reply = commands.deliver(content)
            self.send(plain(ReplyMessage("reply", reply)))
