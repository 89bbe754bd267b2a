"""When a study is over before its trials run out, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence

from .config import Budget
from .trial import Trial, TrialError, TrialState

INTERRUPTED = "interrupted"
"""TrialError.kind of trials cut off by the end of their study: they are tried again."""


NO_FAULT = (INTERRUPTED, "stopped")


def interrupted(trial: Trial) -> bool:
    return trial.error is not None and trial.error.kind == INTERRUPTED


def failing_alike(session: Sequence[Trial], alike: int) -> str | None:
    """The sentence to stop with when nothing has worked: the first `alike` trials failed in
    one way (the same kind of error at the same line), or four times as many in any way."""
    errors = [t.error for t in session if t.error and t.error.kind not in NO_FAULT]
    if any(t.state is not TrialState.FAIL for t in session) or len(errors) < alike:
        return None
    first = _sentence(errors[0])
    if len({(e.kind, e.line) for e in errors[:alike]}) == 1:
        return f"the first {alike} trials all failed alike: {first}"
    if len(errors) >= alike * 4:
        return f"the first {len(errors)} trials all failed; the first one: {first}"
    return None


def nothing_complete(session: Sequence[Trial]) -> str:
    """The sentence for a study that ran out of trials, all of which failed; else empty."""
    errors = [t.error for t in session if t.error is not None]
    if not session or len(errors) < len(session):
        return ""
    return f"no trial was complete; the first one: {_sentence(errors[0])}"


def _sentence(error: TrialError) -> str:
    where = f" (line {error.line})" if error.line is not None else ""
    return f"{error.message}{where}"


def budget_over(budget: Budget, elapsed_s: float, since_best: int) -> str | None:
    """The sentence to stop with when time or patience is used up, else None."""
    if budget.timeout_s is not None and elapsed_s >= budget.timeout_s:
        return f"the time-out of {budget.timeout_s:g} s was reached"
    if budget.patience is not None and since_best >= budget.patience:
        return f"no better value in the last {since_best} trials"
    return None
