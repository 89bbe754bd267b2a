"""The command `importances`: how much each parameter mattered, computed beside the search."""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..study.standing import compared
from ..widgets.protocol import Command, Importance, Importances
from .answers import Answer

if TYPE_CHECKING:
    from ..handle import StudyHandle

COMPUTING = "jupyter_hpo.search.findings"

PREPARE_AFTER_S = 3.0
"""A study that ends sooner goes without: its cell should not wait for an import."""

log = logging.getLogger(__name__)

TOO_FEW = "Importances need at least two trials that ended with a value."
NOTHING = "There is nothing to compare: no parameter was tuned in two trials with finite values."
FAILED = "The importances could not be computed"


class _Known:
    """What was computed last for one study. `lock` holds the rest; any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = Importances(0, [])
        self.busy = False


_known: WeakKeyDictionary[StudyHandle, _Known] = WeakKeyDictionary()


def importances(study: StudyHandle, command: Command) -> Answer:
    """What is known now, at once; when trials have ended since, newer ones are begun on a
    thread of their own. The kernel's control thread."""
    known = _known.setdefault(study, _Known())
    n = _count(study)
    with known.lock:
        if n < 2:
            return Answer(data=Importances(n, [], why=TOO_FEW))
        if not known.busy and known.last.n != n:
            known.busy = True
            threading.Thread(
                target=_compute, args=(study, known), name="jupyter_hpo-importances", daemon=True
            ).start()
        last = known.last
        return Answer(data=Importances(last.n, last.of, known.busy, last.why))


def _compute(study: StudyHandle, known: _Known) -> None:
    found = Importances(0, [], why=FAILED)
    try:
        found = compute(study)
    except Exception as error:
        # Whatever it is, the page is told; asked again once another trial has ended.
        log.exception("the importances of a study could not be computed")
        found = Importances(_count(study), [], why=f"{FAILED} ({type(error).__name__}: {error}).")
    finally:
        with known.lock:
            known.last, known.busy = found, False


def at_hand() -> bool:
    """Whether what computes them is imported, or soon is: Optuna's module brings scikit-learn
    along, which takes a second or two where the notebook does not use it."""
    return COMPUTING in sys.modules or "sklearn" in sys.modules


def prepare(done: threading.Event) -> None:
    """Import what computes them on a thread of its own, unless the study is done before that
    could matter. Any thread."""

    def run() -> None:
        if not done.wait(PREPARE_AFTER_S):
            importlib.import_module(COMPUTING)

    if COMPUTING not in sys.modules:
        threading.Thread(target=run, name="jupyter_hpo-prepare", daemon=True).start()


def compute(study: StudyHandle) -> Importances:
    """Those of the study as it is now; up to a second. Any thread but the control thread."""
    from ..search.findings import findings

    session = study.session
    with session.engine.lock:
        objectives = session.study.config.objectives
        trials = list(session.study.trials.values())
        space = session.study.space or session.cell.space
        n = len(compared(trials))
    if n < 2:
        return Importances(n, [], why=TOO_FEW)
    found = findings(trials, space, objectives, say_few=False)
    of = [Importance(f.objective.source, f.shares, f.sentences, f.rests) for f in found]
    return Importances(n, of, why="" if any(f.shares for f in found) else NOTHING)


def _count(study: StudyHandle) -> int:
    """The trials they are computed from."""
    session = study.session
    with session.engine.lock:
        return len(compared(session.study.trials.values()))
