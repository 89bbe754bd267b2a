"""What the space editor shows of a captured cell: a row a value, and the settings with a word on
what each choice means."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace

from .cell import CapturedCell
from .cell.pieces import INSERTED
from .cell.rewriting import inserted
from .errors import StudyError
from .executors.devices import usable_gpus
from .folding import takes_folds
from .options import Options, cores
from .widgets.numbers import memory
from .widgets.protocol import (
    EditorOption,
    EditorPiece,
    EditorRow,
    EditorSection,
    EditorSettings,
    EditorSpec,
    ObjectiveCandidate,
)
from .widgets.ranges import editor_row

TRIALS = 40
"""Offered when the line says nothing: enough for TPE to learn, few enough to wait for."""

SAMPLERS = (
    EditorOption(
        "",
        "automatic",
        "Grid search where there are few combinations; a Gaussian process where all values are "
        "numbers, nothing is pruned and a trial takes long; else TPE. The study says which.",
    ),
    EditorOption(
        "tpe",
        "TPE",
        "Tree-structured Parzen Estimator: learns from finished trials which values did well, and "
        "tries more like them. Begins with random ones. Good for nearly everything.",
    ),
    EditorOption(
        "random",
        "random",
        "Every trial is drawn afresh from the ranges and learns nothing. A fair yardstick, and "
        "good for seeing how the objective looks everywhere.",
    ),
    EditorOption(
        "gp",
        "GP",
        "A Gaussian process: a smooth surface through all results, and the next trial where it "
        "promises most. Learns from few trials, takes up to seconds to think: for long trials. "
        "Needs torch and scipy.",
    ),
    EditorOption(
        "cmaes",
        "CMA-ES",
        "An evolution strategy for two or more numbers and hundreds of trials; choices are drawn "
        "at random.",
    ),
    EditorOption(
        "nsga2",
        "NSGA-II",
        "A genetic algorithm for several objectives: crosses the trials that no other one beats.",
    ),
    EditorOption(
        "qmc",
        "quasi-random",
        "Spreads trials more evenly than chance would, and learns nothing. Needs scipy.",
    ),
    EditorOption(
        "grid",
        "grid",
        "Every combination once, then the study ends. Ranges of floats need a step.",
    ),
    EditorOption(
        "entropy",
        "entropy search",
        "Tries what would tell most about the best value. For one objective and long trials. "
        "Needs optuna-integration[botorch].",
    ),
)
PRUNERS = (
    EditorOption(
        "",
        "automatic",
        "ASHA where the cell reports values while it runs and there are enough trials to compare; "
        "else no trial is ended early.",
    ),
    EditorOption(
        "asha",
        "ASHA",
        "Successive halving: after 1, 3, 9, ... reports the worse part of the trials is paused or "
        "ended, so most of the time goes to promising ones.",
    ),
    EditorOption(
        "hyperband",
        "Hyperband",
        "ASHA in several brackets, some of which compare early and some late: for training curves "
        "that cross, where what is good after one report is not what is good at the end.",
    ),
    EditorOption(
        "halving",
        "successive halving",
        "Cohorts of up to 27 trials that wait for each other at 1, 3, 9, ... reports; the best "
        "third goes on. Stricter than ASHA, which judges by those that came first.",
    ),
    EditorOption(
        "median",
        "median",
        "A trial ends when its best value so far is worse than the median course of the complete "
        "trials. Cautious: it begins when five are complete.",
    ),
    EditorOption(
        "patience:5",
        "patience",
        "A trial ends when its own reports have not improved for five steps. %%hpo --pruner "
        "patience:20 has more patience.",
    ),
    EditorOption(
        "pbt",
        "PBT",
        "Population based training: trials run side by side, and now and then the worst become "
        "copies of the best, which go on from their state with other values. Finds schedules, "
        "not one setting; for values that can change while a model trains.",
    ),
    EditorOption("none", "none", "Every trial runs to its end, however badly it does."),
)


def editor_spec(
    name: str,
    cell: CapturedCell,
    options: Options,
    *,
    tuned: Collection[str] | None = None,
    found: Sequence[EditorSection] = (),
) -> EditorSpec:
    """The editor of a cell. name: of the study, '' when nobody named it. options: what the
    settings begin with. tuned: names that are ticked; None: those declared, or where none is,
    all proposals. found: see EditorSpec. Asks the driver which GPUs there are. Any thread."""
    if tuned is None:
        offered = [t.name for t in cell.tunables if t.distribution is not None]
        declared = [t.name for t in cell.tunables if t.declared]
        tuned = declared if cell.space else [*declared, *offered]
    rows = _rows(cell, tuned)
    return EditorSpec(name, rows, _settings(cell, options), list(cell.notices), list(found))


def with_pieces(spec: EditorSpec, cell: CapturedCell, known: bool) -> EditorSpec:
    """The editor of a cell, with the pieces that can be put into its text; without, where that
    isn't known. known: the notebook has the name `pieces`."""
    own = next((typed for typed in cell.typed if not typed.number), None)
    if own is None or not own.python.strip():
        return spec
    try:
        found = [(piece, inserted(cell, name, known)) for name, piece in INSERTED.items()]
    except (StudyError, SyntaxError):
        return spec
    pieces = [
        EditorPiece(piece.title, piece.sentence, one.edit.after, one.replaces)
        for piece, one in found
    ]
    return replace(spec, pieces=pieces, text=own.text, cell_id=own.cell_id)


