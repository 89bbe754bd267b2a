"""What is said of a study before its first trial: what was detected, decided and found."""

from __future__ import annotations

from collections.abc import Collection

from .cell import CapturedCell
from .cell.program import text_of
from .constraining import facts_of_goals, measured
from .folding import about_judge, about_rounds, is_folds
from .pruning import about_pruning
from .space import MISSING, Categorical, Parameter
from .study.endings import interrupted
from .study.schedulers import Hyperband, NoPruning, Pbt, SuccessiveHalving
from .study.study import Study
from .study.trial import Trial, TrialState
from .widgets.numbers import lines_in_words, number


def facts_of(cell: CapturedCell) -> list[str]:
    """What was detected of the objective and its reports, a sentence each."""
    why = {c.objective: f": {c.why}" for c in cell.candidates}
    why |= {o: measured(o.source) for _, o in cell.goals.measured}
    facts = [f"Objective {o.source} ({o.direction}){why.get(o, '')}." for o in cell.objectives]
    if cell.reports:
        facts.append(f"While a trial runs {cell.reports}.")
    elif cell.objectives:
        facts.append("Nothing is reported while a trial runs: the objective is read at its end.")
    return facts


def _again(cell: CapturedCell) -> str:
    """Which statements of earlier cells run again, in a sentence."""
    where = []
    for part in cell.earlier:
        spans = [(s.first_line, s.last_line) for s in cell.reruns if s.cell == part.number]
        where.append(f"In[{part.number}] {lines_in_words(spans)}")
    effects = sorted({effect for s in cell.reruns for effect in s.effects})
    also = f"; this {' and '.join(effects)}" if effects else ""
    return f"Every trial runs again, of earlier cells: {', '.join(where)}{also}."


def _early(cell: CapturedCell, study: Study) -> bool:
    """Whether other trials begin while the first one runs."""
    waits = isinstance(study.scheduler, Hyperband | SuccessiveHalving | Pbt)
    return may_report(cell) and study.judge is None and not waits and study.slots > 1


def study_facts(cell: CapturedCell, study: Study) -> list[str]:
    """What was detected and decided, a sentence each, said before the first trial."""
    facts = facts_of(cell)
    if cell.reruns:
        facts.append(_again(cell))
    if study.config.first is not None:
        others = "; others begin at its first report" if _early(cell, study) else " and alone"
        if study.config.rounds.n > 1:
            others = f"; others begin after its first {study.config.rounds.word}"
        facts.append(f"Trial 0 is the cell as it stands, run first{others}.")
    facts += about_rounds(study.config.rounds, study.judge)
    told = may_report(cell) or (study.judge is None and study.config.rounds.n > 1)
    scheduler = study.scheduler if told else NoPruning()
    if study.judge is not None and is_folds(cell):
        facts.append(about_judge(study.judge))
    elif study.judge is None or study.config.rounds.n == 1 or may_report(cell):
        facts.append(about_pruning(scheduler))
    facts += facts_of_goals(cell, prunes=not isinstance(scheduler, NoPruning))
    return facts


def about_the_end(study: Study) -> list[str]:
    """When it ends that no other figure tells: a budget may change while it runs."""
    patience = study.config.budget.patience
    if patience is None:
        return []
    return [f"Ends after {patience} trials in a row without a better value."]


def about_folds(study: Study) -> list[str]:
    """What comes of folds that the objective is not the mean of, once that is seen."""
    if study.folds_count:
        return []
    return [
        "The objective is not the mean of what the folds of the cell's loop gave: trials are not "
        "compared fold by fold, and each runs to its end."
    ]


def about_late_ones(study: Study) -> list[str]:
    """What comes of objectives that are not reported while a trial runs, once that is seen."""
    late = study.known_late
    if not late or isinstance(study.scheduler, NoPruning):
        return []
    names = " and ".join(late)
    verb = "are" if len(late) > 1 else "is"
    if study.config.partly:
        return [f"{names} {verb} known at a trial's end only: trials are compared without."]
    return [
        f"{names} {verb} known at a trial's end only, so that no trial is stopped early; "
        "--pruner asha compares by the others."
    ]


