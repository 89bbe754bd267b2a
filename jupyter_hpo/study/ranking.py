"""Which trials are best: ranking for one objective, the Pareto front for several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .objective import Objective
from .trial import Trial, TrialState


def losses(objectives: Sequence[Objective], values: Sequence[float]) -> tuple[float, ...]:
    """The values turned so that lower is better; what is not known (NaN) stays so."""
    return tuple(
        -v if o.direction == "maximize" else v for o, v in zip(objectives, values, strict=True)
    )


def dominates(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether losses a are nowhere worse than b and somewhere better."""
    return all(x <= y for x, y in zip(a, b, strict=True)) and any(
        x < y for x, y in zip(a, b, strict=True)
    )


def complete(trials: Iterable[Trial]) -> list[Trial]:
    """Those that ran to their end and lie in the present space, in the order given."""
    return [t for t in trials if t.state is TrialState.COMPLETE and not t.outside]


def best_trials(objectives: Sequence[Objective], trials: Iterable[Trial]) -> list[Trial]:
    """The complete trials of the present space, with no constraint broken, that no other one
    beats, by number.

    With one objective that is the best trial; of equals, the earliest.
    """
    scored = [(losses(objectives, t.values), t) for t in trials if t.values and t.may_win]
    if len(objectives) == 1:
        return [min(scored, key=lambda item: (item[0], item[1].number))[1]] if scored else []
    return [t for loss, t in scored if not any(dominates(other, loss) for other, _ in scored)]


class Front:
    """The trials that `best_trials` gives, kept as they come: one more costs a look at the
    front, not at all trials."""

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self._objectives = tuple(objectives)
        self._front: dict[int, tuple[tuple[float, ...], Trial]] = {}

    def __contains__(self, number: object) -> bool:
        return number in self._front

    @property
    def trials(self) -> list[Trial]:
        """By number."""
        return [self._front[number][1] for number in sorted(self._front)]

    def take(self, trial: Trial) -> list[int]:
        """Take in a trial that may win (any other is passed over); the trials it displaces."""
        if not trial.may_win or not trial.values:
            return []
        loss = losses(self._objectives, trial.values)
        if any(self._keeps_out(other, than, trial, loss) for than, other in self._front.values()):
            return []
        beaten = [
            number
            for number, (than, other) in self._front.items()
            if self._keeps_out(trial, loss, other, than)
        ]
        for number in beaten:
            del self._front[number]
        self._front[trial.number] = (loss, trial)
        return beaten

    def _keeps_out(
        self, a: Trial, loss: tuple[float, ...], b: Trial, than: tuple[float, ...]
    ) -> bool:
        """Whether a, with its loss, keeps b out of the front."""
        if len(self._objectives) == 1:
            return (loss, a.number) < (than, b.number)
        return dominates(loss, than)


def telling(objectives: Sequence[Objective], trials: Iterable[Trial], bound: int) -> list[Trial]:
    """At most `bound` of the trials, by number, from which a new sampler learns nearly what it
    would from all: the best tenth of that, and the others evenly."""
    those = sorted(trials, key=lambda trial: trial.number)
    if len(those) <= bound:
        return those
    good = leaderboard(objectives, those)[: bound // 10]
    numbers = {trial.number for trial in good}
    others = [trial for trial in those if trial.number not in numbers]
    room = bound - len(good)
    even = [others[i * len(others) // room] for i in range(room)]
    return sorted([*good, *even], key=lambda trial: trial.number)


def leaderboard(objectives: Sequence[Objective], trials: Iterable[Trial]) -> list[Trial]:
    """Complete trials best first (by the first objective), then pruned ones by their last
    report, then the running, waiting and failed ones by number; each time those that break a
    constraint behind the others, and those outside the present space last."""
    order = {
        TrialState.COMPLETE: 0,
        TrialState.PRUNED: 1,
        TrialState.RUNNING: 2,
        TrialState.PAUSED: 2,
        TrialState.WAITING: 3,
        TrialState.FAIL: 4,
    }

    def key(trial: Trial) -> tuple[int, bool, bool, float, int]:
        loss = losses(objectives, trial.values)[0] if trial.values else 0.0
        loss = loss if loss == loss else 0.0
        return (order[trial.state], trial.outside, bool(trial.violations), loss, trial.number)

    return sorted(trials, key=key)
