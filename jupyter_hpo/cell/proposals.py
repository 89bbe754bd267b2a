"""Ranges an expert would propose, from a value's name, its callee and what stands there."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from ..space import Categorical, Distribution, Float, Int
from .values import Value

Proposal = tuple[Distribution, str]
_Rule = Callable[[Any], Distribution | None]


def _decades(low: float, high: float) -> _Rule:
    """A log range that also holds the code's own value with a decade on either side."""

    def rule(value: Any) -> Distribution | None:
        if value == 0:
            return Float(low, high, log=True)
        if not _number(value) or value < 0:
            return None
        here = 10.0 ** math.floor(math.log10(value))
        return Float(_tidy(min(low, here / 10)), _tidy(max(high, here * 10)), log=True)

    return rule


def _regularisation(value: Any) -> Distribution | None:
    """Two decades down and three up: 1e-4 of SGD and 1.0 of Ridge are both small."""
    if not _number(value) or value <= 0:
        return None
    return Float(_tidy(value / 100), _tidy(value * 1000), log=True)


def _linear(low: float, high: float) -> _Rule:
    def rule(value: Any) -> Distribution | None:
        if not _number(value):
            return None
        return Float(min(low, float(value)), max(high, float(value)))

    return rule


def _integers(low: int, high: int, *, log: bool = False, step: int | None = None) -> _Rule:
    """An integer range widened to hold the code's own value; None (no limit) may stand there."""

    def rule(value: Any) -> Distribution | None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            return None
        bottom, top = low, high
        if value < low:
            bottom = value
        if value > high:
            top = value * 2
        if step is not None and (value - bottom) % step:
            return Int(bottom, top)
        return Int(bottom, top, log, step)

    return rule


def _around(value: Any) -> Distribution | None:
    """Powers of two from a quarter of the value to four times it, as a log range."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 4:
        return None
    return Int(max(2, value // 4), value * 4, log=True)


def _batches(value: Any) -> Distribution | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 2:
        return None
    near = [value // 4, value // 2, value, value * 2, value * 4]
    return Categorical(tuple(n for n in near if n >= 2))


def _rounds(value: Any) -> Distribution | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 2:
        return None
    return Int(max(1, value // 4), value * 4, log=True)


def _odd(value: Any) -> Distribution | None:
    if not isinstance(value, int) or isinstance(value, bool) or value % 2 == 0 or value > 11:
        return None
    return Categorical(tuple(sorted({3, 5, 7, value})))


def _depth(value: Any) -> Distribution | None:
    if value is None:
        return Categorical((None, 3, 5, 8, 12, 20))
    return _integers(2, 16)(value)


def _dropout(value: Any) -> Distribution | None:
    return Float(0.0, max(0.7, float(value))) if _number(value) and 0 <= value < 1 else None


def _flag(value: Any) -> Distribution | None:
    return Categorical((False, True)) if isinstance(value, bool) else None


def _near_one(low: float, high: float) -> _Rule:
    def rule(value: Any) -> Distribution | None:
        return _linear(low, high)(value) if _number(value) and 0 < value <= 1 else None

    return rule


def _options(*families: tuple[Any, ...]) -> _Rule:
    """The family of choices that the code's own value belongs to."""

    def rule(value: Any) -> Distribution | None:
        for family in families:
            if any(type(value) is type(c) and value == c for c in family):
                return Categorical(family)
        return None

    return rule


_OPTIMIZERS = _options(("adam", "sgd", "rmsprop", "adamw"), ("Adam", "SGD", "RMSprop", "AdamW"))
_ACTIVATIONS = _options(
    ("relu", "tanh", "gelu", "silu"),
    ("elu", "relu", "tanh", "selu"),
    ("leaky_relu", "relu", "tanh", "gelu"),
    ("ReLU", "Tanh", "GELU", "SiLU"),
)
_FRACTION = _near_one(0.5, 1.0)

