"""Running bests: `best_acc = max(best_acc, acc)`, `if acc > best_acc: best_acc = acc`.

The best so far says nothing that the current figure doesn't say, and stands still while a trial
gets worse: its reports are the poorer ones.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from .reading import bare
from .survey import Survey

_EXTREMES = {"max", "min", "maximum", "minimum", "fmax", "fmin"}


def bests(survey: Survey) -> None:
    """A running best stands behind the figure that it is the best of."""
    for best, current in _pairs(survey.tree):
        kept, followed = survey.found.get(best), survey.found.get(current)
        if kept is None or followed is None or best == current:
            continue
        if kept.objective.direction == followed.objective.direction:
            survey.found[best] = replace(kept, rank=max(kept.rank, followed.rank + 1))


def _pairs(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(the best so far, what it is the best of), as source."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[target],
                value=ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name),
                    args=[one, other],
                    keywords=[],
                ),
            ) if name in _EXTREMES:
                best = ast.unparse(target)
                sides = [ast.unparse(bare(one)), ast.unparse(bare(other))]
                if best in sides:
                    sides.remove(best)
                    yield best, sides[0]
            case ast.If(test=test, body=body):
                compared = [
                    {ast.unparse(bare(c.left)), ast.unparse(bare(c.comparators[0]))}
                    for c in ast.walk(test)
                    if isinstance(c, ast.Compare)
                    and len(c.ops) == 1
                    and isinstance(c.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
                ]
                for inner in body:
                    if isinstance(inner, ast.Assign) and len(inner.targets) == 1:
                        pair = ast.unparse(inner.targets[0]), ast.unparse(bare(inner.value))
                        if set(pair) in compared:
                            yield pair
