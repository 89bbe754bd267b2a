"""One run of a study, put together: folder, storage, sampler, scheduler, workers, engine."""

from __future__ import annotations

import re
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .calling import FILENAME as A_CALL
from .calling import in_a_call
from .cell import CapturedCell
from .constraining import check_figures, judge_earlier, texts_of
from .describing import description
from .engine import Engine
from .errors import StorageError, StudyError, UnwritableError
from .facts import about_earlier, about_first, about_other_code, study_facts
from .folding import judge_for, rounds_of
from .keeping import worth_keeping
from .options import PATIENCE, TRIALS, Options, cores
from .placement import choose_device, device_fact, packing_for
from .placement_ray import described, on_ray
from .population import doubts
from .present import Presenter
from .pruning import scheduler_for
from .space import SearchSpace
from .storage import MemoryStorage, Storage, StudyFolder
from .study import messages as m
from .study.books import n_done_of
from .study.config import Budget, StudyConfig
from .study.lifecycle import OBJECTS
from .study.rounds import Rounds
from .study.schedulers import Pbt
from .study.study import Study
from .study.trial import Trial
from .worker.randomness import CellStates
from .workshop import Place, Workshop

if TYPE_CHECKING:
    from .executors.inline import InlineExecutor
    from .storage.journal import StoredStudy


@dataclass
class Session:
    """A study that runs, or has run, in this kernel. states: the random states with which its
    cells began, as far as they are known. workshop: gives what its trials are run by, until it
    has finished. cell, options: as changed since the start. prior: the study of `--like`."""

    cell: CapturedCell
    options: Options
    engine: Engine
    folder: StudyFolder
    presenter: Presenter
    states: CellStates | None = None
    temporary: tempfile.TemporaryDirectory[str] | None = None
    on_devices: bool = False
    workshop: Callable[[], Workshop | None] = lambda: None
    prior: StoredStudy | None = None

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
    from .liking import begin_with, but_itself, prior_of
    from .sampling import may_prune, sampler_for

    cell = _with_keep(cell, options, namespace)
    rounds = rounds_of(options, namespace)
    name = study_name(cell, rounds) if options.name is None else options.name
    choice = choose_device(cell, options, namespace)
    check_figures(cell, options, on_devices=bool(choice.devices) or options.on is not None)
    prior = prior_of(cell, options, namespace)
    folder, storage, temporary, notices = _open_storage(name, cell, options)
    ray = None
    try:
        earlier = storage.load()
        find_files(earlier, folder)
        judged, untold = judge_earlier(earlier, cell)
        codes = storage.described().get("codes", []) if earlier else []
        notices += untold + about_other_code(name, codes, cell)
        for trial in earlier:
            was_outside = trial.outside
            _place(trial, cell.space)
            if trial.outside != was_outside or trial.number in judged:
                storage.save(trial)
        ray = None if _enough(earlier, options) else on_ray(cell, options, namespace)
        # Not the seed itself where trials were made with it: their values would come again.
        seed = None if options.seed is None else (options.seed + len(earlier)) % 2**32
        config = replace(_config(name, cell, described(options, ray)), rounds=rounds)
        _check_rounds(storage, earlier, rounds, name)
        study = Study(
            config,
            scheduler=scheduler_for(
                cell, replace(options, seed=seed), on_devices=bool(choice.devices)
            ),
            judge=judge_for(cell, options, config.rounds),
            earlier=earlier,
            packing=packing_for(choice, options) if ray is None else ray.share.packing,
        )
        chosen = storage.described().get("chosen")
        if chosen in study.trials:
            study.choose(chosen)
        prior, itself = but_itself(prior, study)
        notices += itself
        pruned = may_prune(study.scheduler, cell)
        sampler = sampler_for(cell, options, seed=seed, pruned=pruned)
        notices += begin_with(prior, sampler, study, cell)
        for trial in earlier:
            if trial.number not in study.books.uncounted:
                sampler.tell(trial)
        asked = config.budget.n_trials
        finished = asked is not None and study.n_done >= asked
        place = Place(options, namespace, choice, config.slots, finished, ray)
        workshop = Workshop(cell, place, states if options.seed is None else None)
    except BaseException:
        storage.close()
        folder.withdraw()
        if ray is not None:
            ray.leave()
        raise
    engine = Engine(
        study,
        sampler=sampler,
        storage=storage,
        folder=folder,
        make_executor=workshop.make,
        seed=options.seed,
    )
    where = device_fact(choice, options) if ray is None else ray.fact
    notices += about_earlier(name, study) + about_first(cell)
    if isinstance(study.scheduler, Pbt):
        notices += doubts(cell)
    facts = [*study_facts(cell, study), *([where] if where else [])]
    notices = [*cell.notices, *choice.notes, *notices]
    if cell.filename == A_CALL:
        facts, notices = list(map(in_a_call, facts)), list(map(in_a_call, notices))
    presenter = Presenter(
        engine,
        cell.space,
        facts=facts,
        notices=notices,
        sampler=lambda: (engine.searched_by.name, engine.searched_by.why),
        pruner=options.pruner or "",
    )
    about = description(cell, options, rounds, study.device)
    codes = sorted({*codes, cell.identity})  # trials of earlier sessions may have run other code
    storage.describe({**about, "codes": codes, "jobs": config.slots, **presenter.how()})
    return Session(
        cell,
        options,
        engine,
        folder,
        presenter,
        states,
        temporary,
        on_devices=bool(choice.devices),
        workshop=weakref.ref(workshop),
        prior=prior,
    )


