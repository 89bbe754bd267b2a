"""Which range belongs to which name, and to which name of which callee.

What a callee gives a meaning of its own goes before what a name means to everybody.
"""

from __future__ import annotations

import re

from .named import Named
from .of_callees import OF_CALLEES
from .of_names import OF_NAMES

_RULES = [*OF_CALLEES, *OF_NAMES]


def plain_name(name: str) -> str:
    """Lower case with underscores, the number of a series taken off (`hiddenSize_2`)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower().strip("_")
    if re.fullmatch(r"(?:betas?|b|l|lambda|lr|reg_l|lambda_l)_?\d|betas\[\d\]", spaced):
        return spaced
    return re.sub(r"(?<=[a-z])_?\d+\Z", "", spaced) or spaced


def find_rule(name: str, callee: str = "") -> Named | None:
    """The first rule for a name, as an argument of a callee (its last name) or anywhere."""
    plain = name if name == "C" else plain_name(name)
    for entry in _RULES:
        if entry.callee is not None and not entry.callee.match(callee):
            continue
        if entry.names.match(plain) or (entry.callee is not None and entry.names.match(name)):
            return entry
    return None
