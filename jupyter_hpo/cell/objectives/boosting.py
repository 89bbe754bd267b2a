"""Figures that XGBoost and LightGBM keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .calls import Code, Figure, first, is_false, keyword, last, text

_XGB = re.compile(r"XGB(?:Classifier|Regressor|Ranker)")
_LGB = re.compile(r"LGBM(?:Classifier|Regressor|Ranker)")


def is_estimator(name: str) -> bool:
    """Whether a class is one of their scikit-learn estimators."""
    return bool(_XGB.fullmatch(name) or _LGB.fullmatch(name))


def cross_validated(code: Code, name: str, call: ast.Call) -> Iterator[Figure]:
    assert isinstance(call.func, ast.Attribute)
    library = ast.unparse(call.func.value)
    given = keyword(call, "metrics")
    metric = text(given) or text(first(given))
    if library in ("xgb", "xgboost"):
        metric = metric or _metric_of_params(code, "eval_metric")
        frame = not is_false(keyword(call, "as_pandas"))
        last = ".iloc[-1]" if frame else "[-1]"
        source = f'{name}["test-{metric}-mean"]{last}'
    elif library in ("lgb", "lightgbm"):
        metric = metric or _metric_of_params(code, "metric")
        source = f'{name}["valid {metric}-mean"][-1]'
    else:
        return
    if metric:
        yield Figure(source, f"cv_{metric}", f"what {library}.cv() gives", call)


def fitted(code: Code, receiver: str, kept: str, call: ast.Call) -> Iterator[Figure]:
    if keyword(call, "eval_set") is None:
        return
    made = code.maker(receiver)
    metric = text(keyword(made, "eval_metric")) or text(keyword(call, "eval_metric"))
    xgb = bool(_XGB.fullmatch(kept))
    metric = metric or _default_metric(kept)
    sets = keyword(call, "eval_set")
    count = len(sets.elts) if isinstance(sets, ast.List | ast.Tuple) else 1
    last = f"validation_{count - 1}" if xgb else f"valid_{count - 1}"
    results = f"{receiver}.evals_result()" if xgb else f"{receiver}.evals_result_"
    why = f"what {kept} keeps of its last eval_set"
    yield Figure(f'{results}["{last}"]["{metric}"][-1]', f"val_{metric}", why, call)


def _default_metric(kept: str) -> str:
    if kept.startswith("XGB"):
        return "rmse" if kept.endswith("Regressor") else "logloss"
    return "l2" if kept.endswith("Regressor") else "binary_logloss"


def trained(code: Code, call: ast.Call) -> Iterator[Figure]:
    module = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    xgb = module in ("xgb", "xgboost") and keyword(call, "evals") is not None
    lgb = module in ("lgb", "lightgbm") and keyword(call, "valid_sets") is not None
    if not (xgb or lgb):
        return
    name = code.bound.get(id(call))
    metric = _metric_of_params(code, "eval_metric" if xgb else "metric")
    sets = keyword(call, "evals" if xgb else "valid_sets")
    last = _set_name(sets, xgb) if xgb else _set_name(keyword(call, "valid_names"), xgb)
    count = len(sets.elts) if isinstance(sets, ast.List | ast.Tuple) else 1
    last = last or ("eval" if xgb else f"valid_{count - 1}")
    results = keyword(call, "evals_result") or _recorded(call)
    if isinstance(results, ast.Name) and metric:
        yield Figure(
            f'{results.id}["{last}"]["{metric}"][-1]',
            f"val_{metric}",
            f"the last {metric} on {last!r}",
            call,
        )
    elif name and xgb and keyword(call, "early_stopping_rounds") is not None:
        yield Figure(f"{name}.best_score", f"val_{metric or 'loss'}", "its best round", call)
    elif name and lgb and metric:
        yield Figure(
            f'{name}.best_score["{last}"]["{metric}"]',
            f"val_{metric}",
            f"what LightGBM keeps of {last!r}",
            call,
        )


def _recorded(call: ast.Call) -> ast.expr | None:
    callbacks = keyword(call, "callbacks")
    for inner in ast.walk(callbacks) if callbacks is not None else ():
        if isinstance(inner, ast.Call) and last(inner.func) == "record_evaluation":
            return inner.args[0] if inner.args else keyword(inner, "eval_result")
    return None


def _metric_of_params(code: Code, key: str) -> str:
    for node in code.nodes:
        if isinstance(node, ast.Dict):
            for k, value in zip(node.keys, node.values, strict=True):
                if isinstance(k, ast.Constant) and k.value == key:
                    if isinstance(value, ast.List | ast.Tuple) and value.elts:
                        value = value.elts[-1]
                    if name := text(value):
                        return name
        elif isinstance(node, ast.keyword) and node.arg == key and (name := text(node.value)):
            return name
    return ""


def _set_name(node: ast.expr | None, pairs: bool) -> str:
    """The name of the last evaluation set."""
    if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
        return ""
    last = node.elts[-1]
    if pairs:
        return text(last.elts[1]) if isinstance(last, ast.Tuple) and len(last.elts) == 2 else ""
    return text(last)
