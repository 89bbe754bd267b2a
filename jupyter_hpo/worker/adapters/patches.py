"""Attributes of a framework's classes and modules, replaced for the time of a trial."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

_MISSING = object()


class Patches:
    """What was replaced, and how it was before. namespace: the trial's globals, where
    functions imported by name are replaced too."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.attributes: list[tuple[Any, str, Any, Any]] = []
        self.functions: list[tuple[Any, Any]] = []

    def method(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace owner.name (a class's, or a module's) by make(what it is now)."""
        original = getattr(owner, name, None)
        if original is None:  # another version of the framework: it doesn't report
            return
        made = functools.wraps(original)(make(original))
        self.attributes.append((owner, name, vars(owner).get(name, _MISSING), made))
        setattr(owner, name, made)

    def function(self, module: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace a function wherever it has been imported to by name: modules of its own
        package, and the trial's namespace."""
        original = getattr(module, name, None)
        if original is None:
            return
        made = functools.wraps(original)(make(original))
        self.functions.append((original, made))
        self._exchange(module.__name__, name, original, made)

    def undo(self) -> None:
        """Everything as it was; what was replaced by others meanwhile is left to them."""
        for owner, name, before, made in reversed(self.attributes):
            if vars(owner).get(name) is made:
                if before is _MISSING:
                    delattr(owner, name)
                else:
                    setattr(owner, name, before)
        for original, made in reversed(self.functions):
            self._exchange(original.__module__, original.__name__, made, original)
        self.attributes, self.functions = [], []

    def _exchange(self, module: str, name: str, old: Any, new: Any) -> None:
        package = module.partition(".")[0]
        for path, holder in list(sys.modules.items()):
            of_package = path == package or path.startswith(package + ".")
            if of_package and getattr(holder, "__dict__", {}).get(name) is old:
                setattr(holder, name, new)
        for key in [key for key, value in self.namespace.items() if value is old]:
            self.namespace[key] = new
