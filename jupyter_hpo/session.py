"""One run of a study, put together: folder, storage, sampler, scheduler, workers, engine."""

from __future__ import annotations

import ast
import os
import platform
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from .cell import CapturedCell, CellProgram
from .cell.captured import Place
from .cell.program import STATES, text_of, tree_of
from .cell.values import place_of
from .engine import Engine
from .errors import CellError, Problem, SnapshotError, UnwritableError
from .executors.base import Emit, Executor
from .executors.devices import Choice
from .keeping import worth_keeping
from .options import PATIENCE, TRIALS, Options, cores
from .placement import (
    SPARES,
    choose_device,
    device_fact,
    packing_for,
    surroundings_for,
    threads_for,
)
from .present import Presenter
from .space import MISSING
from .storage import MemoryStorage, Storage, StudyFolder
from .study.config import Budget, StudyConfig
from .study.schedulers import Asha, NoPruning, Scheduler
from .study.study import Study
from .study.trial import Trial
from .warmup import warmup
from .widgets.numbers import lines_in_words
from .worker.randomness import CellStates

if TYPE_CHECKING:
    from .executors.inline import InlineExecutor

FEW_TRIALS = 8
"""Below about four full trainings ASHA has nothing to compare: then no pruner."""


@dataclass
class Session:
    """A study that runs, or has run, in this kernel. states: the random states with which its
    cells began, as far as they are known."""

    cell: CapturedCell
    options: Options
    engine: Engine
    folder: StudyFolder
    presenter: Presenter
    states: CellStates | None = None
    temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def study(self) -> Study:
        return self.engine.study

    @property
    def inline(self) -> InlineExecutor | None:
        """The executor whose trials the waiting main thread has to run itself."""
        executor = self.engine.executor
        return executor if hasattr(executor, "run_pending") else None  # type: ignore[return-value]


def open_session(
    cell: CapturedCell,
    options: Options,
    namespace: dict[str, Any],
    states: CellStates | None = None,
) -> Session:
    """Make everything ready; the engine waits for its `start`. Called on the main thread.

    states: with which the earlier cells, and the cell itself, began; without --seed trials go
    on from them.
    Raises CellError when something in the notebook can't travel to a worker (at its line),
    StorageError when the study is being run elsewhere or belongs to other objectives.
    """
    from .search.optuna_sampler import OptunaSampler

    if options.keep is None:
        cell = replace(cell, keep=worth_keeping(cell, namespace))
    name = study_name(cell) if options.name is None else options.name
    choice = choose_device(cell, options, namespace)
    folder, storage, temporary, notices = _open_storage(name, cell, options)
    try:
        earlier = storage.load()
        find_files(earlier, folder)
        for trial in earlier:
            trial.outside = not cell.space.holds(trial.params)
        config = _config(name, cell, options)
        study = Study(
            config,
            scheduler=_scheduler(cell, options),
            earlier=earlier,
            packing=packing_for(choice, options),
        )
        sampler = OptunaSampler(
            cell.space, cell.objectives, kind=options.sampler, seed=options.seed
        )
        for trial in earlier:
            sampler.tell(trial)
        going_on = states if options.seed is None else None
        make_executor = _executor_maker(cell, options, namespace, config, study, choice, going_on)
    except BaseException:
        storage.close()
        folder.close()
        raise
    storage.describe(_description(cell, options))
    engine = Engine(
        study,
        sampler=sampler,
        storage=storage,
        folder=folder,
        make_executor=make_executor,
        seed=options.seed,
    )
    notices += _about_earlier(name, study) + _about_first(cell)
    presenter = Presenter(
        engine,
        cell.space,
        facts=[*_facts(cell, study), *filter(None, [device_fact(choice, options)])],
        notices=[*cell.notices, *choice.notes, *notices],
        sampler=sampler.name,
    )
    return Session(cell, options, engine, folder, presenter, states, temporary)


def _about_earlier(name: str, study: Study) -> list[str]:
    """What the person should know of trials of earlier sessions."""
    said = []
    outside = sum(t.outside for t in study.trials.values())
    if study.n_done:
        said.append(
            f"Study {name!r} goes on: {study.n_done} trials were already done. When the data or "
            "the code of earlier cells changed since, start anew with --fresh."
        )
    if outside:
        said.append(
            f"{outside} earlier trials have values outside the present space: they stay in the "
            "record, and none of them can be best."
        )
    return said


