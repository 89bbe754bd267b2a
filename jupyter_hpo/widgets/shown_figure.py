"""A figure that shows itself in a notebook where pyplot was never imported.

IPython draws figures once pyplot's inline backend is loaded; before that it prints only
`<Figure size ...>`. Loading it for the person would change their backend and their figures.
Imports matplotlib: import this module where a figure is drawn.
"""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class ShownFigure(Figure):
    """A Figure on a canvas of its own, none of pyplot's. The arguments are matplotlib's."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        FigureCanvasAgg(self)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """PNG and the size to show it at, in CSS pixels. Where the inline backend is loaded,
        IPython takes that one's."""
        out = io.BytesIO()
        self.savefig(out, format="png", transparent=True)
        width, height = self.get_size_inches()
        return out.getvalue(), {"width": round(100 * width), "height": round(100 * height)}
