"""The call of a function as a cell: `result = train(lr=lr, hidden=hidden)`, for `tune`."""

from __future__ import annotations

import hashlib
import inspect
import keyword
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .cell import CapturedCell, capture
from .errors import CellError, SpaceError
from .functions import code_of, made_again, may_report, text_of
from .space import MISSING, Categorical, Float, Parameter, SearchSpace
from .space.marks import nearest
from .study.constraints import ConstraintError, parse_constraints
from .study.figures import FIGURES

if TYPE_CHECKING:
    from .arguments import Request

RESULT = "result"
VALUE_OF = "objective_of"
FILENAME = "<jupyter_hpo.tune>"


def space_of(space: Any, function: Callable[..., Any]) -> SearchSpace:
    """With the function's own defaults. Raises SpaceError."""
    from .interop import read_space

    _refuse_pairs(space)
    found = read_space(space)
    if not found:
        raise SpaceError("the space is empty.", 'Give it a range: {"lr": Float(1e-5, 1e-1)}.')
    for name in found:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise SpaceError(
                f"{name!r} is no name of an argument.", "Name it by letters, digits and _."
            )
    defaults = {
        p.name: p.default
        for p in _parameters(function) or ()
        if p.default is not inspect.Parameter.empty
    }
    parameters = []
    for parameter in found.values():
        if parameter.default is MISSING and parameter.name in defaults:
            parameter = replace(parameter, default=_default(parameter, defaults[parameter.name]))
        parameters.append(parameter)
    return SearchSpace(parameters)


def in_a_call(text: str) -> str:
    """A sentence that speaks of the magic's options, of a call: `--trials 12` is `trials=12`."""
    text = text.replace(" (%%hpo? lists the options)", "").replace("in this line", "in this call")
    text = text.replace("--fresh", "fresh=True")
    text = re.sub(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)( (?=\d+(?:\.\d+)?(?!\w)))?", _option, text)
    return text.replace("%%hpo: ", "tune(): ", 1)


def _option(found: re.Match[str]) -> str:
    return found[1].replace("-", "_") + ("=" if found[2] else "")


def _refuse_pairs(space: Any) -> None:
    """A pair of numbers is everybody's first guess at a range, and a grid's two choices."""
    for name, value in space.items() if isinstance(space, Mapping) else ():
        if not isinstance(value, tuple) or len(value) != 2 or not all(map(_number, value)):
            continue
        low, high = value
        kind = "Int" if isinstance(low, int) and isinstance(high, int) else "Float"
        raise SpaceError(
            f"{name} = {value!r} may mean a range or two choices.",
            f"A range is {kind}({low!r}, {high!r}); two choices are [{low!r}, {high!r}].",
        )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _default(parameter: Parameter, value: Any) -> Any:
    """A default of the function as the space has it; MISSING for what is no value of its kind."""
    distribution = parameter.distribution
    if isinstance(distribution, Categorical):
        value = repr(value) if distribution.expressions else value
        return value if distribution.contains(value) else MISSING
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return MISSING
    if isinstance(distribution, Float):
        return float(value)
    return value if isinstance(value, int) else MISSING


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """None where Python doesn't know."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        if not callable(function):
            raise SpaceError(f"{function!r} can't be called.", "Give a function.") from None
        return None


def call_of(function: Callable[..., Any], space: SearchSpace) -> tuple[str, str, SearchSpace]:
    """The function's name in the cell, its call there, and the space. Raises SpaceError when it
    can't be called with the parameters of the space."""
    shown = getattr(function, "__name__", type(function).__name__)
    called = shown if shown.isidentifier() and not keyword.iskeyword(shown) else "function"
    while called in space or called in (RESULT, VALUE_OF):
        called += "_"
    parameters = _parameters(function)
    by_name = f"{called}({', '.join(f'{name}={name}' for name in space)})"
    if parameters is None:
        return called, by_name, space
    P = inspect.Parameter
    if any(p.kind is P.VAR_KEYWORD for p in parameters):
        taken = set(space)
    else:
        taken = {p.name for p in parameters if p.kind in (P.POSITIONAL_OR_KEYWORD, P.KEYWORD_ONLY)}
    needed = [
        p.name for p in parameters
        if p.default is P.empty and p.kind not in (P.VAR_KEYWORD, P.VAR_POSITIONAL)
    ]  # fmt: skip
    meant = all(get_close_matches(name, taken, n=1, cutoff=0.6) for name in space)
    if not taken & set(space) and len(needed) == 1 and not meant:
        items = ", ".join(f'"{name}": {name}' for name in space)
        return called, f"{called}({{{items}}})", space
    unknown = [name for name in space if name not in taken]
    if unknown:
        raise SpaceError(
            f"{shown}() takes no argument {unknown[0]!r}.",
            nearest(unknown[0], [p.name for p in parameters], "It takes"),
        )
    missing = [name for name in needed if name not in space]
    if missing:
        raise SpaceError(
            f"{shown}() also needs {', '.join(missing)}, which the space doesn't have.",
            f"Give it a default, or functools.partial({shown}, {missing[0]}=...).",
        )
    for parameter in space.values():
        if parameter.condition is not None and parameter.name in needed:
            raise SpaceError(
                f"{parameter.name!r} exists only if {parameter.condition}, and {shown}() always "
                "needs it.",
                f"Give it a default there: {parameter.name}=...",
            )
    return called, by_name, space


