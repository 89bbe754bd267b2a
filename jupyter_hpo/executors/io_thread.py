"""The thread that alone touches an executor's sockets; others hand their wishes over to it."""

from __future__ import annotations

import logging
import queue
import selectors
import socket
import threading
from collections.abc import Callable

Job = Callable[[], None]


class IoThread:
    """Waits at `selector` and runs jobs, in the order in which they were handed over.

    What is registered there has a function without arguments as its data, called when there
    is something to read. before: called before each waiting. broken: told of a fault of ours,
    which ends the thread.
    """

    def __init__(self, name: str, before: Job, broken: Callable[[Exception], None]) -> None:
        self.closed = False
        self.selector = selectors.DefaultSelector()
        self._before, self._broken = before, broken
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._wakeup, self._alarm = socket.socketpair()
        self._wakeup.setblocking(False)
        self._alarm.setblocking(False)
        self.selector.register(self._wakeup, selectors.EVENT_READ, self._drain)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    # ---------------------------------------------------------------------- any thread
    def start(self) -> None:
        self._thread.start()

    def hand_over(self, job: Job) -> None:
        """Have the job done there; returns at once."""
        self._jobs.put(job)
        try:
            self._alarm.send(b"!")
        except (BlockingIOError, OSError):  # awake already, or closed
            pass

    def finish(self, last: Job) -> None:
        """Hand over the last job, which is to close this, and wait until it is done."""
        if self._thread.is_alive():
            self.hand_over(last)
            self._thread.join()

    # ------------------------------------------------------------------ on the thread
    def turn(self, wait_s: float | None = None) -> None:
        """Wait once, and do what is to be done then."""
        self._before()
        for key, _ in self.selector.select(wait_s):
            if self.closed:
                return
            key.data()  # it sees for itself whether its wire was closed just before

    def close(self) -> None:
        """No further turn."""
        self.closed = True
        self.selector.close()
        self._wakeup.close()
        self._alarm.close()

    def _run(self) -> None:
        try:
            while not self.closed:
                self.turn()
        except Exception as error:
            logging.getLogger(__name__).debug("the I/O thread broke", exc_info=True)
            self._broken(error)

    def _drain(self) -> None:
        self._wakeup.recv(4096)
        while not self.closed:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            job()
