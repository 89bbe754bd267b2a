"""Texts that people and libraries wrote, made fit to be shown: cut, and without what acts.

Names, choices, errors and logs are shown as text everywhere; here is what escaping alone does
not do: colour codes are left out, characters that can't be seen or that turn the direction of
what follows are written as Python writes them (`\\u202e`), and a megabyte is cut.
"""

from __future__ import annotations

import re
from zlib import crc32

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LONE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without colour codes, what can't be seen written out; line ends and tabs stay."""
    text = _ANSI.sub("", text.replace("\r\n", "\n"))
    return _UNSEEN.sub(lambda match: ascii(match[0])[1:-1], text)


def line(text: str, limit: int) -> str:
    """The same on one line, at most `limit` characters of it; the cut is said."""
    shown = " ".join(clean(text[: 4 * limit]).split())
    if len(text) <= 4 * limit and len(shown) <= limit:
        return shown
    return f"{shown[:limit].rstrip()}… ({len(text):,} characters)"


def short(text: str, limit: int) -> str:
    """The beginning of a text, at most `limit` characters of it; the cut is said."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}… ({len(text):,} characters)"


def brief(text: str, limit: int) -> str:
    """The same for a text that stands for something: two that differ are cut differently."""
    if len(text) <= limit:
        return text
    told = f"{len(text):,} characters, {crc32(text.encode('utf-8', 'surrogatepass')):08x}"
    return f"{text[:limit].rstrip()}… ({told})"


def last(text: str, limit: int) -> str:
    """The end of a text in whole lines, at most `limit` characters of it."""
    if len(text) <= limit:
        return text
    return "…\n" + text[-limit:].partition("\n")[2]


def encodable(text: str) -> str:
    """Text that a file can hold: half of a surrogate pair is no character."""
    return _LONE.sub("\ufffd", text)
