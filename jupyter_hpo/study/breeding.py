"""Breeding: trials that go on from the state of others (population based training)."""

from __future__ import annotations

from dataclasses import replace

from . import messages as m
from . import trial_events as ev
from .lifecycle import Lifecycle
from .places import Waits
from .schedulers import Pbt
from .short import short
from .trial import Trial

NOTHING_MOVED = "none of the values can change while it trains: use --pruner asha"

REFUSED = "could not be copied: "
"""In the sentence with which a worker refuses; the next one would as well."""

NO_MORE = "No more copies are made: all go on with their own values."


class Breeding(Lifecycle):
    """The part of `Study` that answers a scheduler with a population."""

    _next_number: int

    def _turn_over(self, out: list[m.Command]) -> None:
        """Replace the worst of the population, when it is compared now, by copies of the best."""
        pbt, places = self.scheduler, self._places
        if not isinstance(pbt, Pbt) or self.phase != "running" or places.asked:
            return  # a copy's number must not be written down before those asked for
        limit = self.config.budget.n_trials
        left = None if limit is None else max(0, limit - self.n_done - self.books.n_unfinished)
        for worse, better in pbt.turn_over(left):
            number, self._next_number = self._next_number, self._next_number + 1
            parent = self.trials[better]
            own = dict(parent.own)  # its code knows no mark for these
            params = {**pbt.explore(parent.params), **own}
            trial = Trial(number, params, own=own, parent=better)
            pbt.born(number, better)
            trial.notice = self.origin(trial)
            self.books.add(trial)
            trial.device = places.take(number)
            self._wait(trial, Waits.SCHEDULER)
            out += [m.Save(trial), m.Copy(trial)]
            self._in_place_of[number] = worse

    def _on_copied(self, event: ev.Copied, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.pid, trial.started_at = event.pid, event.at
        parent = self.trials[trial.parent] if trial.parent is not None else trial
        trial.inherited = {name: parent.params[name] for name in event.kept}
        trial.params = {**trial.params, **trial.inherited}
        if isinstance(self.scheduler, Pbt):
            self.scheduler.fix(event.kept)
        trial.notice = self.origin(trial)
        self._touch(trial)
        out.append(m.Save(trial))
        worse = self._in_place_of.pop(event.number, None)
        if worse is not None and self._places.waiting.get(worse) is Waits.SCHEDULER:
            self._stop_trial(worse, self.scheduler.why_pruned(worse), out)

    def _on_died(self, event: ev.Died, out: list[m.Command]) -> None:
        worse, pbt = self._in_place_of.pop(event.number, None), self.scheduler
        if worse is not None and isinstance(pbt, Pbt):
            if REFUSED in event.reason:
                pbt.no_more_copies()
                event = replace(event, reason=f"{event.reason} {NO_MORE}")
            pbt.spare(worse)
        super()._on_died(event, out)

    def origin(self, trial: Trial) -> str:
        """Where a copy comes from and what it changed, for the person."""
        pbt = self.scheduler
        if trial.parent is None or not isinstance(pbt, Pbt):
            return ""
        parent = self.trials[trial.parent]
        values = {n: v for n, v in trial.params.items() if v != parent.params.get(n)}
        new = ", ".join(
            f"{name} = {short(value) if isinstance(value, float) else value}"
            for name, value in values.items()
        )
        where = f"goes on from trial {parent.number} at step {pbt.step(trial.number)}"
        return f"{where} with {new}" if new else f"{where}; {NOTHING_MOVED}"