_RULES: list[tuple[str, _Rule, str]] = [
    (r"lr|lr0|init_lr|base_lr|max_lr|learning_rate|learning_rate_init|eta0?|step_size",
     _decades(1e-5, 1e-1), "learning rates are searched on a log scale"),
    (r"weight_decay|wd|l2|l1|l2_reg|l1_reg|reg|reg_lambda|reg_alpha|lambda_l[12]",
     _decades(1e-6, 1e-1), "regularisation is searched on a log scale"),
    (r"alpha", _regularisation, "regularisation is searched on a log scale"),
    (r"C", _decades(1e-3, 1e3), "C is searched on a log scale"),
    (r"gamma", _decades(1e-5, 1e1), "kernel widths are searched on a log scale"),
    (r"tol|eps|epsilon", lambda value: None, ""),
    (r"momentum", _near_one(0.0, 0.99), "momentum lies between 0 and 1"),
    (r"beta_?1", _near_one(0.8, 0.99), "the first moment's decay is near 0.9"),
    (r"beta_?2", _near_one(0.9, 0.9999), "the second moment's decay is near 1"),
    (r"nesterov|use_bn|batch_norm|use_batchnorm|bidirectional|bootstrap|shrinking|amsgrad",
     _flag, "on or off"),
    (r"(?:\w+_)?drop_?out\w*|drop(?:_rate|_prob|_p)?|p_drop(?:out)?",
     _dropout,
     "dropout beyond 0.7 seldom learns"),
    (r"label_smoothing|smoothing", _near_one(0.0, 0.3), "smoothing is small"),
    (r"warmup_ratio|warmup_fraction", _linear(0.0, 0.3), "a short share of the training"),
    (r"(?:n_|num_)?hidden(?:_size|_dim|_units|_channels|_features|_layer_sizes)?|units|width"
     r"|n_units|num_units|dim|d_model|embed(?:ding)?_(?:dim|size)|emb_dim|latent_dim|mlp_dim"
     r"|d_ff|dim_feedforward|fc_?\d?|h_dim|channels|filters|n_filters|num_filters",
     _around, "widths are searched by factors of two"),
    (r"batch_?size|bs|per_device_train_batch_size|minibatch_size", _batches,
     "batch sizes near the one in use"),
    (r"n_estimators|num_boost_round|n_trees|num_trees", _rounds,
     "more rounds cost time in proportion"),
    (r"max_depth", _depth, "shallow to deep trees"),
    (r"num_leaves|max_leaf_nodes", _integers(8, 256, log=True), "leaves are searched by factors"),
    (r"min_samples_leaf|min_child_samples", _integers(1, 20, log=True), "from 1 to 20 samples"),
    (r"min_samples_split", _integers(2, 20, log=True), "from 2 to 20 samples"),
    (r"min_child_weight", _decades(1e-1, 1e1), "searched on a log scale"),
    (r"max_features", _options(("sqrt", "log2", None), ("sqrt", "log2", None)), "the usual rules"),
    (r"subsample|colsample_by\w+|feature_fraction|bagging_fraction|max_samples", _FRACTION,
     "a share of the data"),
    (r"l1_ratio", _near_one(0.0, 1.0), "between ridge and lasso"),
    (r"n_neighbors|k_neighbors", _integers(1, 50, log=True), "from the nearest to fifty"),
    (r"(?:n_|num_)?(?:hidden_)?layers|depth|n_blocks|num_blocks|num_hidden_layers",
     _integers(1, 6), "a few layers"),
    (r"n_heads|num_heads|nhead|heads|num_attention_heads",
     _options((1, 2, 4, 8), (4, 8, 16)), "divisors of the usual widths"),
    (r"kernel_size|kernel_sizes?|ksize", _odd, "odd kernels keep the size"),
    (r"clip|grad_clip|max_norm|max_grad_norm|clip_norm|clipnorm", _decades(1e-1, 1e1),
     "searched on a log scale"),
    (r"degree", _integers(2, 5), "low degrees"),
    (r"optimi[sz]er|optim|opt|optimizer_name|opt_name", _OPTIMIZERS, "common optimisers"),
    (r"act|activation|activation_fn|nonlinearity|act_fn|act_name", _ACTIVATIONS,
     "common activations"),
    (r"kernel", _options(("rbf", "linear", "poly", "sigmoid")), "the kernels of the library"),
    (r"criterion", _options(("gini", "entropy", "log_loss")),
     "the criteria of the library"),
    (r"weights", _options(("uniform", "distance")), "the weightings of the library"),
    (r"splitter", _options(("best", "random")), "the splitters of the library"),
    (r"scheduler|schedule|lr_scheduler_type|lr_schedule",
     _options(("cosine", "linear", "constant")),
     "common schedules"),
]  # fmt: skip
_COMPILED = [(re.compile(rf"(?:{pattern})\Z"), rule, why) for pattern, rule, why in _RULES]

_NO_HYPERPARAMETER = """
    acc accuracy axis best class classes color correct count cv debug device dir directory
    download epoch epochs error every figsize file filename fold folder folds fontsize grad i
    idx in index input inputs interval j jobs k keepdim last log logging loss memory n name num
    out output outputs path patience print reduction running samples score seed shuffle split
    splits start state step steps stop test timeout title total trials url verbose verbosity
    version vocab worker workers"""
