"""What keeps a model of torch from learning its data by heart, or from being large."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Iterator
from typing import Any

from ..errors import HpoError
from .needing import known, need, part, plain_number, torch_for

KINDS = ("none", "l1", "l2", "elastic_net")


@part("pieces.regularization", {"l1": {"l1", "elastic_net"}, "l2": {"l2", "elastic_net"}})
def regularization(
    model: Any,
    kind: str = "l2",
    *,
    l1: float = 1e-5,
    l2: float = 1e-4,
    clip: float = 1.0,
    dropout: float | None = None,
    patience: int = 5,
    better: str = "lower",
) -> Regularization:
    """The regularisation of a model, for its training loop:

        regularize = pieces.regularization(model)
        ...
        loss = loss_fn(model(x), y) + regularize.penalty()
        loss.backward()
        regularize.clip()
        optimizer.step()
        ...
        if regularize.stop(val_loss):
            break

    kind: the penalty; none, l1, l2 or elastic_net (both). l1, l2: how strong. clip: the greatest
    norm of the gradients that `clip()` lets pass. dropout: the rate that all dropout layers of
    the model are set to, None to leave them. patience, better: of `stop`: so many epochs in which
    the value gets no "lower" (or "higher").

    Raises HpoError for another kind, a dropout outside of 0 to 1, and when torch is missing.
    """
    kind = known("pieces.regularization", kind, KINDS)
    torch_for("pieces.regularization")
    if better not in ("lower", "higher"):
        raise HpoError(f"pieces.regularization: better = {better!r}; it is 'lower' or 'higher'.")
    made = Regularization(
        model,
        l1 if kind in ("l1", "elastic_net") else 0.0,
        l2 if kind in ("l2", "elastic_net") else 0.0,
        clip,
        patience,
        1.0 if better == "lower" else -1.0,
    )
    if dropout is not None:
        made.set_dropout(dropout)
    return made


class Regularization:
    """See `regularization`. sign: -1 where a higher value is better."""

    def __init__(
        self, model: Any, l1: float, l2: float, clip: float, patience: int, sign: float
    ) -> None:
        self.model, self.l1, self.l2 = model, l1, l2
        self.max_norm, self.patience, self._sign = clip, patience, sign
        self.best = math.inf
        self.waited = 0

    def penalty(self) -> Any:
        """What is added to the loss: l1 times the sum of the weights' sizes, and l2 times half of
        the sum of their squares. Of weights alone: biases and what has one dimension (the scales
        of normalisation) go free."""
        torch = torch_for("pieces.regularization")
        total = torch.zeros((), device=self._device())
        if not (self.l1 or self.l2):
            return total
        for weight in self._weights():
            if self.l1:
                total = total + self.l1 * weight.abs().sum()
            if self.l2:
                total = total + self.l2 / 2 * weight.square().sum()
        return total

    def clip(self) -> float:
        """After `loss.backward()`: shorten the gradients to the norm `clip`; returns what their
        norm was."""
        torch = torch_for("pieces.regularization")
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        return float(norm)

    def stop(self, value: float) -> bool:
        """Whether training should stop: the value got no better `patience` times in a row. Once
        an epoch. A value that is not finite is no better."""
        scored = self._sign * plain_number(value)
        if scored < self.best:
            self.best, self.waited = scored, 0
        else:
            self.waited += 1
        return self.waited >= self.patience

    def set_dropout(self, rate: float) -> int:
        """Give all dropout layers a rate; returns how many there are. Raises HpoError for a rate
        outside of 0 to 1."""
        if not 0 <= rate <= 1:
            raise HpoError(f"pieces.regularization: dropout = {rate!r}; it lies from 0 to 1.")
        nn = torch_for("pieces.regularization").nn
        kinds = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
        layers = [layer for layer in self.model.modules() if isinstance(layer, kinds)]
        for layer in layers:
            layer.p = rate
        return len(layers)

    def prune(self, amount: float = 0.2) -> float:
        """Set the share `amount` of the weights, the smallest of all layers, to zero for good
        (`torch.nn.utils.prune`, by size over the whole model); returns the share that is zero
        now. Raises HpoError for a share outside of 0 to 1."""
        if not 0 <= amount < 1:
            raise HpoError(f"prune: amount = {amount!r}; it lies from 0 to below 1.")
        torch = torch_for("pieces.regularization")
        prune = need("torch.nn.utils.prune", "prune", "torch")
        places = [
            (layer, "weight")
            for layer in self.model.modules()
            if isinstance(getattr(layer, "weight", None), torch.nn.Parameter)
            and layer.weight.dim() > 1
        ]
        if places and amount:
            prune.global_unstructured(places, prune.L1Unstructured, amount=amount)
            for layer, name in places:
                prune.remove(layer, name)
        zeros = sum(int((layer.weight == 0).sum()) for layer, _ in places)
        size = sum(int(layer.weight.numel()) for layer, _ in places)
        return zeros / max(1, size)

    def quantized(self) -> Any:
        """A copy of the model for the CPU whose linear and recurrent layers keep their weights in
        eight bits (dynamic quantisation); the model itself stays. To measure, not to train.
        Raises HpoError where torch has no dynamic quantisation any more."""
        torch = torch_for("pieces.regularization")
        nn = torch.nn
        quantization = need("torch.ao.quantization", "quantized", "torch")
        if not hasattr(quantization, "quantize_dynamic"):
            raise HpoError(f"quantized: torch {torch.__version__} has no dynamic quantisation.")
        with warnings.catch_warnings():
            # torch says for every layer that torchao will take this over one day.
            warnings.filterwarnings("ignore", message=".*deprecated")
            return quantization.quantize_dynamic(
                copy.deepcopy(self.model).cpu().eval(),
                {nn.Linear, nn.LSTM, nn.GRU},
                dtype=torch.qint8,
            )

    def _weights(self) -> Iterator[Any]:
        return (p for p in self.model.parameters() if p.requires_grad and p.dim() > 1)

    def _device(self) -> Any:
        first = next(iter(self.model.parameters()), None)
        return first.device if first is not None else None
