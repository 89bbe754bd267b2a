"""Lists of choices: what can be kept as they are, and what as source text."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Parameter
from ..space.distributions import Primitive


def choice_of(name: str, values: Iterable[Any]) -> Categorical:
    """The choices as they are, or, when tuples and the like are among them, all as expressions
    (`(50, 50)`). Repeated ones count once. Raises SpaceError that names the parameter."""
    plain = [_python_value(value) for value in values]
    if all(isinstance(value, Primitive) for value in plain):
        return Categorical(tuple({(type(v), v): v for v in plain}.values()))
    texts = []
    for value in plain:
        text = repr(value)
        if not _reads_back(text, value):
            raise SpaceError(
                f"the choices of {name!r} hold {_shown(value)}, which can't be written as text.",
                f"Mark the value in the cell: `# hpo: {_example(value)} | ... as {name}`.",
            )
        texts.append(text)
    return Categorical(tuple(dict.fromkeys(texts)), expressions=True)


def values_of(parameter: Parameter, where: str) -> list[Any]:
    """The choices as objects, for a library. Raises SpaceError for an expression that reads
    names of the notebook. where: what they are for, in words."""
    distribution = parameter.distribution
    assert isinstance(distribution, Categorical)
    if not distribution.expressions:
        return list(distribution.choices)
    found = []
    for text in distribution.choices:
        try:
            found.append(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            raise SpaceError(
                f"the choice {text} of {parameter.name!r} is code of the notebook.",
                f"Give {where} the objects themselves.",
            ) from None
    return found


def refuse_condition(parameter: Parameter, where: str) -> None:
    """Raises SpaceError when a parameter exists under a condition only."""
    if parameter.condition is not None:
        raise SpaceError(
            f"{parameter.name!r} exists only if {parameter.condition}; {where} can't say that.",
            "Leave the condition out, or make a space for each case.",
        )


def cannot(parameter: Parameter, why: str, instead: str) -> SpaceError:
    """What a library has no word for."""
    return SpaceError(f"{parameter.name!r} can't be said: {why}.", instead)


def _python_value(value: Any) -> Any:
    """NumPy's scalars as Python's."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    return value


def _reads_back(text: str, value: Any) -> bool:
    try:
        return bool(ast.literal_eval(text) == value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"


def _example(value: Any) -> str:
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else f"{type(value).__name__}()"
