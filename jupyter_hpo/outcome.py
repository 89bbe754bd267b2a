"""What is kept of a study: in the saved notebook, in a report, in the cell's own values."""

from __future__ import annotations

import logging
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cell.rewriting import applied
from .desk.importances import at_hand, compute
from .errors import StudyError
from .widgets import numbers, texts
from .widgets.protocol import Edit, Importances
from .widgets.report import report_html, write_report
from .widgets.snapshot import NOTEBOOK, REPORT, Bounds, make_snapshot
from .widgets.static import static_bundle

if TYPE_CHECKING:
    from .handle import StudyHandle
    from .results import StudyResults

log = logging.getLogger("jupyter_hpo")


def edits(study: StudyHandle, number: int | None = None) -> list[Edit]:
    """What writes a trial's values, the best one's for None, into the cells' text; none where
    they stand there already.

    Raises StudyError when there is no such trial, or the text can't take them.
    """
    trial = study.best_trial if number is None else study.trial(number)
    found = applied(study.session.cell, trial.params)
    return [Edit(e.cell, e.before, e.after, e.cell_id) for e in found]


def excluded(study: StudyHandle, number: int | None = None) -> list[str]:
    """Sentences on marks that leave out the value of a trial, the best one for None: the space
    was changed since they were written, and the cell would be refused with both.

    Main thread, or any while that waits.
    """
    notebook = study.notebook
    if notebook is None:
        return []
    trial = study.best_trial if number is None else study.trial(number)
    marked = copy(notebook).capture(objectives=study.session.cell.objectives)
    where = {t.name: t.places[0].where for t in marked.tunables if t.source == "mark"}
    return [
        f"The mark of {name} ({where[name]}) leaves out {trial.params[name]!r}: change it, too."
        for name, parameter in marked.space.items()
        if name in where
        and name in trial.params
        and not parameter.distribution.contains(trial.params[name])
    ]


def bundle(study: StudyResults) -> dict[str, Any]:
    """The study as a saved notebook shows it. Any thread."""
    update = study.presenter.changes(0)
    return static_bundle(update, snapshot=_snapshot(study, NOTEBOOK, update))


def export(study: StudyResults, path: Path | str, *, force: bool = False) -> Path:
    """Write the report; its path. Raises HpoError when it can't be written there."""
    target = Path(path).expanduser()
    if target.suffix.lower() not in (".html", ".htm"):
        raise StudyError(f"{target} is no HTML file. Name it {target.name or 'report'}.html")
    update = study.presenter.changes(0)
    snapshot = _snapshot(study, REPORT, update)
    static = static_bundle(update, snapshot=snapshot)["text/html"]
    write_report(target, report_html(study.name, snapshot, static), force=force)
    return target.absolute()


def said(path: Path) -> str:
    """What to tell of a report."""
    return f"Wrote {path} ({numbers.memory(path.stat().st_size)})."


def report_name(study: StudyResults) -> str:
    """The file of a report that nobody named, in the working folder."""
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in texts.short(study.name, 60))
    return f"{safe.strip('-') or 'study'}-report.html"


NONE_HERE = "None were computed for this result: study.importances() does."


def _snapshot(study: StudyResults, bounds: Bounds, update: Any) -> dict[str, Any]:
    session = getattr(study, "session", None)
    importances = Importances(0, [], why=NONE_HERE)
    apply: list[Edit] = []
    if session is not None:
        try:
            if bounds is REPORT or at_hand():
                importances = compute(study)  # type: ignore[arg-type]
            if bounds is not REPORT:  # where it is opened there is no cell
                apply = edits(study)  # type: ignore[arg-type]
        except StudyError:
            pass  # no trial is complete, or the cell's text isn't known
        except Exception:
            # What is shown beside the result must not cost it.
            log.exception("a saved result lacks its importances, or the values to apply")
    return make_snapshot(
        update,
        study=getattr(study, "id", ""),
        detail=study.presenter.detail,
        importances=importances,
        apply=apply,
        bounds=bounds,
    )
