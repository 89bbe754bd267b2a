"""What a formula asks of a fit that runs."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PLACEHOLDER = "__fit__"
What = Literal["result", "model", "evaluate", "metric", "named", "argument", "live"]


@dataclass(frozen=True)
class Ask:
    """What a placeholder stands for, asked of the fit that runs.

    what: 'result', what the call would return if it ended now; 'model', what stands before
    `.fit`; 'evaluate', the figures on a data set as `.evaluate(...)` returns them; 'metric', a
    metric on a data set; 'named', a logged key that is called so; 'argument', an object that
    the call fills (`evals_result=...`); 'live', a callback of the fit. name: of the metric, the
    key or the object. data: how the data set is
    written, here and where it was made (`dval`, `X_val`); empty: whatever the fit validates on.
    """

    what: What
    name: str = ""
    data: frozenset[str] = frozenset()
    as_dict: bool = False


@dataclass(frozen=True)
class Formula:
    """code: an expression; asks: of its placeholders, in order. calls: the fits that count
    (cell, first line, last line; in whatever function they stand); empty: any fit counts.
    aliases: name -> how the data bound to it is written where it was made. says: the call and
    the figure, for a person."""

    code: ast.Expression
    asks: tuple[Ask, ...]
    calls: frozenset[tuple[int, int, int]]
    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    says: tuple[str, str] = ("", "")


class Opaque(Exception):
    """Nobody can say what an expression is while the fit runs. final: nor is it what is logged
    under its name, as a loop makes it, or a metric of something else than the prediction."""

    def __init__(self, final: bool = False) -> None:
        super().__init__()
        self.final = final
