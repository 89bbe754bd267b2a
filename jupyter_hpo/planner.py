"""Questions that take a moment to answer, asked from a thread that may not wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Planner(Generic[Q, A]):
    """Works out the answer to the newest question on a thread of its own.

    work: question -> answer; called on that thread, one at a time. A question that a newer one
    replaced before its turn is never worked out. `ask` is safe from any thread.
    """

    def __init__(self, work: Callable[[Q], A]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._wanted: list[Q] = []  # none or one
        self._known: tuple[Q, A | None, Exception | None] | None = None
        self._busy = False

    def ask(self, question: Q, wait_s: float) -> A | None:
        """The answer, or None when it is not known within wait_s: ask again then.

        Raises what `work` raised for this question.
        """
        with self._changed:
            if not self._knows(question):
                self._wanted = [question]
                if not self._busy:
                    self._busy = True
                    threading.Thread(
                        target=self._run, name="jupyter_hpo-planner", daemon=True
                    ).start()
                self._changed.wait_for(lambda: self._knows(question), wait_s)
            if self._known is None or not self._knows(question):
                return None
            _, answer, error = self._known
        if error is not None:
            raise error
        return answer

    def known(self, question: Q) -> A | None:
        """The answer, if it was worked out last; nothing is begun."""
        with self._changed:
            return self._known[1] if self._known is not None and self._knows(question) else None

    def _knows(self, question: Q) -> bool:
        return self._known is not None and self._known[0] == question

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._wanted:
                    self._busy = False
                    return
                question = self._wanted.pop()
            found: tuple[Q, Any, Exception | None]
            try:
                found = (question, self._work(question), None)
            except Exception as error:  # raised where it was asked
                found = (question, None, error)
            with self._changed:
                self._known = found
                self._changed.notify_all()
