"""Steering a study while it runs: what a person may ask, refused with a sentence where it makes
no sense. From Python, from `%hpo` and from the browser it is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from .errors import CellError, StudyError
from .facts import may_report
from .options import MOST_JOBS, cores
from .placement import threads_of_each
from .space import Categorical, Distribution, Float, Int, Parameter, SearchSpace
from .space.marks import format_mark, nearest
from .study import messages as m
from .study.config import Budget
from .study.trial import Trial
from .widgets.numbers import LONGEST_S, duration, parse_duration

if TYPE_CHECKING:
    from .cell import CapturedCell
    from .notebook import Notebook
    from .session import Session

NO_NOTEBOOK = "this study knows of no notebook cell: its space can't be changed."
BUDGET = ("trials", "timeout", "jobs")


class Steering:
    """The requests of `study`; all return at once. Any thread, `set_space` the main one or any
    while that waits.

    session: the one that runs, or ran last. notebook: around its cell, None when it did not
    come from one.
    """

    session: Session
    notebook: Notebook | None = None

    # ------------------------------------------------------------------- the study
    def stop(self) -> None:
        """End it: what finished is kept. Nothing happens when it has finished."""
        self.session.engine.request(m.StopRequested())

    def pause(self) -> None:
        """Hold every trial at its next report, and start no new one. Raises StudyError when it
        has finished."""
        self.still_runs("paused")
        self.session.engine.request(m.PauseRequested())

    def set_budget(
        self,
        trials: int | EllipsisType | None = ...,
        timeout_s: float | EllipsisType | None = ...,
        jobs: int | EllipsisType | None = ...,
    ) -> str:
        """Another budget, as `--trials`, `--timeout` and `--jobs` say it; what is left out stays.

        trials: finished ones in all, None for no limit. timeout_s: seconds since this session
        began, None for no limit; a text such as "30m" is read, too. jobs: trials side by side,
        None for automatic. What is used up already ends the study. Returns a sentence on what
        holds now. Raises StudyError for a value that is none, and when it has finished.
        """
        self.still_runs("given another budget")
        options, budget = self.session.options, self.session.study.config.budget
        if not isinstance(trials, EllipsisType):
            trials = _whole("trials", trials)
            options, budget = replace(options, trials=trials), replace(budget, n_trials=trials)
        if not isinstance(timeout_s, EllipsisType):
            timeout_s = _seconds(timeout_s)
            options = replace(options, timeout_s=timeout_s)
            budget = replace(budget, timeout_s=timeout_s)
        if not isinstance(jobs, EllipsisType):
            jobs = _whole("jobs", jobs)
            if options.executor == "inline" and jobs not in (None, 1):
                raise StudyError("trials that run in the kernel run one by one: jobs=1.")
            options = replace(options, jobs=jobs)
        if (budget.n_trials, budget.timeout_s) != (None, None):
            # Without a limit its default was to end when nothing gets better any more.
            budget = replace(budget, patience=options.patience)
        engine, before = self.session.engine, self.session.options
        self.session.options = options
        if budget != self.session.study.config.budget:
            engine.request(m.BudgetChanged(budget))
        if options.jobs != before.jobs and options.executor != "inline":
            slots = options.jobs
            if jobs is None and options.on is not None:
                slots = self.session.study.config.slots
            elif jobs is None and not self.session.on_devices:
                slots = cores()
            why = "" if jobs is None else "As many as you asked for."
            threads = None  # with --on: as many as Ray has given them
            if options.on is None:
                threads = threads_of_each(options, slots, on_devices=self.session.on_devices)
            engine.request(m.SlotsChanged(slots, why, threads))
        return budget_in_words(budget, options.jobs)

    def set_space(self, **changes: str | Distribution) -> str:
        """Search other values from now on: `set_space(lr="1e-5..1e-2 log", dropout="fixed")`.

        changes: for a tuned value another range; for one that is not tuned, the range to tune
        it in; "fixed" leaves the code's own. As in marks, or a distribution. What is left out
        stays. Trials that run go on to their end; those with values outside stay in the record,
        and count for nothing. What was not tuned had the code's own value in them. Returns a
        sentence on how many those are.

        Raises StudyError with all that is wrong, when the study has finished, and where
        `--executor inline` would have to run other code.
        """
        self.still_runs("given another space")
        present = self.session.cell.space
        fixed = {n for n, text in changes.items() if text == "fixed"}
        unknown = [n for n in fixed if n not in present]
        if unknown:
            raise StudyError(
                f"{unknown[0]!r} is not tuned. {nearest(unknown[0], present, 'Tuned')}"
            )
        words = [
            format_mark(p.distribution, p.condition, key=p.name)
            for p in present.values()
            if p.name not in changes
        ]
        words += [
            f"{name} = {spec}" if isinstance(spec, str) else format_mark(spec, key=name)
            for name, spec in changes.items()
            if name not in fixed
        ]
        try:
            return self.move(self._captured(words))
        except CellError as error:
            wrong = [
                f"{p.message} {p.fix}".replace(" on the magic line", "") for p in error.problems
            ]
            raise StudyError("\n  ".join(["the space stays as it is:", *wrong])) from None

    def move(self, cell: CapturedCell) -> str:
        """Search the space of `cell`, this study's captured again; a sentence on what becomes of
        the trials so far. Raises as `session.change_space` does."""
        from .session import change_space

        self.still_runs("given another space")
        if self.notebook is None:
            raise StudyError(NO_NOTEBOOK)
        sought = {o.source for o in cell.objectives}
        for name in sought & cell.space.keys() - self.session.cell.space.keys():
            raise StudyError(f"{name!r} is the objective: it is measured, and can't be tuned.")
        change_space(self.session, cell, self.notebook.states_for(cell))
        with self.session.engine.lock:
            trials = [trial.tuned for trial in self.session.study.trials.values()]
        outside = sum(cell.space.completed(params) is None for params in trials)
        said = "The next trials are searched in this space"
        return f"{said}; {outside} of {len(trials)} so far lie outside." if outside else f"{said}."

    def _captured(self, words: list[str]) -> CapturedCell:
        """The cell with these values tuned, and no others, whatever its marks say."""
        if not words:
            raise StudyError("nothing would be tuned any more: leave one value, or stop the study.")
        if self.notebook is None:
            raise StudyError(NO_NOTEBOOK)
        cell = self.notebook.capture(objectives=self.session.cell.objectives, line_space=words)
        if cell.problems:
            raise CellError(cell.problems)
        named = {t.name for t in cell.tunables if t.source == "line"}
        return replace(cell, space=SearchSpace(p for p in cell.space.values() if p.name in named))

    # -------------------------------------------------------------------- one trial
    def stop_trial(self, number: int) -> None:
        """End one trial now: at its next report, or by force when that takes longer than a
        moment. It keeps its reports: PRUNED with the last of them, else FAIL. Raises StudyError
        for a trial that does not exist, or is finished."""
        self._unfinished(number, "stopped")
        self.session.engine.request(m.StopTrialRequested(number))

    def prune_trial(self, number: int) -> bool:
        """End one trial at its next report, as the pruner would: PRUNED with that value, from
        which the search learns; whether that is now, because it waits with a report. If it
        comes to its end first it is complete.

        Raises StudyError for a trial that does not exist, is finished, or reports nothing.
        """
        trial = self._unfinished(number, "pruned")
        if not trial.reports and not may_report(self.session.cell):
            raise StudyError(
                f"trial {number} reports nothing while it runs, so there is no value to prune it "
                f"with: stop it instead (%hpo stop-trial {number})."
            )
        at_once = trial.state.value == "PAUSED"
        self.session.engine.request(m.PruneTrialRequested(number))
        return at_once

    def pause_trial(self, number: int) -> None:
        """Hold one trial at its next report; its slot is free for another meanwhile.

        Raises StudyError for a trial that does not exist, or is finished.
        """
        self._unfinished(number, "paused")
        self.session.engine.request(m.PauseTrialRequested(number))

    def resume_trial(self, number: int) -> None:
        """Let a paused trial go on, you or the search having paused it, before any other, as
        soon as a slot is free. Raises StudyError as `pause_trial` does."""
        self._unfinished(number, "resumed")
        self.session.engine.request(m.ResumeTrialRequested(number))

    def enqueue(self, **params: Any) -> None:
        """Try these values next, on top of the budget if it is full; what is left out is
        suggested. Raises StudyError for a name or a value not in the space, and when the study
        has finished."""
        values, problems = read_params(self.session.cell.space, params)
        if problems:
            raise StudyError(" ".join(problems.values()))
        if self.session.study.phase in ("stopping", "finished"):
            raise StudyError("the study has ended; resume(n_trials=...) it first.")
        self.session.engine.request(m.EnqueueRequested(values))

    # ---------------------------------------------------------------------- refusals
    def still_runs(self, what: str) -> None:
        """Raises StudyError when the study has finished, or ends: it can't be `what` any more."""
        study = self.session.study
        if study.phase == "stopping" and what != "stopped":
            raise StudyError(f"study {study.config.name!r} is ending: it can't be {what} any more.")
        if study.phase == "finished":
            raise StudyError(
                f"study {study.config.name!r} has finished: it can't be {what}. "
                "resume(n_trials=20), or %hpo resume 20, runs more trials."
            )

    def _unfinished(self, number: int, what: str) -> Trial:
        session = self.session
        with session.engine.lock:
            trial = session.study.trials.get(number)
        if trial is None:
            raise StudyError(f"study {session.study.config.name!r} has no trial {number}.")
        if trial.state.finished:
            raise StudyError(f"trial {number} is {trial.state.value}: it can't be {what}.")
        return trial