def _about_first(cell: CapturedCell) -> list[str]:
    """Why there is no trial of the cell as it stands, when there is none."""
    if cell.space.defaults() is not None:
        return []
    wrong = [
        f"{p.name} = {p.default!r}"
        for p in cell.space.values()
        if p.default is not MISSING and not cell.space.fits(p.name, p.default)
    ]
    if not wrong:
        return []
    return [f"No trial of the cell as it stands: {', '.join(wrong)} lies outside its range."]


def study_name(cell: CapturedCell) -> str:
    """The name of a study nobody named: its objective and the identity of its code."""
    words = "-".join(o.source if o.is_name else "objective" for o in cell.objectives)
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in words)
    return f"{safe[:60]}-{cell.identity}"


def more_trials(options: Options, study: Study, n_trials: int) -> Options:
    """The options under which a finished study goes on for n_trials more."""
    return replace(
        options,
        trials=study.n_done + n_trials,
        timeout_s=None,
        patience=None,
        fresh=False,
        name=study.config.name,
    )


def _open_storage(
    name: str, cell: CapturedCell, options: Options
) -> tuple[StudyFolder, Storage, tempfile.TemporaryDirectory[str] | None, list[str]]:
    from .storage.journal import JournalStorage

    folder = StudyFolder(name, options.root)
    try:
        folder.open()
    except UnwritableError as error:
        temporary = tempfile.TemporaryDirectory(prefix="jupyter_hpo-")
        folder = StudyFolder(name, temporary.name)
        folder.open()
        notice = f"{error} The study is kept in memory only, and ends with the kernel."
        return folder, MemoryStorage(), temporary, [notice]
    try:
        if options.fresh:
            folder.clear()
        folder.mend()
        storage = JournalStorage(folder.journal, name, cell.space, cell.objectives)
    except BaseException:
        folder.close()
        raise
    return folder, storage, None, []


def find_files(trials: list[Trial], folder: StudyFolder) -> None:
    """Point trials read from disk to their logs and objects, where these exist."""
    for trial in trials:
        log, objects = folder.log(trial.number), folder.objects(trial.number)
        trial.log_path = str(log) if log.exists() else None
        trial.objects_path = str(objects) if objects.exists() else None


def _config(name: str, cell: CapturedCell, options: Options) -> StudyConfig:
    trials, patience = options.trials, options.patience
    if (trials, options.timeout_s, patience) == (None, None, None):
        if len(cell.objectives) == 1:
            patience = PATIENCE
        else:  # with several objectives almost every trial is better in one of them
            trials = TRIALS
    slots = 1 if options.executor == "inline" else options.jobs or cores()
    return StudyConfig(
        name=name,
        objectives=cell.objectives,
        budget=Budget(trials, options.timeout_s, options.trial_timeout_s, patience),
        slots=slots if trials is None else min(slots, trials),
        first=cell.space.defaults(),
        in_kernel=options.executor == "inline",
    )


def _scheduler(cell: CapturedCell, options: Options) -> Scheduler:
    if options.executor == "inline":  # a paused trial would block the only thread there is
        return NoPruning()
    if options.pruner == "none" or len(cell.objectives) != 1:
        return NoPruning()
    few = options.trials is not None and options.trials < FEW_TRIALS
    if options.pruner is None and few:
        return NoPruning()
    return Asha()


def _executor_maker(
    cell: CapturedCell,
    options: Options,
    namespace: dict[str, Any],
    config: StudyConfig,
    study: Study,
    choice: Choice,
    states: CellStates | None,
) -> Callable[[Emit], Executor]:
    program = program_of(cell, options, states)
    own_state = states.by_cell.get(0) if states is not None else None
    if states is not None and cell.earlier:
        namespace = {**namespace, STATES: states}
    if options.executor == "inline":
        from .executors.inline import InlineExecutor

        return lambda emit: InlineExecutor(program, namespace, emit, random_state=own_state)

    from .executors.processes import ProcessExecutor
    from .worker.snapshot import take_snapshot

    finished = config.budget.n_trials is not None and study.n_done >= config.budget.n_trials
    travel = [*cell.free_names, STATES]
    names = {} if finished else {n: namespace[n] for n in travel if n in namespace}
    try:
        snapshot = take_snapshot(names, namespace=namespace, random_state=own_state)
    except SnapshotError as error:
        raise CellError(
            [_cannot_travel(name, why, program) for name, why in error.reasons.items()]
        ) from None
    alone = options.executor == "processes" and choice.plan is None  # one process a trial
    if options.shared_setup and alone and not finished:
        program = with_shared_setup(program, cell.free_names, namespace, options.seed)
    snapshot.surroundings = surroundings_for(choice, snapshot.surroundings)
    return lambda emit: ProcessExecutor(
        program,
        snapshot,
        emit,
        jobs=SPARES if choice.devices else config.slots,
        threads_per_trial=threads_for(choice, options, config.slots),
        reuse=options.executor == "workers",
        plan=choice.plan,
        seed=options.seed,
        warm=warmup.take(),
    )


