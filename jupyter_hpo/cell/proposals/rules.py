"""Which range belongs to which name, and to which name of which callee.

What a callee gives a meaning of its own goes before what a name means to everybody.
"""

from __future__ import annotations

import re

from .named import Named
from .of_callees import OF_CALLEES
from .of_names import OF_NAMES

_RULES = [*OF_CALLEES, *OF_NAMES]


def plain_name(name: str) -> str:
    """Lower case with underscores, the number of a series taken off (`hiddenSize_2`)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower().strip("_")
    if re.fullmatch(r"(?:betas?|b|l|lambda|lr|reg_l|lambda_l)_?\d|betas\[\d\]", spaced):
        return spaced
    return re.sub(r"(?<=[a-z])_?\d+\Z", "", spaced) or spaced


_FLOATS = re.compile(
    r"C|(?:\w+_)?(?:lr|learning_?rate|learn_rate|momentum|decay|wd|clip\w*|norm|weight|coef\w*"
    r"|lambda\w*|lambd?|lmbda|lam|alpha|beta|gamma|temp(?:erature)?|drop_?out\w*|drop\w*|reg\w*"
    r"|regulari[sz]\w*|penalty|smoothing|eta\w*|tau|eps(?:ilon)?|rho|mu|l[12]\w*|rate|ratio"
    r"|leaf_reg|slope|gain|std|scale|sigma|factor|strength|ridge|coef0|nu|shrinkage|length_scale"
    r"|subsample|bagging_\w+|min_split_\w+|min_gain\w*|min_child_weight|scale_pos_weight|p|lr0"
    r"|clip(?:_\w+)?|clipnorm|clipvalue|max_(?:grad_)?norm|clip_(?:norm|value)|var_smoothing"
    r"|perplexity|random_strength|reg_param|bandwidth|margin|init_value|lr_\w+|eta0?|dr|mom"
    r"|mixup\w*|cutmix\w*)(?:_?(?:init|start|reg|value|val|base|initial))?\Z"
)


def may_be_float(name: str) -> bool:
    """Whether an integer of this name is a real number that happens to be whole (`C=1`)."""
    return name == "C" or _FLOATS.match(plain_name(name)) is not None


def find_rule(name: str, callee: str = "") -> Named | None:
    """The first rule for a name, as an argument of a callee (its last name) or anywhere."""
    plain = name if name == "C" else plain_name(name)
    for entry in _RULES:
        if entry.callee is not None and not entry.callee.match(callee):
            continue
        if entry.names.match(plain) or (entry.callee is not None and entry.names.match(name)):
            return entry
    return None
