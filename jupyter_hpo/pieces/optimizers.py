"""Optimisers of torch behind one call, which one being a value like any other."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from .needing import known, part, torch_for

KINDS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lbfgs")


_COUNTS = {
    "weight_decay": set(KINDS) - {"lbfgs"},
    "momentum": {"momentum", "nesterov"},
    "beta1": {"adam", "adamw"},
    "beta2": {"adam", "adamw"},
    "alpha": {"rmsprop"},
    "history": {"lbfgs"},
}


@part("pieces.optimizer", _COUNTS)
def optimizer(
    params: Any,
    kind: str = "adamw",
    lr: float = 1e-3,
    *,
    weight_decay: float = 1e-4,
    momentum: float = 0.9,
    beta1: float = 0.9,
    beta2: float = 0.999,
    alpha: float = 0.99,
    history: int = 10,
) -> Any:
    """A `torch.optim.Optimizer`.

    params: as torch takes them (`model.parameters()`, or groups). kind: sgd (on all the data at
    once: gradient descent), momentum, nesterov, adagrad, rmsprop, adam, adamw, lbfgs. lr: the
    learning rate. What else counts depends on the kind: weight_decay for all but lbfgs; momentum
    for momentum and nesterov; beta1, beta2 for adam and adamw; alpha, the decay of the mean
    square, for rmsprop; history, past steps that are remembered, for lbfgs.

    L-BFGS works in the usual loop, too: `step()` without a closure makes one quasi-Newton step
    with the gradients at hand, `step(closure)` as many as torch does. It is meant for gradients
    without noise (all the data at once) and an lr near 1.

    Raises HpoError for another kind or a misspelt argument, and when torch is missing; warns of
    an argument that the kind does not use.
    """
    kind = known("pieces.optimizer", kind, KINDS)
    optim = torch_for("pieces.optimizer").optim
    if kind == "adagrad":
        return optim.Adagrad(params, lr=lr, weight_decay=weight_decay)
    if kind == "rmsprop":
        return optim.RMSprop(params, lr=lr, alpha=alpha, weight_decay=weight_decay)
    if kind in ("adam", "adamw"):
        made = optim.Adam if kind == "adam" else optim.AdamW
        return made(params, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay)
    if kind == "lbfgs":
        return _lbfgs()(params, lr=lr, history_size=history)
    strength = 0.0 if kind == "sgd" else momentum
    nesterov = kind == "nesterov" and strength > 0
    return optim.SGD(params, lr=lr, momentum=strength, nesterov=nesterov, weight_decay=weight_decay)


@lru_cache(maxsize=1)
def _lbfgs() -> type:
    base: Any = torch_for("pieces.optimizer").optim.LBFGS

    class LBFGS(base):  # type: ignore[misc]
        """torch's, whose `step` also does without a closure."""

        def step(self, closure: Any = None) -> Any:
            if closure is not None:
                return super().step(closure)
            group = self.param_groups[0]
            iterations = group["max_iter"]
            group["max_iter"] = 1  # then nothing is evaluated after the step
            try:
                super().step(lambda: 0.0)
            finally:
                group["max_iter"] = iterations
            return None

    return LBFGS
