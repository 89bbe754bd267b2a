"""From what a metric is given back to the model's prediction in it.

A framework logs its metric of the plain prediction: of classes at a half, of values on the
scale that it trains on. So between the prediction and the metric may stand only what keeps
that: another shape, a class taken from a probability. `np.expm1(model.predict(X))` is another
metric than the one that is logged.
"""

from __future__ import annotations

import ast

from .flow import tail

SCALED = frozenset({"mse", "rmse", "mae", "mape", "msle", "rmsle", "r2", "poisson_deviance"})
"""Metrics of values, not of classes."""

_PREDICTS = ("predict", "predict_proba", "decision_function")
_SHAPES = frozenset(
    {"ravel", "flatten", "squeeze", "reshape", "cpu", "detach", "numpy", "to_numpy", "copy"}
    | {"asarray", "array", "list", "tolist", "Series"}
)
_CLASSES = frozenset(
    {"argmax", "round", "rint", "astype", "int", "where", "map", "inverse_transform"}
)
_PLAIN = (0, 1, 0.5)


def predicting(node: ast.expr, metric: str) -> ast.expr | None:
    """The call that predicts, or a name that stands for what was predicted; None when what is
    between changes the metric, or nothing is predicted."""
    classes = metric not in SCALED
    while True:
        match node:
            case ast.Name():
                return node
            case ast.Call(func=ast.Attribute(attr=attr), args=[_, *_]) if attr in _PREDICTS:
                return node
            case ast.Call(func=func, args=args) if tail(func) in _SHAPES | (
                _CLASSES if classes else frozenset()
            ):
                inner = _handed_on(func, args)
            case ast.Subscript(value=inner) | ast.Attribute(value=inner, attr="values" | "T"):
                pass
            case ast.Compare(
                left=inner, ops=[ast.Gt() | ast.GtE()], comparators=[ast.Constant(value=0.5)]
            ) if classes:
                pass
            case (
                ast.BinOp(left=ast.Constant(value=1), op=ast.Mult(), right=inner)
                | ast.BinOp(left=inner, op=ast.Mult(), right=ast.Constant(value=1))
            ):
                pass
            case (
                ast.ListComp(elt=elt, generators=[ast.comprehension(iter=inner, ifs=[])])
                | ast.GeneratorExp(elt=elt, generators=[ast.comprehension(iter=inner, ifs=[])])
            ) if classes and _classes_one(elt):
                pass
            case _:
                return None
        if inner is None:
            return None
        node = inner


def predicts(node: ast.expr) -> bool:
    """Whether a model predicts somewhere in the expression itself."""
    calls = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return any(isinstance(c.func, ast.Attribute) and c.func.attr in _PREDICTS for c in calls)


def _handed_on(func: ast.expr, args: list[ast.expr]) -> ast.expr | None:
    """What a call gives in another form: its first argument, or what stands before its name."""
    name = tail(func)
    if not isinstance(func, ast.Attribute):
        return args[-1] if name == "map" and args else args[0] if args else None
    module = isinstance(func.value, ast.Name) and func.value.id in ("np", "numpy", "pd", "tf")
    module = module or (isinstance(func.value, ast.Name) and func.value.id in ("torch", "jnp"))
    if name == "inverse_transform" or module:
        return args[0] if args else None
    return None if name in ("map", "where") else func.value


def _classes_one(node: ast.expr) -> bool:
    """Whether an expression takes the class of one prediction, at a half."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and inner.value not in _PLAIN:
            return False
        if isinstance(inner, ast.Call) and tail(inner.func) not in ("int", "round", "argmax"):
            return False
    return True
