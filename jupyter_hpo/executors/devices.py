"""Which devices the trials of a study use: `--device` made into a choice. Called in the kernel.

`auto` is the GPU that the cell uses (see `device_use`): by what is named there, else the one
torch has chosen in this kernel; the CPU where the cell uses none, or none can be used. `cuda` is
every GPU that the kernel may use, `cuda:1` that one, `cuda:0,cuda:2` these, `cpu` none.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..errors import ExecutorError
from ..study.packing import DeviceFacts
from ..worker.devices import Plan, UnknownDevice, find_kind, index_of, kind_of
from . import gpus as nvidia
from .device_use import Use, find_use

ASKED = re.compile(r"auto|cpu|[a-z]+(:\d+)?(,[a-z]+:\d+)*")
LIBRARIES = ("torch", "tensorflow", "jax", "xgboost", "lightgbm", "cupy")
"""What may bring a GPU to use."""


@dataclass(frozen=True)
class Choice:
    """devices: that the trials use, () for the CPU. plan: for the workers, None for the CPU.
    hidden: the workers are to see no GPU. notes: sentences for the person."""

    devices: tuple[DeviceFacts, ...] = ()
    plan: Plan | None = None
    hidden: bool = False
    notes: tuple[str, ...] = ()


def parse_device(text: str) -> str:
    """The text of `--device` when it can be one. Raises ValueError with a sentence."""
    if not ASKED.fullmatch(text):
        raise ValueError(
            f"{text!r} is no device; write auto, cpu, cuda (every GPU), cuda:1 or cuda:0,cuda:1"
        )
    kinds = {kind_of(part) for part in text.split(",")}
    if len(kinds) > 1:
        raise ValueError(f"{text!r} mixes kinds of devices; the trials of a study use one kind")
    return text


def usable_gpus(environment: Mapping[str, str]) -> tuple[DeviceFacts, ...]:
    """The GPUs that `--device` can name; () where no library in use could take one."""
    return nvidia.gpus(environment).facts if _can_use_gpus() else ()


def choose(
    asked: str,
    source: str,
    names: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
) -> Choice:
    """The devices for a cell. source: plain Python; names: what it reads of the notebook.

    Raises ExecutorError with what there is when a device asked for is not there.
    """
    environment = os.environ if environment is None else environment
    if asked == "cpu":
        return Choice(hidden=True)
    use = find_use(source, names)
    if asked == "auto":
        return _automatic(use, environment)
    kind = kind_of(asked)
    facts, entries, notes = _there(kind, environment)
    chosen = _picked(asked, facts, notes)
    home = _home(kind, use, len(facts), chosen[0].name or asked)
    return Choice(tuple(chosen), Plan(home, entries), notes=notes)


def _automatic(use: Use | None, environment: Mapping[str, str]) -> Choice:
    if use is None or not _can_use_gpus():
        return Choice()
    visible = nvidia.gpus(environment)
    count = len(visible.facts)
    if not count:
        return Choice()
    home = _home("cuda", use, count, "cuda:0")
    device = visible.facts[index_of(home)]
    notes = [f"The trials use {home}, as the cell does: {use.why}.", *visible.notes]
    if count > 1:
        notes.append(f"--device cuda spreads them over all {count} GPUs.")
    return Choice((device,), Plan(home, visible.entries), notes=tuple(notes))


def _can_use_gpus() -> bool:
    """Whether one of the libraries in use can; a torch built for the CPU can't. Where none is
    loaded yet, the cell's own imports may."""
    loaded = [name for name in LIBRARIES if name in sys.modules]
    if loaded not in ([], ["torch"]):
        return True
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        return getattr(torch.version, "cuda", None) is not None
    try:
        return not version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return True


def _there(
    kind: str, environment: Mapping[str, str]
) -> tuple[tuple[DeviceFacts, ...], tuple[str, ...], tuple[str, ...]]:
    """The devices of a kind, the entries of CUDA_VISIBLE_DEVICES, and what is to be said."""
    if kind == "cuda":
        visible = nvidia.gpus(environment)
        return visible.facts, visible.entries, visible.notes
    try:
        return tuple(find_kind(kind).devices()), (), ()
    except UnknownDevice as error:
        raise ExecutorError(f"--device {kind}: {error}") from None


def _picked(asked: str, facts: Sequence[DeviceFacts], notes: Sequence[str]) -> list[DeviceFacts]:
    known = {f.name: f for f in facts}
    if not facts:
        why = " ".join(notes) or "No GPU was found (asked were NVML, nvidia-smi and torch)."
        raise ExecutorError(f"--device {asked}: there is none. {why} Use --device cpu.")
    if ":" not in asked:
        return list(facts)
    wanted = list(dict.fromkeys(asked.split(",")))
    for name in wanted:
        if name not in known:
            there = ", ".join(f"{f.name} ({f.label})" if f.label else str(f.name) for f in facts)
            raise ExecutorError(f"--device {asked}: there is no {name} here, only {there}.")
    return [known[name] for name in wanted]


def _home(kind: str, use: Use | None, count: int, otherwise: str) -> str:
    """Where the notebook's own code and tensors are: the trial's device stands in for it."""
    if kind != "cuda":
        return otherwise
    index = use.index if use is not None else None
    if index is None:
        torch: Any = sys.modules.get("torch")
        cuda: Any = getattr(torch, "cuda", None)
        started = hasattr(cuda, "is_initialized") and cuda.is_initialized()
        index = int(cuda.current_device()) if started else 0
    return f"cuda:{index if index < count else 0}"
