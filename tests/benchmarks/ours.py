"""`%%hpo` on the workloads, in a real kernel."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from .measured import Measured
from .memory import PeakMemory
from .notebook import Notebook
from .workloads import Workload

WARM_S = 5.0
"""Between opening the notebook and Run: the helper imports what the notebook has imported."""


@dataclass(frozen=True)
class Mode:
    """A way to run trials: its title and its options."""

    title: str
    options: str


FORK = Mode("fork per trial", "")
WORKERS = Mode("warm workers", "--executor workers")
ON_RAY = Mode("on Ray", "--on ray")


def measure(
    workload: Workload, mode: Mode, *, sampler: str = "random", jobs: int = 2,
    folder: str, memory: bool = False, warm_s: float = WARM_S,
) -> Measured:  # fmt: skip
    """One study over the workload in a kernel of its own; why says what kept it from running."""
    notebook = Notebook(folder)
    try:
        notebook.run(workload.setup)
        notebook.run("%load_ext jupyter_hpo")
        time.sleep(warm_s)
        notebook.ready()
        return study(notebook, workload, mode, sampler=sampler, jobs=jobs, memory=memory)
    finally:
        notebook.close()


def study(
    notebook: Notebook, workload: Workload, mode: Mode, *, sampler: str = "random",
    jobs: int = 2, memory: bool = False,
) -> Measured:  # fmt: skip
    """One study over the workload in a notebook made ready."""
    options = f"--jobs {jobs} --sampler {sampler} --pruner none --name {workload.name}"
    sampled = PeakMemory(notebook.pid) if memory else contextlib.nullcontext()
    began = time.time()
    try:
        with sampled:
            seconds, _ = notebook.run(workload.magic_cell(f"{options} {mode.options}".strip()))
    except RuntimeError as error:
        return Measured(why=str(error).splitlines()[0])
    facts = notebook.facts()
    odd = sorted({state for state in facts["states"] if state != "COMPLETE"})
    if odd:
        return Measured(why=f"trials ended as {', '.join(odd)}")
    peak = sampled.peak_bytes if isinstance(sampled, PeakMemory) else None
    ends = sorted(at - began for at in facts["ends"])
    return Measured(seconds, ends, facts["spent"], peak)