def program_of(cell: CapturedCell, options: Options, states: CellStates | None) -> CellProgram:
    """What each trial runs: cells whose random states are known begin with these."""
    known = set() if states is None else states.by_cell.keys()
    return replace(
        cell.program(),
        keep_limit_bytes=options.keep_limit_bytes,
        earlier=tuple(replace(p, seeded=p.number in known) for p in cell.earlier),
        seeded=bool(cell.earlier) and 0 in known,
    )


def planned(
    cell: CapturedCell,
    options: Options,
    namespace: dict[str, Any],
    states: CellStates | None,
) -> CellProgram:
    """What trials would run, its shared set-up decided; nothing is started."""
    program = program_of(cell, options, states if options.seed is None else None)
    if not options.shared_setup or options.executor != "processes":
        return program
    return with_shared_setup(program, cell.free_names, namespace, options.seed)


def with_shared_setup(
    program: CellProgram, names: Iterable[str], namespace: dict[str, Any], seed: int | None
) -> CellProgram:
    """The program, knowing which of its statements may run once for all trials. names: of the
    notebook that it reads."""
    from .cell.setup import shared_setup
    from .worker.behind import look_behind

    surroundings = look_behind(namespace, names)
    setup = shared_setup(program, surroundings, seeded=seed is not None)
    return replace(program, setup=setup)


def _cannot_travel(name: str, why: str, program: CellProgram) -> Problem:
    place = first_use(program, name)
    return Problem(
        "cannot_travel",
        f"{name!r} can't travel to a worker: {why}",
        "Or run the trials in the kernel with --executor inline.",
        None if place is None else place.line,
        name,
        0 if place is None else place.cell,
    )


def first_use(program: CellProgram, name: str) -> Place | None:
    """Where a name is first read: in the training cell, else in an earlier one."""
    places = [
        place_of(node)
        for node in ast.walk(tree_of(program))
        if isinstance(node, ast.Name) and node.id == name
    ]
    return min(places, key=lambda p: (p.cell, p.line), default=None)


def facts_of(cell: CapturedCell) -> list[str]:
    """What was detected of the objective and its reports, a sentence each."""
    why = {c.objective: f": {c.why}" for c in cell.candidates}
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


def _facts(cell: CapturedCell, study: Study) -> list[str]:
    """What was detected and decided, a sentence each, said before the first trial."""
    facts = facts_of(cell)
    if cell.reruns:
        facts.append(_again(cell))
    if study.config.first is not None:
        facts.append("Trial 0 is the cell as it stands, run first and alone.")
    if isinstance(study.scheduler, Asha) and may_report(cell):
        one_in = {2: "two", 3: "three", 4: "four"}.get(study.scheduler.eta, study.scheduler.eta)
        facts.append(f"ASHA stops trials that fall behind: of {one_in} at a rung one goes on.")
    else:
        facts.append("No trial is stopped early.")
    if study.config.budget.patience is not None:
        patience = study.config.budget.patience
        facts.append(f"Ends after {patience} trials in a row without a better value.")
    return facts


def may_report(cell: CapturedCell) -> bool:
    """Whether anything may be reported while a trial runs, by the code or by hand."""
    return bool(cell.reports) or "report(" in text_of(cell.program())


def _description(cell: CapturedCell, options: Options) -> dict[str, Any]:
    return {
        "cell": cell.source,
        "space": repr(cell.space),
        "objectives": [[o.source, o.direction] for o in cell.objectives],
        "seed": options.seed,
        "versions": {
            "python": platform.python_version(),
            **{name: found for name in ("jupyter_hpo", "optuna", "torch", "scikit-learn", "numpy")
               if (found := _version(name))},
        },
        "machine": {"cores": os.cpu_count(), "system": platform.system()},
    }  # fmt: skip


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
