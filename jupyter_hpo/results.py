"""What a study found: the reading half of `study`, also of one read from disk."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .errors import StudyError
from .shares import Shares
from .storage.folder import StudyFolder
from .study.constraints import infeasible
from .study.endings import nothing_complete, nothing_feasible
from .study.objective import Objective
from .study.ranking import best_trials, leaderboard
from .study.standing import standings
from .study.trial import Trial, TrialState
from .trial_view import TrialView

if TYPE_CHECKING:
    from pathlib import Path

    import optuna
    import pandas
    from matplotlib.figure import Figure

    from .present import Presenter
    from .widgets.dashboard import Dashboard
    from .widgets.protocol import Command, Reply


class StudyResults:
    """Best values, trials and objects of one study.

    trials: gives the trials as they are now; called from any thread. namespace: where
    functions among the objects of a trial find their globals.
    """

    def __init__(
        self,
        name: str,
        objectives: Sequence[Objective],
        folder: StudyFolder,
        trials: Callable[[], list[Trial]],
        namespace: dict[str, Any],
    ) -> None:
        self.name, self.objectives, self.folder = name, tuple(objectives), folder
        self._trials, self._namespace = trials, namespace
        self._objects: dict[int, dict[str, Any]] = {}

    @property
    def presenter(self) -> Presenter:
        """What the widgets show of it."""
        raise NotImplementedError

    def answer(self, command: Command) -> Reply:
        """Carry out a command of a dashboard; the kernel's control thread."""
        raise NotImplementedError

    @property
    def chosen(self) -> int | None:
        """The number of the trial that the person chose to be the result, see `use`."""
        return None

    @property
    def best_trial(self) -> TrialView:
        """The chosen trial, else the best complete one (with several objectives the first of
        the front). Raises StudyError before there is one."""
        if self.chosen is not None:
            return self.trial(self.chosen)
        front = self.best_trials
        if not front:
            nothing = nothing_feasible(self._trials())
            if nothing:
                raise StudyError(f"study {self.name!r}: {nothing}")
            outside = sum(t.state is TrialState.COMPLETE and t.outside for t in self._trials())
            if outside:
                raise StudyError(
                    f"no complete trial of study {self.name!r} lies in the present space; "
                    f"{outside} lie outside, and count for nothing."
                )
            trials = self._trials()
            if all(t.state.finished for t in trials) and (why := nothing_complete(trials)):
                raise StudyError(f"study {self.name!r}: {why}")
            raise StudyError(f"no trial of study {self.name!r} is complete yet.")
        return front[0]

    @property
    def best_params(self) -> dict[str, Any]:
        return dict(self.best_trial.params)

    @property
    def best_value(self) -> float:
        return float(self.best_trial.values[0])

    @property
    def best_trials(self) -> list[TrialView]:
        """With several objectives: the Pareto front."""
        return [TrialView(t) for t in best_trials(self.objectives, self._trials())]

    @property
    def trials(self) -> list[TrialView]:
        """All trials, by number."""
        return [TrialView(t) for t in sorted(self._trials(), key=lambda t: t.number)]

    def leaderboard(self) -> list[TrialView]:
        """All trials, the best first."""
        return [TrialView(t) for t in leaderboard(self.objectives, self._trials())]

    def trial(self, number: int) -> TrialView:
        """One trial by its number. Raises StudyError when there is none."""
        for trial in self._trials():
            if trial.number == number:
                return TrialView(trial)
        raise StudyError(f"study {self.name!r} has no trial {number}.")

    def best(self, name: str) -> Any:
        """An object of the best trial: `best("model")`; the one bound in the notebook.

        Raises StudyError when it was not kept, or not written by this user on this machine.
        """
        objects = self.best_objects()
        if name not in objects:
            kept = ", ".join(sorted(objects)) or "nothing"
            why = self.best_trial.notice
            raise StudyError(
                f"the best trial kept no {name!r}; it kept: {kept}." + (f" {why}" if why else "")
            )
        return objects[name]

    def best_objects(self) -> dict[str, Any]:
        """All objects kept of the best trial, by name; loaded once."""
        from .storage.trust import is_ours
        from .worker.objects import load_objects

        number = self.best_trial.number
        if number not in self._objects:
            path = self.folder.objects(number)
            if not path.exists():
                return {}
            if not is_ours(path):
                raise StudyError(
                    f"the objects of trial {number} were not written by you on this machine, and "
                    "loading them can run code: they are left alone. Run its values again instead."
                )
            self._objects[number] = load_objects(path, self._namespace)
        return self._objects[number]

    # --------------------------------------------------------------------- display
    def dashboard(self) -> Dashboard:
        """The dashboard as a widget, to be shown anywhere that shows anywidgets: in another
        cell, or in marimo. It follows the study until it is closed (`.close()`).

        Raises HpoError when the front end was never built.
        """
        from .widgets.dashboard import Dashboard

        dashboard = Dashboard(self.presenter, self.answer, f"{self.name}/{uuid.uuid4().hex[:8]}")
        dashboard.publish()
        return dashboard

    def plot_history(self) -> Figure:
        """Best value so far and learning curves, as a matplotlib figure."""
        from .widgets.picture import figure

        return figure(self.presenter.changes(0))

    def plot_importances(self) -> Figure:
        """How much each parameter mattered, as bars. Raises StudyError as `importances` does."""
        from .widgets.plots import importances_figure

        shares = self.importances()
        return importances_figure(shares, shares.rests)

    def plot_slices(self, objective: int = 0) -> Figure:
        """The objective against each parameter, as a matplotlib figure."""
        from .widgets.plots import slices_figure

        return slices_figure(self.presenter.changes(0), objective)

    def plot_pareto(self) -> Figure:
        """The first two objectives against each other, the front marked."""
        from .widgets.plots import pareto_figure

        return pareto_figure(self.presenter.changes(0), [t.number for t in self.best_trials])

    def plot_timeline(self) -> Figure:
        """When each trial of this session ran, as a matplotlib figure."""
        from .widgets.plots import timeline_figure

        return timeline_figure(self.presenter.changes(0))

    def _repr_mimebundle_(self, **kwargs: Any) -> Mapping[str, Any]:
        from .outcome import bundle

        return bundle(self)

    def export(self, path: Path | str = "report.html", *, force: bool = False) -> Path:
        """Write the study as one HTML file that needs no network and no kernel; its path.

        Raises HpoError where that can't be written, or where something else than a report
        stands (force: write over it).
        """
        from .outcome import export

        return export(self, path, force=force)

    # -------------------------------------------------------------- looking closer
    def trials_dataframe(self) -> pandas.DataFrame:
        """One row a trial, as Optuna's, and beside it what was measured (`figure_n_params`) and
        what a trial breaks (`infeasible`, empty when nothing). Needs pandas."""
        frame = self.optuna.trials_dataframe()
        trials = {trial.number: trial for trial in self._trials()}
        known = [trials.get(number) for number in frame["number"]]
        names = dict.fromkeys(name for t in known if t is not None for name in t.figures)
        for name in names:
            frame[f"figure_{name}"] = [None if t is None else t.figures.get(name) for t in known]
        frame["infeasible"] = ["" if t is None else infeasible(t.violations) for t in known]
        return frame

    def importances(self) -> Shares:
        """How much each parameter mattered to the first objective, largest first (Optuna's
        PED-ANOVA over the complete and the pruned trials of the present space, of which each two
        are compared at the last step that both have). A dict; its `rests` says how many trials
        that are, and whether they are too few. Raises StudyError for fewer than two."""
        from .search.importance import LEAST, importances
        from .study.insights import rests

        trials, objectives = self._trials(), self.objectives[:1]
        standing = standings(trials, objectives[0])
        if standing.n < LEAST:
            raise StudyError("importances need at least two trials that ended with a value.")
        return Shares(importances(trials, self.presenter.space, objectives)[0], rests(standing))

    def explain(self) -> str:
        """Which parameters mattered to each objective, and beyond which values nothing does well,
        in sentences; or that there are too few trials to say."""
        from .search.findings import findings

        lines = []
        for found in findings(self._trials(), self.presenter.space, self.objectives, say_few=True):
            said = " ".join(found.sentences) or "Nothing can be told apart."
            if "too few" not in said:
                said += f" (From {found.rests}.)"
            several = len(self.objectives) > 1
            lines.append(f"{found.objective.source}: {said}" if several else said)
        return "\n".join(lines)

    @property
    def recipe(self) -> str:
        """The cells that run it again, to print and paste: `print(study.recipe)`. From its file,
        which says everything; nothing is run. Raises StudyError when it does not."""
        from .recipe import recipe

        if not self.folder.journal.exists():
            raise StudyError(f"study {self.name!r} is not on disk, so nothing is written of it.")
        return recipe(self.folder.journal, self.name)

    @property
    def optuna(self) -> optuna.Study:
        """The study as Optuna reads it from its journal file. It knows nothing of trials outside
        a space that was changed: its own best may be one of them."""
        import optuna

        from .storage.journal import open_journal

        journal = self.folder.journal
        if not journal.exists():
            raise StudyError(f"study {self.name!r} is not on disk: {journal} does not exist.")
        return optuna.load_study(study_name=self.name, storage=open_journal(journal))

    def __repr__(self) -> str:
        try:
            best = f"best {self.best_value:g} (trial {self.best_trial.number})"
        except StudyError:
            best = "no trial complete"
        return f"<study {self.name!r}: {len(self.trials)} trials, {best}>"