def read_params(
    space: SearchSpace, params: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Values for a trial, and by name a sentence on what is wrong. Numbers may be text, and a
    choice may be as it is shown; an empty text leaves the value out."""
    values, problems = {}, {}
    for name, given in params.items():
        if name not in space:
            problems[name] = f"{name!r} is not tuned; tuned are: {', '.join(space)}."
        elif given is None or given != "":
            read = _value(given, space[name].distribution)
            if space[name].distribution.contains(read):
                values[name] = read
            else:
                problems[name] = _outside(space[name], given)
    return values, problems


def _value(given: Any, distribution: Distribution) -> Any:
    """As the distribution's kind has it; given itself when it is none."""
    if hasattr(given, "item") and getattr(given, "ndim", 1) == 0:  # NumPy's, of a data frame
        given = given.item()
    if isinstance(distribution, Categorical):
        if distribution.contains(given) or not isinstance(given, str):
            return given
        text = given.strip()
        return next((c for c in distribution.choices if text in (str(c), repr(c))), given)
    try:
        number = float(given) if isinstance(given, str) else given
        if isinstance(number, bool) or not isinstance(number, int | float):
            return given
        if isinstance(distribution, Int):
            return int(number) if number == int(number) else given
        return float(number)
    except (ValueError, OverflowError):
        return given


def _outside(parameter: Parameter, given: Any) -> str:
    distribution = parameter.distribution
    what = {Float: "a number in", Int: "a whole number in"}.get(type(distribution), "one of")
    return f"{given!r} lies outside {parameter.name}: {what} {format_mark(distribution)}."


def _whole(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise StudyError(f"{name}={value!r}: give a whole number from 1 up, or None.")
    if name == "jobs" and value > MOST_JOBS:
        raise StudyError(f"{name}={value!r}: at most {MOST_JOBS} trials run side by side.")
    return value


def _seconds(value: Any) -> float | None:
    try:
        seconds = parse_duration(value) if isinstance(value, str) else value
    except ValueError as error:
        raise StudyError(str(error)) from None
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise StudyError(f"timeout_s={value!r}: give seconds above 0, or None.")
    if seconds > LONGEST_S:
        raise StudyError(f"timeout_s={value!r} is longer than ten years; None is no limit.")
    return float(seconds)


def budget_in_words(budget: Budget, jobs: int | None) -> str:
    """When the study ends now, and how many trials run side by side, in one sentence."""
    ends = [
        f"after {budget.n_trials} trials in all" if budget.n_trials is not None else "",
        f"after {duration(budget.timeout_s)}" if budget.timeout_s is not None else "",
        f"after {budget.patience} trials without a better value" if budget.patience else "",
    ]
    when = " or ".join(filter(None, ends)) or "when you stop it"
    side = "as many side by side as is good" if jobs is None else f"{jobs} side by side"
    return f"It ends {when}; {side}."


def read_budget(texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Arguments of `set_budget` from texts named as the options of `%%hpo` ("trials", "timeout",
    "jobs"), and by name a sentence on what is wrong. An empty text, or "none", is no limit;
    for jobs, and "auto", automatic."""
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, text in texts.items():
        text = text.strip().lower()
        none = text in ("", "none") or (name == "jobs" and text == "auto")
        try:
            if name not in BUDGET:
                problems[name] = f"a budget has no {name!r}. {nearest(name, BUDGET, 'It has')}"
            elif name == "timeout":
                found["timeout_s"] = None if none else parse_duration(text)
            elif not none and (not text.isdecimal() or int(text) < 1):
                problems[name] = f"{text!r} is not a whole number above 0."
            elif not none and name == "jobs" and int(text) > MOST_JOBS:
                problems[name] = f"at most {MOST_JOBS} trials run side by side."
            else:
                found[name] = None if none else int(text)
        except ValueError as error:
            problems[name] = str(error)
    return found, problems
