"""When a study is over before its trials run out, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence

from .config import Budget
from .trial import Trial

INTERRUPTED = "interrupted"
"""TrialError.kind of trials cut off by the end of their study: they are tried again."""


def interrupted(trial: Trial) -> bool:
    return trial.error is not None and trial.error.kind == INTERRUPTED


def failing_alike(session: Sequence[Trial], alike: int) -> str | None:
    """The sentence to stop with when the first `alike` finished trials failed in one way:
    the same kind of error at the same line. None when they did not."""
    first = session[:alike]
    error = first[0].error if first else None
    if len(first) < alike or error is None or any(interrupted(t) for t in first):
        return None
    if any(
        t.error is None or (t.error.kind, t.error.line) != (error.kind, error.line) for t in first
    ):
        return None
    where = f" (line {error.line})" if error.line is not None else ""
    return f"the first {alike} trials all failed alike: {error.message}{where}"


def budget_over(budget: Budget, elapsed_s: float, since_best: int) -> str | None:
    """The sentence to stop with when time or patience is used up, else None."""
    if budget.timeout_s is not None and elapsed_s >= budget.timeout_s:
        return f"the time-out of {budget.timeout_s:g} s was reached"
    if budget.patience is not None and since_best >= budget.patience:
        return f"no better value in the last {since_best} trials"
    return None
