"""■ noted instead of raised, while a study is set up, waited for and wound up.

A KeyboardInterrupt in the middle of an import can leave an import lock behind, and one
between two of our own lines can leave a study that nobody waits for. So while a cell of ours
runs, SIGINT only sets a flag, and the wait, which looks at it every 0.2 s, stops the study.
"""

from __future__ import annotations

import _thread
import signal
import threading
from types import FrameType
from typing import ClassVar


class Interrupts:
    """A context in which SIGINT sets `seen`. Main thread; elsewhere it does nothing.

    Entered again inside itself it is the same one. raising: while True, SIGINT also raises
    KeyboardInterrupt, for a trial that runs in the kernel's own thread.
    """

    _active: ClassVar[Interrupts | None] = None

    def __init__(self) -> None:
        self.seen = False
        self.raising = False
        self._depth = 0

    def __enter__(self) -> Interrupts:
        current = Interrupts._active or self
        if threading.current_thread() is not threading.main_thread():
            return self
        current._depth += 1
        if current._depth == 1:
            Interrupts._active = current
            self._before = signal.signal(signal.SIGINT, current._note)
        return current

    def __exit__(self, *exc: object) -> None:
        current = Interrupts._active
        if current is None or threading.current_thread() is not threading.main_thread():
            return
        current._depth -= 1
        if current._depth == 0:
            Interrupts._active = None
            signal.signal(signal.SIGINT, current._before)

    @property
    def unheard(self) -> bool:
        """SIGINT came, and nothing around this context looks for it."""
        return self.seen and Interrupts._active is None

    def _note(self, signum: int, frame: FrameType | None) -> None:
        self.seen = True
        if self.raising:
            raise KeyboardInterrupt


def send_later(seconds: float) -> None:
    """SIGINT to the main thread, after so long: also where it waits in a system call."""
    timer = threading.Timer(seconds, _send)
    timer.daemon = True
    timer.start()


def _send() -> None:
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()
