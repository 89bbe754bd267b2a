"""What a session's executors are made of: a program, and the notebook as it stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .cell import CapturedCell
from .cell.captured import CellProgram
from .cell.program import STATES
from .errors import CellError, SnapshotError, StudyError
from .executors.base import Emit, Executor
from .executors.devices import Choice
from .folding import split_names
from .options import Options
from .placement import SPARES, surroundings_for, threads_for
from .placement_ray import OnRay
from .programs import cannot_travel, program_of, with_shared_setup
from .space import Categorical, SearchSpace
from .warmup import warmup
from .worker.randomness import CellStates
from .worker.snapshot import Snapshot, take_snapshot


@dataclass(frozen=True)
class Place:
    """What does not change with the space. namespace: the notebook's own. slots: trials side by
    side at the start. finished: no trial is to be run. ray: the cluster, with `--on`."""

    options: Options
    namespace: dict[str, Any]
    choice: Choice
    slots: int
    finished: bool = False
    ray: OnRay | None = None


class Workshop:
    """Makes executors that run the trials of a captured cell.

    The notebook is frozen when it is made: main thread, or any while the main one waits.
    states: as for `open_session`, None when trials don't go on from them. Raises CellError when
    something can't travel to a worker (at its line).
    """

    def __init__(
        self,
        cell: CapturedCell,
        place: Place,
        states: CellStates | None,
        *,
        former: Workshop | None = None,
    ) -> None:
        self._place, self._states = place, states
        self._program = self._bare = program_of(cell, place.options, states, place.namespace)
        # The namespace itself goes on: functions are known to be the notebook's by its identity.
        more = {STATES: states} if states is not None and cell.earlier else {}
        self._more: dict[str, Any] = more
        self._snapshot: Snapshot | None = None
        if place.options.executor == "inline":
            return
        wanted = cell.free_names | split_names(self._program)
        names = {n: place.namespace[n] for n in wanted if n in place.namespace}
        self._names = {} if place.finished else {**names, **more}
        if former is not None and former._has(self._names, states):
            self._snapshot = former._snapshot
        else:
            self._snapshot = self._freeze()
        alone = place.options.executor == "processes" and place.choice.plan is None
        if place.options.shared_setup and alone and not place.finished:  # one process a trial
            self._program = with_shared_setup(
                self._program, cell.free_names, place.namespace, place.options.seed
            )

    @property
    def namespace(self) -> dict[str, Any]:
        """The notebook's own."""
        return self._place.namespace

    def moved(self, cell: CapturedCell, states: CellStates | None) -> Workshop:
        """For the same cell in another space: this one where its trials run the same program,
        else one of its own, with the notebook as this one has it as far as it has what is
        needed. Raises CellError as the constructor does, and StudyError where the trials run in
        the kernel and would have to run something else."""
        states = states if self._place.options.seed is None else None
        if _same(self._bare, program_of(cell, self._place.options, states, self.namespace)):
            return self
        if self._snapshot is None:
            raise StudyError(
                "the trials run in the kernel (--executor inline): their ranges can be changed, "
                "but not which values are tuned. Stop the study and run its cell again."
            )
        return Workshop(cell, replace(self._place, finished=False), states, former=self)

    def make(self, emit: Emit) -> Executor:
        """An executor; see `Engine`."""
        place, options = self._place, self._place.options
        if self._snapshot is None:
            from .executors.inline import InlineExecutor

            own_state = self._states.by_cell.get(0) if self._states is not None else None
            return InlineExecutor(
                self._program, place.namespace, emit, more=self._more, random_state=own_state
            )

        if place.ray is not None:
            return place.ray.make(self._program, self._snapshot, emit)
        from .executors.processes import ProcessExecutor

        return ProcessExecutor(
            self._program,
            self._snapshot,
            emit,
            jobs=SPARES if place.choice.devices else place.slots,
            threads_per_trial=threads_for(place.choice, options, place.slots),
            reuse=options.executor == "workers",
            plan=place.choice.plan,
            seed=options.seed,
            warm=warmup.take(),
        )

    def _has(self, names: Mapping[str, Any], states: CellStates | None) -> bool:
        return names.keys() <= self._names.keys() and (states == self._states or not self._more)

    def _freeze(self) -> Snapshot:
        own_state = self._states.by_cell.get(0) if self._states is not None else None
        try:
            snapshot = take_snapshot(
                self._names, namespace=self._place.namespace, random_state=own_state
            )
        except SnapshotError as error:
            raise CellError(
                [cannot_travel(name, why, self._program) for name, why in error.reasons.items()]
            ) from None
        snapshot.surroundings = surroundings_for(self._place.choice, snapshot.surroundings)
        return snapshot


def _same(a: CellProgram, b: CellProgram) -> bool:
    """Whether workers that run a can run b: what differs are ranges and plain choices, of which
    they know nothing."""
    alike = replace(a, space=b.space) == b and a.space.keys() == b.space.keys()
    return alike and all(_kind(a.space, name) == _kind(b.space, name) for name in a.space)


def _kind(space: SearchSpace, name: str) -> object:
    distribution = space[name].distribution
    of_code = isinstance(distribution, Categorical) and distribution.expressions
    return distribution if of_code else type(distribution)
