"""The samplers of Optuna by our names: what each can do, what it needs, and how it is made."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from optuna.distributions import BaseDistribution
from optuna.samplers import (
    BaseSampler,
    CmaEsSampler,
    GPSampler,
    NSGAIISampler,
    QMCSampler,
    RandomSampler,
    TPESampler,
)

from ..space import Categorical, SearchSpace
from .convert import to_optuna

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Kind:
    """What a sampler can do.

    several: objectives at once. needs: modules that may not be installed, and `install`, what
    pip is to be given for them. prunes: learns from pruned trials by itself; else they are told
    to it as complete ones with the last value they reported (see `telling`). whole: models all
    parameters that every trial has, so it is told only of trials that have them all.
    """

    several: bool = True
    needs: tuple[str, ...] = ()
    install: str = ""
    prunes: bool = False
    whole: bool = False


KINDS = {
    "tpe": Kind(prunes=True),
    "random": Kind(prunes=True),
    "grid": Kind(prunes=True),
    "qmc": Kind(needs=("scipy",), install="scipy", prunes=True),
    "gp": Kind(needs=("scipy", "torch"), install="scipy torch", whole=True),
    "cmaes": Kind(several=False, needs=("cmaes",), install="cmaes", whole=True),
    "nsga2": Kind(),
    "entropy": Kind(
        several=False,
        needs=("optuna_integration", "botorch"),
        install='"optuna-integration[botorch]"',
        whole=True,
    ),
}
"""By the words of `options.SAMPLERS`. Grid search is ours (`grid`)."""

POPULATION = 20
"""Of NSGA-II: Optuna's 50 would leave most studies of a notebook in the first generation, which
is drawn at random."""


def missing(kind: str) -> list[str]:
    """The modules that this sampler needs and this environment does not have."""
    needed = (module for module in KINDS[kind].needs if module not in sys.modules)
    return [module for module in needed if find_spec(module) is None]


def make(kind: str, space: SearchSpace, seed: int | None) -> BaseSampler:
    """The Optuna sampler.

    Raises ValueError for a kind that is none of Optuna's, ImportError when what it needs is
    not installed.
    """
    joint = _joint(space, numeric=kind == "cmaes")
    if kind == "random":
        return RandomSampler(seed=seed)
    if kind == "tpe":
        # Not group=True: where values are conditional it found places 1.3 times as far from the
        # best after 30 trials, 2.1 after 60 (40 seeds; `make bench ARGS=sampler-choice`), and in
        # a choice among models with values of their own the same.
        return TPESampler(seed=seed, multivariate=True)
    if kind == "gp":
        return _over(GPSampler, joint, seed=seed, warn_independent_sampling=False)
    if kind == "cmaes":
        return _over(CmaEsSampler, joint, seed=seed, warn_independent_sampling=False)
    if kind == "qmc":
        return _over(
            QMCSampler,
            joint,
            seed=seed,
            scramble=True,
            warn_asynchronous_seeding=False,
            warn_independent_sampling=False,
        )
    if kind == "nsga2":
        return NSGAIISampler(population_size=POPULATION, seed=seed)
    if kind == "entropy":
        from .entropy import entropy_sampler

        return entropy_sampler(joint, seed)
    raise ValueError(f"unknown sampler {kind!r}")


def begin_from(sampler: BaseSampler, trials: Sequence[FrozenTrial]) -> None:
    """Let a CMA-ES sampler that has suggested nothing yet begin where these complete trials were
    good (Nomura et al., "Warm Starting CMA-ES for Hyperparameter Optimization", AAAI 2021)."""
    # Its constructor takes them, too, but they are known later.
    sampler._source_trials = list(trials)  # type: ignore[attr-defined]


def _joint(space: SearchSpace, *, numeric: bool) -> dict[str, BaseDistribution]:
    """The parameters that every trial has and that can vary."""
    joint = {
        name: to_optuna(parameter.distribution)
        for name, parameter in sorted(space.items())
        if parameter.condition is None
        and not (numeric and isinstance(parameter.distribution, Categorical))
    }
    return {name: one for name, one in joint.items() if not one.single()}


def _over(
    cls: type[BaseSampler], joint: dict[str, BaseDistribution], **options: Any
) -> BaseSampler:
    """The sampler, over a space that is known before the first trial: by itself it would take
    what the trials so far have in common, and what it learned is lost when that shrinks."""

    class Over(cls):  # type: ignore[misc, valid-type]
        def infer_relative_search_space(
            self, study: Study, trial: FrozenTrial
        ) -> dict[str, BaseDistribution]:
            return joint

    Over.__name__ = Over.__qualname__ = cls.__name__
    made: BaseSampler = Over(**options)
    return made
