"""Entropy search, by BoTorch: the extra `entropy`. Imported only when asked for."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.trial import TrialState

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

LEAST = 5
"""Complete trials before anything is modelled."""

CANDIDATES = 256
"""Places at which the maximum is sampled."""


def entropy_sampler(joint: dict[str, BaseDistribution], seed: int | None) -> BaseSampler:
    """Optuna's BoTorch sampler with max-value entropy search as its acquisition function.

    Source: Wang and Jegelka, "Max-value Entropy Search for Efficient Bayesian Optimization",
    ICML 2017 (arXiv 1703.01968); for trials that run side by side, their places count as
    observed soon (Takeno et al., ICML 2020), as BoTorch computes it. One objective.
    joint: the parameters that are modelled. Raises ImportError when BoTorch is missing.
    """
    from optuna_integration import BoTorchSampler

    class EntropySampler(BoTorchSampler):  # type: ignore[misc]
        def infer_relative_search_space(
            self, study: Study, trial: FrozenTrial
        ) -> dict[str, BaseDistribution]:
            super().infer_relative_search_space(study, trial)  # it notes whose study it is
            return joint

        def sample_relative(
            self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
        ) -> dict[str, Any]:
            # It counts trials that run as known; with nothing complete there is no model.
            complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
            if not search_space or len(complete) < LEAST:
                return {}
            return dict(super().sample_relative(study, trial, search_space))

    return EntropySampler(  # type: ignore[no-any-return]
        candidates_func=_most_telling, consider_running_trials=True, seed=seed
    )


def _most_telling(x: Any, y: Any, constraints: Any, bounds: Any, running: Any) -> Any:
    """Where a trial would tell most about the best value: tensors in, one row out.

    x: [n, d] places of finished trials; y: [n, 1], higher is better; bounds: [2, d]; running:
    [r, d] or None.
    """
    import torch
    from botorch.acquisition.max_value_entropy_search import qLowerBoundMaxValueEntropy
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from botorch.models.transforms.outcome import Standardize
    from botorch.optim import optimize_acqf
    from botorch.utils.transforms import normalize, unnormalize
    from gpytorch.mlls import ExactMarginalLogLikelihood

    unit = torch.stack([torch.zeros_like(bounds[0]), torch.ones_like(bounds[0])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on how a fit went: nobody can do anything about it
        model = SingleTaskGP(normalize(x, bounds), y, outcome_transform=Standardize(m=1))
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        places = torch.rand(CANDIDATES, x.shape[1], dtype=x.dtype)
        pending = None if running is None or not len(running) else normalize(running, bounds)
        gain = qLowerBoundMaxValueEntropy(model, places, X_pending=pending)
        found, _ = optimize_acqf(
            gain, bounds=unit, q=1, num_restarts=2, raw_samples=64, options={"maxiter": 40}
        )
    return unnormalize(found.detach(), bounds)