def _rows(cell: CapturedCell, tuned: Collection[str]) -> list[EditorRow]:
    return [
        editor_row(
            t.name,
            t.value,
            t.kind,
            t.distribution,
            place=t.places[0].where,
            cell=t.places[0].cell,
            code=t.text,
            condition=str(t.condition) if t.condition else "",
            source=t.source,
            ticked=t.name in tuned,
            why=t.why,
            problems=tuple(str(p) for p in cell.problems if p.name == t.name),
        )
        for t in cell.tunables
    ]


def _settings(cell: CapturedCell, options: Options) -> EditorSettings:
    why = {c.objective: c.why for c in cell.candidates}
    objectives = list(dict.fromkeys([*cell.objectives, *why]))
    devices = _devices()
    if options.device not in [d.word for d in devices]:
        devices.append(EditorOption(options.device, options.device))
    pruners = list(PRUNERS)
    if (options.pruner or "") not in [p.word for p in pruners]:
        pruners.append(EditorOption(str(options.pruner), str(options.pruner), "As on the line."))
    return EditorSettings(
        [ObjectiveCandidate(o.source, o.direction, why.get(o, "")) for o in objectives],
        chosen=len(cell.objectives) or int(len(objectives) == 1),
        trials=str(options.trials or ("" if options.timeout_s else TRIALS)),
        timeout=_time(options.timeout_s),
        trial_timeout=_time(options.trial_timeout_s),
        jobs=str(options.jobs or "auto"),
        sampler=options.sampler or "",
        pruner=options.pruner or "",
        device=options.device,
        folds=str(options.folds or ""),
        repeats=str(options.repeats) if options.repeats > 1 else "",
        foldable=takes_folds(cell.program()),
        samplers=list(SAMPLERS),
        pruners=pruners,
        devices=devices,
    )


def _time(seconds: float | None) -> str:
    if not seconds:
        return ""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _devices() -> list[EditorOption]:
    count = cores()
    found = [
        EditorOption(
            "auto", "automatic", "The GPU that the cell uses; where it uses none, the CPU."
        ),
        EditorOption(
            "cpu", "CPU", f"{count} core{'s' if count > 1 else ''}. Trials are shown no GPU."
        ),
    ]
    gpus = usable_gpus(os.environ)
    if len(gpus) > 1:
        found.append(EditorOption("cuda", f"all {len(gpus)} GPUs", "Trials are spread over them."))
    for gpu in gpus:
        size = memory(gpu.total_bytes) if gpu.total_bytes else ""
        found.append(EditorOption(str(gpu.name), f"{gpu.name} {gpu.label}".strip(), size))
    return found
