"""Why a statement runs again, what else it does, and what can't be known: in words."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from typing import Any

from ..captured import Place
from ..effects import Facts, facts_of_running, origin
from ..scopes import walk
from .machine import Machine
from .objects import Step

_READERS = ("read_", "load", "open", "imread", "loadtxt", "genfromtxt", "ImageFolder", "glob")
_NO_READERS = ("load_state_dict", "loads", "load_ext")
_DOWNLOADS = ("load_dataset", "fetch_", "from_pretrained", "urlretrieve", "snapshot_download")
_SAYS = {
    "may read or run anything in the notebook": "runs code that can't be read here",
    "uses a magic or a shell command": "runs a magic or a shell command",
}


def place_in(place: Place, cell: int) -> str:
    """Where a place is, said in a statement of `cell`."""
    return f"line {place.line}" if place.cell == cell else place.where


def effects_of(step: Step, machine: Machine, late: Iterable[Facts] = ()) -> tuple[str, ...]:
    """What the statement does besides computing, each once, in words."""
    facts = facts_of_running(step.node, machine.origins)
    found = [_SAYS.get(effect, effect) for effect in facts.effects]
    for one in late:
        found += [_SAYS.get(effect, effect) for effect in one.effects]
    nodes = walk(step.node)
    for node in nodes:
        if isinstance(node, ast.Call):
            last = origin(node.func, machine.origins).rpartition(".")[2]
            if last.startswith(_DOWNLOADS):
                found.append("reads files or the network")
            elif last.startswith(_READERS) and last not in _NO_READERS:
                found += [] if last == "open" and "writes files" in found else ["reads files"]
    if step.draws - step.seeds:
        found.append("draws random numbers")
    return tuple(dict.fromkeys(found))


def notices_of(steps: Iterable[Step], known: Collection[str]) -> list[str]:
    """What can't be known of these statements, a sentence each. known: the notebook's names; of
    what a function calls by a name of its own (`f` of a decorator) nobody could learn more."""
    found: list[str] = []
    for step in steps:
        at = _at(step)
        if step.opaque:
            found.append(
                f"{at}: {step.opaque}; what it changes isn't followed. If trials differ from "
                "*Restart and run all*, move it into this cell."
            )
        names = ", ".join(f"`{name}`" for name in sorted(step.unread) if name in known)
        if names:
            found.append(
                f"{at}: the code of {names} can't be read here; it is taken to change no data "
                "it is handed and no other name."
            )
    return list(dict.fromkeys(found))


def _at(step: Step) -> str:
    line = step.node.lineno
    return f"In[{step.cell}], line {line}" if step.cell else f"line {line}"


def names_in(names: Iterable[Any], limit: int = 3) -> str:
    """`a`, `b` and 2 more."""
    known = [f"`{name}`" if " " not in str(name) else str(name) for name in names]
    if len(known) > limit:
        return f"{', '.join(known[:limit])} and {len(known) - limit} more"
    return ", ".join(known)
