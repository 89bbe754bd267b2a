"""Classes and functions that can stand in for one another at a call."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ..values import dotted
from .code import Code, last_name


@dataclass(frozen=True)
class Family:
    """members: last name -> keywords it takes (None: any). origin: dotted prefixes of the
    modules that hold them. name: what the choice is called. proposed: offered unasked; the
    others are for whoever asks. most: positional arguments that all take alike; further: of
    members that take another number (-1: they stand in for none)."""

    name: str
    origin: tuple[str, ...]
    members: dict[str, frozenset[str] | None]
    why: str
    most: int = 0
    proposed: bool = True
    further: dict[str, int] = field(default_factory=dict)


def _family(
    name: str, origin: str, members: str, why: str, most: int = 0, proposed: bool = True
) -> Family:
    table: dict[str, frozenset[str] | None] = {}
    further: dict[str, int] = {}
    for line in members.strip().splitlines():
        member, *keywords = line.split()
        member, also, number = member.partition("/")
        if also:
            further[member] = int(number)
        table[member] = None if keywords == ["*"] else frozenset(keywords)
    return Family(name, tuple(origin.split()), table, why, most, proposed, further)


_ADAM = "lr betas eps weight_decay amsgrad maximize foreach capturable fused params"
_RECURRENT = "input_size hidden_size num_layers bias batch_first dropout bidirectional"
_KERAS_RECURRENT = (
    "units activation recurrent_activation use_bias return_sequences dropout recurrent_dropout "
    "input_shape batch_input_shape name go_backwards stateful unroll kernel_initializer "
    "recurrent_initializer kernel_regularizer recurrent_regularizer"
)
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
        LeakyReLU/1 inplace negative_slope
        ELU/1 inplace alpha
        SiLU inplace
        GELU approximate
        Tanh
        Mish inplace
        SELU inplace
        CELU/1 inplace alpha
        PReLU init""", "common activations"),
    _family("activation", "torch.nn.functional", """
        relu inplace
        leaky_relu/2 inplace negative_slope
        elu/2 inplace alpha
        silu inplace
        gelu approximate
        mish inplace
        selu inplace
        celu/2 inplace alpha""", "common activations", 1),
    _family("activation", "torch", """
        relu
        selu
        celu
        tanh""", "common activations", 1),
    _family("recurrent", "torch.nn", f"""
        LSTM {_RECURRENT}
        GRU {_RECURRENT}
        RNN/-1 {_RECURRENT} nonlinearity""", "layers that are used alike", 7),
    _family("recurrent", "keras.layers tensorflow.keras.layers", f"""
        LSTM {_KERAS_RECURRENT}
        GRU {_KERAS_RECURRENT}
        SimpleRNN/-1 {_KERAS_RECURRENT}""", "layers that are used alike", 1),
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
        StepLR last_epoch
        CosineAnnealingLR last_epoch
        CosineAnnealingWarmRestarts last_epoch""", "schedules that take these arguments", 2),
)  # fmt: skip
_NOT_OWN = frozenset(["tanh"])
"""Members whose own place is no choice: a function `tanh` is often the range of an output."""


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
    the code can name them, else bare names too, which trials import (`imports`).
    None when there is nothing to choose.
    """
    own = last_name(callee)
    origin = code.origin(callee)
    module, _, member = origin.rpartition(".")
    for family in FAMILIES:
        if member not in family.members or module not in family.origin:
            continue
        choices = [m for m in family.members if m == own or _takes(family, m, call, settings)]
        given = len(call.args) if call is not None else 0
        if own in _NOT_OWN or given > max(family.further.get(own, family.most), 0):
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
    """What the code calls a member: as imported, from a module that is, else by its own name
    when the code has nothing else of that name; '' if it does."""
    for name, full in code.imports.items():
        if full == f"{module}.{member}":
            return name
    for name, full in code.imports.items():
        if module == full or module.startswith(full + "."):
            return f"{name}{module[len(full) :]}.{member}"
    taken = (code.imports, code.given, code.stores, code.classes, code.functions)
    return "" if any(member in names for names in taken) else member


def imports_of(
    own: str, choices: Sequence[str], code: Code, there: Collection[str]
) -> list[tuple[str, str]]:
    """(module, name) of the choices that nothing in the code or the notebook defines: a bare
    name comes from where its alternative `own` does. there: names that are defined."""
    module, _, member = code.origin(ast.Name(own, ast.Load())).rpartition(".")
    for family in FAMILIES:
        if member in family.members and module in family.origin:
            return [(module, c) for c in choices if c in family.members and c not in there]
    return []


def _takes(family: Family, member: str, call: ast.Call | None, settings: frozenset[str]) -> bool:
    keywords = family.members[member]
    if family.further.get(member, 0) < 0:
        return False
    if call is None:
        return keywords is None or settings <= keywords
    if len(call.args) > family.further.get(member, family.most) or any(
        isinstance(a, ast.Starred) for a in call.args
    ):
        return False
    if any(k.arg is None for k in call.keywords):
        return False
    return keywords is None or all(k.arg in keywords for k in call.keywords)
