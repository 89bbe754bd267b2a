"""Steering over the control channel while the cell blocks, and by Python and `%hpo`."""

from __future__ import annotations

import os
import time

import pytest

from .. import kernels
from .conftest import Kernel

pytestmark = pytest.mark.kernel

CELL = """%%hpo --maximize acc --trials {trials} --jobs {jobs} --pruner none --name {name} {more}
import os, time
x = 0.5    # hpo: 0.0..1.0
depth = 2
print(os.environ.get("OMP_NUM_THREADS"))
for epoch in range({epochs}):
    time.sleep(0.02)
    acc = x + epoch * depth
"""
ENDLESS = 100_000
UNTIL = """
def until(holds, timeout_s=40):
    import time
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, study
        time.sleep(0.01)
"""


class Running:
    """A study whose cell blocks the kernel, as a page sees it."""

    def __init__(self, kernel, name, *, trials=400, jobs=2, epochs=5, more="") -> None:
        self.kernel, self.name = kernel, name
        code = CELL.format(trials=trials, jobs=jobs, name=name, epochs=epochs, more=more)
        self.cell = kernel.begin(code)
        kernel.finish(self.cell, until=lambda message, result: result.displays)
        listed = kernel.control("studies", "")["data"]
        self.id = next(s["id"] for s in listed if s["name"] == name)

    def ask(self, command, **more):
        return self.kernel.control(command, self.id, **more)

    @property
    def header(self):
        return self.ask("follow", number=1, page="test")["data"]["message"]["header"]

    def until(self, holds):
        until(lambda: holds(self.header))

    def done(self, header):
        return header["n_complete"] + header["n_pruned"] + header["n_failed"]

    def end(self):
        self.ask("stop")
        return self.kernel.finish(self.cell)


def until(holds, timeout_s=40):
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end


@pytest.fixture(scope="module", params=kernels.VERSIONS)
def each(request, tmp_path_factory):
    """A kernel of each version of ipykernel."""
    env = {**os.environ, **kernels.environment(request.param)}
    kernel = Kernel(tmp_path_factory.mktemp("kernel"), env)
    yield kernel
    kernel.close()


@pytest.fixture
def begin(each):
    return lambda name, **more: Running(each, name, **more)


def test_a_trial_is_pruned_and_another_stopped(begin, each):
    study = begin("prune", epochs=ENDLESS)
    study.until(lambda h: h["n_running"] >= 1)
    until(lambda: study.ask("detail", number=0)["data"]["figures"].get("reports_per_s"))
    assert study.ask("prune_trial", number=0)["message"] == "Trial 0 ends at its next report."
    study.until(lambda h: h["n_pruned"] == 1 and h["n_running"] == 2)
    assert study.ask("stop_trial", number=1)["ok"]
    study.until(lambda h: study.done(h) == 2)
    reply = study.ask("prune_trial", number=0)
    assert (reply["ok"], reply["message"]) == (False, "trial 0 is PRUNED: it can't be pruned.")
    study.end()
    assert each.value("(study.trial(0).notice, study.trial(0).value is not None)") == (
        "pruned by you", True,
    )  # fmt: skip
    assert each.value("study.trial(1).notice") == "stopped by you"


def test_values_are_tried_next(begin, each):
    study = begin("enqueue", jobs=1)
    study.until(lambda h: study.done(h) >= 1)
    assert not study.ask("enqueue", params={"x": "7"})["ok"]
    assert study.ask("enqueue", params={"x": "0.125"})["message"] == "Queued: it runs next."
    before = study.done(study.header)
    study.until(lambda h: study.done(h) > before + 2)
    study.end()
    assert each.value("[t.params['x'] for t in study.trials].count(0.125)") == 1


