"""Attributes of a framework's classes and modules, replaced for the time of a trial."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

_MISSING = object()


class Patches:
    """What was replaced, and how it was before. namespace: the trial's globals, where
    functions imported by name are replaced too."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.attributes: list[tuple[Any, str, Any, Any]] = []
        self.functions: list[tuple[str, Any, Any, tuple[str, ...]]] = []

    def method(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace owner.name (a class's, or a module's) by make(what it is now)."""
        original = getattr(owner, name, None)
        if original is None:  # another version of the framework: it doesn't report
            return
        made = functools.wraps(original)(make(original))
        self.attributes.append((owner, name, vars(owner).get(name, _MISSING), made))
        setattr(owner, name, made)

    def function(
        self, module: Any, name: str, make: Callable[[Any], Any], holders: Sequence[str]
    ) -> None:
        """Replace a module's function wherever it has been imported to by name: in `holders`,
        modules that may not be loaded yet, and in the trial's namespace."""
        original = getattr(module, name, None)
        if original is None:
            return
        made = functools.wraps(original)(make(original))
        self.functions.append((name, original, made, (module.__name__, *holders)))
        self._exchange(*self.functions[-1])

    def undo(self) -> None:
        """Everything as it was; what was replaced by others meanwhile is left to them."""
        for owner, name, before, made in reversed(self.attributes):
            if vars(owner).get(name) is made:
                if before is _MISSING:
                    delattr(owner, name)
                else:
                    setattr(owner, name, before)
        for name, original, made, holders in reversed(self.functions):
            self._exchange(name, made, original, holders)
        self.attributes, self.functions = [], []

    def _exchange(self, name: str, old: Any, new: Any, holders: Sequence[str]) -> None:
        for holder in map(sys.modules.get, holders):
            if holder is not None and vars(holder).get(name) is old:
                setattr(holder, name, new)
        for key in [key for key, value in self.namespace.items() if value is old]:
            self.namespace[key] = new
