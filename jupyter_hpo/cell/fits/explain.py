"""A sentence on what the epochs of a framework will report, before the first trial."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ...study.objective import Objective
from .asks import Formula
from .flow import FOLDS, FitCall, Flow, flow_of, tail
from .formula import formula_of

ROUND = "boosting round"
_CLASSES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("XGBClassifier", "XGBRegressor", "XGBRanker"), (ROUND, ("eval_set",))),
    **dict.fromkeys(("LGBMClassifier", "LGBMRegressor", "LGBMRanker"), (ROUND, ("eval_set",))),
    **dict.fromkeys(
        ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"), (ROUND, ())
    ),
    **dict.fromkeys(("GradientBoostingClassifier", "GradientBoostingRegressor"), (ROUND, ())),
    **dict.fromkeys(("MLPClassifier", "MLPRegressor"), ("epoch", ())),
    **dict.fromkeys(
        ("NeuralNet", "NeuralNetClassifier", "NeuralNetRegressor", "NeuralNetBinaryClassifier"),
        ("epoch", ()),
    ),
    "Sequential": ("epoch", ()),
    "Model": ("epoch", ()),
    "Trainer": ("validation", ()),
    "Seq2SeqTrainer": ("validation", ()),
    "SFTTrainer": ("validation", ()),
}
"""A class that trains in steps -> what a step is called; arguments of `fit` without which
nothing is measured."""

_MODULES = {"xgb": ROUND, "xgboost": ROUND, "lgb": ROUND, "lightgbm": ROUND}


def framework_reports(
    tree: ast.Module, objectives: Sequence[Objective], origins: Mapping[str, str]
) -> str | None:
    """`each epoch of model.fit reports val_accuracy`, for the code of a trial; None when no
    framework's own steps say anything of the objectives.

    tree: what a trial runs (`program.tree_of`). origins: name -> dotted origin of what the
    notebook's names are bound to (`keras`, `xgboost.sklearn.XGBClassifier`), as far as known.
    """
    formulas = [formula_of(tree, objective.source) for objective in objectives]
    known = [formula for formula in formulas if formula is not None]
    if not known or len(known) != len(formulas):
        return None
    flow = flow_of(tree.body)
    step = next((s for f in known if (s := _step(flow, f, origins))), None)
    if step is None:
        return None
    figures = dict.fromkeys(_figure(f, o) for f, o in zip(known, objectives, strict=True))
    call = known[0].says[0]
    return f"each {step} of {call or 'the fit'} reports {' and '.join(figures)}"


def _figure(formula: Formula, objective: Objective) -> str:
    """What is reported, in the framework's word where that is known."""
    key = formula.says[1]
    if formula.asks[0].what in ("evaluate", "metric") or key in ("result", "model"):
        return objective.source if objective.is_name else "the objective so far"
    return key


def _step(flow: Flow, formula: Formula, origins: Mapping[str, str]) -> str | None:
    """What a step of the fit that counts is called; None when it isn't known to report."""
    for call in flow.fits:
        if (call.cell, call.line, call.end_line) in formula.calls:
            step = _step_of(flow, call, formula, origins)
            if step is not None:
                return step
    if not any((c.cell, c.line, c.end_line) in formula.calls for c in flow.fits):
        return "epoch" if formula.asks[0].what in ("result", "named") else None
    return None


def _step_of(flow: Flow, call: FitCall, formula: Formula, origins: Mapping[str, str]) -> str | None:
    if tail(call.node.func) in FOLDS:
        return "fold"
    origin = origins.get(call.receiver.partition(".")[0], "")
    module = origin.partition(".")[0] or call.receiver
    given = {keyword.arg for keyword in call.node.keywords}
    if module in _MODULES and call.receiver.partition(".")[0] in {*origins, *_MODULES}:
        if tail(call.node.func) == "train" and not given & {"evals", "valid_sets"}:
            return None
        return ROUND
    made = flow.before(call.receiver, call.order)
    kind = tail(made[1].func) if made and isinstance(made[1], ast.Call) else tail_of(origin)
    if kind in _CLASSES:
        step, needed = _CLASSES[kind]
        return step if not needed or given & set(needed) else None
    keras = given & {"epochs", "validation_data", "validation_split"}
    return "epoch" if keras or formula.asks[0].what == "named" else None


def tail_of(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]
