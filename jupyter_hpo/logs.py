"""A trial's output as a screen would show it: progress bars collapsed, colours left out."""

from __future__ import annotations

import re
from pathlib import Path

TAIL_BYTES = 16 * 1024
SCANNED_BYTES = 512 * 1024
"""How much of a log's end is read for its tail: a bar writes itself again and again."""

_TOKEN = re.compile(r"\r|\n|\x08|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\^_]|[^\r\n\x08\x1b]+|\x1b")


def whole(path: str | Path | None) -> str:
    """All that the trial printed; empty when there is nothing."""
    if path is None or not Path(path).exists():
        return ""
    return readable(Path(path).read_bytes().decode(errors="replace"))


def tail(path: str | Path | None) -> str:
    """The last lines of it, some tens of kB at most."""
    if path is None or not Path(path).exists():
        return ""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - SCANNED_BYTES))
        text = file.read().decode(errors="replace")
    if size > SCANNED_BYTES:
        text = re.split(r"[\r\n]", text, maxsplit=1)[-1]
    text = readable(text)
    return text if len(text) <= TAIL_BYTES else text[-TAIL_BYTES:].partition("\n")[2]


def readable(text: str) -> str:
    """What is left on a screen that is never too small: carriage returns, backspaces and
    cursor moves upwards (tqdm's nested bars) write over what stood there."""
    if not any(sign in text for sign in "\r\x08\x1b"):
        return text
    lines: list[str] = [""]
    row = column = 0
    for token in _TOKEN.findall(text.replace("\r\n", "\n")):
        if token == "\n":
            row, column = row + 1, 0
            if row == len(lines):
                lines.append("")
        elif token == "\r":
            column = 0
        elif token == "\x08":
            column = max(0, column - 1)
        elif token[0] != "\x1b":
            line = lines[row].ljust(column)
            lines[row] = line[:column] + token + line[column + len(token) :]
            column += len(token)
        elif token[-1] == "A":
            row = max(0, row - int(token[2:-1] or 1))
        elif token[-1] == "K" and token[2:-1] in ("", "0"):
            lines[row] = lines[row][:column]
        elif token[-1] == "K":
            lines[row] = ""
    return "\n".join(line.rstrip(" ") for line in lines)
