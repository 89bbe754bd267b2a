"""What a study's file says of how it was made: everything needed to run it again."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .cell import CapturedCell
from .constraining import texts_of
from .options import Options
from .study.rounds import Rounds

ALWAYS = ("jupyter_hpo", "optuna", "numpy")
IF_LOADED = {
    "torch": "torch", "torchvision": "torchvision", "tensorflow": "tensorflow", "keras": "keras",
    "jax": "jax", "lightning": "lightning", "pytorch_lightning": "pytorch-lightning",
    "transformers": "transformers", "datasets": "datasets", "sklearn": "scikit-learn",
    "xgboost": "xgboost", "lightgbm": "lightgbm", "skorch": "skorch", "pandas": "pandas",
    "scipy": "scipy", "ray": "ray",
}  # fmt: skip
"""Module -> distribution, of what a result may depend on."""


def description(
    cell: CapturedCell, options: Options, rounds: Rounds, device: str
) -> dict[str, Any]:
    """Attributes of the study, plain enough for JSON.

    cell: the code, with `earlier` [number, source, indices of its statements that trials run
    again], `above`, [number, text] of all that must have been run before, `missing`, of names
    that this does not bind, and `function`, [file, source], for `tune`. options: those that differ
    from their defaults. device: what trials run on. versions: of Python and of the libraries in
    use.
    """
    return {
        "cell": cell.source,
        "earlier": [[p.number, p.source, list(p.statements)] for p in cell.earlier],
        "above": [list(one) for one in cell.above],
        "missing": list(cell.missing),
        "function": [cell.function_file, cell.function_source] if cell.function_file else None,
        "space": repr(cell.space),
        "parameters": [repr(parameter) for parameter in cell.space.values()],
        "objectives": [[o.source, o.direction] for o in cell.objectives],
        "constraints": list(texts_of(cell)),
        "seed": options.seed,
        "options": chosen(options),
        "rounds": [rounds.folds, rounds.repeats],
        "device": device,
        "versions": versions(),
        "machine": {
            "cores": os.cpu_count(), "system": platform.system(), "machine": platform.machine(),
        },
    }  # fmt: skip


def chosen(options: Options) -> dict[str, Any]:
    """The options that differ from their defaults, by their names."""
    usual = asdict(Options())
    given = {name: value for name, value in asdict(options).items() if value != usual[name]}
    return {
        name: str(value) if isinstance(value, Path)
        else list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
    }  # fmt: skip


def versions() -> dict[str, str]:
    """Of Python, of this package and what it searches with, and of the libraries loaded here."""
    names = [*ALWAYS, *(d for module, d in IF_LOADED.items() if module in sys.modules)]
    found = {name: _version(name) for name in names}
    return {"python": platform.python_version(), **{n: v for n, v in found.items() if v}}


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
