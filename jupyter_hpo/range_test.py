"""A learning-rate range test: which learning rates are worth searching.

Source: Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017 (arXiv
1506.01186): train for some steps while the rate grows from tiny to huge, and watch the loss.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from .errors import HpoError
from .pieces.needing import torch_for
from .study.short import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMOOTHING = 0.9
DIVERGED = 4.0
"""So many times the lowest smoothed loss ends the test."""
NEAR = 4
"""Steps to each side from which the slope of the loss is taken."""
LEAST_FALL = 0.02
"""The share by which the loss must fall for the test to say anything."""


@dataclass(frozen=True)
class RangeTest:
    """rates, losses: of every step, the losses smoothed. low, high: the range worth searching.
    steepest: the rate at which the loss fell fastest. rose: whether it rose again at higher
    rates."""

    rates: list[float] = field(repr=False)
    losses: list[float] = field(repr=False)
    low: float
    high: float
    steepest: float
    rose: bool

    @property
    def mark(self) -> str:
        """The line to put into the cell."""
        return f"lr = {_rate(self.steepest)}  # hpo: {_rate(self.low)}..{_rate(self.high)} log"

    def __str__(self) -> str:
        end = "" if self.rose else f" It never rose: above {_rate(self.rates[-1])} was not tried."
        return (
            f"Learning rates from {_rate(self.low)} to {_rate(self.high)} are worth searching; "
            f"the loss fell fastest near {_rate(self.steepest)}.{end}\n{self.mark}"
        )

    def plot(self) -> Figure:
        """The smoothed loss against the rate, the proposed range shaded."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6, 3), layout="constrained")
        axes = figure.subplots()
        axes.semilogx(self.rates, self.losses, color="#3b7dd8")
        axes.axvspan(self.low, self.high, color="#3b7dd8", alpha=0.15, lw=0)
        axes.axvline(self.steepest, color="#e6842a", lw=1)
        finite = sorted(self.losses)
        top = max(self.losses[0], finite[len(finite) // 2])
        axes.set_ylim(top=top + 0.3 * (top - finite[0] or 1.0))
        axes.set(xlabel="learning rate", ylabel="loss, smoothed")
        return figure

    def _repr_html_(self) -> str:
        import base64
        import io

        file = io.BytesIO()
        self.plot().savefig(file, format="png", dpi=110)
        picture = base64.b64encode(file.getvalue()).decode("ascii")
        sentence, _, mark = str(self).partition("\n")
        return (
            f'<div><p style="margin:2px 0">{escape(sentence)}</p>'
            f"<pre><code>{escape(mark)}</code></pre>"
            f'<img alt="The loss against the learning rate. {escape(sentence)}" '
            f'src="data:image/png;base64,{picture}" style="max-width:100%"></div>'
        )


def lr_find(
    model: Any,
    loss_fn: Callable[[Any, Any], Any],
    loader: Any,
    optimizer: Any = None,
    *,
    low: float = 1e-7,
    high: float = 10.0,
    steps: int = 100,
) -> RangeTest:
    """Which learning rates are worth searching, by a range test on a copy of the model.

        found = jupyter_hpo.lr_find(model, loss_fn, train_loader)
        found            # shows the picture, the range, and the mark to paste
        found.mark       # "lr = 0.001  # hpo: 1e-4..1e-2 log"

    model: of torch; it stays as it is, as do the optimiser and the random numbers that come
    after. loss_fn: of the model's output and the target. loader: batches (input, target), gone
    through as often as needed; a list of batches will do. optimizer: one of torch over the
    model's parameters, whose kind and settings the test uses; a function that makes one of
    parameters; None: Adam. low, high: between which the rate grows. steps: of training, at most.

    Main thread or any. Raises HpoError for a loss that is not finite at once, a loader without
    batches, a loss that never falls, and when torch is missing.
    """
    torch = torch_for("lr_find")
    _in_order(torch, model, loss_fn, loader)
    if not 0 < low < high or steps < 10:
        raise HpoError("lr_find: 0 < low < high, and at least 10 steps.")
    with _unchanged(torch):
        trained = copy.deepcopy(model)
        trained.train()
        made = _optimizer(torch, optimizer, model, trained, low)
        rates, losses, diverged = _run(torch, trained, loss_fn, loader, made, low, high, steps)
    return _read(rates, losses, diverged)


def _in_order(torch: Any, model: Any, loss_fn: Any, loader: Any) -> None:
    """Raises HpoError where an argument is none of what stands in its place."""
    wrong = ""
    if not isinstance(model, torch.nn.Module):
        wrong = f"the model is {_what(model)}, and no torch.nn.Module"
    elif next(model.parameters(), None) is None:
        wrong = f"the model, {_what(model)}, has no parameters to train"
    elif not callable(loss_fn):
        wrong = f"the loss is {_what(loss_fn)}, which can't be called"
    elif not hasattr(loader, "__iter__"):
        wrong = f"the loader is {_what(loader)}, which gives no batches"
    if wrong:
        raise HpoError(f"lr_find: {wrong}. The order is lr_find(model, loss_fn, train_loader).")


def _what(value: Any) -> str:
    return f"of type {type(value).__name__}"


def _run(
    torch: Any,
    model: Any,
    loss_fn: Any,
    loader: Any,
    optimizer: Any,
    low: float,
    high: float,
    steps: int,
) -> tuple[list[float], list[float], bool]:
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    first = next(iter(model.parameters()), None)
    device = first.device if first is not None else None
    batches = _batches(loader)
    for step in range(steps):
        rate = low * (high / low) ** (step / (steps - 1))
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, y = next(batches)
        optimizer.zero_grad()
        loss = loss_fn(model(_to(x, device)), _to(y, device))
        value = float(loss.detach())
        if not math.isfinite(value):
            if not losses:
                raise HpoError(
                    f"lr_find: the loss is {value} before the first step, so no learning rate can "
                    "help. Look at the data (NaN, infinities, their scale) and at the loss."
                )
            return rates, losses, True
        mean = SMOOTHING * mean + (1 - SMOOTHING) * value
        smooth = mean / (1 - SMOOTHING ** (step + 1))
        rates.append(rate)
        losses.append(smooth)
        lowest = min(losses)
        if step > steps // 10 and smooth - lowest > (DIVERGED - 1) * max(abs(lowest), 1e-12):
            return rates, losses, True
        loss.backward()
        optimizer.step()
    return rates, losses, False


def _read(rates: list[float], losses: list[float], diverged: bool) -> RangeTest:
    """The range, from where the loss begins to fall to a little before its lowest point."""
    at = min(range(len(losses)), key=losses.__getitem__)
    first = sorted(losses[: max(3, len(losses) // 10)])
    start = first[len(first) // 2]
    fall = start - losses[at]
    if at < 3 or not fall > LEAST_FALL * max(abs(start), 1e-12):
        raise HpoError(
            "lr_find: the loss fell at no learning rate. Give it more batches (steps=300), or "
            "another optimizer; and see that the loss belongs to what the model gives."
        )
    # Batches differ: the fall begins where the loss was last as high as at first.
    begins = max(i for i in range(at) if losses[i] >= start - 0.1 * fall or i == 0)
    around = range(begins, at + 1)
    slope = {i: losses[min(at, i + NEAR)] - losses[max(begins, i - NEAR)] for i in around}
    steepest = rates[min(slope, key=slope.__getitem__)]
    rose = diverged or losses[-1] > losses[at] + fall / 2
    high = rates[at] / 3 if rose else rates[at]
    low = min(rates[begins], steepest / 10)
    return RangeTest(
        rates, losses, _round(low), _round(max(high, steepest * 3, low * 10)), steepest, rose
    )


def _optimizer(torch: Any, given: Any, model: Any, trained: Any, lr: float) -> Any:
    if given is None:
        return torch.optim.Adam(trained.parameters(), lr=lr)
    if not hasattr(given, "param_groups"):
        return given(trained.parameters())
    pairs = zip(model.parameters(), trained.parameters(), strict=True)
    twin = {id(old): new for old, new in pairs}
    groups = []
    for group in given.param_groups:
        if any(id(p) not in twin for p in group["params"]):
            raise HpoError(
                "lr_find: the optimizer holds parameters that are not the model's. Give it one "
                "made of model.parameters()."
            )
        own = {key: value for key, value in group.items() if key != "params"}
        groups.append({**own, "params": [twin[id(p)] for p in group["params"]]})
    return type(given)(groups, lr=lr)


def _batches(loader: Any) -> Iterator[tuple[Any, Any]]:
    while True:
        count = 0
        for batch in loader:
            count += 1
            if not isinstance(batch, list | tuple) or len(batch) < 2:
                raise HpoError("lr_find: the loader has to give batches (input, target).")
            yield batch[0], batch[1]
        if not count:
            raise HpoError("lr_find: the loader gave no batch. Is it empty, or used up?")


def _to(value: Any, device: Any) -> Any:
    return value.to(device) if device is not None and hasattr(value, "to") else value


@contextmanager
def _unchanged(torch: Any) -> Iterator[None]:
    """The random states of Python, NumPy and torch, as they were."""
    import numpy as np

    before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])


def _round(rate: float) -> float:
    """To 1, 3 or 10 times a power of ten."""
    exponent = math.floor(math.log10(rate))
    head = rate / 10**exponent
    return float(f"{1 if head < 2 else 3 if head < 6 else 10}e{exponent}")


def _rate(rate: float) -> str:
    return short(rate, 2)
