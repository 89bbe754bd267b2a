"""Put the adapters in place when their framework's modules are there, or come to be."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

from .base import Adapter
from .fits import Fits
from .patches import Patches

Put = Callable[[Any, Patches, Fits], None]


class Hook:
    """A finder of modules that looks for nothing itself: it sees one be imported whose
    adapter is to be put in place, and does that once the module is there. It costs an import a
    look into a dictionary."""

    def __init__(self, adapters: Iterable[Adapter], fits: Fits, patches: Patches) -> None:
        self.fits, self.patches = fits, patches
        self.waiting: dict[str, Put] = {}
        for adapter in adapters:
            self.waiting.update(adapter.modules)

    def begin(self) -> None:
        """For what is loaded now, and from now on."""
        modules = sys.modules
        for name in [name for name in self.waiting if name in modules]:
            self.put(modules[name])
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]

    def end(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)  # type: ignore[arg-type]

    def put(self, module: ModuleType) -> None:
        put = self.waiting.pop(module.__name__, None)
        if put is None:
            return
        try:
            put(module, self.patches, self.fits)
        except Exception:  # another version of the framework: it works, and doesn't report
            return

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.waiting:
            return None
        for finder in list(sys.meta_path):
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    if hasattr(spec.loader, "exec_module"):
                        spec.loader = _Loader(spec.loader, self)  # type: ignore[assignment]
                    return spec
        return None


class _Loader:
    """The module's own loader, with a word to the hook when it is done."""

    def __init__(self, own: Any, hook: Hook) -> None:
        self.own, self.hook = own, hook

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self.own.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self.own
        module.__loader__ = self.own
        self.own.exec_module(module)
        if self.hook in sys.meta_path:
            self.hook.put(module)
