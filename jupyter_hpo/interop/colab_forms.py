"""Colab: the space that a cell's `#@param` forms declare, and the forms of a space."""

from __future__ import annotations

import ast
import io
import json
import math
import tokenize
from typing import Any

from ..errors import CellError, Problem
from ..space import MISSING, Categorical, Float, Int, Parameter, SearchSpace
from ..space.colab import form_of_comment
from ..space.marks import to_distribution
from .choices import cannot, refuse_condition


def from_colab(source: str) -> SearchSpace:
    """The space of a cell with forms (`lr = 0.1 #@param {type:"slider", min:0, max:1}`), its
    values as defaults. Fields without a range are no parameters. Raises CellError for forms
    that make no sense, each with its line, and for a cell that is no Python.
    """
    forms = _forms(source)
    parameters, problems = [], []
    for statement in _assignments(source):
        spec = forms.get(statement.end_lineno or statement.lineno)
        target = statement.targets[0]
        if spec is None or not isinstance(target, ast.Name):
            continue
        value = _literal(statement.value)
        known = value is not MISSING
        text = value if known else ast.unparse(statement.value)
        found = to_distribution(spec, text, expression=not known)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            parameters.append(Parameter(target.id, found, default=text))
    if problems:
        raise CellError(problems)
    return SearchSpace(parameters)


def to_colab(space: SearchSpace) -> dict[str, str]:
    """name -> the comment that goes behind its value. Raises SpaceError for what a form can't
    say: log scales, conditions, ranges of floats without a step."""
    return {name: _form(parameter) for name, parameter in space.items()}


def _form(parameter: Parameter) -> str:
    refuse_condition(parameter, "a form")
    match parameter.distribution:
        case Float(log=True) | Int(log=True):
            raise cannot(parameter, "a form has no log scale", "Leave out `log`.")
        case Float(step=None):
            raise cannot(parameter, "a slider of floats needs a step", "Give it a step.")
        case Float(low, high, _, step) | Int(low, high, _, step):
            slider = f"min:{low!r}, max:{high!r}, step:{step or 1!r}"
            return f'#@param {{type:"slider", {slider}}}'
        case Categorical((False, True)):
            return '#@param {type:"boolean"}'
        case Categorical(choices, expressions):
            if not expressions and all(isinstance(c, str) for c in choices):
                return f"#@param {json.dumps(list(choices), ensure_ascii=False)}"
            texts = [c if expressions else _source(parameter, c) for c in choices]
            return f'#@param {json.dumps(texts, ensure_ascii=False)} {{type:"raw"}}'
    raise AssertionError(parameter)


def _source(parameter: Parameter, choice: Any) -> str:
    if isinstance(choice, float) and not math.isfinite(choice):
        raise cannot(parameter, f"{choice!r} can't be written in a form", "Leave it out.")
    return repr(choice)


def _forms(source: str) -> dict[int, Any]:
    """Line -> the spec of the form that stands there."""
    found = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                spec = form_of_comment(token.string, token.start[0])
                if spec is not None:
                    found[token.start[0]] = spec
    except (tokenize.TokenError, SyntaxError):
        pass  # `_assignments` says so, with the line
    return found


def _assignments(source: str) -> list[ast.Assign]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        text = f"the cell has a syntax error: {error.msg}."
        raise CellError([Problem("syntax", text, "Correct the line.", error.lineno)]) from None
    return [s for s in tree.body if isinstance(s, ast.Assign)]


def _literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return MISSING
    return value if isinstance(value, bool | int | float | str | None) else MISSING
