"""From the Study to what the widgets show: the `Source` of a dashboard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from . import logs
from .executors.machine_use import MachineUse
from .facts import about_folds, about_grid, about_late_ones, about_silence, about_the_end
from .folding import about_alike
from .round_view import CountsSeen, RoundsSeen
from .row_view import row_of
from .search.grid import untried
from .space import MISSING, Categorical, Int, SearchSpace
from .study.study import Study
from .study.trial import Report, Trial, TrialState
from .study.trial_events import SetUp
from .widgets import numbers
from .widgets.numbers import lines_in_words
from .widgets.protocol import (
    Best,
    Detail,
    Header,
    ObjectiveInfo,
    ParamInfo,
    ParamKind,
    Point,
    Row,
    StudyState,
    StudySummary,
    Update,
)

PACED_AFTER = 3
"""Finished trials of a session before its pace says when it ends."""

AT_ONCE, BREATH_S = 200, 0.0005
"""Trials read in one go, and how long the engine is given its lock between two: a page that is
reloaded asks for all of them, and no trial shall wait for that."""

SAMPLERS = {
    "tpe": "TPE",
    "gp": "GP",
    "random": "random search",
    "grid": "grid search",
    "qmc": "quasi-random search",
    "cmaes": "CMA-ES",
    "nsga2": "NSGA-II",
    "entropy": "entropy search",
}
PRUNERS = {
    "asha": "ASHA",
    "hyperband": "Hyperband",
    "halving": "successive halving",
    "median": "median",
    "patience": "patience",
    "threshold": "threshold",
    "pbt": "PBT",
    "none": "no pruner",
}


PAIRED = "paired test"


class Shown(Protocol):
    """Who has the study that is shown: an engine, or what was read from disk."""

    study: Study
    lock: threading.Lock

    def storage_problem(self) -> str | None: ...


class Presenter:
    """Answers `changes` and `detail` from the study of an engine; any thread."""

    def __init__(
        self, engine: Shown, space: SearchSpace, *, facts: Sequence[str], notices: Sequence[str],
        sampler: str | Callable[[], tuple[str, str]], pruner: str = "",
    ) -> None:  # fmt: skip
        """sampler: its word, or what gives that and why it was chosen. pruner: as the person typed
        it, '' where nobody did."""
        self._engine, self._space = engine, space
        self._facts, self._notices = list(facts), list(notices)
        named = "" if callable(sampler) else sampler
        self._sampler = sampler if callable(sampler) else lambda: (named, "")
        self._earlier: tuple[float, float] | None = None
        self._machine = MachineUse()
        self._rounds, self._counts = RoundsSeen(), CountsSeen()
        self._pruner_asked = pruner
        self._grid: tuple[int, list[str]] = (-1, [])

    def changes(self, since: int) -> Update:
        rows: list[Row] = []
        points: list[Point] = []
        with self._engine.lock:
            study = self._engine.study
            device = None if study.phase == "finished" else study.device
            version, changed = study.version, study.books.since(since)
        for start in range(0, len(changed), AT_ONCE):
            if start:
                time.sleep(BREATH_S)
            with self._engine.lock:
                now = time.time()
                began = study.began_at or now
                self._rounds.look(changed[start : start + AT_ONCE])
                self._counts.look(changed[start : start + AT_ONCE])
                # What changes meanwhile is newer than `version`, and so is sent again.
                for trial in changed[start : start + AT_ONCE]:
                    rows.append(row_of(trial, study, began, now))
                    points += [
                        Point(trial.number, report.step, report.values[0])
                        for report in _new_reports(trial, since)
                    ]
        use = {} if device is None else self._machine.now(device)
        with self._engine.lock:
            header = self._header(study.began_at or time.time())
        return Update(version, replace(header, use=use), rows, points)

    def summary(self, study_id: str, cell: int) -> StudySummary:
        """A line for the list of studies. cell: its In[] number, 0 when unknown."""
        with self._engine.lock:
            header = self._header(self._engine.study.began_at or time.time())
        done = self._engine.study.n_done
        return StudySummary(
            study_id, header.study, header.state, header.objectives, header.n_trials, done,
            header.n_running, header.spent_s or header.elapsed_s, header.left_s, header.best, cell,
        )  # fmt: skip

    def how(self) -> dict[str, str]:
        """How it is searched, for the study's file."""
        with self._engine.lock:
            header = self._header(time.time())
        names = ("sampler", "sampler_why", "pruner", "device")
        return {name: getattr(header, name) for name in names}

    def notice(self, text: str) -> None:
        """Say something more to the person, from now on; any thread."""
        with self._engine.lock:
            self._notices.append(text)
            self._engine.study.version += 1

    def detail(self, number: int) -> Detail:
        with self._engine.lock:
            study = self._engine.study
            trial = study.trials[number]
            traceback = trial.error.traceback if trial.error else ""
            params, figures = dict(trial.params), dict(trial.figures)
            if trial.started_at is not None and not trial.state.finished:
                running_s = study.running_s(number, time.time())
                figures["running_s"] = running_s
                if trial.reports and running_s > 0:
                    figures["reports_per_s"] = len(trial.reports) / running_s
        if not figures.get("peak_memory_bytes"):
            figures.pop("peak_memory_bytes", None)
        return Detail(number, params, traceback, logs.tail(trial.log_path), figures)

    @property
    def space(self) -> SearchSpace:
        """What is searched now."""
        changed = self._engine.study.space
        return self._space if changed is None else changed

    def _header(self, began: float) -> Header:
        study = self._engine.study
        counts, best, space = study.counts(), study.selected, self.space
        now = study.ended_at or time.time()
        sampler, why = self._sampler()
        rounds = self._rounds.of(study)
        facts = [*self._facts, why] if why else self._facts
        return Header(
            study=study.config.name,
            state=self._state(),
            objectives=[
                ObjectiveInfo(o.source, o.direction, whole=index in self._counts)
                for index, o in enumerate(study.config.objectives)
            ],
            params=[_param(name, space) for name in space],
            n_trials=_asked_for(study),
            n_complete=counts[TrialState.COMPLETE],
            n_running=counts[TrialState.RUNNING],
            n_paused=counts[TrialState.PAUSED],
            n_pruned=counts[TrialState.PRUNED],
            n_failed=counts[TrialState.FAIL] - study.books.n_cut_off - len(study.books.uncounted),
            n_outside=study.books.n_finished - study.n_done,
            n_cut_off=study.books.n_cut_off,
            elapsed_s=max(0.0, now - began),
            spent_s=self._earlier_s(began) + max(0.0, now - began - self._paused_s(began, now)),
            pauses=[
                round(max(0.0, at - began), 3)
                for span in study.pauses
                for at in (span if study.ended_at is None else (span[0], span[1] or now))
                if at is not None
            ],
            left_s=self._left(began),
            best=Best(best.number, list(best.values)) if best and best.values else None,
            best_model_kept=bool(best and best.objects_path),
            jobs=study.slots,
            jobs_why=study.slots_why,
            device=study.device,
            facts=[
                *facts,
                *about_the_end(study),
                *about_late_ones(study),
                *about_folds(study),
            ],
            sampler=SAMPLERS.get(sampler, sampler),
            sampler_why=why,
            front=[t.number for t in study.front] if len(study.config.objectives) > 1 else [],
            pruner=self._pruner(),
            notices=[
                *self._notices,
                *about_silence(self._pruner_asked if self._rounds.silent else ""),
                *self._about_grid(study),
                *about_alike(study),
                *(p for p in [self._engine.storage_problem()] if p),
            ],
            setup=_shared(study.setup) if study.setup else "",
            timeout_s=study.config.budget.timeout_s,
            n_rounds=rounds[0],
            round_word=rounds[1],
            by_round=rounds[2],
            chosen=study.chosen,
            constraints=list(study.config.constraints),
            n_infeasible=study.books.n_infeasible,
            rungs=list(study.scheduler.rung_steps),
            message=study.message or _only_you(study.only_you) or _nothing_left(study),
        )

    def _pruner(self) -> str:
        study = self._engine.study
        idle = self._rounds.silent or (bool(study.known_late) and not study.config.partly)
        name = "none" if idle else study.scheduler.name
        by_round = self._rounds.of(study)[2]
        return PAIRED if study.judge is not None and by_round else PRUNERS.get(name, name)

    def _about_grid(self, study: Study) -> list[str]:
        """What is said of a grid that was cut off; the combinations are listed once."""
        if study.phase != "finished" or self._sampler()[0] not in ("grid", SAMPLERS["grid"]):
            return []
        if self._grid[0] != study.version:
            self._grid = (
                study.version,
                about_grid(study, *untried(self.space, study.books.counted())),
            )
        return self._grid[1]

    def _state(self) -> StudyState:
        study = self._engine.study
        if study.phase == "finished":
            return "failed" if study.failed else "stopped" if study.message else "finished"
        if study.phase == "running" and not study.under_way:
            return "starting"  # the workers are: no trial has begun
        if study.only_you:
            return "waiting"
        return study.phase  # type: ignore[return-value]

    def _left(self, began: float) -> float | None:
        """Seconds left by the pace of this session, or by the time-out if that is sooner."""
        study = self._engine.study
        if study.phase in ("finished", "paused") or study.only_you:
            return None
        now, budget = time.time(), study.config.budget
        guesses = []
        if budget.timeout_s is not None:
            guesses.append(budget.timeout_s - (now - began - self._paused_s(began, now)))
        if budget.n_trials is not None and study.n_done_in_session >= PACED_AFTER:
            guesses.append(self._pace(began, now) * self._to_do(budget.n_trials))
        return max(0.0, min(guesses)) if guesses else None

    def _pace(self, began: float, now: float) -> float:
        """Seconds per trial with all jobs at work.

        A first trial that ran alone is left out.
        """
        study = self._engine.study
        first, second = study.trials.get(0), study.trials.get(1)
        ended = (first.finished_at if first is not None else None) or 0.0
        beside = second is not None and (second.started_at or ended) < ended
        alone = ended > began and not beside
        began = ended if alone else began
        done = study.n_done_in_session - alone + self._half_done()
        return (now - began - self._paused_s(began, now)) / max(1.0, done)

    def _paused_s(self, since: float, until: float) -> float:
        """How long the study was paused in between."""
        pauses = self._engine.study.pauses
        return sum(
            max(0.0, min(until, until if to is None else to) - max(since, at)) for at, to in pauses
        )

    def _earlier_s(self, began: float) -> float:
        """How long earlier sessions took, as far as trials ran in them; they change no more."""
        if self._earlier is None or self._earlier[0] != began:
            spans = sorted(
                (t.started_at, t.finished_at)
                for t in self._engine.study.trials.values()
                if t.started_at and t.finished_at and t.finished_at < began
            )
            took, until = 0.0, 0.0
            for at, to in spans:
                took += max(0.0, to - max(at, until))
                until = max(until, to)
            self._earlier = (began, took)
        return self._earlier[1]

    def _to_do(self, n_trials: int) -> float:
        return max(0.0, n_trials - self._engine.study.n_done - self._half_done())

    def _half_done(self) -> float:
        """Trials' worth of work in unfinished trials; few of the paused ones go on."""
        counts = self._engine.study.counts()
        return 0.75 * counts[TrialState.PAUSED] + 0.5 * counts[TrialState.RUNNING]


