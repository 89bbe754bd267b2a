"""Python inside a call's strings: `!cmd {x} $y`, the arguments of a magic, `eval("x + 1")`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

_SHELL = ("system", "getoutput")
_MAGIC = ("run_line_magic", "run_cell_magic")
_WORDS = {
    *("aimport", "autoreload", "cd", "conda", "config", "env", "load_ext", "mamba"),
    *("matplotlib", "micromamba", "pip", "reload_ext", "set_env", "uv"),
}
"""Magics whose arguments are words, never Python: `%cd data` doesn't read `data`."""

_DOLLAR = re.compile(r"\$([^\W\d]\w*)")
_IDENTIFIER = re.compile(r"(?<![\w.])[^\W\d]\w*")


def code_in_strings(call: ast.Call) -> list[ast.Module]:
    """The Python that this call may run or read out of its constant strings.

    For `eval` and `exec` that is the code itself. IPython puts values for `$name` and
    `{expression}` into what a shell command or a magic gets; a magic may take any other word
    of its arguments for a name too.
    """
    match call:
        case ast.Call(func=ast.Name(id="eval" | "exec"), args=[ast.Constant(value=str(code)), *_]):
            return list(_parsed(code.strip()))
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")))):
            return list(_of_ipython(call))
    return []


def _of_ipython(call: ast.Call) -> Iterator[ast.Module]:
    assert isinstance(call.func, ast.Attribute)
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if call.func.attr in _SHELL:
        for text in texts:
            yield from _expanded(text)
    elif call.func.attr in _MAGIC:
        for text in texts[1:]:
            yield from _expanded(text)
            if texts[0] not in _WORDS:
                for name in _IDENTIFIER.findall(text):
                    yield from _parsed(name)


def _expanded(text: str) -> Iterator[ast.Module]:
    """What IPython puts values for; braces that don't pair make it leave all as it is."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return
    for literal, field, spec, _ in parts:
        for name in _DOLLAR.findall(literal):
            yield from _parsed(name)
        if field:
            found = list(_parsed(field))
            yield from found or _parsed(f"{field}:{spec}")  # a slice has a colon too


def _parsed(code: str) -> Iterator[ast.Module]:
    """The module, or nothing: IPython leaves what is no Python as it is (and a keyword among
    a magic's words is no name)."""
    try:
        yield ast.parse(code)
    except (SyntaxError, ValueError):
        return
