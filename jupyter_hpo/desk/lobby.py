"""The kernel's own receiver: which studies there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..widgets.control import commands, install
from ..widgets.encode import plain
from ..widgets.protocol import LOBBY, Command, Reply, StudySummary


class Lobby:
    """Answers `studies`. summaries: gives them, the newest first; the control thread."""

    def __init__(self, summaries: Callable[[], Iterable[StudySummary]]) -> None:
        self._summaries = summaries

    def handle(self, command: Command) -> Reply:
        if command.command != "studies":
            return Reply(command.id, False, f"{command.command!r} needs a study.")
        return Reply(command.id, True, data=plain(list(self._summaries())))


_open: list[Lobby] = []  # receivers are held weakly, and this one is there for good


def open_lobby(summaries: Callable[[], Iterable[StudySummary]]) -> None:
    """Answer for the kernel from now on; again replaces what answered before."""
    lobby = Lobby(summaries)
    _open[:] = [lobby]
    commands.register(LOBBY, lobby)
    install()
