"""What a command is answered with, before it becomes a Reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..widgets.protocol import EditorProblem


@dataclass(frozen=True)
class Answer:
    """message: a sentence for the person, or empty. data: what was asked for; dataclasses are
    written as objects. problems: then the command was not carried out."""

    message: str = ""
    data: Any = None
    problems: tuple[EditorProblem, ...] = field(default=())
