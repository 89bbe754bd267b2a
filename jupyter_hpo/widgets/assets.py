"""The built front end: one self-contained ES module per widget."""

from __future__ import annotations

from pathlib import Path

from ..errors import HpoError

STATIC = Path(__file__).parent / "static"


def load(name: str) -> str:
    """The text of `static/<name>.js`. Raises HpoError when it was never built."""
    path = STATIC / f"{name}.js"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise HpoError(
            f"the front end {path.name} is not built. Run `make build` in the checkout, "
            "or install a released wheel."
        ) from None
