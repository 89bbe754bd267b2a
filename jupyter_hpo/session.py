"""One run of a study, put together: folder, storage, sampler, scheduler, workers, engine."""

from __future__ import annotations

import os
import platform
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from .cell import CapturedCell
from .cell.program import STATES
from .engine import Engine
from .errors import CellError, SnapshotError, UnwritableError
from .executors.base import Emit, Executor
from .executors.devices import Choice
from .facts import about_earlier, about_first, study_facts
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
from .programs import cannot_travel, program_of, with_shared_setup
from .storage import MemoryStorage, Storage, StudyFolder
from .study.config import Budget, StudyConfig
from .study.schedulers import Asha, NoPruning, Scheduler
from .study.study import Study
from .study.trial import Trial
from .warmup import warmup
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
    def cell_number(self) -> int:
        """n of the cell's In[n], 0 when it was not run in a notebook."""
        found = re.search(r"In\[(\d+)\]", self.cell.filename)
        return int(found[1]) if found else 0

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
    engine = Engine(
        study,
        sampler=sampler,
        storage=storage,
        folder=folder,
        make_executor=make_executor,
        seed=options.seed,
    )
    notices += about_earlier(name, study) + about_first(cell)
    presenter = Presenter(
        engine,
        cell.space,
        facts=[*study_facts(cell, study), *filter(None, [device_fact(choice, options)])],
        notices=[*cell.notices, *choice.notes, *notices],
        sampler=sampler.name,
    )
    storage.describe({**_description(cell, options), **presenter.how()})
    return Session(cell, options, engine, folder, presenter, states, temporary)


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
    # The namespace itself goes on: functions are known to be the notebook's by its identity.
    more = {STATES: states} if states is not None and cell.earlier else {}
    if options.executor == "inline":
        from .executors.inline import InlineExecutor

        return lambda emit: InlineExecutor(
            program, namespace, emit, more=more, random_state=own_state
        )

    from .executors.processes import ProcessExecutor
    from .worker.snapshot import take_snapshot

    finished = config.budget.n_trials is not None and study.n_done >= config.budget.n_trials
    names = {n: namespace[n] for n in cell.free_names if n in namespace}
    names = {} if finished else {**names, **more}
    try:
        snapshot = take_snapshot(names, namespace=namespace, random_state=own_state)
    except SnapshotError as error:
        raise CellError(
            [cannot_travel(name, why, program) for name, why in error.reasons.items()]
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