def _new_reports(trial: Trial, since: int) -> list[Report]:
    """The reports that came after that version; they are in the order they came."""
    first = len(trial.reports)
    while first > 0 and (since == 0 or trial.reports[first - 1].version > since):
        first -= 1
    return trial.reports[first:]


def _shared(setup: SetUp) -> str:
    """What became of the statements that could run once for all trials."""
    cells = dict.fromkeys(cell for _, _, cell in setup.lines)
    where = "; ".join(
        (f"In[{cell}], " if cell else "")
        + lines_in_words([(a, b) for a, b, in_cell in setup.lines if in_cell == cell])
        for cell in cells
    )
    if setup.why_not:
        what = f" ({where})" if where else ""
        why = setup.why_not.rstrip(".")
        return f"Sharing the set-up{what} did not work, so every trial runs it: {why}."
    return f"Shared set-up, ran once: {where} ({numbers.duration(setup.wall_s)})"


def _nothing_left(study: Study) -> str:
    return f"Nothing is left to try: {study.exhausted}." if study.exhausted else ""


def _only_you(held: Sequence[int]) -> str:
    if not held:
        return ""
    few = ", ".join(map(str, held[:8])) + (", ..." if len(held) > 8 else "")
    which, it = (f"trial {few} is", "it") if len(held) == 1 else (f"trials {few} are", "them")
    return f"Only {which} left, paused by you: resume {it}, or stop the study."


def _param(name: str, space: SearchSpace) -> ParamInfo:
    parameter = space[name]
    distribution, conditional = parameter.distribution, parameter.condition is not None
    own = None if parameter.default is MISSING else parameter.default
    if isinstance(distribution, Categorical):
        choices = list(distribution.choices)
        return ParamInfo(name, "categorical", choices=choices, own=own, conditional=conditional)
    kind: ParamKind = "int" if isinstance(distribution, Int) else "float"
    return ParamInfo(
        name,
        kind,
        distribution.log,
        distribution.low,
        distribution.high,
        distribution.step,
        own=own,
        conditional=conditional,
    )


def _asked_for(study: Study) -> int | None:
    """Trials asked for; those of earlier sessions may already be more."""
    asked = study.config.budget.n_trials
    return None if asked is None else max(asked, study.n_done)