# the cell -------------------------------------------------------------------------------


def source_of(called: str, call: str, space: SearchSpace, request: Request) -> str:
    """The cell that calls the function."""
    lines = [f"{p.name} = {_literal(p)}" for p in space.values()]
    lines.append(f"{RESULT} = {call}")
    wanted = [o.source for o in request.objectives if o.is_name and o.source not in FIGURES]
    bounded = _bounded(request.options.constraints)
    known = {*space, *FIGURES, RESULT}
    for name in dict.fromkeys([*wanted, *bounded]):
        if name not in known:
            alone = wanted == [name] and name not in bounded
            lines.append(f"{name} = {VALUE_OF}({called!r}, {name!r}, {RESULT}, {alone})")
    return "\n".join(lines) + "\n"


def _bounded(constraints: Sequence[str]) -> Iterator[str]:
    for text in constraints:
        try:
            yield from (name for c in parse_constraints(text) for name in c.names)
        except ConstraintError:  # said with the options
            continue


def _literal(parameter: Parameter) -> str:
    """The value that stands in the cell; what has no default begins anywhere in its range."""
    distribution, value = parameter.distribution, parameter.default
    if isinstance(distribution, Categorical):
        value = distribution.choices[0] if value is MISSING else value
        return str(value) if distribution.expressions else repr(value)
    return repr(distribution.low if value is MISSING else value)


def captured_call(
    source: str,
    space: SearchSpace,
    request: Request,
    function: Callable[..., Any],
    namespace: Mapping[str, Any],
) -> CapturedCell:
    """The cell as a captured one that knows the function. Raises CellError with its problems."""
    cell = capture(
        source,
        objectives=request.objectives,
        constraints=request.options.constraints,
        space=space,
        names=frozenset(namespace),
        filename=FILENAME,
        line_offset=0,
        keep=(RESULT,),
    )
    if cell.problems:
        raise CellError(list(cell.problems))
    # Where the function has no default, the cell's value is only a place.
    given = [replace(p, default=space[p.name].default) for p in cell.space.values()]
    code = code_of(function)
    text = text_of(function)
    again, missing = made_again(function)
    return replace(
        cell,
        space=SearchSpace(given),
        function_file="" if code is None else code.co_filename,
        function_source=text,
        above=((0, again),) if again else (),
        missing=missing,
        identity=hashlib.sha256((text or repr(function)).encode()).hexdigest()[:10],
        reports="each call of report(...) is a report" if may_report(function) else "",
    )
