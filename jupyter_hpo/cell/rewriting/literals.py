"""How a value is written where another stands."""

from __future__ import annotations

import ast
import math
import re
from typing import Any

from ...space import Categorical, Distribution, Float
from ...space.writing import short_number

_STRING = re.compile(r"""[A-Za-z]{0,2}(\"\"\"|'''|["'])""")
_ATOMS = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.JoinedStr,
    ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp,
)  # fmt: skip


def written(distribution: Distribution | None, value: Any, instead: str, quote: str) -> str:
    """A parameter's value as source. instead: what stands there, whose quotes a string takes;
    quote: those of the cell, where that is no string."""
    if isinstance(distribution, Categorical) and distribution.expressions:
        return str(value)
    if isinstance(distribution, Float):
        value = float(value)
    if isinstance(value, str):
        found = _STRING.match(instead)
        return quoted(value, found[1][0] if found else quote)
    if isinstance(value, float):
        return short_number(value) if math.isfinite(value) else f'float("{value}")'
    return repr(value)


def quoted(text: str, quote: str) -> str:
    """A string literal in these quotes, in the others where these would need an escape."""
    if "'" in text or '"' in text:
        return repr(text)  # which chooses the quotes that need the fewest escapes
    return quote + repr(text)[1:-1] + quote


def usual_quote(source: str) -> str:
    """The quotes that a cell's strings mostly have."""
    return "'" if source.count("'") > source.count('"') else '"'


def is_atom(text: str) -> bool:
    """Whether an expression holds together wherever it is put."""
    try:
        return isinstance(ast.parse(text, mode="eval").body, _ATOMS)
    except SyntaxError:
        return False
