"""matplotlib in a trial: figures are drawn and can be saved, but never shown, and are closed."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def unseen() -> Iterator[None]:
    """While it lasts `plt.show()` shows nothing, and closes the figures as it does in a
    notebook; at the end those opened meanwhile are closed.

    A figure is closed before it is pickled: an open one would open again where it is read.
    """
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if not hasattr(pyplot, "show"):  # not there, or only half imported
        yield
        _close(())
        return
    before = frozenset(pyplot.get_fignums())
    show = pyplot.show

    def show_nothing(*args: Any, **options: Any) -> None:
        _close(before)

    pyplot.show = show_nothing
    try:
        yield
    finally:
        pyplot.show = show
        _close(before)


@contextmanager
def settings_kept() -> Iterator[None]:
    """At the end the backend, rcParams and interactive mode are what they were."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if not hasattr(pyplot, "show"):
        yield
        return
    interactive, settings = pyplot.isinteractive(), _settings()
    try:
        yield
    finally:
        _restore(pyplot, settings)
        if interactive != pyplot.isinteractive():
            (pyplot.ion if interactive else pyplot.ioff)()


def _close(but: Collection[int]) -> None:
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if hasattr(pyplot, "get_fignums"):
        for number in pyplot.get_fignums():
            if number not in but:
                pyplot.close(number)


def _settings() -> dict[str, Any]:
    """rcParams as they stand: read past its own access, which would choose a backend."""
    return dict(dict.items(sys.modules["matplotlib"].rcParams))


def _restore(pyplot: Any, settings: dict[str, Any]) -> None:
    now = _settings()
    changed = {n: v for n, v in settings.items() if now.get(n) is not v and now.get(n) != v}
    backend = changed.pop("backend", None)
    if isinstance(backend, str):  # else none had been chosen, and any will do
        pyplot.switch_backend(backend)
    dict.update(sys.modules["matplotlib"].rcParams, changed)
