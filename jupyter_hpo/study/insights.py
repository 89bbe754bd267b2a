"""What a search says about its parameters, in sentences.

Which parameter mattered is PED-ANOVA's (computed elsewhere, given as shares), and said of those
only whose effect is beyond chance (computed elsewhere, too): shares of noise also add up to 1, and
one of them is the largest. Beyond which value
nothing does well is read from the trials: the run of trials at an end of a parameter's range, or
with one choice, of which none is trained, or none is among the better third. It is said only where
chance would hardly bring it about: if a parameter did not matter, a run of m trials without any of
the g good ones among n had the probability C(n - m, g) / C(n, g), and that times the number of
looks must be below `CHANCE`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..space import Categorical, SearchSpace
from .short import short
from .standing import Standings
from .trial import Trial, TrialState

ENOUGH = 20
"""Trials that can be compared below which nothing is said."""
LEAST = 5
"""Trials that a bound needs beyond it."""
CHANCE = 0.01
WORTH = 0.1
"""A second parameter's share that is worth a word."""
MOST = 3
"""Sentences at most."""
PAIRWISE = "each two compared at the last step that both have"
_ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


@dataclass(frozen=True)
class Bound:
    """A part of a parameter's values in which no trial does well. side: above, below or with.
    count: trials there. fails: all of them failed. probability: of that by chance."""

    name: str
    side: str
    value: Any
    count: int
    fails: bool
    probability: float

    def __str__(self) -> str:
        value = self.value if isinstance(self.value, str | bool) else short(self.value, 4)
        where = f"with {self.name} = {value}" if self.side == "with" else f"{self.side} {value}"
        if self.fails:
            return f"{where} nothing trains (all {self.count} trials fail)"
        return f"{where} none of {self.count} trials gets into the better third"


def insights(
    trials: Sequence[Trial],
    space: SearchSpace,
    standing: Standings,
    shares: Mapping[str, float],
    beyond: Collection[str],
    say_few: bool = True,
) -> list[str]:
    """Sentences on one objective, the most important first; where there are too few trials, with
    say_few, one that says so.

    trials: all of the study; those outside of the space are passed over. shares: each parameter's
    importance, adding up to 1; may be empty. beyond: the parameters whose effect is beyond chance.
    index: of the objective among a trial's values.
    """
    ended = [t for t in trials if t.state in _ENDED and not t.outside]
    if standing.n < ENOUGH:
        few = f"{standing}: too few to say what matters, which takes {ENOUGH} at least."
        return [few] if say_few else []
    scores = {number: -share for number, share in standing.of.items()}
    bounds = find_bounds(ended, scores, space)
    ranked = sorted(shares, key=lambda name: -shares[name])
    named = [name for name in ranked if name in beyond]
    found = []
    if named and len(ranked) > 1:
        own = [str(b) for b in bounds if b.name == named[0]]
        found.append("; ".join([_first(named, ranked, shares), *own[:2]]) + ".")
        bounds = [b for b in bounds if b.name != named[0]]
    elif ranked and not named and not bounds:
        found.append("No parameter's effect can be told from chance.")
    place = {name: i for i, name in enumerate(ranked)}
    bounds.sort(key=lambda b: (place.get(b.name, len(place)), b.probability))
    found += [f"W{str(b)[1:]}." if b.side == "with" else f"{b.name}: {b}." for b in bounds]
    return found[:MOST]


def _first(named: Sequence[str], ranked: Sequence[str], shares: Mapping[str, float]) -> str:
    first = named[0]
    if first != ranked[0]:  # a larger share may be chance
        return f"{first} has an effect beyond chance"
    also = "".join(f", {n} {_share(shares[n])}" for n in named[1:2] if shares[n] >= WORTH)
    return f"{first} explains {_share(shares[first])}{also} of what sets the best trials apart"


def rests(standing: Standings) -> str:
    """On what importances rest: `60 trials, 9 of them complete`, and that it is too little."""
    words = str(standing)
    if standing.n_complete < standing.n:
        words += f", {PAIRWISE}"
    return words if standing.n >= ENOUGH else f"{words}: too few to rely on"


def find_bounds(
    ended: Sequence[Trial], scores: Mapping[int, float], space: SearchSpace
) -> list[Bound]:
    """Ends of ranges, and choices, in which nothing does well. scores: of the trials that can be
    compared, by number, lower is better; of the others of `ended` none does well."""
    third = sorted(scores.values())[(len(scores) - 1) // 3]
    good = {number for number, score in scores.items() if score <= third}
    if len(good) == len(scores):  # all alike
        good = set()
    trained = {t.number for t in ended if t.state is not TrialState.FAIL}
    distributions = [p.distribution for p in space.values()]
    looks = sum(len(d.choices) if isinstance(d, Categorical) else 2 for d in distributions)
    found: dict[tuple[str, str, Any], Bound] = {}
    for well, fails in ((trained, True), (good, False)):
        for bound in _looks(ended, well, space, fails):
            by_chance = bound.probability * looks * 2
            key = (bound.name, bound.side, bound.value if bound.side == "with" else None)
            if bound.count >= LEAST and by_chance <= CHANCE:
                found.setdefault(key, bound)
    return list(found.values())


def _looks(
    ended: Sequence[Trial], good: set[int], space: SearchSpace, fails: bool
) -> Iterator[Bound]:
    for name, parameter in space.items():
        having = [t for t in ended if name in t.params]
        well = [t for t in having if t.number in good]
        of = partial(_bound, name, fails, len(having), len(well))

        if not well:
            continue
        if isinstance(parameter.distribution, Categorical):
            for choice in parameter.distribution.choices:
                there = [t for t in having if _same(t.params[name], choice)]
                if not any(t.number in good for t in there):
                    yield of("with", choice, there)
            continue
        values = [t.params[name] for t in well]
        low, high = min(values), max(values)
        above = [t for t in having if t.params[name] > high]
        below = [t for t in having if t.params[name] < low]
        least = min((t.params[name] for t in above), default=high)
        most = max((t.params[name] for t in below), default=low)
        yield of("above", _between(high, least), above)
        yield of("below", _between(low, most), below)


def _bound(
    name: str, fails: bool, n: int, good: int, side: str, value: Any, there: Sequence[Trial]
) -> Bound:
    return Bound(name, side, value, len(there), fails, _by_chance(n, good, len(there)))


def _by_chance(n: int, good: int, m: int) -> float:
    """That of m of n trials none is among the good ones, if that were drawn by lot."""
    if m + good > n:
        return 0.0
    return math.exp(
        math.lgamma(n - m + 1) + math.lgamma(n - good + 1)
        - math.lgamma(n - m - good + 1) - math.lgamma(n + 1)
    )  # fmt: skip


def _between(inner: float, outer: float) -> float:
    """The shortest number from inner on towards outer, which it does not reach, so that the
    sentence is true of every trial there is."""
    if isinstance(inner, int) and isinstance(outer, int):
        return inner
    low, high = min(inner, outer), max(inner, outer)
    size = max(abs(low), abs(high))
    for digits in range(1, 8) if size > 0 and low < high else ():
        step = 10.0 ** (math.floor(math.log10(size)) - digits + 1)
        last = math.floor(high / step)
        numbers = [float(f"{(last - i) * step:.{digits}g}") for i in range(10)]
        if inside := [number for number in numbers if low < number < high]:
            return inside[len(inside) // 2]
    return inner


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


def _share(share: float) -> str:
    return f"{100 * share:.0f}%"