def test_the_budget_is_another_one(begin, each):
    study = begin("budget", jobs=1)
    study.until(lambda h: study.done(h) >= 2)
    budget = {"trials": "200", "timeout": "1h", "jobs": "3"}
    assert study.ask("set_budget", budget=budget)["ok"]
    study.until(lambda h: h["jobs"] == 3 and h["n_running"] == 3)
    header = study.header
    assert (header["n_trials"], header["timeout_s"]) == (200, 3600.0)
    assert header["left_s"] < 3600
    assert header["jobs_why"] == "As many as you asked for."
    reply = study.ask("set_budget", budget={"trials": "x", "timeout": "", "jobs": "auto"})
    assert [p["name"] for p in reply["problems"]] == ["trials"]
    study.ask("set_budget", budget={"trials": "1", "timeout": "", "jobs": "1"})
    assert each.finish(study.cell).error is None, "it ended by itself"
    assert "trials are done, and you asked for 1" in each.run("study").text
    logs = each.value("[t.log.split() for t in study.trials if t.log]")
    cores = len(os.sched_getaffinity(0))
    assert (logs[0], logs[-1]) == ([str(cores)], [str(max(1, cores // 3))])


def test_the_space_is_another_one_in_mid_study(begin, each):
    study = begin("space")
    study.until(lambda h: study.done(h) >= 3)
    spec = study.ask("space")["data"]
    rows = {row["name"]: row for row in spec["rows"]}
    assert {name: row["ticked"] for name, row in rows.items() if name in ("x", "depth")} == {
        "x": True, "depth": False,
    }  # fmt: skip
    assert spec["settings"]["trials"] == "400"
    choice = {
        "rows": [
            {"name": "x", "kind": "float", "low": "0.9", "high": "2"},
            {"name": "depth", "kind": "int", "low": "2", "high": "9"},
        ],
        "objective": "acc",
        "direction": "maximize",
        "trials": "400",
        "jobs": "2",
    }
    wrong = [{**choice["rows"][0], "low": "3"}, choice["rows"][1]]
    reply = study.ask("set_space", choice={**choice, "rows": wrong})
    assert [p["name"] for p in reply["problems"]] == ["x"]
    assert study.ask("set_space", choice={**choice, "objective": "loss"})["problems"][0][
        "name"
    ] == ("objective")
    assert study.ask("set_space", choice=choice)["ok"]
    study.until(lambda h: [p["name"] for p in h["params"]] == ["x", "depth"])
    number = study.header["n_complete"]
    study.until(lambda h: h["n_complete"] > number + 6)
    study.end()
    kept, later = each.value(
        "([(t.params, t.value) for t in study.trials[:1]],"
        "[(t.params, t.value) for t in study.trials[-6:] if t.state == 'COMPLETE'])"
    )
    assert kept[0][0] == {"x": 0.5}, "it stays in the record"
    assert all(0.9 <= p["x"] <= 2 and v == p["x"] + 4 * p["depth"] for p, v in later)
    assert any(p["depth"] > 2 for p, _ in later)
    assert each.value("study.best_params['x'] >= 0.9 and depth == study.best_params['depth']")
    each.run("import jupyter_hpo; found = jupyter_hpo.load_study(study.name, '.jupyter_hpo')")
    assert each.value("found.best_params == study.best_params"), "on disk as in the kernel"
    assert each.value("found.importances() == study.importances()")
    # Run again, the cell has its own marks: what was tried elsewhere is outside of these.
    optuna = each.value("sorted({len(t.params) for t in study.optuna.trials})")
    assert optuna == [1, 2]


def test_python_and_the_line_magic_do_the_same(shared):
    code = CELL.format(trials=400, jobs=2, name="line", epochs=5, more="--background")
    assert shared.run(code).error is None
    assert "It ends after 300 trials in all or after 30m 00s; 1 side by side." in (
        shared.run("%hpo budget trials=300 timeout=30m jobs=1").stdout
    )
    assert "x = 0.25..1.0" in shared.run("%hpo space x=0.25..1.0").stdout
    shared.run("study.set_space(depth='1..3', x='fixed')")
    assert shared.value("list(study.session.cell.space)") == ["depth"]
    assert "Queued" in shared.run("%hpo enqueue depth=3").stdout
    for code, sentence in [
        ("%hpo enqueue x=0.5", "'x' is not tuned; tuned are: depth."),
        ("%hpo enqueue", "%hpo enqueue takes name=value"),
        ("%hpo budget trails=3", "a budget has no 'trails'. Did you mean 'trials'?"),
        ("%hpo prune-trail 3", "Did you mean 'prune-trial'?"),
        ("study.set_space(dept='1..3')", "'dept' is no value of this cell. Did you mean 'depth'?"),
        ("%hpo space acc=1..2", "'acc' is the objective: it is measured, and can't be tuned"),
        ("study.set_space(depth='9..')", "the space stays as it is"),
        ("study.set_space(depth='fixed')", "nothing would be tuned any more"),
        ("%hpo space lr=fixed", "'lr' is not tuned"),
    ]:
        assert sentence in shared.run(code).all
    assert "prune-trial N" in shared.run("%hpo help").stdout
    shared.run("study.stop(); study.wait(30)")
    for command in ("pause", "stop", "prune-trial 0", "stop-trial 0", "budget trials=3"):
        assert "jupyter_hpo: " in shared.run(f"%hpo {command}").all
    assert shared.run("study.stop()").error is None
    assert "resume(n_trials=...) it first" in shared.run("study.enqueue(depth=2)").all


def test_a_finished_study_goes_on_in_the_background(begin, each):
    study = begin("continue", trials=3)
    (display,) = each.finish(study.cell).displays
    assert study.ask("enqueue", params={"x": "0.5"})["ok"] is False
    assert study.ask("continue", number=4)["message"] == "It goes on for 4 more trials."
    assert study.ask("continue")["message"] == "the study still runs."
    result = each.finish(study.cell, until=lambda m, r: display in r.displays)
    assert "7" in result.displays[display]["text/plain"]
    assert each.value("study.wait(30) and len(study.trials)") == 7
    busy = each.begin("import time; time.sleep(3)")
    each.finish(busy, until=lambda m, r: m["msg_type"] == "execute_input")
    assert "the kernel is busy" in study.ask("continue")["message"]
    each.finish(busy)
    assert each.value("len(study.trials)") == 7


def test_ranges_of_trials_in_the_kernel_can_be_changed_and_nothing_else(shared):
    study = Running(shared, "inline", more="--executor inline", jobs=1)
    study.until(lambda h: study.done(h) >= 2)
    row = {"name": "x", "kind": "float", "low": "0.9", "high": "2"}
    choice = {"rows": [row], "objective": "acc", "direction": "maximize", "trials": "400"}
    assert study.ask("set_space", choice=choice)["ok"]
    study.until(lambda h: h["params"][0]["low"] == 0.9)
    more = {"name": "depth", "kind": "int", "low": "2", "high": "9"}
    reply = study.ask("set_space", choice={**choice, "rows": [row, more]})
    assert "--executor inline" in reply["message"]
    assert "one by one" in study.ask(
        "set_budget", budget={"trials": "9", "timeout": "", "jobs": "2"}
    )["message"]  # fmt: skip
    study.end()


EARLIER = """
class SGD: pass
class Adam: pass
class Net:
    def __init__(self, hidden):
        self.hidden, self.steps = hidden, 0
data = (1, 2, 3)
hidden = 4
net = Net(hidden)
"""
BUILT = """%%hpo --maximize acc --trials 400 --jobs 2 --pruner none --name built --background
import time
lr = 0.5    # hpo: 0.0..1.0
opt = SGD
for epoch in range(3):
    time.sleep(0.01)
    net.steps += 1
    acc = lr + 10 * net.hidden + 1000 * net.steps + 0 * data[0]
kind = opt.__name__
"""


def test_values_of_earlier_cells_and_objects_in_scope_can_be_tuned_later(kernel):
    kernel.run(EARLIER)
    assert kernel.run(BUILT).error is None
    kernel.run(UNTIL)
    kernel.run("until(lambda: study.session.study.n_done >= 3)")
    kernel.run("workers = study.session.engine.executor")
    kernel.run("study.set_space(lr='0.1..0.9')")
    kernel.run("until(lambda: study.session.study.space is not None)")
    assert kernel.value("study.session.engine.executor is workers"), "ranges are nothing to them"
    result = kernel.run("said = study.set_space(hidden='6..8', opt='SGD | Adam')")
    assert result.error is None, result.all
    kernel.run("later = study.trials[-1].number + 1 + 2")
    said = "The next trials are searched in this space; "
    assert kernel.value("said").startswith(said)
    assert kernel.value("said").endswith(" so far lie outside.")
    kernel.run("until(lambda: study.session.study.n_done >= 12)")
    kernel.run("study.stop(); study.wait(30)")
    failed = kernel.value("[t.error for t in study.trials if t.state == 'FAIL'][:1]")
    assert not failed or "stopped by you" in failed[0]
    trials = kernel.value(
        "[(t.params, t.value) for t in study.trials[later:] if t.state == 'COMPLETE']"
    )
    assert all(
        abs(v - (p["lr"] + 10 * p["hidden"] + 3000)) < 1e-9 and p["hidden"] in (6, 7, 8)
        for p, v in trials
    ), "each trial builds its net afresh"
    assert {p["opt"] for p, _ in trials} == {"SGD", "Adam"}
    assert kernel.value("net.hidden == study.best_params['hidden']")
    assert kernel.value("study.best_trial.number") >= 3, "own hidden=4 lies outside 6..8"
    kernel.run("n = study.session.study.n_done\nstudy.resume(2)")
    assert kernel.value("(study.wait(60), study.session.study.n_done - n)") == (True, 2)


def test_trials_keep_the_codes_own_values_when_the_study_goes_on(kernel):
    code = CELL.format(trials=400, jobs=2, name="own", epochs=5, more="--background")
    assert kernel.run(code).error is None
    kernel.run(UNTIL)
    kernel.run("until(lambda: study.session.study.n_done >= 3)")
    kernel.run("study.set_space(depth='1..9')")
    kernel.run("until(lambda: study.session.study.n_done >= 8)")
    kernel.run("study.stop(); study.wait(30)")
    assert kernel.value("study.trial(0).params") == {"x": 0.5, "depth": 2}
    kernel.run("n = study.session.study.n_done\nstudy.resume(1)")
    assert kernel.value("(study.wait(60), study.session.study.n_done - n)") == (True, 1)
    assert kernel.value("study.trial(0).params") == {"x": 0.5, "depth": 2}
