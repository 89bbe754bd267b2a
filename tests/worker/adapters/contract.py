"""A program: hold one framework's adapter to the contract, in a process that loads no other.

Prints one JSON object: what was looked at -> what is wrong, "" when nothing is.
"""

from __future__ import annotations

import inspect
import json
import math
import os
import queue
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

from families import FAMILIES, Family
from one_trial import notebook, plain, program, trial

from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.study.trial_events import Answer, Ended, Finished, Reported, Stopped, TrialSpec
from jupyter_hpo.worker.adapters import ADAPTERS
from jupyter_hpo.worker.snapshot import take_snapshot

STEPS = 4
SAME_IN_ALL = (
    "a_fit_in_a_loop_is_the_loops_matter",
    "what_is_reported_by_hand_is_all_that_is",
    "an_objective_that_nothing_measures_has_no_reports",
)
WAIT_S = 120


class Contract:
    """Each public method is a clause; it raises AssertionError with what is wrong."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.namespace = notebook(family.earlier)
        self.before = attributes()
        self.plain_namespace = dict(self.namespace)
        self.printed = plain(family.cell, self.plain_namespace)
        self.own = [float(v) for v in eval(family.own, self.plain_namespace)]
        self.after = dict(self.namespace)
        self.notes, self.told = trial(family.cell, family.objective, self.after)

    def each_step_is_a_report_with_the_frameworks_own_value(self) -> None:
        notes = self.notes
        assert isinstance(notes.end, Finished), notes.end
        assert [step for step, _ in notes.reports] == list(range(1, STEPS + 1)), notes.reports
        close(notes.values, self.own)
        close([notes.end.values[0]], [notes.values[-1]])

    def the_cell_does_and_prints_what_it_does_without(self) -> None:
        after = self.after
        assert after["keys"] == self.plain_namespace["keys"], after["keys"]
        close([float(v) for v in eval(self.family.own, after)], self.own)
        timed = self.family.timed
        first, second = (re.sub(timed, "", text) for text in (self.told, self.printed))
        assert first == second, f"{first!r} is not {second!r}"

    def a_stop_ends_the_fit_after_that_step_and_the_cell_after_the_fit(self) -> None:
        namespace = {k: v for k, v in self.namespace.items() if k != "ended"}
        if "ended" in self.namespace:
            self.namespace["ended"].clear()
            namespace["ended"] = self.namespace["ended"]
        notes, _ = trial(self.family.cell, self.family.objective, namespace, stop_at=2)
        assert isinstance(notes.end, Stopped), notes.end
        assert len(notes.reports) == 2, notes.reports
        assert "keys" not in namespace, "the cell went on"
        assert eval(self.family.stopped, namespace), self.family.stopped

    def nothing_stays_replaced(self) -> None:
        now = attributes()
        changed = [name for name, value in self.before.items() if now.get(name) is not value]
        assert not changed, changed
        ours = [name for name, value in now.items() if is_ours(value)]
        assert not ours, ours
        assert not [name for name, value in self.namespace.items() if is_ours(value)]

    def a_fit_in_a_loop_is_the_loops_matter(self) -> None:
        lines = self.family.cell.replace("\n", "\n    ")
        notes, _ = trial(f"for _ in range(1):\n    {lines}", self.family.objective, self.copy())
        assert isinstance(notes.end, Finished), notes.end
        assert notes.reports == [], notes.reports

    def what_is_reported_by_hand_is_all_that_is(self) -> None:
        cell = f"import jupyter_hpo\njupyter_hpo.report({self.family.objective}=7)\n"
        notes, _ = trial(cell + self.family.cell, self.family.objective, self.copy())
        assert notes.values == [7.0], notes.reports

    def an_objective_that_nothing_measures_has_no_reports(self) -> None:
        notes, _ = trial(self.family.cell + "\nother = 3.0", "other", self.copy())
        assert isinstance(notes.end, Finished), notes.end
        assert notes.reports == [], notes.reports

    def workers_report_the_same(self) -> None:
        family = self.family
        namespace = notebook(family.earlier + "\n" + family.travel)
        cell = family.cell.replace(family.without, "\n") if family.without else family.cell
        reports, ends = in_workers(cell, family.objective, namespace)
        for number in (0, 1):
            assert isinstance(ends[number], Finished), ends[number]
            steps = [step for step, _ in reports[number]]
            assert steps == list(range(1, STEPS + 1)), reports[number]
            assert all(math.isfinite(value) for _, (value,) in reports[number])

    def copy(self) -> dict[str, Any]:
        return dict(self.namespace)


def in_workers(cell: str, objective: str, namespace: dict[str, Any]) -> tuple[Any, Any]:
    """Reports and last events of two trials at once, each in a process of its own."""
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    names = {n: v for n, v in namespace.items() if not n.startswith("__")}
    snapshot = take_snapshot(names, namespace=namespace)
    executor = ProcessExecutor(program(cell, objective), snapshot, events.put, jobs=2)
    reports: dict[int, list[Any]] = {0: [], 1: []}
    ends: dict[int, Any] = {}
    try:
        for number in reports:
            executor.submit(TrialSpec(number, {}, 3))
        over = 0
        while over < len(reports):
            event = events.get(timeout=WAIT_S)
            if isinstance(event, Reported):
                reports[event.number].append((event.step, event.values))
                executor.answer(event.number, Answer.CONTINUE)
            elif isinstance(event, Finished):
                executor.answer(event.number, Answer.RELEASE)
            over += isinstance(event, Ended)
            if not isinstance(event, Ended):
                ends[getattr(event, "number", -1)] = event
    finally:
        executor.close()
        snapshot.close()
    return reports, ends


def attributes() -> dict[str, Any]:
    """Everything that an adapter may replace: functions of its modules, methods of classes."""
    found: dict[str, Any] = {}
    for adapter in ADAPTERS:
        for module in map(sys.modules.get, adapter.modules):
            for name, value in list(vars(module).items()) if module is not None else ():
                found[f"{module.__name__}.{name}"] = value
                if inspect.isclass(value) and value.__module__ == module.__name__:
                    for key, inner in vars(value).items():
                        if inspect.isfunction(inner):
                            found[f"{value.__module__}.{name}.{key}"] = inner
    return found


def is_ours(value: Any) -> bool:
    code = getattr(value, "__code__", None)
    return code is not None and "adapters" in code.co_filename.split(os.sep)[-2:]


def close(found: list[float], wanted: list[float]) -> None:
    assert len(found) == len(wanted), (found, wanted)
    assert all(abs(a - b) <= 1e-5 * (1 + abs(b)) for a, b in zip(found, wanted, strict=True)), (
        found,
        wanted,
    )


def main(name: str) -> dict[str, str]:
    framework, _, backend = name.partition("-")
    if framework == "keras":
        os.environ["KERAS_BACKEND"] = backend
    contract = Contract(FAMILIES[name])
    wrong: dict[str, str] = {}
    for clause in [n for n in vars(Contract) if not n.startswith("_") and n != "copy"]:
        if clause in SAME_IN_ALL and name in ("keras-tensorflow", "keras-jax"):
            wrong[clause] = ""  # no matter of the backend
            continue
        check: Callable[[], None] = getattr(contract, clause)
        try:
            check()
            wrong[clause] = ""
        except Exception as error:
            wrong[clause] = f"{error!r:.800} {traceback.format_exc()[-600:]}"
    return wrong


if __name__ == "__main__":
    said = main(sys.argv[1])
    print("\n" + json.dumps(said))
