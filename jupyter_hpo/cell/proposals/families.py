"""Classes and functions that can stand in for one another at a call."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..values import dotted
from .code import Code, last_name


@dataclass(frozen=True)
class Family:
    """members: last name -> keywords it takes (None: any). origin: dotted prefixes of the
    modules that hold them. name: what the choice is called. proposed: offered unasked; the
    others are for whoever asks. most: positional arguments that all take alike."""

    name: str
    origin: tuple[str, ...]
    members: dict[str, frozenset[str] | None]
    why: str
    most: int = 0
    proposed: bool = True


def _family(
    name: str, origin: str, members: str, why: str, most: int = 0, proposed: bool = True
) -> Family:
    table: dict[str, frozenset[str] | None] = {}
    for line in members.strip().splitlines():
        member, *keywords = line.split()
        table[member] = None if keywords == ["*"] else frozenset(keywords)
    return Family(name, tuple(origin.split()), table, why, most, proposed)


_ADAM = "lr betas eps weight_decay amsgrad maximize foreach capturable fused params"
_KERAS_ALL = (
    "learning_rate weight_decay clipnorm clipvalue global_clipnorm use_ema ema_momentum name "
)
FAMILIES = (
    _family("optimizer", "torch.optim", f"""
        Adam {_ADAM}
        AdamW {_ADAM}
        SGD lr momentum dampening weight_decay nesterov maximize foreach params
        RMSprop lr alpha eps weight_decay momentum centered params foreach
        NAdam lr betas eps weight_decay params foreach capturable
        RAdam lr betas eps weight_decay params foreach capturable
        Adagrad lr lr_decay weight_decay initial_accumulator_value eps params
        Adamax lr betas eps weight_decay params""", "optimisers that take these arguments", 2),
    _family("optimizer", "keras.optimizers tensorflow.keras.optimizers tensorflow.optimizers", f"""
        Adam {_KERAS_ALL} beta_1 beta_2 epsilon amsgrad
        AdamW {_KERAS_ALL} beta_1 beta_2 epsilon amsgrad
        SGD {_KERAS_ALL} momentum nesterov
        RMSprop {_KERAS_ALL} rho momentum epsilon centered
        Nadam {_KERAS_ALL} beta_1 beta_2 epsilon
        Adagrad {_KERAS_ALL} epsilon initial_accumulator_value
        Adamax {_KERAS_ALL} beta_1 beta_2 epsilon""", "optimisers that take these arguments", 1),
    _family("optimizer", "optax", """
        adam learning_rate b1 b2 eps
        adamw learning_rate b1 b2 eps weight_decay
        sgd learning_rate momentum nesterov
        rmsprop learning_rate decay eps momentum""", "optimisers that take these arguments", 1),
    _family("activation", "torch.nn", """
        ReLU inplace
        LeakyReLU inplace negative_slope
        ELU inplace alpha
        SiLU inplace
        GELU approximate
        Tanh""", "common activations"),
    _family("activation", "torch.nn.functional", """
        relu inplace
        leaky_relu inplace negative_slope
        elu inplace alpha
        silu inplace
        gelu approximate""", "common activations", 1),
    _family("activation", "jax.nn flax.linen flax.nnx", """
        relu
        gelu
        silu
        tanh
        elu""", "common activations", 1),
    _family("scaler", "sklearn.preprocessing", """
        StandardScaler
        MinMaxScaler
        RobustScaler
        MaxAbsScaler""", "the usual scalers"),
    _family("loss", "torch.nn", """
        MSELoss reduction
        L1Loss reduction
        SmoothL1Loss reduction beta
        HuberLoss reduction delta""", "losses of the same kind", 0, False),
    _family("scheduler", "torch.optim.lr_scheduler", """
        StepLR step_size gamma last_epoch
        ExponentialLR gamma last_epoch
        MultiStepLR milestones gamma last_epoch
        CosineAnnealingLR T_max eta_min last_epoch""", "schedules that take these arguments", 1,
        False),
)  # fmt: skip
_ONLY = {"activation": frozenset(["ReLU", "LeakyReLU", "ELU", "SiLU", "GELU", "relu", "leaky_relu",
                                  "elu", "silu", "gelu"])}  # fmt: skip
"""Members whose own place is a choice: a Tanh is often the range of an output."""


@dataclass(frozen=True)
class Alternatives:
    """choices: last names, the code's own among them. family: it is of."""

    family: Family
    choices: tuple[str, ...]


def alternatives(
    callee: ast.expr, call: ast.Call | None, code: Code, settings: frozenset[str] = frozenset()
) -> Alternatives | None:
    """What could stand where a callee does, with the arguments that stand there.

    call: None for a class that is passed on uncalled; settings: then the keywords it will get.
    The choices are last names, of a class passed on dotted ones; those of a bare name are as
    the code can name them. None when there is nothing to choose.
    """
    own = last_name(callee)
    origin = code.origin(callee)
    module, _, member = origin.rpartition(".")
    for family in FAMILIES:
        if member not in family.members or module not in family.origin:
            continue
        choices = [m for m in family.members if m == own or _takes(family, m, call, settings)]
        only = _ONLY.get(family.name)
        if only is not None and own not in only:
            return None
        if isinstance(callee, ast.Name):
            choices = [t for m in choices if (t := own if m == own else _in_scope(m, module, code))]
        elif call is None and isinstance(callee, ast.Attribute):
            choices = [f"{dotted(callee.value)}.{m}" for m in choices]
            own = dotted(callee)
        limit = 4 if family.name == "optimizer" else 6
        if own not in choices[:limit]:
            choices = [own, *choices]
        choices = choices[:limit]
        if len(choices) > 1:
            return Alternatives(family, tuple(choices))
    return None


def _in_scope(member: str, module: str, code: Code) -> str:
    """How the code can name a member: as imported, or from a module that is; '' if it can't."""
    for name, full in code.imports.items():
        if full == f"{module}.{member}":
            return name
    for name, full in code.imports.items():
        if module == full or module.startswith(full + "."):
            return f"{name}{module[len(full) :]}.{member}"
    return ""


def _takes(family: Family, member: str, call: ast.Call | None, settings: frozenset[str]) -> bool:
    keywords = family.members[member]
    if call is None:
        return keywords is None or settings <= keywords
    if len(call.args) > family.most or any(isinstance(a, ast.Starred) for a in call.args):
        return False
    if any(k.arg is None for k in call.keywords):
        return False
    return keywords is None or all(k.arg in keywords for k in call.keywords)
