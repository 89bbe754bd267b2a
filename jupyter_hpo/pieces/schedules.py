"""Schedules of the learning rate, all stepped alike."""

from __future__ import annotations

import math
from typing import Any

from ..errors import HpoError
from .needing import known, part, plain_number, torch_for

KINDS = ("fixed", "exponential", "step", "cosine", "plateau", "warmup", "onecycle")


_COUNTS = {
    "gamma": {"exponential"},
    "drops": {"step"},
    "factor": {"step", "plateau"},
    "patience": {"plateau"},
    "warmup": {"warmup", "onecycle"},
    "floor": {"cosine", "warmup"},
}


@part("pieces.lr_schedule", _COUNTS)
def lr_schedule(
    optimizer: Any,
    kind: str = "cosine",
    epochs: int = 10,
    *,
    gamma: float = 0.95,
    drops: int = 2,
    factor: float = 0.3,
    patience: int = 3,
    warmup: float = 0.1,
    floor: float = 0.0,
    better: str = "lower",
) -> Schedule:
    """A schedule for an optimiser of torch; `schedule.step(val_loss)` after every epoch.

    kind: fixed; exponential (times gamma every epoch); step (times factor, `drops` times at even
    distances); cosine (to `floor` times the rate); plateau (times factor after `patience` epochs
    in which the value given to `step` got no better); warmup (a linear rise over the share
    `warmup` of the epochs, then cosine); onecycle (Smith and Topin 2018, arXiv 1708.07120: up
    over the share `warmup`, then down to almost nothing). epochs: how often `step` will be
    called; past them the rate stays. better: whether a "lower" or a "higher" value is better.

    Raises HpoError for another kind, for less than one epoch, and when torch is missing.
    """
    kind = known("pieces.lr_schedule", kind, KINDS)
    schedulers = torch_for("pieces.lr_schedule").optim.lr_scheduler
    if epochs < 1:
        raise HpoError(f"pieces.lr_schedule: epochs = {epochs!r}; it is at least 1.")
    if better not in ("lower", "higher"):
        raise HpoError(f"pieces.lr_schedule: better = {better!r}; it is 'lower' or 'higher'.")
    if kind == "plateau":
        mode = "min" if better == "lower" else "max"
        made = schedulers.ReduceLROnPlateau(optimizer, mode, factor=factor, patience=patience)
        return Schedule(made, kind, epochs)
    if kind == "onecycle":
        rates = [group["lr"] for group in optimizer.param_groups]
        made = schedulers.OneCycleLR(
            optimizer,
            rates,
            total_steps=epochs + 1,
            pct_start=min(max(warmup, 1e-6), 1.0),
            cycle_momentum=False,
        )
        return Schedule(made, kind, epochs)
    rise = max(1, round(warmup * epochs))

    def share(epoch: int) -> float:
        """Of the first rate, at an epoch counted from 0."""
        epoch = min(epoch, epochs)
        if kind == "exponential":
            return gamma**epoch
        if kind == "step":
            return factor ** min(drops, epoch * (drops + 1) // epochs)
        if kind == "cosine":
            return _cosine(epoch / epochs, floor)
        if kind == "warmup":
            if epoch < rise:
                return (epoch + 1) / (rise + 1)
            return _cosine((epoch - rise) / max(1, epochs - rise), floor)
        return 1.0

    return Schedule(schedulers.LambdaLR(optimizer, share), kind, epochs)


def _cosine(done: float, floor: float) -> float:
    return floor + (1 - floor) * (1 + math.cos(math.pi * done)) / 2


class Schedule:
    """One of torch's schedulers (`scheduler`), of a kind, for so many epochs."""

    def __init__(self, scheduler: Any, kind: str, epochs: int) -> None:
        self.scheduler, self.kind, self.epochs = scheduler, kind, epochs
        self._steps = 0

    def step(self, metric: Any = None) -> None:
        """After an epoch. metric: the value that tells a plateau; the other kinds don't look at
        it. Raises HpoError when kind 'plateau' is given none."""
        self._steps += 1
        if self.kind == "plateau":
            if metric is None:
                raise HpoError(
                    "pieces.lr_schedule: kind 'plateau' lowers the rate when a value gets no "
                    "better. Give it that value: schedule.step(val_loss)."
                )
            self.scheduler.step(plain_number(metric))
        elif self._steps <= self.epochs:
            self.scheduler.step()

    @property
    def lr(self) -> float:
        """The learning rate of the first group now."""
        return float(self.scheduler.optimizer.param_groups[0]["lr"])

    def get_last_lr(self) -> list[float]:
        """As torch's: of every group."""
        return [float(group["lr"]) for group in self.scheduler.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        return {"scheduler": self.scheduler.state_dict(), "steps": self._steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.scheduler.load_state_dict(state["scheduler"])
        self._steps = state["steps"]
