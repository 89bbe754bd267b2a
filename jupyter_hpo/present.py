"""From the Study to what the widgets show: the `Source` of a dashboard."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from .engine import Engine
from .space import Categorical, Int, SearchSpace
from .study.endings import interrupted
from .study.study import Study
from .study.trial import Trial, TrialError, TrialState
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
    Update,
)

LOG_TAIL_BYTES = 16_384
PACED_AFTER = 3
"""Finished trials of a session before its pace says when it ends."""

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
PRUNERS = {"asha": "ASHA", "hyperband": "Hyperband", "median": "median", "none": "no pruner"}


class Presenter:
    """Answers `changes` and `detail` from the study of an engine; any thread."""

    def __init__(
        self, engine: Engine, space: SearchSpace, *, facts: Sequence[str], notices: Sequence[str],
        sampler: str, jobs: int,
    ) -> None:  # fmt: skip
        self._engine, self._space = engine, space
        self._facts, self._notices = list(facts), list(notices)
        self._sampler, self._jobs = sampler, jobs

    def changes(self, since: int) -> Update:
        with self._engine.lock:
            study = self._engine.study
            changed = [t for t in study.trials.values() if t.version > since or since == 0]
            began = study.began_at or time.time()
            now = time.time()
            rows = [_row(t, began, study.running_s(t.number, now)) for t in changed]
            points = [
                Point(t.number, report.step, report.values[0])
                for t in changed
                for report in t.reports
                if report.version > since or since == 0
            ]
            return Update(study.version, self._header(began), rows, points)

    def notice(self, text: str) -> None:
        """Say something more to the person, from now on; any thread."""
        with self._engine.lock:
            self._notices.append(text)
            self._engine.study.version += 1

    def detail(self, number: int) -> Detail:
        with self._engine.lock:
            trial = self._engine.study.trials[number]
            traceback = trial.error.traceback if trial.error else ""
            params, figures = dict(trial.params), dict(trial.figures)
        return Detail(number, params, traceback, log_tail(trial.log_path), figures)

    def _header(self, began: float) -> Header:
        study = self._engine.study
        counts, best = study.counts(), study.best
        cut_off = sum(interrupted(t) for t in study.trials.values())
        now = study.ended_at or time.time()
        return Header(
            study=study.config.name,
            state=self._state(),
            objectives=[ObjectiveInfo(o.source, o.direction) for o in study.config.objectives],
            params=[_param(name, self._space) for name in self._space],
            n_trials=_asked_for(study),
            n_complete=counts[TrialState.COMPLETE],
            n_running=counts[TrialState.RUNNING],
            n_paused=counts[TrialState.PAUSED],
            n_pruned=counts[TrialState.PRUNED],
            n_failed=counts[TrialState.FAIL] - cut_off,
            elapsed_s=max(0.0, now - began),
            left_s=self._left(began),
            best=Best(best.number, list(best.values)) if best and best.values else None,
            best_model_kept=bool(best and best.objects_path),
            jobs=self._jobs,
            device="CPU",
            facts=self._facts,
            sampler=SAMPLERS.get(self._sampler, self._sampler),
            pruner=PRUNERS.get(study.scheduler.name, study.scheduler.name),
            notices=self._notices + [p for p in [self._engine.storage_problem()] if p],
            message=study.message,
        )

    def _state(self) -> StudyState:
        study = self._engine.study
        if study.phase == "finished":
            return "failed" if study.failed else "stopped" if study.message else "finished"
        if study.phase == "running" and not self._under_way():
            return "starting"  # the workers are: no trial has begun
        return study.phase  # type: ignore[return-value]

    def _under_way(self) -> bool:
        """Whether a trial of this session has begun."""
        study = self._engine.study
        since = study.began_at or 0.0
        return study.n_done_in_session > 0 or any(
            t.started_at is not None and t.started_at >= since and not t.state.finished
            for t in study.trials.values()
        )

    def _left(self, began: float) -> float | None:
        """Seconds left by the pace of this session, or by the time-out if that is sooner."""
        study = self._engine.study
        if study.phase in ("finished", "paused"):
            return None
        now, budget = time.time(), study.config.budget
        guesses = []
        if budget.timeout_s is not None:
            guesses.append(budget.timeout_s - (now - began))
        if budget.n_trials is not None and study.n_done_in_session >= PACED_AFTER:
            guesses.append(self._pace(began, now) * self._to_do(budget.n_trials))
        return max(0.0, min(guesses)) if guesses else None

    def _pace(self, began: float, now: float) -> float:
        """Seconds per trial with all jobs at work.

        The first trial is left out: it runs alone and to its end, most others do not.
        """
        study = self._engine.study
        first = study.trials.get(0)
        alone = first is not None and (first.finished_at or 0.0) > began
        if first is not None and first.finished_at is not None and alone:
            began = first.finished_at
        done = study.n_done_in_session - alone + self._half_done()
        return (now - began) / max(1.0, done)

    def _to_do(self, n_trials: int) -> float:
        return max(0.0, n_trials - self._engine.study.n_done - self._half_done())

    def _half_done(self) -> float:
        """Trials' worth of work in unfinished trials; few of the paused ones go on."""
        counts = self._engine.study.counts()
        return 0.75 * counts[TrialState.PAUSED] + 0.5 * counts[TrialState.RUNNING]


def log_tail(path: str | None) -> str:
    """The last lines of a trial's output; empty when there is none."""
    if path is None or not Path(path).exists():
        return ""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LOG_TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return text if size <= LOG_TAIL_BYTES else text.partition("\n")[2]


def _row(trial: Trial, began: float, running_s: float) -> Row:
    values = trial.values or (trial.reports[-1].values if trial.reports else None)
    started = None if trial.started_at is None else max(0.0, trial.started_at - began)
    finished = None if trial.finished_at is None else trial.finished_at - began
    duration = trial.figures.get("running_s", trial.duration_s if trial.state.finished else None)
    if not trial.state.finished and trial.started_at is not None:
        duration = running_s
    memory = trial.figures.get("peak_memory_bytes")
    return Row(
        number=trial.number,
        state=trial.state.value,
        values=list(values) if values else None,
        params=dict(trial.params),
        step=trial.step,
        duration_s=duration,
        started_s=started,
        finished_s=finished,
        error=_sentence(trial.error) if trial.error else "",
        error_line=trial.error.line if trial.error else None,
        memory_bytes=int(memory) if memory is not None else None,
        notice=trial.notice,
    )


def _sentence(error: TrialError) -> str:
    """The message, behind its exception's class where there is one."""
    is_class = error.kind[:1].isupper() and not error.message.startswith(error.kind)
    return f"{error.kind}: {error.message}".removesuffix(": ") if is_class else error.message


def _param(name: str, space: SearchSpace) -> ParamInfo:
    distribution = space[name].distribution
    if isinstance(distribution, Categorical):
        return ParamInfo(name, "categorical")
    kind: ParamKind = "int" if isinstance(distribution, Int) else "float"
    return ParamInfo(name, kind, distribution.log)


def _asked_for(study: Study) -> int | None:
    """Trials asked for; those of earlier sessions may already be more."""
    asked = study.config.budget.n_trials
    return None if asked is None else max(asked, study.n_done)
