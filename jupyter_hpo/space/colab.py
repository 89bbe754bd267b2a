"""Colab's forms (`#@param {type:"slider", min:0, max:1}`) read as marks.

A slider is a range, a list a choice, a boolean a boolean; free fields (`{type:"number"}`,
integer, string, raw, date) say no range and are no marks. See Colab's notebook "Forms".
"""

from __future__ import annotations

import ast
import re

from .grammar import Body, Bool, Choices, Range, Spec, Word, expression, number

_FORM = re.compile(r"#\s*@param\s*(?P<form>[\[{].*)", re.S)
_FIELD = re.compile(r"""["']?([\w-]+)["']?\s*:\s*("[^"]*"|'[^']*'|[^,}\s]+)""")


def form_of_comment(comment: str, line: int | None = None) -> Spec | None:
    """The spec that a comment's form means; None when there is none or it says no range."""
    match = _FORM.search(comment)
    if match is None:
        return None
    form = match["form"].strip()
    body = _choices(form) if form.startswith("[") else _fields(form)
    return None if body is None else Spec(body, text=f"@param {form}", line=line)


def _choices(form: str) -> Body | None:
    """`["a", "b"]`, perhaps followed by `{allow-input: true}` or `{type:"raw"}`, under which
    Colab puts the text of a choice into the code as it is."""
    ends = [i + 1 for i, char in enumerate(form) if char == "]"]
    trees = ((end, expression(form[:end])) for end in ends)
    end, tree = next((found for found in trees if found[1] is not None), (0, None))
    if not isinstance(tree, ast.List) or not tree.elts:
        return None
    raw = _options(form[end:]).get("type") == "raw"
    words = []
    for element in tree.elts:
        if isinstance(element, ast.Constant) and isinstance(element.value, str):
            words.append(_raw(element.value) if raw else Word(element.value, quoted=True))
        else:
            words.append(Word(ast.unparse(element)))
    return Choices(tuple(words))


def _raw(text: str) -> Word:
    """Code as it stands in a form: a string when it is one, else a value or a name."""
    tree = expression(text)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return Word(tree.value, quoted=True)
    return Word(text)


def _options(text: str) -> dict[str, str]:
    return {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(text)}


def _fields(form: str) -> Body | None:
    fields = _options(form)
    if fields.get("type") == "boolean":
        return Bool()
    if fields.get("type") != "slider":
        return None
    low, high = number(fields.get("min", "0")), number(fields.get("max", "100"))
    step = number(fields.get("step", "1"))
    if low is None or high is None:
        return None
    return Range(low, high, step=None if step == 1 and isinstance(step, int) else step)
