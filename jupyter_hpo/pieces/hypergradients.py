"""A learning rate that follows its own gradient while the model is trained.

Source: Baydin, Cornish, Martinez Rubio, Schmidt and Wood, "Online Learning Rate Adaptation with
Hypergradient Descent", ICLR 2018 (arXiv 1703.04782), the multiplicative rule.
"""

from __future__ import annotations

from typing import Any

from ..errors import HpoError
from .needing import part, torch_for

SOUND = ("SGD", "Adam", "AdamW")
"""torch's optimisers whose step is the learning rate times something that it is no part of."""


@part("pieces.hypergradient")
def hypergradient(
    optimizer: Any, beta: float = 0.02, lowest: float = 1e-8, highest: float = 10.0
) -> Any:
    """Let an optimiser adapt its learning rate at every step; returns the same optimiser.

        optimizer = pieces.hypergradient(pieces.optimizer(model.parameters(), "sgd"))

    Where the gradient points the way of the last step, that step was too short, and the rate
    grows; where it points back, it shrinks: times 1 + beta * cos(gradient, last step), for each
    group of parameters. It costs a copy of the parameters. beta: the share by which the rate
    changes in one step at most. lowest, highest: between which it stays.

    For SGD (with momentum, Nesterov, weight decay), Adam and AdamW of torch. The gradients must be
    those of the step: with a penalty in the loss, or clipping before it, they are; with a schedule
    on the same optimiser both change the rate.

    Raises HpoError for another optimiser, for `maximize=True`, for beta outside of 0 to 1, and
    when it adapts its rate already.
    """
    torch = torch_for("pieces.hypergradient")
    sound = tuple(getattr(torch.optim, name) for name in SOUND)
    if not isinstance(optimizer, sound):
        raise HpoError(
            f"pieces.hypergradient: for {type(optimizer).__name__} the learning rate can't be "
            f"adapted soundly, only for {', '.join(SOUND[:-1])} and {SOUND[-1]} of torch. Tune "
            "its rate instead: # hpo: lr = 1e-5..1e-1 log."
        )
    if any(group.get("maximize") for group in optimizer.param_groups):
        raise HpoError("pieces.hypergradient: maximize=True is not supported; minimise -f.")
    if not 0 < beta < 1:
        raise HpoError(f"pieces.hypergradient: beta = {beta!r}; it lies between 0 and 1.")
    if getattr(optimizer, "_hpo_hypergradient", None) is not None:
        raise HpoError("pieces.hypergradient: this optimiser adapts its learning rate already.")
    adapts = _Adapts(torch, optimizer, beta, lowest, highest)
    optimizer._hpo_hypergradient = adapts
    optimizer.register_step_pre_hook(adapts.before)
    optimizer.register_step_post_hook(adapts.after)
    return optimizer


class _Adapts:
    """The hooks of one optimiser. moved: by group, how the last step moved each parameter."""

    def __init__(
        self, torch: Any, optimizer: Any, beta: float, lowest: float, highest: float
    ) -> None:
        self.torch, self.beta, self.lowest, self.highest = torch, beta, lowest, highest
        self.moved: list[dict[Any, Any]] = [{} for _ in optimizer.param_groups]
        self.stood: list[dict[Any, Any]] = []

    def before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        with self.torch.no_grad():
            self.stood = []
            while len(self.moved) < len(optimizer.param_groups):
                self.moved.append({})
            for group, moved in zip(optimizer.param_groups, self.moved, strict=True):
                self._adapt(group, moved)
                self.stood.append(
                    {p: p.detach().clone() for p in group["params"] if p.grad is not None}
                )

    def _adapt(self, group: Any, moved: dict[Any, Any]) -> None:
        along = ahead = behind = 0.0
        for parameter, step in moved.items():
            if parameter.grad is None:
                continue
            if parameter.grad.is_sparse:
                raise HpoError("pieces.hypergradient: sparse gradients are not supported.")
            along += float((parameter.grad * step).sum())
            ahead += float(parameter.grad.square().sum())
            behind += float(step.square().sum())
        size = (ahead * behind) ** 0.5
        if not 0 < size < float("inf"):
            return
        # Downhill is against the gradient: a step along it was in the wrong direction.
        rate = float(group["lr"]) * (1 - self.beta * along / size)
        rate = min(max(rate, self.lowest), self.highest)
        if self.torch.is_tensor(group["lr"]):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate

    def after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        with self.torch.no_grad():
            self.moved = [
                {p: p.detach() - before for p, before in stood.items()} for stood in self.stood
            ]
