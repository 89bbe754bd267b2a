"""What a study's trials say of its parameters: shares, what they rest on, and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..space import SearchSpace
from ..study.insights import insights, rests
from ..study.objective import Objective
from ..study.standing import Standings, standings
from ..study.trial import Trial
from .effects import beyond_chance
from .importance import BOUND, shares_of


@dataclass(frozen=True)
class Finding:
    """Of one objective. shares: parameter -> importance, the largest first, adding up to 1."""

    objective: Objective
    shares: dict[str, float]
    standing: Standings
    sentences: list[str]

    @property
    def rests(self) -> str:
        """What it rests on, in words."""
        return rests(self.standing)


def findings(
    trials: Sequence[Trial], space: SearchSpace, objectives: Sequence[Objective], say_few: bool
) -> list[Finding]:
    """Of each objective. say_few: where there are too few trials for sentences, one says so.

    trials: all of the study; of more than BOUND that have ended an even sample. Any thread; takes
    up to a second, more with tens of parameters.
    """
    ended = [t for t in trials if t.state.finished and not t.outside]
    ended = ended[:: -(-len(ended) // BOUND) or 1]
    found = []
    for index, objective in enumerate(objectives):
        standing = standings(ended, objective, index)
        shares = shares_of(standing, ended, space, several=len(objectives) > 1)
        beyond = beyond_chance(ended, standing.of, space)
        said = insights(ended, space, standing, shares, beyond, say_few)
        found.append(Finding(objective, shares, standing, said))
    return found
