"""Numbers in sentences: few digits, and exponents without signs and zeros they don't need."""

from __future__ import annotations


def short(value: float, digits: int = 3) -> str:
    """0.0024, 3e-4, 1.5e6, 64: so many significant digits; an int as it is."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:.{digits}g}"
    if "e" not in text and 0 < abs(value) < 1e-3:
        text = f"{value:.{digits - 1}e}"
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"
