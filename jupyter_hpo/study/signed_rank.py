"""Tests of paired differences, exact for few pairs, in the standard library. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def wilcoxon(differences: Sequence[float]) -> float:
    """One-sided p of the signed-rank test: how often differences as large and as often above
    zero come by chance when none is to be expected. 1 when all are zero.

    Exact, also with ties: the distribution is that of the ranks at hand under all 2**n signs.
    Zeros are ranked and then left out (Pratt). Source: Wilcoxon, Biometrics Bulletin 1 (1945);
    Pratt, JASA 54 (1959). Costs n**3 additions.
    """
    ranks = _doubled_ranks([abs(d) for d in differences])
    signed = [(rank, d) for rank, d in zip(ranks, differences, strict=True) if d]
    above = sum(rank for rank, d in signed if d > 0)
    ways = Counter({0: 1})
    for rank, _ in signed:
        ways.update({total + rank: count for total, count in list(ways.items())})
    extreme = sum(count for total, count in ways.items() if total >= above)
    return float(extreme / 2 ** len(signed))


def _doubled_ranks(sizes: Sequence[float]) -> list[int]:
    """Twice the rank of each (of equals the mean), so that all are integers."""
    order = sorted(range(len(sizes)), key=lambda i: sizes[i])
    ranks, start = [0] * len(sizes), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and sizes[order[end + 1]] == sizes[order[start]]:
            end += 1
        for at in range(start, end + 1):
            ranks[order[at]] = start + end + 2
        start = end + 1
    return ranks


def student_above(t: float, df: int) -> float:
    """P(T > t) for Student's t with df (an integer from 1) degrees of freedom.

    The finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    if df % 2:
        term, total = cosine, 0.0
        for k in range(1, df, 2):
            total += term
            term *= cosine * cosine * (k + 1) / (k + 2)
        between = 2 / math.pi * (angle + sine * total)
    else:
        term, total = 1.0, 0.0
        for k in range(0, df, 2):
            total += term
            term *= cosine * cosine * (k + 1) / (k + 2)
        between = sine * total
    return (1 - between) / 2
