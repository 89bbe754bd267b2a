"""Books: what is known and counted over all trials, kept as they change.

Each question is answered without a walk over the trials, so that the ten-thousandth trial of
a study costs what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .endings import NO_FAULT, interrupted
from .objective import Objective
from .ranking import Front
from .trial import Trial, TrialError, TrialState


class Books:
    """All trials of a study by number; their states are changed here only.

    n_done: finished, not cut off by a study's end, of the present space: what the budget
    counts. uncounted: of earlier sessions in which nothing ever worked those that failed, which
    are as if they had never been: what was wrong may be mended by now. n_infeasible: of n_done
    those that break a constraint. n_unfinished: all that are not finished. n_cut_off: finished by
    a study's end. next_number: one more than the highest.
    """

    def __init__(self, objectives: Sequence[Objective], trials: Iterable[Trial] = ()) -> None:
        self.trials: dict[int, Trial] = {}
        self._objectives = tuple(objectives)
        self.front = Front(self._objectives)
        self.n_done = self.n_unfinished = self.n_cut_off = self.next_number = 0
        self._counts = dict.fromkeys(TrialState, 0)
        self.n_infeasible = 0
        self._changes: dict[int, Trial] = {}  # the latest change last
        trials = list(trials)
        self.uncounted = _uncounted(trials)
        for trial in trials:
            self.add(trial)
            self.front.take(trial)

    @property
    def n_finished(self) -> int:
        """Not cut off by a study's end, of any space, without the uncounted."""
        return len(self.trials) - self.n_unfinished - self.n_cut_off - len(self.uncounted)

    def counts(self) -> dict[TrialState, int]:
        """How many trials are in each state."""
        return dict(self._counts)

    def count_all(self) -> None:
        """The uncounted, too: of a study that does not go on they are its trials like others."""
        self.uncounted = frozenset()
        self.outside_changed()

    def add(self, trial: Trial) -> None:
        self.trials[trial.number] = trial
        self.next_number = max(self.next_number, trial.number + 1)
        self._count(trial, 1)

    def enter(self, trial: Trial, state: TrialState, error: TrialError | None = None) -> None:
        """Move the trial to a state; error: why, when that is FAIL."""
        self._count(trial, -1)
        trial.state, trial.error = state, error
        self._count(trial, 1)

    def outside_changed(self) -> None:
        """`Trial.outside` is another for some: count and rank anew."""
        self.front = Front(self._objectives)
        done = self.counted()
        self.n_done, self.n_infeasible = len(done), sum(bool(t.violations) for t in done)
        for trial in self.trials.values():
            self.front.take(trial)

    def counted(self) -> list[Trial]:
        """Those that `n_done` counts."""
        finished = (t for t in self.trials.values() if t.state.finished)
        counted = (t for t in finished if t.number not in self.uncounted)
        return [t for t in counted if not interrupted(t) and not t.outside]

    def changed(self, trial: Trial, version: int) -> None:
        trial.version = version
        self._changes.pop(trial.number, None)
        self._changes[trial.number] = trial

    def since(self, version: int) -> list[Trial]:
        """The trials changed after that version, by number; 0 gives all."""
        if version == 0:
            return list(self.trials.values())
        found = []
        for trial in reversed(self._changes.values()):
            if trial.version <= version:
                break
            found.append(trial)
        return sorted(found, key=lambda trial: trial.number)

    def _count(self, trial: Trial, one: int) -> None:
        self._counts[trial.state] += one
        if not trial.state.finished:
            self.n_unfinished += one
        elif interrupted(trial):
            self.n_cut_off += one
        elif not trial.outside and trial.number not in self.uncounted:
            self.n_done += one
            self.n_infeasible += one * bool(trial.violations)


def n_done_of(trials: Sequence[Trial]) -> int:
    """`Books.n_done` of a study that begins with these trials."""
    uncounted = _uncounted(trials)
    ended = (t for t in trials if t.state.finished and not interrupted(t) and not t.outside)
    return sum(t.number not in uncounted for t in ended)


def _uncounted(trials: Sequence[Trial]) -> frozenset[int]:
    """Those that are so already; where nothing has ever worked, all that failed."""
    ended = [t for t in trials if t.state.finished and not interrupted(t)]
    failed = [t for t in ended if t.error is None or t.error.kind not in NO_FAULT]
    if any(t.state is not TrialState.FAIL for t in ended):
        return frozenset(t.number for t in ended if t.uncounted)
    return frozenset(t.number for t in failed)
