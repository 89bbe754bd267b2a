"""Which value somebody means who says a name that no mark and no proposal has."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from .proposals import Code, standing
from .values import Value


def values_called(name: str, values: Sequence[Value], code: Code) -> list[Value]:
    """The values that may be meant; one, when that is clear."""
    found = [
        v
        for v in values
        if v.role not in ("inner", "callee")
        and (name in (v.key, v.qualified) or v.qualified.endswith("." + name))
    ]
    found = found or [v for v in values if _known_as(v, name, code)]
    found = [v for v in found if v.is_literal] or found
    variables = [v for v in found if v.variable is not None]
    return variables if len(variables) == 1 else found


def _known_as(value: Value, name: str, code: Code) -> bool:
    """Whether a positional value is called so by its parameter (`Dropout.p`)."""
    if value.role != "positional" or not value.is_literal:
        return False
    where = standing(value, code)
    if where is not None and where.callee == "range":
        return name in _names_of_loop(value, code)
    if where is None or not where.name:
        return False
    return name in (where.name, f"{where.callee}.{where.name}", f"{where.holder}.{where.name}")


def _names_of_loop(value: Value, code: Code) -> tuple[str, ...]:
    """`epochs` and `n_epochs` for the end of `for epoch in range(20)`."""
    call = code.call_of(value.node)
    loop = code.parent(call) if call is not None else None
    if call is None or not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
        return ()
    end = call.args[0] if len(call.args) == 1 else call.args[1]
    many = loop.target.id + "s"
    return (many, f"n_{many}", f"num_{many}") if end is value.node else ()
