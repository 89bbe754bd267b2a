"""Libraries that start threads of their own as soon as they compute: TensorFlow and JAX.

A process that is forked when they run inherits the locks without the threads that would release
them, and its first computation waits for ever. Importing them is safe. So where the notebook's
objects hold any of theirs (a Keras model computes when it is unpickled), each worker unpickles
them itself, after the fork.
"""

from __future__ import annotations

import sys
from typing import Any

_MODULES = {
    "tensorflow": "tensorflow",
    "tf_keras": "tf_keras",
    "keras": "keras",
    "jax": "jax",
    "jaxlib": "jax",
}
"""First part of a class's module -> what to import to have it."""


class Computing:
    """Looks at the types of objects; `found` are the modules to import for those that compute
    on such threads."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._seen: set[type] = set()
        self._wanted = {root for root in _MODULES if root in sys.modules}
        if "keras" in self._wanted and _keras_backend() not in ("tensorflow", "jax"):
            self._wanted.discard("keras")

    def look(self, kind: type) -> None:
        if not self._wanted or kind in self._seen:
            return
        self._seen.add(kind)
        if issubclass(kind, type):  # a class travels by its name
            return
        for base in kind.__mro__:
            root = str(base.__module__).partition(".")[0]
            if root in self._wanted:
                self.found.add(_MODULES[root])


def _keras_backend() -> str:
    keras: Any = sys.modules["keras"]
    try:
        return str(keras.backend.backend())
    except AttributeError:  # it is only half imported, or keras 2
        return "tensorflow"