def about_silence(pruner: str) -> list[str]:
    """That a pruner had nothing to go by, once trials ran to their end without a report. pruner:
    as the person typed it; '' where nobody did, and 'none', take no word."""
    if pruner in ("", "none"):
        return []
    return [
        f"No trial reports while it runs, so --pruner {pruner} has nothing to go by: it does "
        "nothing here. Trials can be ended early where a loop assigns the objective, or calls "
        "jupyter_hpo.report(...)."
    ]


def about_grid(study: Study, untried: int, size: int) -> list[str]:
    """What a grid search that ended before its grid did left out. untried: of size combinations."""
    if not untried:
        return []
    more = ""
    if study.config.budget.n_trials is not None:
        more = f" --trials {study.n_done + untried} tries them, too."
    return [
        f"{size - untried} of {size} combinations were tried; {untried} were not: this is the best "
        f"of those that were.{more}"
    ]


def may_report(cell: CapturedCell) -> bool:
    """Whether anything may be reported while a trial runs, by the code or by hand."""
    return bool(cell.reports) or "report(" in text_of(cell.program())


def about_other_code(name: str, codes: Collection[str], cell: CapturedCell) -> list[str]:
    """What to say when a study of this name has trials of other code. codes: the identities of
    the cells that its earlier sessions ran."""
    if not set(codes) - {cell.identity}:
        return []
    return [
        f"The code of this cell, or what it rests on, has changed since study {name!r} was begun: "
        "earlier trials ran other code. --fresh starts anew, another --name begins another study."
    ]


def about_earlier(name: str, study: Study) -> list[str]:
    """What the person should know of trials of earlier sessions."""
    said = []
    outside = sum(t.outside for t in study.trials.values())
    asked = study.config.budget.n_trials
    if study.n_done and asked is not None and study.n_done >= asked:
        said.append(
            f"Study {name!r} has {study.n_done} finished trials, and --trials {asked} asks for "
            f"{asked} in all: no more ran. Give --trials {study.n_done + asked}, or start anew "
            "with --fresh."
        )
    elif study.n_done:
        failed = sum(t.state is TrialState.FAIL for t in study.trials.values() if _counts(t))
        some = f", {failed} of which failed" if failed else ""
        said.append(
            f"Study {name!r} goes on: {study.n_done} trials were already done{some}. When the data "
            "or the code of earlier cells changed since, start anew with --fresh."
        )
    elif failed := len(study.books.uncounted):
        so_far = "its one trial" if failed == 1 else f"all {failed} trials"
        first = " Trial 0's values are tried again first." if study.config.first else ""
        said.append(
            f"Study {name!r} goes on. So far {so_far} failed: that stays in the record, and "
            f"nothing of it is counted.{first}"
        )
    if outside:
        said.append(
            f"{outside} earlier trials have values outside the present space: they stay in the "
            "record, and none of them can be best."
        )
    return said


def _counts(trial: Trial) -> bool:
    return not trial.outside and not interrupted(trial)


def about_first(cell: CapturedCell) -> list[str]:
    """Why there is no trial of the cell as it stands, when there is none."""
    if cell.space.defaults() is not None:
        return []
    wrong = [
        f"{p.name} = {p.default!r} {_why_unfit(p)}"
        for p in cell.space.values()
        if p.default is not MISSING and not cell.space.fits(p.name, p.default)
    ]
    return [f"No trial of the cell as it stands: {'; '.join(wrong)}."] if wrong else []


def _why_unfit(parameter: Parameter) -> str:
    """What is wrong with the code's own value, in a clause."""
    distribution, value = parameter.distribution, parameter.default
    if isinstance(distribution, Categorical):
        return "is none of its choices"
    low, high, step = distribution.low, distribution.high, distribution.step
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "is no number"
    if not low <= value <= high:
        steps = "" if step is None else f" in steps of {number(step)}"
        return f"lies outside its range, {number(low)} to {number(high)}{steps}"
    if step is None:
        return "is no whole number"
    below = low + step * ((value - low) // step)
    near = [number(one) for one in (below, below + step) if one <= high + step * 1e-6]
    return f"is no step of its range; write {' or '.join(near)}"
