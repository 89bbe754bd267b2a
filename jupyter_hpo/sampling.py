"""Which sampler a study gets: what the person asked for, else what its space supports.

Imports Optuna: only when a study is opened.
"""

from __future__ import annotations

from .cell import CapturedCell
from .options import Options
from .search.optuna_sampler import OptunaSampler
from .search.sampler import Sampler


def sampler_for(cell: CapturedCell, options: Options, *, seed: int | None) -> Sampler:
    """The sampler of a study of this cell; it has been told of nothing yet."""
    kind = options.sampler or "tpe"
    return OptunaSampler(cell.space, cell.objectives, kind=kind, seed=seed)
