"""A trial costs no more after a thousand others than after fifty."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace

from jupyter_hpo.present import Presenter
from jupyter_hpo.space import Float, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.schedulers import Asha

from .driver import make


def operations(work):
    """How many bytecode instructions `work` takes: a cost that no busy machine changes."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_the_cost_of_a_trial_does_not_grow():
    def curve(n):
        return [1.0 / (step + 1) + (n * 37 % 101) / 101 for step in range(9)]

    driver = make(curve, scheduler=Asha(), slots=3)
    engine = SimpleNamespace(
        study=driver.study, lock=threading.Lock(), storage_problem=lambda: None
    )
    space = SearchSpace({"x": Float(0.0, 1e9)})
    presenter = Presenter(engine, space, facts=[], notices=[], sampler="tpe")
    driver.now = 1.0  # a presenter takes 0 for a study that has not begun
    driver.send(m.Begin())
    sent = 0

    def until(n_done):
        nonlocal sent
        while driver.study.n_done < n_done:
            ready = [n for n in sorted(driver.live) if n not in driver.waiting]
            driver.step(ready[0])
            driver.log.clear()
            sent = presenter.changes(sent).version

    until(50)
    early = operations(lambda: until(100))
    until(1000)
    late = operations(lambda: until(1050))
    assert late < 1.5 * early
