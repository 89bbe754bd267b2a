"""Where a study's trials run with `--on ray`: what the cluster has, shared out among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .cell import CapturedCell
from .cell.captured import CellProgram
from .cell.program import text_of
from .errors import ExecutorError
from .executors.base import Emit, Executor
from .executors.device_use import find_use
from .executors.ray_cluster import Cluster, Node, connect, in_words
from .options import Options, cores
from .study.packing import DeviceFacts, Packing
from .worker.devices import kind_of
from .worker.snapshot import Snapshot


@dataclass(frozen=True)
class Share:
    """Of a cluster, what trials get. slots: side by side; cpus: of Ray, for each; gpus: each has
    a whole GPU; label: for the person."""

    slots: int
    cpus: float
    gpus: bool
    label: str

    @property
    def threads(self) -> int:
        return max(1, int(self.cpus))

    @property
    def packing(self) -> Packing:
        return Packing([DeviceFacts(None, self.label)], jobs=self.slots)


@dataclass(frozen=True)
class OnRay:
    """The cluster that a study runs on, and its share of it."""

    cluster: Cluster
    share: Share
    options: Options

    @property
    def fact(self) -> str:
        """What is said before the first trial."""
        each = f"{self.share.cpus:g} CPU{'' if self.share.cpus == 1 else 's'}"
        if self.share.gpus:
            each = f"1 GPU and {each}"
        return f"{self.share.label}, {each} for each trial, {self.share.slots} side by side."

    def make(self, program: CellProgram, snapshot: Snapshot, emit: Emit) -> Executor:
        """An executor; see `Engine`. Raises ExecutorError when Ray can't be had any more."""
        from .executors.ray import RayExecutor

        assert self.options.on is not None
        return RayExecutor(
            program,
            snapshot,
            emit,
            cluster=connect(self.options.on, cores()),  # it may have been left meanwhile
            jobs=self.share.slots,
            cpus=self.share.cpus,
            gpus=self.share.gpus,
            threads=self.share.threads,
            reuse=self.options.executor == "workers",
            seed=self.options.seed,
        )

    def leave(self) -> None:
        """Nothing is run on it after all."""
        self.cluster.join()
        self.cluster.leave()


def on_ray(cell: CapturedCell, options: Options, namespace: Mapping[str, Any]) -> OnRay | None:
    """The place of a study with `--on`; None without. Takes seconds.

    Raises ExecutorError when Ray can't be reached or started, or lacks what the cell needs.
    """
    if options.on is None:
        return None
    cluster = connect(options.on, cores())
    try:
        names = {n: namespace[n] for n in cell.free_names if n in namespace}
        uses_gpu = find_use(text_of(cell.program()), names) is not None
        return OnRay(cluster, shared_out(cluster.nodes(), options, uses_gpu), options)
    except BaseException:
        cluster.join()
        cluster.leave()
        raise


def shared_out(nodes: list[Node], options: Options, uses_gpu: bool) -> Share:
    """What each trial gets: with `--jobs auto` a CPU, or a GPU where the cell uses one; else the
    cluster's CPUs shared by so many. Raises ExecutorError when there is no GPU for it."""
    cpus, gpus = int(sum(n.cpus for n in nodes)), int(sum(n.gpus for n in nodes))
    asked = kind_of(options.device)
    if asked == "cuda" and not gpus:
        raise ExecutorError(f"--device {options.device}: the Ray cluster has no GPU.")
    on_gpus = gpus > 0 and (asked == "cuda" or (asked == "auto" and uses_gpu))
    have = gpus if on_gpus else cpus
    if not have:
        raise ExecutorError("the Ray cluster has no CPU for trials.")
    slots = options.jobs or have
    if on_gpus:
        slots = min(slots, gpus)
    if options.trials is not None:
        slots = min(slots, options.trials)
    largest = max(n.cpus for n in nodes)
    each = min(cpus / slots, largest)
    share = float(int(each)) if each >= 1 else each
    if on_gpus:  # CPUs are not what there is too little of
        share = min(share, float(max(1, int(largest / max(1.0, max(n.gpus for n in nodes))))))
    return Share(slots, share, on_gpus, in_words(nodes, on_gpus))


def described(options: Options, on: OnRay | None) -> Options:
    """The options, with what `--jobs auto` means there."""
    return options if on is None else replace(options, jobs=on.share.slots)
