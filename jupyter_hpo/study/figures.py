"""Figures: what is measured of every trial, by the names a person may use for them.

`--minimize n_params`, `--constraint "peak_gpu_gb <= 8"`. What a worker measures (`Trial.figures`)
has one unit each; a person may ask for it in others. GB and MB are decimal, as everywhere here.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """name: as a person writes it. key: in `Trial.figures`; scale: what one of those is in this
    unit. rises: it never falls while a trial runs, so what exceeds a bound once does so for
    good. what: for a person. without: why a trial has none, and what to do."""

    name: str
    key: str
    scale: float
    rises: bool
    what: str
    without: str = "it can't be measured on this system: leave it out."


_MODEL = (
    "no torch module and no Keras model has a name when the cell ends: give the model one, or "
    "count yourself and use that name."
)
_COMPLEX = (
    "no model whose size is known has a name when the cell ends: give the model one, or count "
    "yourself and use that name."
)
_GPU = "it is measured of trials that use a GPU through torch: give --device cuda, or leave it out."
_PACE = "nothing was reported while the trial ran: leave it out."


def _memory(stem: str, key: str, what: str, **more: str) -> list[Figure]:
    units = {"gb": 1e-9, "mb": 1e-6, "bytes": 1.0}
    return [
        Figure(f"{stem}_{unit}", key, scale, True, f"{what}, in {_UNITS[unit]}", **more)
        for unit, scale in units.items()
    ]


_UNITS = {"gb": "GB", "mb": "MB", "bytes": "bytes"}

FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("n_params", "n_params", 1.0, True, "parameters of the largest model", _MODEL),
        Figure(
            "complexity", "complexity", 1.0, False,
            "of the model: parameters, leaves or non-zero coefficients", _COMPLEX,
        ),
        Figure("wall_s", "wall_s", 1.0, True, "seconds that it ran, pauses not counted"),
        Figure("cpu_s", "cpu_s", 1.0, True, "seconds of CPU time"),
        *_memory("peak_memory", "peak_memory_bytes", "most memory it held"),
        *_memory("peak_gpu", "device_memory_bytes", "most memory it held on its GPU", without=_GPU),
        Figure("reports_per_s", "reports_per_s", 1.0, False, "reports in a second", _PACE),
    )
}  # fmt: skip
"""By name, in the order in which they are offered."""

ON_DEVICES = frozenset(n for n, f in FIGURES.items() if f.key == "device_memory_bytes")
"""Those that only a trial on an accelerator has."""


def by_name(measured: Mapping[str, float]) -> dict[str, float]:
    """The figures that a trial has, by the names for a person. measured: as in
    `Trial.figures`."""
    return {n: measured[f.key] * f.scale for n, f in FIGURES.items() if f.key in measured}


def figures_in(source: str) -> list[str]:
    """The names of figures that an expression reads, in order; none where it is no expression."""
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return []
    names = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return [name for name in dict.fromkeys(names) if name in FIGURES]
