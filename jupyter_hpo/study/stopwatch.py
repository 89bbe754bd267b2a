"""Running time by key, pauses left out. Times are seconds on the clock of the caller."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Stopwatch(Generic[K]):
    """One watch for each key. Starting a running one, or stopping a standing one, is nothing."""

    def __init__(self) -> None:
        self._since: dict[K, float] = {}
        self._sum: dict[K, float] = {}
        self._spans: dict[K, list[tuple[float, float]]] = {}

    def start(self, key: K, now: float) -> None:
        self._since.setdefault(key, now)

    def stop(self, key: K, now: float) -> None:
        since = self._since.pop(key, None)
        if since is not None:
            self._sum[key] = self._sum.get(key, 0.0) + now - since
            self._spans.setdefault(key, []).append((since, now))

    def seconds(self, key: K, now: float) -> float:
        """How long it has run by now, in all."""
        return self._sum.get(key, 0.0) + now - self._since.get(key, now)

    def spans(self, key: K) -> list[tuple[float, float | None]]:
        """When it ran, from and to, in order; to None: it runs."""
        since = self._since.get(key)
        now: list[tuple[float, float | None]] = [] if since is None else [(since, None)]
        return [*self._spans.get(key, ()), *now]

    @property
    def running(self) -> tuple[K, ...]:
        return tuple(self._since)
