"""Study: the pure logic of a search. Events in, commands out; no clock, no I/O, no threads.

The engine's thread owns it. A trial moves WAITING -> RUNNING <-> PAUSED -> COMPLETE | PRUNED |
FAIL. A slot is taken while a trial's process works; a trial that waits for its answer, paused
by the scheduler, takes none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from . import messages as m
from . import trial_events as ev
from .config import StudyConfig
from .endings import INTERRUPTED, budget_over, failing_alike, interrupted, nothing_complete
from .ranking import best_trials, losses
from .schedulers import NoPruning, Scheduler, Verdict
from .stopwatch import Stopwatch
from .trial import Report, Trial, TrialError, TrialState

COUNTED = (TrialState.COMPLETE, TrialState.PRUNED)
"""What patience counts: trials that were compared with the others."""

SAVING_S = 20.0
"""How long a trial that is finished may still write its objects when the study stops."""


class Study:
    """One search. `handle(event, now)` returns what the engine is to do, in order.

    phase: 'starting' -> 'running' <-> 'paused' -> 'stopping' -> 'finished'. message: one
    sentence for the person on how it ended. version: grows with every change.
    """

    def __init__(
        self,
        config: StudyConfig,
        *,
        scheduler: Scheduler | None = None,
        earlier: list[Trial] | None = None,
    ) -> None:
        self.config = config
        self.scheduler: Scheduler = scheduler or NoPruning()
        self.trials: dict[int, Trial] = {t.number: t for t in earlier or ()}
        self.phase = "starting"
        self.message = ""
        self.failed = False
        self.version = 1
        self.began_at: float | None = None
        self.ended_at: float | None = None
        self._now = 0.0
        self._alive: set[int] = set()  # submitted and not yet Ended
        self._asked: set[int] = set()
        self._held: list[int] = []  # reported while the person had paused the study
        self._why: dict[int, str] = {}  # told to stop, and why
        self._cut_off: set[int] = set()  # told to stop because the study ends
        self._paused: Stopwatch[str] = Stopwatch()
        self._queue: list[dict[str, Any]] = []
        self._session: list[int] = []  # trials finished in this session, in order
        self._worked = False  # one of them did not fail
        self._ran: Stopwatch[int] = Stopwatch()
        self._kill_at: dict[int, float] = {}
        self._since_best = 0
        self._begin_with_earlier()

    # ------------------------------------------------------------------- questions
    @property
    def best(self) -> Trial | None:
        """The best complete trial (with several objectives: the first of the front)."""
        front = self.front
        return front[0] if front else None

    @property
    def front(self) -> list[Trial]:
        """The complete trials that no other one beats."""
        return best_trials(self.config.objectives, self.trials.values())

    def counts(self) -> dict[TrialState, int]:
        """How many trials are in each state."""
        counts = dict.fromkeys(TrialState, 0)
        for trial in self.trials.values():
            counts[trial.state] += 1
        return counts

    @property
    def n_done(self) -> int:
        """Trials that count for the budget: finished, not cut off by a study's end, and of
        the present space."""
        counted = (t for t in self.trials.values() if t.state.finished and not t.outside)
        return sum(not interrupted(t) for t in counted)

    @property
    def n_done_in_session(self) -> int:
        return len(self._session)

    def running_s(self, number: int, now: float) -> float:
        """Seconds the trial has run so far, pauses not counted."""
        return self._ran.seconds(number, now)

    # ---------------------------------------------------------------------- events
    def handle(self, event: object, now: float) -> list[m.Command]:
        """Take one event (`messages` or `trial_events`) that happened at `now` (seconds)."""
        self._now = now
        out: list[m.Command] = []
        handler = self._handlers.get(type(event))
        if handler is None:
            raise TypeError(f"Study can't handle {event!r}")
        handler(self, event, out)
        self._end_if_over(out)
        self._fill(out)
        self._finish_if_idle(out)
        return out

    def _on_begin(self, event: m.Begin, out: list[m.Command]) -> None:
        self.began_at = self._now
        self.phase = "running"
        self._touch()

    def _on_suggested(self, event: m.Suggested, out: list[m.Command]) -> None:
        self._asked.discard(event.number)
        trial = Trial(event.number, dict(event.params))
        self.trials[trial.number] = trial
        self._touch(trial)
        if self.phase == "stopping":
            self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, self.message))
            return
        if self.n_done == 0:
            self.scheduler.protect(trial.number)
        self._alive.add(trial.number)
        # Written before it is launched, and so in the order of the numbers.
        out += [m.Save(trial), m.Launch(trial)]

    def _on_started(self, event: ev.Started, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.state, trial.pid, trial.started_at = TrialState.RUNNING, event.pid, event.at
        self._ran.start(trial.number, self._now)
        self._touch(trial)
        out.append(m.Save(trial))
        if self.phase == "stopping":
            out.append(m.Stop(trial.number))

    def _on_reported(self, event: ev.Reported, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        self._touch(trial)
        trial.reports.append(Report(event.step, event.values, trial.version))
        out.append(m.SaveReport(trial))
        if trial.number in self._why:
            out.append(m.Stop(trial.number))
        elif self.phase == "paused":
            self._wait(trial)
            self._held.append(trial.number)
        else:
            self._judge(trial, out)

    def _judge(self, trial: Trial, out: list[m.Command]) -> None:
        report = trial.reports[-1]
        verdict = Verdict.CONTINUE
        if len(self.config.objectives) == 1:
            loss = losses(self.config.objectives, report.values)[0]
            verdict = self.scheduler.on_report(trial.number, report.step, loss)
        if verdict is Verdict.PAUSE:
            self._wait(trial)
            for number in self.scheduler.evict():
                self._stop_trial(number, self.scheduler.why_pruned(number), out)
        else:
            self._go_on(trial, out)

    def _on_finished(self, event: ev.Finished, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        before = {t.number for t in self.front}
        trial.values, trial.figures = event.values, dict(event.figures)
        self._close(trial, TrialState.COMPLETE, out)
        after = {t.number for t in self.front}
        if trial.number in after:
            self._since_best = 0
            out.append(m.Keep(trial.number))
            out.extend(m.Discard(n) for n in before - after)
        else:
            out.append(m.Release(trial.number))

    def _on_kept(self, event: ev.Kept, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.objects_path = event.path if event.names else None
        if event.left_out:
            left = (f"{name} not kept: {why}" for name, why in event.left_out.items())
            trial.notice = "; ".join(left)
        self._touch(trial)
        out.append(m.Save(trial))
        if trial not in self.front:
            out.append(m.Discard(trial.number))

    def _on_failed(self, event: ev.Failed, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.figures = dict(event.figures)
        if self.config.in_kernel and event.error.kind == "KeyboardInterrupt":
            self._close(trial, TrialState.FAIL, out, TrialError(INTERRUPTED, event.error.message))
            self._stop(INTERRUPTED, out)
        else:
            self._close(trial, TrialState.FAIL, out, event.error)

    def _on_stopped(self, event: ev.Stopped, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        trial.figures = dict(event.figures)
        self._close_stopped(trial, out)

    def _on_died(self, event: ev.Died, out: list[m.Command]) -> None:
        trial = self.trials[event.number]
        if trial.state is TrialState.COMPLETE:  # its objects were lost, its value was not
            trial.notice = f"its objects were lost: {event.reason}"
            self._touch(trial)
            out.append(m.Save(trial))
        elif trial.number in self._why:
            self._close_stopped(trial, out)
        else:
            self._close(trial, TrialState.FAIL, out, TrialError("died", event.reason))

    def _on_ended(self, event: ev.Ended, out: list[m.Command]) -> None:
        self._alive.discard(event.number)
        trial = self.trials[event.number]
        if not trial.state.finished:
            error = TrialError("died", "the trial ended without a result")
            self._close(trial, TrialState.FAIL, out, error)

    def _on_lost(self, event: ev.ExecutorLost, out: list[m.Command]) -> None:
        for number in sorted(self._alive):
            trial = self.trials[number]
            if not trial.state.finished:
                self._close(trial, TrialState.FAIL, out, TrialError("died", event.reason))
        self._alive.clear()
        self.failed = True
        self._stop(event.reason, out)

    def _on_tick(self, event: m.Tick, out: list[m.Command]) -> None:
        for number, due in list(self._kill_at.items()):
            if number not in self._alive:
                del self._kill_at[number]
            elif self._now >= due + (SAVING_S if self.trials[number].state.finished else 0.0):
                del self._kill_at[number]
                out.append(m.Kill(number, self._why[number]))
        limit = self.config.budget.trial_timeout_s
        if limit is not None:
            for number in self._ran.running:
                if self.running_s(number, self._now) > limit:
                    self._ran.stop(number, self._now)
                    out.append(m.Kill(number, f"ran longer than the trial time-out of {limit:g} s"))

    def _on_stop(self, event: m.StopRequested, out: list[m.Command]) -> None:
        if self.phase not in ("stopping", "finished"):
            self._stop(event.why, out)

    def _on_pause(self, event: m.PauseRequested, out: list[m.Command]) -> None:
        if self.phase == "running":
            self.phase = "paused"
            self._paused.start("study", self._now)
            self._touch()

    def _on_resume(self, event: m.ResumeRequested, out: list[m.Command]) -> None:
        if self.phase == "paused":
            self.phase = "running"
            self._paused.stop("study", self._now)
            self._touch()
            held, self._held = self._held, []
            for number in held:
                self._judge(self.trials[number], out)

    def _on_stop_trial(self, event: m.StopTrialRequested, out: list[m.Command]) -> None:
        if event.number in self._alive:
            self._stop_trial(event.number, "stopped by you", out)

    def _on_enqueue(self, event: m.EnqueueRequested, out: list[m.Command]) -> None:
        self._queue.append(dict(event.params))

    # ----------------------------------------------------------------- transitions
    def _begin_with_earlier(self) -> None:
        """Rank what earlier sessions left, and try again what was cut off in them."""
        done = [t.params for t in self.trials.values() if not interrupted(t)]
        for trial in self.trials.values():
            if (
                interrupted(trial)
                and not trial.outside
                and trial.params not in [*done, *self._queue]
            ):
                self._queue.append(dict(trial.params))
        if self.best is not None:
            later = [t for t in self.trials.values() if t.number > self.best.number]
            self._since_best = sum(t.state in COUNTED for t in later)
        if len(self.config.objectives) == 1:
            for trial in self.trials.values():
                if interrupted(trial) or trial.outside:
                    continue
                for report in trial.reports:
                    loss = losses(self.config.objectives, report.values)[0]
                    self.scheduler.on_report(trial.number, report.step, loss)
                self.scheduler.on_end(trial.number, complete=trial.state is TrialState.COMPLETE)

    def _fill(self, out: list[m.Command]) -> None:
        """Give every free slot work: a promoted trial first, else a new one."""
        while self.phase == "running" and self._free_slots() > 0:
            promoted = self.scheduler.promote()
            if promoted is not None:
                self._go_on(self.trials[promoted], out)
            elif self._may_start():
                number = max([*self.trials, *self._asked], default=-1) + 1
                fixed = self.config.first if number == 0 else None
                if fixed is None and self._queue:
                    fixed = self._queue.pop(0)
                self._asked.add(number)
                out.append(m.Ask(number, fixed))
            else:
                return

    def _free_slots(self) -> int:
        waiting = sum(self.trials[n].state is TrialState.PAUSED for n in self._alive)
        held = len(self._held)  # a trial paused by the person keeps its slot
        return self.config.slots - (len(self._alive) - waiting + held) - len(self._asked)

    def _may_start(self) -> bool:
        limit = self.config.budget.n_trials
        unfinished = sum(not t.state.finished for t in self.trials.values()) + len(self._asked)
        if limit is not None and self.n_done + unfinished >= limit:
            return False
        # The first trial runs alone: its error, reports and time tell what the rest needs.
        return self.n_done > 0 or unfinished == 0

    def _wait(self, trial: Trial) -> None:
        trial.state = TrialState.PAUSED
        self._ran.stop(trial.number, self._now)
        self._touch(trial)

    def _go_on(self, trial: Trial, out: list[m.Command]) -> None:
        trial.state = TrialState.RUNNING
        self._ran.start(trial.number, self._now)
        self._touch(trial)
        out.append(m.Continue(trial.number))

    def _stop_trial(self, number: int, why: str, out: list[m.Command]) -> None:
        if number in self._why:
            return
        self._why[number] = why
        self._kill_at[number] = self._now + self.config.grace_s
        if number in self._held:
            self._held.remove(number)
        if not self.trials[number].state.finished:
            self.scheduler.on_end(number)
            out.append(m.Stop(number))

    def _close_stopped(self, trial: Trial, out: list[m.Command]) -> None:
        why = self._why.get(trial.number, "stopped")
        if trial.reports and trial.number not in self._cut_off:
            trial.values = trial.reports[-1].values
            trial.notice = why
            self._close(trial, TrialState.PRUNED, out)
        else:
            kind = INTERRUPTED if trial.number in self._cut_off else "stopped"
            self._close(trial, TrialState.FAIL, out, TrialError(kind, why))

    def _close(
        self, trial: Trial, state: TrialState, out: list[m.Command], error: TrialError | None = None
    ) -> None:
        self._ran.stop(trial.number, self._now)
        if trial.number in self._held:
            self._held.remove(trial.number)
        trial.figures["running_s"] = round(self.running_s(trial.number, self._now), 3)
        trial.state, trial.error, trial.finished_at = state, error, self._now
        self.scheduler.on_end(trial.number, complete=state is TrialState.COMPLETE)
        self._session.append(trial.number)
        self._worked |= state is not TrialState.FAIL
        self._since_best += state in COUNTED
        self._touch(trial)
        out += [m.Tell(trial), m.Save(trial)]

    def _stop(self, why: str, out: list[m.Command]) -> None:
        self.phase, self.message = "stopping", why
        # What runs, or is held by the person, is tried again when the study goes on; what
        # the scheduler had paused has been compared, and is pruned.
        held = set(self._held)
        self._cut_off = {
            n
            for n in self._alive
            if n not in self._why and (self.trials[n].state is not TrialState.PAUSED or n in held)
        }
        for number in sorted(self._alive):
            self._stop_trial(number, why, out)
        self._touch()

    # ------------------------------------------------------------------------- end
    def _end_if_over(self, out: list[m.Command]) -> None:
        if self.phase != "running" or self.began_at is None:
            return
        if not self._worked:  # asked at every event, so no longer than it can matter
            alike = failing_alike([self.trials[n] for n in self._session], self.config.alike)
            if alike is not None and self.best is None:
                self.failed = True
                self._stop(alike, out)
                return
        spent_s = self._now - self.began_at - self._paused.seconds("study", self._now)
        over = budget_over(self.config.budget, spent_s, self._since_best)
        if over is not None:
            self._stop(over, out)

    def _finish_if_idle(self, out: list[m.Command]) -> None:
        if self.phase == "finished" or self.began_at is None or self._asked:
            return
        if self.phase == "running" and self._alive:
            waiting = [n for n in self._alive if self.trials[n].state is TrialState.PAUSED]
            if len(waiting) == len(self._alive):  # nothing runs, and none may be promoted
                for number in sorted(waiting):
                    self._stop_trial(number, self.scheduler.why_pruned(number), out)
        if not self._alive and self.phase in ("running", "stopping"):
            self.phase = "finished"
            self.ended_at = self._now
            if self.best is None and not self.message:
                self.message = nothing_complete([self.trials[n] for n in self._session])
                self.failed = bool(self.message)
            self._touch()
            out.append(m.End())

    def _touch(self, trial: Trial | None = None) -> None:
        self.version += 1
        if trial is not None:
            trial.version = self.version

    _handlers: ClassVar[dict[type, Callable[..., None]]] = {
        m.Begin: _on_begin,
        m.Suggested: _on_suggested,
        m.Tick: _on_tick,
        m.StopRequested: _on_stop,
        m.PauseRequested: _on_pause,
        m.ResumeRequested: _on_resume,
        m.StopTrialRequested: _on_stop_trial,
        m.EnqueueRequested: _on_enqueue,
        ev.Started: _on_started,
        ev.Reported: _on_reported,
        ev.Finished: _on_finished,
        ev.Kept: _on_kept,
        ev.Failed: _on_failed,
        ev.Stopped: _on_stopped,
        ev.Died: _on_died,
        ev.Ended: _on_ended,
        ev.ExecutorLost: _on_lost,
    }