_NEVER = frozenset(_NO_HYPERPARAMETER.split())
"""Words of names whose values are no hyperparameters (unless a rule knows the whole name)."""
_QUIET_CALLEES = re.compile(
    r"(?:print|range|len|format|round|zip|enumerate|isinstance|getattr|setattr|open|seed"
    r"|manual_seed|plot|figure|subplots?|scatter|legend|savefig|imshow|title|xlabel|ylabel|hist"
    r"|arange|linspace|zeros|ones|full|rand|randn|randint|normal|uniform|reshape|view|permute"
    r"|split|train_test_split|make_\w+|load_\w+|fetch_\w+|read_\w+|head|tqdm|trange|sum|mean|std"
    r"|max|min|argmax|sort\w*|default_rng|RandomState|KFold|StratifiedKFold|cross_val_score"
    r"|Normalize|Resize|where|clip|add_argument|sleep|choice|permutation|set_seed|to|astype)\Z"
)
_POSITIONAL: dict[str, tuple[str, ...]] = {
    "Dropout": ("dropout",),
    "Dropout1d": ("dropout",),
    "Dropout2d": ("dropout",),
    "Dropout3d": ("dropout",),
    "AlphaDropout": ("dropout",),
    "SpatialDropout1D": ("dropout",),
    "SpatialDropout2D": ("dropout",),
    "GaussianDropout": ("dropout",),
    "Adam": ("lr",),
    "SGD": ("lr",),
    "RMSprop": ("lr",),
    "AdamW": ("lr",),
    "Adagrad": ("lr",),
    "LSTM": ("units",),
    "GRU": ("units",),
    "LeakyReLU": (),
    "RandomForestClassifier": ("n_estimators",),
    "RandomForestRegressor": ("n_estimators",),
    "KNeighborsClassifier": ("n_neighbors",),
    "KNeighborsRegressor": ("n_neighbors",),
    "Ridge": ("alpha",),
    "Lasso": ("alpha",),
}
"""Callees whose first positional argument has a known meaning. torch's LSTM and GRU take the
data's size first; there the module path decides (see `_positional_name`)."""


_BOOSTING = re.compile(r"(?:XGB|LGBM|CatBoost|GradientBoosting|HistGradient|AdaBoost)\w*\Z")
_BOOSTING_KEYS = frozenset(
    ["num_leaves", "colsample_bytree", "bagging_fraction", "feature_fraction", "num_boost_round"]
)
_SPECIAL: list[tuple[re.Pattern[str], str, _Rule, str]] = [
    (re.compile(r"MLP\w+\Z"), "activation", _options(("relu", "tanh", "logistic")),
     "the activations of the library"),
    (re.compile(r"MLP\w+\Z"), "solver", _options(("adam", "sgd", "lbfgs")),
     "the solvers of the library"),
    (re.compile(r"(?:SGD\w+|Perceptron)\Z"), "penalty", _options(("l2", "l1", "elasticnet")),
     "the penalties of the library"),
    (_BOOSTING, "learning_rate|eta", _decades(1e-2, 0.3), "boosting learns in larger steps"),
    (re.compile(r"(?:\w+LR|\w*Scheduler)\Z"), "gamma|step_size|eps", lambda value: None, ""),
]  # fmt: skip
"""Callees that give a keyword a meaning of its own; they go before the rules."""


def propose(value: Value, siblings: frozenset[str] = frozenset()) -> Proposal | None:
    """A range for a value and why; None for what isn't usually tuned.

    siblings: the keys of the cell's dicts, which tell a boosting library's parameters.
    Never proposed: seeds, verbosity, epochs, workers, devices, paths, sizes that the data
    fix, arguments of print, plots and range, and whatever no rule knows.
    """
    name = _name(value)
    last = value.callee.rpartition(".")[2]
    if name is None or _QUIET_CALLEES.match(last):
        return None
    if value.role == "dict" and siblings & _BOOSTING_KEYS:
        last = "LGBMRegressor"
    for callee, key, rule, why in _SPECIAL:
        if callee.match(last) and re.fullmatch(key, name):
            distribution = rule(value.literal)
            return None if distribution is None else (distribution, why)
    lowered = name if name == "C" else name.lower()
    for pattern, rule, why in _COMPILED:
        if pattern.match(lowered):
            distribution = rule(value.literal)
            return None if distribution is None else (distribution, why)
    return None


def never_tuned(name: str) -> bool:
    """Whether a name says that its value is no hyperparameter."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return any(word in _NEVER for word in spaced.lower().split("_"))


def _name(value: Value) -> str | None:
    match value.role:
        case "assign" if value.top:
            return value.key
        case "keyword":
            return _keyword_name(value)
        case "dict" if value.top:
            return value.key
        case "positional":
            return _positional_name(value)
    return None


def _keyword_name(value: Value) -> str | None:
    callee = value.callee.rpartition(".")[2]
    if value.key == "p" and "dropout" in callee.lower():
        return "dropout"
    if value.key == "rate" and "dropout" in callee.lower():
        return "dropout"
    return value.key


def _positional_name(value: Value) -> str | None:
    last = value.callee.rpartition(".")[2]
    if last in ("LSTM", "GRU") and value.callee.startswith(("nn.", "torch.")):
        return None
    names = _POSITIONAL.get(last, ())
    at = int(value.key.strip("[]"))
    return names[at] if at < len(names) else None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _tidy(value: float) -> float:
    return float(f"{value:.6g}")
