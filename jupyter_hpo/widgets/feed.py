"""What is new of a study, message by message, for one browser page or one widget."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import count
from typing import Any

from .cutting import cut_live
from .encode import encode
from .protocol import Source, StudyState

Message = tuple[dict[str, Any], list[bytes]]


class Feed:
    """Messages of a source, numbered from 1. Owned by one thread at a time.

    state: of the study in the last message, None before the first. more: the rest of a big
    update waits.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._version = 0
        self._seq = count(1)
        self._outgoing: Iterator[Message] = iter(())
        self.state: StudyState | None = None
        self.more = False

    def next(self, *, anew: bool = False) -> Message:
        """The next message: the rest of a big update first, else what changed since the last.

        anew: everything from the start, whatever was sent before.
        """
        rest = None if anew else next(self._outgoing, None)
        if rest is None:
            since = 0 if anew or self.state is None else self._version
            update = cut_live(self._source.changes(since))
            reset = anew or self.state is None
            self._version, self.state = update.version, update.header.state
            self._outgoing = encode(update, reset=reset, next_seq=lambda: next(self._seq))
            rest = next(self._outgoing)
        self.more = bool(rest[0]["more"])
        return rest


def packed(message: Message) -> dict[str, Any]:
    """A message as JSON alone, see `protocol.Packed`."""
    content, buffers = message
    data = base64.b64encode(buffers[0] if buffers else b"").decode("ascii")
    return {"message": content, "buffer": data}
