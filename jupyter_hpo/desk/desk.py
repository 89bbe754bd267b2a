"""One study's desk: whatever is asked of it from a browser, live, reloaded or in the panel."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import HpoError
from ..present import Presenter
from ..steering import Steering
from ..widgets.encode import plain
from ..widgets.feed import Feed, packed
from ..widgets.protocol import Command, CommandName, Detail, Reply
from . import outcomes, steering
from .answers import Answer
from .going_on import go_on
from .importances import importances
from .spaces import set_space, space

if TYPE_CHECKING:
    from ..handle import StudyHandle

PAGES = 16
"""Pages that follow one study at a time; the one that asked least lately is forgotten."""


class Desk:
    """The receiver of one study's commands, see `widgets.control`; the kernel's control thread.

    It is there as long as the study's handle is, whether or not a dashboard shows the study.
    """

    def __init__(self, handle: StudyHandle) -> None:
        self._handle = handle
        self._pages: OrderedDict[str, tuple[Presenter, Feed]] = OrderedDict()

    def handle(self, command: Command) -> Reply:
        """Decide, pass on, return at once; HpoError becomes a refusal with its sentence."""
        carry_out = ANSWERS.get(command.command)
        try:
            if command.command == "follow":
                answer = self._follow(command)
            elif carry_out is not None:
                answer = carry_out(self._handle, command)
            else:
                return Reply(command.id, False, f"A study has no command {command.command!r}.")
        except HpoError as error:
            return Reply(command.id, False, str(error))
        problems = list(answer.problems)
        return Reply(command.id, not problems, answer.message, problems, plain(answer.data))

    def _follow(self, command: Command) -> Answer:
        """What is new for that page; a session that went on since is told from its start."""
        presenter = self._handle.session.presenter
        known, feed = self._pages.pop(command.page, (None, None))
        anew = command.number == 1 or known is not presenter or feed is None
        if feed is None or known is not presenter:
            feed = Feed(presenter)
        self._pages[command.page] = presenter, feed
        while len(self._pages) > PAGES:
            self._pages.popitem(last=False)
        return Answer(data=packed(feed.next(anew=anew)))


def _detail(study: StudyHandle, command: Command) -> Answer:
    number = command.number or 0
    try:
        return Answer(data=study.session.presenter.detail(number))
    except LookupError:
        return Answer(data=Detail(number, log=f"Nothing is known of trial {number}."))


ANSWERS: dict[CommandName, Callable[[StudyHandle, Command], Answer]] = {
    "pause": steering.pause,
    "resume": steering.resume,
    "stop": steering.stop,
    "pause_trial": steering.of_a_trial(Steering.pause_trial),
    "resume_trial": steering.of_a_trial(Steering.resume_trial),
    "stop_trial": steering.of_a_trial(Steering.stop_trial),
    "prune_trial": steering.prune_trial,
    "enqueue": steering.enqueue,
    "set_budget": steering.set_budget,
    "space": space,
    "set_space": set_space,
    "continue": go_on,
    "detail": _detail,
    "importances": importances,
    "apply": outcomes.apply,
    "use": outcomes.use,
    "export": outcomes.export,
    "result": outcomes.result,
}
"""Command -> what carries it out, on the kernel's control thread; it returns at once."""
