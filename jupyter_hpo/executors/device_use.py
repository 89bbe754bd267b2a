"""Whether a cell uses a GPU, and which: read from its code and from the objects it reads.

A tensor, module or optimiser on a GPU, a `torch.device`, a string such as "cuda:1" are taken at
their word. Code counts where it names `cuda` (`.cuda()`, `torch.cuda.…`, "cuda") or a trainer
that takes a GPU by itself; functions that the cell calls are read too, and what these call.
"""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMED = re.compile(r"(?:cuda|gpu|gpu_hist)(?::(?P<index>\d+))?")
TRAINERS = frozenset(["Trainer", "SFTTrainer", "Accelerator", "SentenceTransformer"])
DEPTH = 4
ITEMS = 50
OBJECTS = 5000
"""So many objects are looked at, at most."""


@dataclass(frozen=True)
class Use:
    """index: of the GPU that is named, when one is. why: for a sentence, `model is on cuda:0`."""

    index: int | None
    why: str


def find_use(source: str, names: Mapping[str, Any]) -> Use | None:
    """The first sign that the cell uses a GPU; None when there is none.

    source: plain Python. names: what the cell reads of the notebook. A sign with an index
    wins over one without.
    """
    uses = [*of_objects(names), *of_source(source)]
    exact = next((use for use in uses if use.index is not None), None)
    return exact or (uses[0] if uses else None)


def of_source(source: str) -> Iterator[Use]:
    for node in ast.walk(ast.parse(source)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = NAMED.fullmatch(node.value)
            if named:
                yield Use(_index(named), f"line {line} names {node.value!r}")
        elif isinstance(node, ast.Attribute) and node.attr == "cuda":
            yield Use(None, f"line {line} uses `.cuda`")
        elif isinstance(node, ast.Name) and node.id == "cuda":
            yield Use(None, f"line {line} uses `cuda`")
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else None
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called in TRAINERS:
                yield Use(None, f"line {line} makes a {called}, which takes a GPU by itself")


def of_objects(names: Mapping[str, Any]) -> Iterator[Use]:
    seen: set[int] = set()
    for name, value in names.items():
        yield from _of_object(name, value, seen, DEPTH)


def _of_object(name: str, value: Any, seen: set[int], depth: int) -> Iterator[Use]:
    if depth < 0 or len(seen) > OBJECTS or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, str):
        named = NAMED.fullmatch(value)
        if named:
            yield Use(_index(named), f"{name} is {value!r}")
        return
    if isinstance(value, types.ModuleType | type | bytes | int | float):
        return
    if isinstance(value, types.FunctionType | types.MethodType):
        yield from _of_function(name, value, seen, depth)
        return
    if type(value).__module__ == "torch" and type(value).__name__ == "device":
        if value.type == "cuda":
            yield Use(value.index, f"{name} is {value}")
        return
    device = _device(value)
    if device is not None:
        if device.type == "cuda":
            yield Use(device.index, f"{name} is on {device}")
        return
    for part in _parts(value):
        yield from _of_object(name, part, seen, depth - 1)


def _of_function(name: str, function: Any, seen: set[int], depth: int) -> Iterator[Use]:
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is None or str(getattr(function, "__module__", "")).partition(".")[0] == "torch":
        return
    if "cuda" in _names(code):
        yield Use(None, f"{name}() uses `.cuda`")
    for constant in _constants(code):
        named = NAMED.fullmatch(constant)
        if named:
            yield Use(_index(named), f"{name}() names {constant!r}")
    for used in _names(code):
        part = function.__globals__.get(used)
        if part is not None and getattr(part, "__module__", "__main__") == "__main__":
            yield from _of_object(used, part, seen, depth - 1)
    for cell in function.__closure__ or ():
        try:
            yield from _of_object(name, cell.cell_contents, seen, depth - 1)
        except ValueError:  # not assigned yet
            continue


def _device(value: Any) -> Any:
    """The torch.device that a tensor or a module is on, else None."""
    root = type(value).__module__.partition(".")[0]
    parameters = getattr(value, "parameters", None)
    if root != "torch" and not (callable(parameters) and hasattr(value, "state_dict")):
        return None
    first = value
    if callable(parameters) and hasattr(value, "named_buffers"):
        first = next(iter(value.parameters()), None)
        first = next(iter(value.buffers()), None) if first is None else first
    device = getattr(first, "device", None)
    return device if type(device).__name__ == "device" else None


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from list(value.values())[:ITEMS]
    elif isinstance(value, list | tuple | set | frozenset):
        yield from list(value)[:ITEMS]
    elif type(value).__module__ not in ("numpy", "builtins"):
        yield from list(getattr(value, "__dict__", {}).values())[:ITEMS]


def _names(code: types.CodeType) -> set[str]:
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return set(code.co_names).union(*(_names(c) for c in inner))


def _constants(code: types.CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, types.CodeType):
            yield from _constants(constant)


def _index(named: re.Match[str]) -> int | None:
    return int(named["index"]) if named["index"] else None
