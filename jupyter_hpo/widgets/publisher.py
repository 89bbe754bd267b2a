"""The one thread that sends: coalesced, at most ten messages a second, with a heartbeat."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from .feed import Feed, Message
from .protocol import ENDED, Source

log = logging.getLogger("jupyter_hpo")

INTERVAL_S = 0.1
HEARTBEAT_S = 1.0


class Publisher:
    """Sends what a source has to show, from its own thread.

    `notify` and `resync` may be called from any thread and return at once.
    `turn` is the whole logic, called by the thread with the time (seconds, monotonic); it
    sends at most one message and says when it wants to be called again.
    send: called with (content, buffers) on the publisher's thread.
    """

    def __init__(
        self,
        source: Source,
        send: Callable[[dict[str, Any], list[bytes]], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._feed, self._send, self._clock = Feed(source), send, clock
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._stopping = False
        self._changed = True
        self._full = True
        self._last = -INTERVAL_S
        self._heartbeat_s = HEARTBEAT_S
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="jupyter_hpo-publisher", daemon=True)
        self._thread.start()

    def notify(self) -> None:
        """Something changed."""
        with self._lock:
            self._changed = True
        self._wake.set()

    def resync(self) -> None:
        """A browser has nothing, or missed a message: send everything again."""
        with self._lock:
            self._full = True
        self._wake.set()

    def stop(self) -> None:
        """End the thread; returns when nothing more will be sent."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            try:
                due = self.turn(self._clock())
            except Exception:
                # The view must never end a search; the person still has the final output.
                log.exception("the dashboard could not be updated")
                due = self._clock() + HEARTBEAT_S
            if not self._stopping:
                self._wake.wait(None if due == math.inf else max(0.0, due - self._clock()))

    def turn(self, now: float) -> float:
        """Send one message if one is due; the time of the next turn."""
        self._wake.clear()
        if now < self._last + INTERVAL_S:
            return self._last + INTERVAL_S
        message = self._next(now)
        if message is not None:
            self._last = now
            self._send(*message)
        with self._lock:
            busy = self._changed or self._full or self._feed.more
        return self._last + (INTERVAL_S if busy else self._heartbeat_s)

    def _next(self, now: float) -> Message | None:
        """A full resend first, then the rest of a big update, then news or a sign of life."""
        with self._lock:
            full, self._full = self._full, False
            changed = self._changed
            if not self._feed.more or full:
                self._changed = False
        if not (full or changed or self._feed.more or now >= self._last + self._heartbeat_s):
            return None
        message = self._feed.next(anew=full)
        # Once it has ended no time passes any more.
        self._heartbeat_s = math.inf if self._feed.state in ENDED else HEARTBEAT_S
        return message
