"""What a piece that takes the place of a torch call has to say so that the cell stays as it was."""

from __future__ import annotations

import ast
from dataclasses import replace
from math import ceil, log10

from ..pieces import Setting, as_code
from ..values import dotted, literal_of

OPTIMIZERS = {
    "SGD": "sgd", "Adagrad": "adagrad", "RMSprop": "rmsprop", "Adam": "adam", "AdamW": "adamw",
    "LBFGS": "lbfgs",
}  # fmt: skip
SCHEDULERS = {
    "ExponentialLR": "exponential", "StepLR": "step", "CosineAnnealingLR": "cosine",
    "ReduceLROnPlateau": "plateau", "OneCycleLR": "onecycle", "ConstantLR": "fixed",
}  # fmt: skip
LOSSES = {
    "CrossEntropyLoss": "cross_entropy", "MultiMarginLoss": "hinge", "MSELoss": "mse",
    "HuberLoss": "huber",
}  # fmt: skip
REPLACED = {"optim": OPTIMIZERS, "lr_scheduler": SCHEDULERS, "criterion": LOSSES}

_ORDER = {
    **dict.fromkeys(OPTIMIZERS, ("params", "lr")),
    "ExponentialLR": ("optimizer", "gamma"),
    "StepLR": ("optimizer", "step_size", "gamma"),
    "ReduceLROnPlateau": ("optimizer", "mode", "factor", "patience"),
}
_DEFAULTS: dict[str, dict[str, float]] = {
    "SGD": {"lr": 1e-3, "weight_decay": 0.0},
    "Adagrad": {"lr": 1e-2, "weight_decay": 0.0},
    "RMSprop": {"lr": 1e-2, "weight_decay": 0.0},
    "Adam": {"lr": 1e-3, "weight_decay": 0.0},
    "AdamW": {"lr": 1e-3, "weight_decay": 1e-2},
    "LBFGS": {"lr": 1.0, "history": 100},
    "StepLR": {"factor": 0.1},
    "ReduceLROnPlateau": {"factor": 0.1, "patience": 10},
}
"""Of torch, where they are others than the piece's."""
_RENAMED = {"LBFGS": {"history_size": "history"}, "StepLR": {"gamma": "factor"}}


def holding(setting: Setting, value: object) -> Setting:
    """The setting with a mark that also holds this value: else no trial would be the cell as it
    stands. No log range holds 0: then it is one choice among powers of ten."""
    low, dots, rest = setting.mark.partition("..")
    high, _, how = rest.partition(" ")
    if not dots or isinstance(value, bool) or not isinstance(value, int | float):
        return setting
    if value == 0 and how.startswith("log"):
        first, last = (round(log10(float(end))) for end in (low, high))
        choices = " | ".join(["0.0", *(f"1e{power}" for power in range(first, last + 1))])
        return replace(setting, mark=f"{choices}{how.removeprefix('log')}")
    if value < float(low):
        low = as_code(value)
    elif value > float(high):
        high = as_code(value)
    return replace(setting, mark=f"{low}..{high} {how}".rstrip())


def as_it_was(call: ast.Call, epochs: str) -> tuple[str, dict[str, ast.expr]]:
    """The kind of piece that does what a call does, and the values of its arguments, as far as
    the call, or torch's defaults, say them. epochs: of the training, as code."""
    name = dotted(call.func).rpartition(".")[2]
    kind = next(kinds[name] for kinds in REPLACED.values() if name in kinds)
    said: dict[str, ast.expr] = dict(zip(_ORDER.get(name, ()), call.args, strict=False))
    said |= {k.arg: k.value for k in call.keywords if k.arg}
    renamed = _RENAMED.get(name, {})
    said = {renamed.get(key, key): value for key, value in said.items()}
    for key, value in _DEFAULTS.get(name, {}).items():
        said.setdefault(key, ast.Constant(value))
    if name == "SGD" and "momentum" in said and literal_of(said["momentum"]) not in (0, None):
        nesterov = literal_of(said.get("nesterov", ast.Constant(False)))
        kind = "nesterov" if nesterov is True else "momentum"
    if isinstance(betas := said.get("betas"), ast.Tuple) and len(betas.elts) == 2:
        said["beta1"], said["beta2"] = betas.elts
    size = literal_of(said.pop("step_size", ast.Constant(None)))
    if isinstance(size, int) and size > 0 and epochs.isdecimal():
        said["drops"] = ast.Constant(max(1, ceil(int(epochs) / size) - 1))
    return kind, said
