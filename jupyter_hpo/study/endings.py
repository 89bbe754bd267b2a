"""When a study is over before its trials run out, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .config import Budget, StudyConfig
from .constraints import infeasible
from .trial import Trial, TrialError, TrialState

INTERRUPTED = "interrupted"
"""TrialError.kind of trials cut off by the end of their study: they are tried again."""


DEVICE_MEMORY, HOST_MEMORY = "device_memory", "host_memory"
"""TrialError.kind of trials that ran out of the accelerator's, or the machine's, memory."""

OUT_OF_MEMORY = (DEVICE_MEMORY, HOST_MEMORY)

NO_FAULT = (INTERRUPTED, "stopped")

NO_RESULT = "objective"
"""TrialError.kind of trials of which an objective or a constraint could not be told."""

STOPPED_BY_YOU = "stopped by you"
"""Why the person's own Stop ended a trial."""

COUNTED = (TrialState.COMPLETE, TrialState.PRUNED)
"""What patience counts: trials that were compared with the others."""


def interrupted(trial: Trial) -> bool:
    return trial.error is not None and trial.error.kind == INTERRUPTED


def stopped(trial: Trial) -> bool:
    """Whether it was ended for no reason of its own: by the person, or with its study. The
    search learns from what it had reported; nobody judged it."""
    if trial.state is TrialState.PRUNED:
        return trial.error is None and trial.notice == STOPPED_BY_YOU
    return trial.error is not None and trial.error.kind in NO_FAULT


def failing_alike(session: Sequence[Trial], alike: int) -> str | None:
    """The sentence to stop with when nothing has worked: the first `alike` trials failed in
    one way (the same kind of error at the same line), or four times as many in any way."""
    errors = [t.error for t in session if t.error and t.error.kind not in NO_FAULT]
    if any(t.state is not TrialState.FAIL for t in session) or len(errors) < alike:
        return None
    first = _sentence(errors[0])
    if len({(e.kind, e.line, e.cell) for e in errors[:alike]}) == 1:
        return f"the first {alike} trials all failed alike: {first}"
    if len(errors) >= alike * 4:
        return f"the first {len(errors)} trials all failed; the first one: {first}"
    return None


def nothing_complete(session: Sequence[Trial]) -> str:
    """The sentence for a study that ran out of trials, none of which is complete, when some
    failed; else empty."""
    errors = [t.error for t in session if t.error is not None]
    if session and len(errors) == len(session):
        return f"no trial was complete; the first one: {_sentence(errors[0])}"
    pruned = sum(t.state is TrialState.PRUNED for t in session)
    failed = [t for t in session if t.state is TrialState.FAIL and not stopped(t)]
    if not failed or failed[0].error is None or pruned + len(failed) < len(session):
        return ""
    return (
        f"no trial was complete: {pruned} were pruned and {len(failed)} failed; trial "
        f"{failed[0].number}: {_sentence(failed[0].error)}"
    )


def without_value(errors: Sequence[TrialError], alike: int) -> str | None:
    """The sentence to stop with when the first trial and others ran to their ends, and what
    is looked for could be told of none, for one reason."""
    if len(errors) < alike or len({(e.message, e.line, e.cell) for e in errors[:alike]}) > 1:
        return None
    return f"no trial is complete, and {alike} had no result alike: {_sentence(errors[0])}"


def nothing_feasible(trials: Iterable[Trial]) -> str:
    """The sentence for a study in which trials were judged and each breaks a constraint; else
    empty."""
    judged = [t for t in trials if not t.outside and (t.violations or t.may_win)]
    if not judged or any(not t.violations for t in judged):
        return ""
    times: dict[str, int] = {}
    for trial in judged:
        for text in trial.violations:
            times[text] = times.get(text, 0) + 1
    most = max(times, key=lambda text: times[text])
    nearest = min(judged, key=lambda t: (len(t.violations), sum(t.violations.values()), t.number))
    over = infeasible(nearest.violations)
    return (
        f"no trial was feasible: {times[most]} of {len(judged)} break {most!r}. Trial "
        f"{nearest.number} comes nearest ({over}). Search where trials can keep it, or loosen it."
    )


def _sentence(error: TrialError) -> str:
    where = f" ({error.where})" if error.where else ""
    return f"{error.message}{where}"


def budget_over(budget: Budget, elapsed_s: float, since_best: int) -> str | None:
    """The sentence to stop with when time or patience is used up, else None."""
    if budget.timeout_s is not None and elapsed_s >= budget.timeout_s:
        return f"the time-out of {budget.timeout_s:g} s was reached"
    if budget.patience is not None and since_best >= budget.patience:
        return f"no better value in the last {since_best} trials"
    return None


class Progress:
    """What a session has brought so far, and whether that is the end of it.

    finished: the trials finished in this session, in order. budget: may be set anew.
    """

    def __init__(self, config: StudyConfig) -> None:
        self.finished: list[Trial] = []
        self.budget, self._alike = config.budget, config.alike
        self._worked = False  # one of them did not fail
        self._complete = False
        self._without: list[TrialError] = []  # of those whose result could not be told
        self._since_best = 0
        self._complete_since = 0

    def earlier(self, trials: Sequence[Trial], best: Trial | None) -> None:
        """What earlier sessions tried after their best counts for patience."""
        if best is not None:
            later = [t for t in trials if t.number > best.number]
            self._since_best = sum(t.state in COUNTED for t in later)
            self._complete_since = sum(t.state is TrialState.COMPLETE for t in later)

    def add(self, trial: Trial, *, leads: bool) -> None:
        """Note a finished trial; leads: it is now (among) the best."""
        self.finished.append(trial)
        self._worked |= trial.state is not TrialState.FAIL
        self._complete |= trial.state is TrialState.COMPLETE
        if trial.error is not None and trial.error.kind == NO_RESULT:
            self._without.append(trial.error)
        if leads:
            self.anew()
        else:
            self._since_best += trial.state in COUNTED
            self._complete_since += trial.state is TrialState.COMPLETE

    def anew(self) -> None:
        """What was found so far is no longer what is looked for: patience begins again."""
        self._since_best = self._complete_since = 0

    def hopeless(self) -> str | None:
        """The sentence to stop with when every trial so far failed, else None."""
        # Asked at every event, so no longer than it can matter.
        if not self._worked:
            return failing_alike(self.finished, self._alike)
        return without_value(self._without, self._alike) if self._first_without else None

    @property
    def _first_without(self) -> bool:
        """Whether the first trial's result could not be told, and nothing is complete."""
        if not self.finished or self._complete:
            return False
        first = min(self.finished, key=lambda trial: trial.number).error
        return first is not None and first.kind == NO_RESULT

    def over(self, spent_s: float, unheard: int = 0) -> str | None:
        """unheard: how many pruned trials alone don't use up patience, as the best of those
        compared with them are yet to come to their ends."""
        patient = self._since_best <= unheard and not self._complete_since
        return budget_over(self.budget, spent_s, 0 if patient else self._since_best)

    def nothing_complete(self) -> str:
        return nothing_complete(self.finished)
