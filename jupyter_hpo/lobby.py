"""The kernel's own receiver: which studies there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .widgets.control import commands, install
from .widgets.encode import plain
from .widgets.protocol import LOBBY, Command, Reply, StudySummary

Summaries = Callable[[], Iterable[StudySummary]]


class Lobby:
    """Answers `studies`. summaries: gives them, the newest first; the control thread."""

    def __init__(self, summaries: Summaries) -> None:
        self.summaries = summaries

    def handle(self, command: Command) -> Reply:
        if command.command != "studies":
            return Reply(command.id, False, f"{command.command!r} needs a study.")
        return Reply(command.id, True, data=plain(list(self.summaries())))


_lobby = Lobby(list)  # receivers are held weakly, and this one is there for good


def open_lobby() -> None:
    """Answer for the kernel from now on, though no study may have run yet."""
    commands.register(LOBBY, _lobby)
    install()


def show_in_lobby(summaries: Summaries) -> None:
    """Tell of these studies from now on."""
    _lobby.summaries = summaries
    open_lobby()
