"""`printed("val acc: {}")`: an objective that is only printed, and the pattern that finds it.

`{}` stands for the number; the rest is text as it is printed, any white space for white space.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

NUMBER = (
    r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)"
)
_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")


def printed_text(source: str) -> str | None:
    """The text of `printed("...")`; None for any other objective."""
    if not source.lstrip().startswith("printed"):
        return None
    try:
        node = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    match node:
        case ast.Call(
            func=ast.Name(id="printed"), args=[ast.Constant(value=str(text))], keywords=[]
        ):
            return text
    return None


def printed_source(text: str) -> str:
    """The objective for a text with `{}` in it."""
    quoted = repr(text)
    if '"' not in text and quoted.startswith("'"):
        quoted = '"' + quoted[1:-1].replace("\\'", "'") + '"'
    return f"printed({quoted})"


@lru_cache(maxsize=64)
def pattern(text: str) -> re.Pattern[str]:
    """What finds the number in a line. Raises ValueError, with a sentence, when the text
    doesn't have `{}` once."""
    if text.count("{}") != 1:
        raise ValueError(
            f"printed({text!r}) needs {{}} once, where the number stands, "
            'like printed("val acc: {}").'
        )
    before, after = text.split("{}")
    begin = r"(?<!\w)" if before.lstrip()[:1].isalnum() else ""
    end = r"(?!\w)" if after.rstrip()[-1:].isalnum() else ""
    if not before.strip():
        begin = r"(?<![\w.])"
    return re.compile(begin + _spaced(before) + f"({NUMBER})" + _spaced(after) + end)


def numbers_in(line: str, text: str) -> list[float]:
    """The numbers that a printed line gives, in order; colours are left out."""
    found = pattern(text).findall(_CODES.sub("", line))
    return [float(number.replace(",", "").replace("_", "")) for number in found]


def _spaced(text: str) -> str:
    parts = re.split(r"\s+", text)
    return r"\s*".join(re.escape(part) for part in parts)
