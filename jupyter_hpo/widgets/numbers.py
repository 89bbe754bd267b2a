"""Numbers people can read: 0.00123, 1.2e-5, 3m 20s, 1.2 GB.

`js/src/core/format.ts` does the same in the browser; both are held to the table in
`tests/widgets/numbers.json`.
"""

from __future__ import annotations

import math
import re
from typing import Any

NOTHING = "–"


def number(value: float | None, digits: int = 4) -> str:
    """At most `digits` significant digits, no needless zeros: 0.9873, 64, 1.2e-5."""
    if value is None:
        return NOTHING
    if isinstance(value, int) and abs(value) >= 10**15:
        return f"{value:.3e}".replace("e+", "e")
    value = float(value)
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    if 1e-4 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{value:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def metric(value: float | None) -> str:
    """A metric in a column: four significant digits with their zeros, so that they align."""
    if value is None or not math.isfinite(value) or not 1e-3 <= abs(value) < 1e4:
        return number(value)
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals if abs(value) >= 1 else max(decimals, 4)}f}"


def whole(value: float | None) -> str:
    """A count in a column: 68, 1,204,736."""
    if value is None or not math.isfinite(value) or value != int(value) or abs(value) >= 1e12:
        return metric(value)
    return f"{int(value):,}"


def param(value: Any) -> str:
    """A parameter's value: numbers short, the rest as they stand."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return number(value)
    return str(value)


def duration(seconds: float | None) -> str:
    """0.42s, 12s, 3m 20s, 2h 05m, 1d 4h."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return "0s" if seconds == 0 else f"{seconds:.1f}s" if seconds >= 0.95 else _millis(seconds)
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600}h"


def _millis(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"


def memory(size: float | None) -> str:
    """Bytes in powers of 1000: 512 B, 1.2 GB."""
    if size is None or not math.isfinite(size):
        return NOTHING
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 9.95 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def lines_in_words(stretches: list[tuple[int, int]]) -> str:
    """`line 3`, `lines 3-7 and 9`; '' for none. What follows on one another is one stretch."""
    joined: list[tuple[int, int]] = []
    for start, stop in stretches:
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in joined]
    if not texts:
        return ""
    *most, last = texts
    what = "line" if not most and "-" not in last else "lines"
    return f"{what} {', '.join(most)} and {last}" if most else f"{what} {last}"


LONGEST_S = 10 * 365 * 86400.0


def parse_folds(text: str) -> int | str:
    """How many folds, or the notebook's name of what splits the data. Raises ValueError with a
    sentence for anything else."""
    text = text.strip()
    if text.isidentifier():
        return text
    if not text.isdecimal() or int(text) < 2:
        raise ValueError(
            f"{text!r} is neither a number of folds, from 2, nor a splitter in the notebook"
        )
    return int(text)


def parse_duration(text: str) -> float | None:
    """Seconds from '90', '90s', '30m', '1h 30m', '2d'; None for an empty text.

    Raises ValueError with a sentence for anything else, and for a time that is not above 0.
    """
    text = text.strip().lower()
    if not text:
        return None
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    if re.fullmatch(r"\d+(\.\d+)?", text):
        total = float(text)
    elif re.fullmatch(r"(\d+(\.\d+)?\s*[smhd]\s*)+", text):
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smhd])", text)
        total = sum(float(amount) * units[unit] for amount, unit in parts)
    else:
        raise ValueError(f"{text!r} is no time. Write it as 90s, 30m or 1h 30m.")
    if total <= 0:
        raise ValueError("the time must be longer than 0.")
    if total > LONGEST_S:
        raise ValueError(f"{text!r} is longer than ten years; leave it out for no limit.")
    return total
