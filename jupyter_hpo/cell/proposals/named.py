"""What a rule is: a pattern of names, a maker of a range, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .ranges import Rule, near_one, of_floats

LOG = "searched on a log scale"


@dataclass(frozen=True)
class Named:
    """A rule for names. callee: of those calls alone."""

    names: re.Pattern[str]
    rule: Rule
    why: str
    callee: re.Pattern[str] | None = None


def named(names: str, rule: Rule, why: str = "", callee: str = "") -> Named:
    """A rule for whole names; with callee for arguments of calls of that last name."""
    at = re.compile(rf"(?:{callee})\Z") if callee else None
    return Named(re.compile(rf"(?:{names})\Z"), rule, why, at)


def unit(low: float, high: float) -> Rule:
    """A float share; integers of that name mean something else."""
    return of_floats(near_one(low, high))
