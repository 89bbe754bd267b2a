"""A trial as the row that the widgets show of it."""

from __future__ import annotations

from .round_view import of_first
from .study.constraints import infeasible
from .study.endings import stopped
from .study.study import Study
from .study.trial import Trial, TrialError, TrialState
from .widgets.protocol import FIGURES, Row, RowState


def row_of(trial: Trial, study: Study, began: float, now: float) -> Row:
    values = trial.values or (trial.reports[-1].values if trial.reports else None)
    started = None if trial.started_at is None else max(0.0, trial.started_at - began)
    finished = None if trial.finished_at is None else trial.finished_at - began
    duration = trial.figures.get("running_s", trial.duration_s if trial.state.finished else None)
    running = trial.state is TrialState.RUNNING
    heard_at = study.pace.heard_at(trial.number) if running else None
    if not trial.state.finished and trial.started_at is not None:
        duration = study.running_s(trial.number, now if heard_at is None else heard_at)
    waits = study.waits_for(trial.number)
    memory = trial.figures.get("peak_memory_bytes") or None  # 0: too little to be measured
    return Row(
        number=trial.number,
        state=_row_state(trial),
        values=list(values) if values else None,
        params=dict(trial.params),
        step=trial.step,
        duration_s=duration,
        heard_s=None if heard_at is None else heard_at - began,
        long_s=None if heard_at is None else study.pace.long_s(trial.number),
        waits="" if waits is None else waits.value,
        started_s=started,
        finished_s=finished,
        error=_sentence(trial.error) if trial.error else trial.notice if stopped(trial) else "",
        error_line=trial.error.line if trial.error and not trial.error.cell else None,
        memory_bytes=int(memory) if memory is not None else None,
        notice=_notice(trial, study),
        spans=_spans(trial, study, began),
        rounds=of_first(trial),
        infeasible=infeasible(trial.violations),
        figures={name: trial.figures[name] for name in FIGURES if name in trial.figures},
        kept=trial.objects_path is not None,
        parent=trial.parent,
    )


def _spans(trial: Trial, study: Study, began: float) -> list[float]:
    """From, to, from, to...: of a trial that was paused, see `Row`."""
    spans = study.running_spans(trial.number)
    ended = spans[-1][1] if spans else None
    if len(spans) < 2 and (ended is None or ended == trial.finished_at):
        return []
    return [round(at - began, 3) for span in spans for at in span if at is not None]


def _notice(trial: Trial, study: Study) -> str:
    """What else there is to say of a trial, in lower case."""
    said = [
        trial.notice if not stopped(trial) else "",
        "pruned by you at its next report" if study.ends_next(trial.number) else "",
        "enqueued by you" if trial.enqueued else "",
        "not in the present space" if trial.outside else "",
        f"never held to {' and '.join(trial.unjudged)}" if trial.unjudged else "",
    ]
    return "; ".join(filter(None, said))


def _row_state(trial: Trial) -> RowState:
    """A trial that the person ended, or the study's end, neither failed nor was judged."""
    return "STOPPED" if stopped(trial) else trial.state.value


def _sentence(error: TrialError) -> str:
    """The message, behind its exception's class where there is one."""
    is_class = error.kind[:1].isupper() and not error.message.startswith(error.kind)
    said = f"{error.kind}: {error.message}".removesuffix(": ") if is_class else error.message
    return f"{error.where}: {said}" if error.cell else said
