"""Study: the pure logic of a search. Events in, commands out; no clock, no I/O, no threads.

The engine's thread owns it. What becomes of a trial is in `lifecycle`, what the person asks for
in `steering`; here is what is started when, and the end. A slot is taken while a trial's process
works; a trial that waits for its answer, paused by the scheduler or by the person, takes none
(see `places`). What is asked at every event is kept as it changes (`books`), so that no event
walks over all trials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from . import messages as m
from . import trial_events as ev
from .breeding import Breeding
from .config import StudyConfig
from .endings import nothing_feasible
from .lifecycle import Lifecycle
from .packing import Packing
from .places import Waits
from .schedulers import Scheduler, SuccessiveHalving
from .steering import Steering
from .stopwatch import Stopwatch
from .trial import Trial, TrialState


class Study(Steering):
    """One search. `handle(event, now)` returns what the engine is to do, in order.

    phase: 'starting' -> 'running' <-> 'paused' -> 'stopping' -> 'finished'. message: one
    sentence for the person on how it ended. version: grows with every change. setup: the
    statements that ran once for all trials, when there are some. exhausted: why the sampler has
    nothing left to suggest, '' as long as it has. packing: how many trials run
    side by side, and where; config.slots on the CPU when None. threads: of the CPU for each
    trial, where the person asked for another number side by side.
    """

    def __init__(
        self,
        config: StudyConfig,
        *,
        scheduler: Scheduler | None = None,
        judge: Scheduler | None = None,
        earlier: list[Trial] | None = None,
        packing: Packing | None = None,
    ) -> None:
        super().__init__(config, scheduler=scheduler, judge=judge, earlier=earlier, packing=packing)
        self.began_at: float | None = None
        self.ended_at: float | None = None
        self.setup: ev.SetUp | None = None
        self._slots_asked_why = ""
        self.threads: int | None = None
        self._next_number = self.books.next_number
        self.exhausted = ""
        self._paused: Stopwatch[str] = Stopwatch()

    # ------------------------------------------------------------------- questions
    @property
    def best(self) -> Trial | None:
        """The best complete trial (with several objectives: the first of the front)."""
        front = self.front
        return front[0] if front else None

    @property
    def front(self) -> list[Trial]:
        """The complete trials that no other one beats."""
        return self.books.front.trials

    @property
    def selected(self) -> Trial | None:
        """The trial whose values and objects are the result: the chosen one, else the best."""
        return self.best if self.chosen is None else self.trials.get(self.chosen, self.best)

    def try_next(self, params: Sequence[Mapping[str, Any]]) -> None:
        """Values to try before anything that the sampler suggests; part of the budget."""
        self._queue += [dict(one) for one in params]

    def counts(self) -> dict[TrialState, int]:
        """How many trials are in each state."""
        return self.books.counts()

    @property
    def n_done_in_session(self) -> int:
        return len(self._progress.finished)

    @property
    def slots(self) -> int:
        """How many trials may run side by side now."""
        return self._places.packing.slots

    @property
    def slots_why(self) -> str:
        """Why there are as many slots as there are, when that is not as at the start."""
        packing = self._places.packing
        return packing.why if packing.decides else self._slots_asked_why

    @property
    def device(self) -> str:
        """What the trials run on, for the person."""
        return self._places.packing.label

    @property
    def under_way(self) -> bool:
        """Whether a trial of this session has begun."""
        alive = (self.trials[n] for n in self._places.alive)
        return self.n_done_in_session > 0 or any(t.started_at is not None for t in alive)

    @property
    def awaited(self) -> frozenset[int]:
        """The trials that will tell something, with no more done: they run, or end. None when
        the study does, since nothing is decided any more."""
        if not self._going:
            return frozenset()
        waiting = self._places.waiting
        alive = self._places.alive
        return frozenset(n for n in alive if n not in waiting or n in self._stops)

    def ends_next(self, number: int) -> bool:
        """Whether the person has pruned it: it ends at its next report."""
        return number in self._to_prune

    @property
    def only_you(self) -> list[int]:
        """The trials the person has paused, when nothing else is left to do."""
        if self.phase != "running" or not self._places.all_wait:
            return []
        held = sorted(self._places.those(Waits.PERSON))
        return held if len(held) == len(self._places.alive) else []

    # ---------------------------------------------------------------------- events
    def handle(self, event: object, now: float) -> list[m.Command]:
        """Take one event (`messages` or `trial_events`) that happened at `now` (seconds)."""
        self._now = self._places.now = now
        slots = self.slots
        out: list[m.Command] = []
        handler = self._handlers.get(type(event))
        if handler is None:
            raise TypeError(f"Study can't handle {event!r}")
        handler(self, event, out)
        self._end_if_over(out)
        self._fill(out)
        self._finish_if_idle(out)
        if self.slots != slots:
            self._touch()
        return out

    def _on_begin(self, event: m.Begin, out: list[m.Command]) -> None:
        self.began_at = self._now
        self.phase = "running"
        for trial in map(self.trials.__getitem__, sorted(self.books.uncounted)):
            if not trial.uncounted:  # for good, whatever comes of the others
                trial.uncounted = True
                out.append(m.Save(trial))
        self._touch()

    def _on_exhausted(self, event: m.Exhausted, out: list[m.Command]) -> None:
        """What runs goes on; the study ends when nothing does."""
        self._places.asked.discard(event.number)
        self._next_number = min(self._next_number, event.number)
        self.exhausted = event.why
        self._touch()

    def _on_held(self, event: m.Held, out: list[m.Command]) -> None:
        self._ran.stop(event.number, self._now)

    def _on_set_up(self, event: ev.SetUp, out: list[m.Command]) -> None:
        self.setup = event
        self._touch()

    def _on_tick(self, event: m.Tick, out: list[m.Command]) -> None:
        for number in self._stops.overdue(self._now, lambda n: self.trials[n].state.finished):
            out.append(m.Kill(number, self._stops.why(number)))
        limit = self.config.budget.trial_timeout_s
        if limit is not None:
            for number in self._ran.running:
                if self.running_s(number, self._now) > limit:
                    self._ran.stop(number, self._now)
                    why = f"ran longer than the trial time-out of {limit:g} s (--trial-timeout)"
                    out.append(m.Kill(number, why))

    @property
    def pauses(self) -> list[tuple[float, float | None]]:
        """When the person had all of it paused, from and to, in order; to None: it is."""
        return self._paused.spans("study")

    # ----------------------------------------------------------------- transitions
    def _fill(self, out: list[m.Command]) -> None:
        """Give every free slot work: a trial the person resumed first, then a promoted one,
        else a new one. A second attempt waits for its device, not for a slot."""
        if self.phase == "running":
            self._turn_over(out)
            self._try_again(out)
            self._launch_rounds(out)
        while self.phase == "running" and self._places.free > 0:
            resumed = self._places.those(Waits.SLOT)
            number = resumed[0] if resumed else self.scheduler.promote()
            if number is not None:
                self._go_on(self.trials[number], out)
            elif self._may_start():
                number, self._next_number = self._next_number, self._next_number + 1
                fixed = self.config.first if number == 0 else None
                if fixed is None and self._enqueued:
                    fixed = self._enqueued.popleft()
                    self._wished.add(number)
                elif fixed is None and self._queue:
                    fixed = self._queue.pop(0)
                    if fixed == self.config.first:  # trial 0 was cut off
                        self._cells_own.add(number)
                self._places.asked.add(number)
                out.append(m.Ask(number, fixed))
            else:
                return

    @property
    def next_number(self) -> int | None:
        """The number of the trial that a free slot would be given now, when it is a new one
        for the sampler to suggest; else None."""
        queued = self._queue or self._enqueued
        wanted = self.phase == "running" and not queued and self._may_start()
        return self._next_number if wanted else None

    def _may_start(self) -> bool:
        limit = self.config.budget.n_trials
        unfinished = self.books.n_unfinished + len(self._places.asked)
        full = limit is not None and self.n_done + unfinished >= limit
        if full and not self._enqueued:  # what the person asked for by hand comes on top
            return False
        if self.exhausted and not self._enqueued and not self._queue:
            return False
        if not self.scheduler.takes_more(unfinished) and not self._enqueued:
            return False
        # The first trial runs alone to its first report (see `_lets_others_begin`): most errors
        # show before. When the person has paused it, the next one does instead.
        begun = self._begun or self.n_done > 0
        return begun or unfinished == len(self._places.those(Waits.PERSON))

    # ------------------------------------------------------------------------- end
    def _end_if_over(self, out: list[m.Command]) -> None:
        if self.phase != "running" or self.began_at is None:
            return
        hopeless = self._progress.hopeless()
        if hopeless is not None and self.best is None:
            self.failed = True
            self._stop(hopeless, out)
            return
        spent_s = self._now - self.began_at - self._paused.seconds("study", self._now)
        unheard = self.scheduler.cohort * 2 if isinstance(self.scheduler, SuccessiveHalving) else 0
        over = self._progress.over(spent_s, unheard)
        if over is not None:
            self._stop(over, out)

    def _finish_if_idle(self, out: list[m.Command]) -> None:
        if self.phase not in ("running", "stopping") or self._places.asked:
            return
        if self.phase == "running" and self._places.all_wait:
            # Nothing runs, and none may be promoted. What the person paused is waited for.
            self.scheduler.settle()
            self._fill(out)
        if self.phase == "running" and self._places.all_wait:
            for number in sorted(self._places.those(Waits.SCHEDULER)):
                self._stop_trial(number, self.scheduler.why_pruned(number), out)
        if not self._places.alive and not self._places.to_come:
            self.phase = "finished"
            self.ended_at = self._now
            if self.best is None and not self.message:
                self.message = self._progress.nothing_complete()
                self.failed = bool(self.message)
            if self.best is None and (nothing := nothing_feasible(self.trials.values())):
                self.message = "; ".join(filter(None, [self.message, nothing]))
                self.failed = True
            self._touch()
            out.append(m.End())

    _handlers: ClassVar[dict[type, Callable[..., None]]] = {
        m.Begin: _on_begin,
        m.Suggested: Lifecycle._on_suggested,
        m.Exhausted: _on_exhausted,
        m.Held: _on_held,
        m.Tick: _on_tick,
        m.StopRequested: Steering._on_stop,
        m.PauseRequested: Steering._on_pause,
        m.ResumeRequested: Steering._on_resume,
        m.StopTrialRequested: Steering._on_stop_trial,
        m.PruneTrialRequested: Steering._on_prune_trial,
        m.PauseTrialRequested: Steering._on_pause_trial,
        m.ResumeTrialRequested: Steering._on_resume_trial,
        m.SlotsChanged: Steering._on_slots,
        m.EnqueueRequested: Steering._on_enqueue,
        m.BudgetChanged: Steering._on_budget,
        m.SpaceChanged: Steering._on_space,
        m.Chosen: Steering._on_choose,
        ev.SetUp: _on_set_up,
        ev.Started: Lifecycle._on_started,
        ev.Copied: Breeding._on_copied,
        ev.Reported: Lifecycle._on_reported,
        ev.Finished: Lifecycle._on_finished,
        ev.Kept: Lifecycle._on_kept,
        ev.Failed: Lifecycle._on_failed,
        ev.Stopped: Lifecycle._on_stopped,
        ev.Died: Breeding._on_died,
        ev.Ended: Lifecycle._on_ended,
        ev.ExecutorLost: Lifecycle._on_lost,
    }
