"""What calls of fits and metrics are given, as it is written."""

from __future__ import annotations

import ast

from .flow import tail


def data_of(node: ast.Call) -> ast.expr | None:
    """The data of `model.evaluate(X, y)`, `trainer.evaluate(ds)`, `trainer.validate(net, ds)`."""
    first = 1 if tail(node.func) == "validate" else 0
    if len(node.args) > first:
        return node.args[first]
    return keyword_of(node, "x", "eval_dataset", "dataloaders", "datamodule")


def is_log(node: ast.expr) -> bool:
    """`trainer.state.log_history[-1]`: the key says what is meant, the place in it changes."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "log_history"
    )


def keyword_of(node: ast.Call, *names: str) -> ast.expr | None:
    return next((k.value for k in node.keywords if k.arg in names), None)


def is_dotted(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and is_dotted(node.value))


def parameters_of(function: ast.AST) -> frozenset[str]:
    arguments = getattr(function, "args", None)
    if not isinstance(arguments, ast.arguments):
        return frozenset()
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return frozenset(a.arg for a in every)