def _enough(earlier: list[Trial], options: Options) -> bool:
    """Whether earlier sessions have left nothing to run."""
    return options.trials is not None and n_done_of(earlier) >= options.trials


def _check_rounds(storage: Storage, earlier: list[Trial], rounds: Rounds, name: str) -> None:
    """Raises StorageError when the trials of earlier sessions were made of other rounds."""
    before = storage.described().get("rounds", [1, 1])
    now = [rounds.folds, rounds.repeats]
    if earlier and before != now:
        said = [f"--folds {f} --repeats {r}" for f, r in (before, now)]
        raise StorageError(
            f"study {name!r} was made with {said[0]}, and now it is {said[1]}: their values can't "
            "be compared. Give this one another --name, or start anew with --fresh."
        )


def _with_keep(cell: CapturedCell, options: Options, namespace: dict[str, Any]) -> CapturedCell:
    """The cell, with what is kept of the best trial as asked for, or as it is worth."""
    if options.keep is not None:
        return cell
    return replace(cell, keep=worth_keeping(cell, namespace))


def change_space(session: Session, cell: CapturedCell, states: CellStates | None) -> None:
    """Search the space of `cell`, the session's captured again, from now on. states: with which
    its cells began.

    Main thread, or any while that waits. Raises CellError when something can't travel to a
    worker, StudyError where the trials run in the kernel and would have to run something else,
    or the study has finished.
    """
    from .liking import tell_prior
    from .sampling import may_prune, sampler_for

    workshop, options, study = session.workshop(), session.options, session.study
    if workshop is None or study.phase == "finished":
        raise StudyError(f"study {study.config.name!r} has finished.")
    cell = _with_keep(cell, options, workshop.namespace)
    moved = workshop.moved(cell, states)
    # Not the seed itself: the values suggested first would come again.
    seed = None if options.seed is None else (options.seed + len(study.trials)) % 2**32
    sampler = sampler_for(cell, options, seed=seed, pruned=may_prune(study.scheduler, cell))
    tell_prior(session.prior, sampler, cell)
    make = None if moved is workshop else moved.make
    session.engine.change_space(m.SpaceChanged(cell.space), sampler, make)
    session.cell, session.states, session.workshop = cell, states, weakref.ref(moved)


def _place(trial: Trial, space: SearchSpace) -> None:
    """Say whether a trial of an earlier session lies in the space."""
    if trial.own and not space.holds(trial.params):
        trial.params, trial.own = trial.tuned, {}
    trial.outside = not space.holds(trial.params)


def study_name(cell: CapturedCell, rounds: Rounds | None = None) -> str:
    """The name of a study nobody named: its objective, the identity of its code, its rounds."""
    words = "-".join(o.source if o.is_name else "objective" for o in cell.objectives)
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in words)
    return f"{safe[:60]}-{cell.identity}{'' if rounds is None else rounds.suffix}"


def more_trials(options: Options, study: Study, n_trials: int) -> Options:
    """The options under which a finished study goes on for n_trials more."""
    return replace(
        options,
        trials=n_done_of(list(study.trials.values())) + n_trials,
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
        folder.withdraw()
        raise
    return folder, storage, None, []


def find_files(trials: list[Trial], folder: StudyFolder) -> None:
    """Point trials read from disk to their logs and objects, where these exist."""
    for trial in trials:
        log, objects = folder.log(trial.number), folder.objects(trial.number)
        trial.log_path = str(log) if log.exists() else None
        trial.objects_path = str(objects) if objects.exists() else None
        trial.figures.pop(OBJECTS, None)
        if trial.objects_path is not None:
            trial.figures[OBJECTS] = float(objects.stat().st_size)


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
        constraints=texts_of(cell),
        by_figures=cell.goals.by_figures,
        partly=options.pruner is not None,
        keep_limit_bytes=options.keep_limit_bytes,
    )
