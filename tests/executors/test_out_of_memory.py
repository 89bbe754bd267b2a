"""Trials on the CPU that run out of the machine's memory."""

from __future__ import annotations

import signal

from jupyter_hpo.executors.host_memory import HostMemory
from jupyter_hpo.study.trial import TrialState

from .one_study import run_study

CELL = """n = 0
import os, signal
from pathlib import Path
first = Path({folder!r}) / f"first-{{n}}"
x = 1.0
if n in {too_large} or n in {unlucky} and not first.exists():
    first.touch()
    {what}
"""


def cell(tmp_path, what, too_large=(), unlucky=()):
    return CELL.format(folder=str(tmp_path), what=what, too_large=too_large, unlucky=unlucky)


def test_a_memory_error_is_tried_again_alone_then_infeasible(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    source = cell(tmp_path, "raise MemoryError", too_large=(4,), unlucky=(2,))
    said = set()
    study = run_study(
        tmp_path, source, 8, slots=2, on_change=lambda study: said.add(study.slots_why)
    )
    unlucky, too_large = study.trials[2], study.trials[4]
    assert unlucky.state is TrialState.COMPLETE
    assert unlucky.notice == "ran out of memory, so it was tried again alone"
    assert too_large.infeasible
    assert too_large.notice == "ran out of memory, also when it ran alone"
    assert too_large.error.line == 8
    assert too_large.error.message == "the machine had no memory left for it (MemoryError)."
    assert study.counts()[TrialState.COMPLETE] == 7
    assert "1 trial side by side: fewer since one ran out of memory." in said


def test_a_worker_killed_for_memory_is_tried_again_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(HostMemory, "ran_out", lambda self: True)
    kill = f"os.kill(os.getpid(), {int(signal.SIGKILL)})"
    study = run_study(tmp_path, cell(tmp_path, kill, (4,), (2,)), 6, slots=2)
    assert study.trials[2].state is TrialState.COMPLETE
    assert study.trials[4].infeasible
    assert study.trials[4].error.kind == "host_memory"
    assert not study.failed
