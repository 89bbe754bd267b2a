"""Studies in a real kernel: results, isolation, interrupts, control, crashes, going on."""

from __future__ import annotations

import json
import os
import time

import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE, VIEW_TYPE

pytestmark = pytest.mark.kernel

QUICK = """%%hpo --maximize acc --trials 8 --seed 0 --name {name}
lr = 1e-3    # hpo: 1e-5..1e-1 log
depth = 2    # hpo: 1..4
for epoch in range(4):
    acc = depth / 10 + epoch / 100 - abs(lr - 0.01)
model = {{"depth": depth, "lr": lr}}
"""

SLOW = """%%hpo --maximize acc --trials {trials} --jobs 2 --pruner none --name {name}
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range({epochs}):
    time.sleep(0.05)
    acc = x + epoch
"""


def test_best_values_and_objects_are_bound(kernel):
    result = kernel.run(QUICK.format(name="bound"))
    assert result.error is None
    assert kernel.value("model == {'depth': depth, 'lr': lr}")
    assert kernel.value("study.best_params == {'lr': lr, 'depth': depth}")
    assert kernel.value("study.best('model') == model")
    assert kernel.value("len(study.trials)") == 8
    assert kernel.value("study.trial(0).params") == {"lr": 1e-3, "depth": 2}


def test_a_browser_reaches_the_newest_study_of_a_name_only(kernel):
    kernel.run(QUICK.format(name="again"))
    (before,) = kernel.control("studies", "")["data"]
    kernel.run("older = study")
    kernel.run(QUICK.format(name="again"))
    (now,) = kernel.control("studies", "")["data"]
    assert now["id"] != before["id"]
    assert kernel.control("detail", now["id"], number=0)["ok"]
    reply = kernel.control("detail", before["id"], number=0)
    assert not reply["ok"]
    assert "Run the cell again" in reply["message"]


def test_names_in_shell_commands_reach_the_trials(kernel):
    kernel.run("DATA, table = 'abc', {'k': 'de'}")
    result = kernel.run(
        "%%hpo --maximize acc --trials 2 --name shell\n"
        "x = 0    # hpo: 0..9\n"
        "said = !echo $DATA-{table['k']}-{x}\n"
        "acc = len(said[0])\n"
    )
    assert result.error is None
    assert kernel.value("study.best_value") == len("abc-de-0")


def test_the_output_left_is_static(kernel):
    result = kernel.run(QUICK.format(name="static"))
    (bundle,) = result.displays.values()
    assert set(bundle) == {"text/plain", "text/html", "image/png", SNAPSHOT_TYPE, VIEW_TYPE}
    assert "<script" not in bundle["text/html"]
    assert "Best" in bundle["text/plain"]


def test_optuna_opens_the_study(kernel, tmp_path):
    import optuna

    from jupyter_hpo.storage.journal import open_journal

    kernel.run(QUICK.format(name="file"))
    best = kernel.value("study.best_value")
    journal = tmp_path / ".jupyter_hpo" / "file" / "journal.log"
    study = optuna.load_study(study_name="file", storage=open_journal(journal))
    assert study.best_value == best
    assert len(study.trials) == 8


def test_a_model_trained_in_place_starts_from_the_same_weights_in_every_trial(kernel):
    pytest.importorskip("torch")
    kernel.run(
        "import torch\ntorch.manual_seed(0)\n"
        "net = torch.nn.Linear(4, 1)\nbefore = net.weight.detach().clone()\n"
        "data = torch.ones(8, 4)\n"
        "opt = torch.optim.SGD(net.parameters(), lr=0.1)\n"
    )
    result = kernel.run(
        "%%hpo --minimize loss --trials 6 --pruner none --name inplace --keep start\n"
        "factor = 1.0    # hpo: 0.5..2.0\n"
        "start = net.weight.detach().clone()\n"
        "print(start.tolist())\n"
        "for step in range(3):\n"
        "    opt.zero_grad()\n"
        "    loss = factor * net(data).pow(2).mean()\n"
        "    loss.backward()\n"
        "    opt.step()\n"
        "data += 1\n"
    )
    assert result.error is None, result.all
    logs = kernel.value("[study.trial(n).log for n in range(6)]")
    assert len(set(logs)) == 1
    assert logs[0].strip()
    assert kernel.value("torch.equal(net.weight, before)")
    assert kernel.value("float(data.sum())") == 32.0


def test_functions_of_earlier_cells_see_what_the_cell_assigns(kernel):
    kernel.run("def score():\n    return weight * 2\n")
    result = kernel.run(
        "%%hpo --maximize acc --trials 4 --name functions\n"
        "weight = 1.0    # hpo: 0.0..3.0\n"
        "acc = score()\n"
    )
    assert result.error is None, result.all
    assert kernel.value("all(t.value == 2 * t.params['weight'] for t in study.trials)")


def wait_for_reports(kernel, name, request, journal):
    """Until the study's file shows that a trial is complete."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        kernel.finish(request, 30, until=lambda m, r: m["msg_type"] == "comm_msg")
        text = journal.read_text() if journal.exists() else ""
        if '"state": 1' in text or '"state":1' in text:
            return
    raise TimeoutError(name)


def test_interrupt_ends_the_cell_and_keeps_what_finished(start, tmp_path):
    kernel = start()
    request = kernel.begin(SLOW.format(trials=50, epochs=6, name="stopped"))
    journal = tmp_path / ".jupyter_hpo" / "stopped" / "journal.log"
    wait_for_reports(kernel, "stopped", request, journal)
    kernel.interrupt()
    result = kernel.finish(request, 20)
    assert "stopped" in result.error
    assert "Traceback" not in result.error
    done = kernel.value("sum(t.state == 'COMPLETE' for t in study.trials)")
    assert done >= 1
    kernel.close()

    again = start()
    result = again.run(SLOW.format(trials=done + 3, epochs=6, name="stopped"), 60)
    assert result.error is None, result.all
    assert again.value("sum(t.state == 'COMPLETE' for t in study.trials)") == done + 3
    assert again.value("study.state") == "finished"


def study_id(kernel, request) -> str:
    found = {}

    def opened(message, result):
        state = message["content"].get("data", {}).get("state", {})
        if message["msg_type"] == "comm_open" and "_study" in state:
            found["id"] = state["_study"]
        return "id" in found

    kernel.finish(request, 30, until=opened)
    return found["id"]


def test_pause_resume_stop_trial_and_stop_reach_a_busy_kernel(kernel):
    request = kernel.begin(SLOW.format(trials=50, epochs=400, name="controlled"))
    study = study_id(kernel, request)
    kernel.finish(request, 30, until=lambda m, r: m["msg_type"] == "comm_msg")
    assert kernel.control("pause", study)["ok"]
    assert kernel.control("resume", study)["ok"]
    assert kernel.control("pause_trial", study, number=0)["ok"]
    assert kernel.control("resume_trial", study, number=0)["ok"]
    assert not kernel.control("pause_trial", study)["ok"]
    assert kernel.control("stop_trial", study, number=0)["ok"]
    assert kernel.control("stop", study)["ok"]
    result = kernel.finish(request, 20)
    assert result.error is None or "no trial" in result.error or "stopped" in result.error
    assert kernel.value("study.trial(0).state") in ("PRUNED", "FAIL")
    assert kernel.value("study.state") == "finished"


def test_killing_a_worker_fails_that_trial_only(kernel):
    result = kernel.run(
        "%%hpo --maximize acc --trials 5 --jobs 2 --name killed\n"
        "import os, signal\n"
        "x = 1    # hpo: 1..1000\n"
        "if x != 1 and not os.path.exists('once'):\n"
        "    open('once', 'w').close()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "acc = x\n"
    )
    assert result.error is None, result.all
    states = kernel.value("[t.state for t in study.trials]")
    assert states.count("FAIL") == 1
    assert states.count("COMPLETE") == 4
    assert "SIGKILL" in kernel.value("[t.error for t in study.trials if t.error][0]")


def test_no_process_is_left_when_the_kernel_is_killed(start, tmp_path):
    import psutil

    kernel = start()
    request = kernel.begin(SLOW.format(trials=50, epochs=400, name="orphans"))
    process = psutil.Process(kernel.manager.provisioner.pid)
    children = []
    while len(children) < 2:  # the helper and a trial
        kernel.finish(request, 30, until=lambda m, r: m["msg_type"] == "comm_msg")
        children = process.children(recursive=True)
    process.kill()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


def test_the_same_cell_again_brings_the_results_back_without_running(start):
    first = start()
    first.run(QUICK.format(name="again"))
    best = first.value("study.best_params")
    first.close()
    second = start()
    result = second.run(QUICK.format(name="again"))
    assert result.error is None, result.all
    assert second.value("study.best_params") == best
    assert second.value("model") == {"depth": best["depth"], "lr": best["lr"]}
    assert second.value("len(study.trials)") == 8


def test_a_study_in_the_background_leaves_the_kernel_free(kernel):
    cell = SLOW.format(trials=3, epochs=10, name="behind").replace("%%hpo", "%%hpo --background")
    result = kernel.run(cell)
    assert result.error is None, result.all
    assert kernel.value("study.state") in ("starting", "running")
    assert kernel.value("study.wait(30)")
    assert kernel.value("x == study.best_params['x']")


def test_inline_trials_run_in_the_kernel(kernel):
    kernel.run("handle = open('here.txt', 'w')\n")
    result = kernel.run(
        "%%hpo --maximize acc --trials 4 --executor inline --name inline\n"
        "x = 1    # hpo: 1..9\n"
        "import os\n"
        "pid = os.getpid()\n"
        "handle.write(str(x))\n"
        "acc = x\n"
    )
    assert result.error is None, result.all
    assert kernel.value("pid == __import__('os').getpid()")


def test_a_cell_with_the_banner_is_searched(kernel):
    result = kernel.run(QUICK.format(name="banner").replace("%%hpo", "#! %%hpo", 1))
    assert result.error is None, result.all
    assert kernel.value("study.name") == "banner"


def test_line_magic(kernel):
    assert "no study has run" in kernel.run("%hpo best").all
    kernel.run(QUICK.format(name="line"))
    result = kernel.run("%hpo best")
    assert json.loads(result.text.replace("'", '"')) == kernel.value("study.best_params")
    assert "line" in kernel.run("%hpo list").text
    assert "Did you mean 'status'" in kernel.run("%hpo statsu").all
    assert "begin it with %%hpo --trials 3" in kernel.run("%hpo --trials 3").all
    kernel.run("%hpo resume 2")
    assert kernel.value("len(study.trials)") == 10


def test_two_kernels_on_one_study_is_answered_by_a_sentence(start):
    first, second = start(), start()
    request = first.begin(SLOW.format(trials=50, epochs=400, name="twice"))
    first.finish(request, 30, until=lambda m, r: m["msg_type"] == "comm_msg")
    result = second.run(SLOW.format(trials=50, epochs=400, name="twice"))
    assert "another kernel" in result.all
    assert str(first.manager.provisioner.pid) in result.all
    first.interrupt()
    first.finish(request, 20)


def test_a_folder_that_can_not_be_written_is_no_reason_to_stop(kernel, tmp_path):
    if os.getuid() == 0:
        (tmp_path / ".jupyter_hpo").write_text("a file where the folder should be")
    else:
        tmp_path.chmod(0o500)
    result = kernel.run(QUICK.format(name="memory"))
    tmp_path.chmod(0o700)
    assert result.error is None, result.all
    assert kernel.value("len(study.trials)") == 8


def test_quiet_shows_the_result_only(kernel):
    result = kernel.run(QUICK.format(name="quiet").replace("%%hpo", "%%hpo --quiet", 1))
    (bundle,) = result.displays.values()
    assert "application/vnd.jupyter.widget-view+json" not in bundle
    assert "Best" in bundle["text/plain"]


def test_imports_of_the_cell_are_there_afterwards(kernel):
    result = kernel.run(
        "%%hpo --maximize acc --trials 3 --name imports\n"
        "import fractions as fr\n"
        "from textwrap import *\n"
        "x = 1    # hpo: 1..9\n"
        "acc = fr.Fraction(x, 2)\n"
    )
    assert result.error is None, result.all
    assert kernel.value("fr.Fraction(1, 2) < 1 and dedent('  a') == 'a'")


def test_values_are_bound_where_they_stood_and_nowhere_else(kernel):
    result = kernel.run(
        "%%hpo --maximize acc --trials 6 --seed 1 --name places\n"
        "from fractions import Fraction\n"
        "import decimal\n"
        "opt = decimal.Decimal('0.5')    # hpo: Decimal | Context as opt\n"
        "width = 3    # hpo: 1..9 as units\n"
        "acc = width if isinstance(opt, decimal.Decimal) else 0\n"
    )
    assert result.error is None, result.all
    assert kernel.value("type(opt).__name__") == kernel.value("study.best_params['opt']")
    assert kernel.value("width == study.best_params['units']")


def test_data_does_not_come_back_but_what_was_trained_does(kernel):
    kernel.run(
        "import array\n"
        "data = list(range(5000))\n"
        "record = []\n"
        "class Model:\n"
        "    def train(self, by):\n"
        "        self.by = by\n"
        "model = Model()\n"
    )
    result = kernel.run(
        "%%hpo --maximize acc --trials 4 --name trained\n"
        "by = 1    # hpo: 1..9\n"
        "data.sort()\n"
        "record.append(by)\n"
        "model.train(by)\n"
        "acc = model.by\n"
    )
    assert result.error is None, result.all
    assert set(kernel.value("sorted(study.best_objects())")) == {"acc", "model", "record"}
    assert kernel.value("model.by == by and record == [by] and isinstance(model, Model)")


def test_a_finished_study_in_the_background_goes_on(kernel):
    cell = QUICK.format(name="further").replace("%%hpo", "%%hpo --background")
    kernel.run(cell)
    kernel.run("study.wait(); study.resume(n_trials=3)")
    assert kernel.value("study.wait(30)")
    assert kernel.value("len(study.trials)") == 11
    again = kernel.run(
        cell.replace("further", "slower").replace("acc =", "import time; time.sleep(.3); acc =")
    )
    twice = kernel.run(cell.replace("further", "slower"))
    assert again.error is None
    assert "running in this kernel" in twice.all
    kernel.run("%hpo stop")
    assert kernel.value("study.wait(30)")


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.2, 0.5, 1.0])
def test_an_interrupt_at_any_moment_leaves_the_kernel_fine(start, after_s):
    kernel = start()
    request = kernel.begin(SLOW.format(trials=50, epochs=400, name="early"))
    kernel.finish(request, 30, until=lambda m, r: m["msg_type"] == "execute_input")
    time.sleep(after_s)  # the moment is what this test is about
    kernel.interrupt()
    result = kernel.finish(request, 30)
    assert "/jupyter_hpo/" not in result.all, result.all
    assert kernel.value("1 + 1") == 2
    result = kernel.run(QUICK.format(name="early2"))
    assert result.error is None, result.all


def test_what_did_not_come_back_is_said(kernel):
    result = kernel.run(
        "%%hpo --maximize acc --trials 3 --name lost\n"
        "import threading\n"
        "x = 1    # hpo: 1..9\n"
        "model = {'lock': threading.Lock()}\n"
        "acc = x\n"
    )
    assert result.error is None, result.all
    assert "model not kept" in result.text


def test_a_default_outside_its_range_is_said(kernel):
    result = kernel.run("%%hpo --maximize x --trials 3 --name off\nx = 0.5    # hpo: 1..2\n")
    assert "x = 0.5 lies outside" in result.text


def test_a_narrowed_range_leaves_old_trials_in_the_record_only(kernel):
    cell = (
        "%%hpo --maximize acc --trials 6 --name narrowed --seed 0\nx = 2.0    # hpo: 0..9\nacc = x"
    )
    kernel.run(cell)
    result = kernel.run(cell.replace("0..9", "0..3"))
    assert kernel.value("x") <= 3
    assert "outside the present space" in result.text


def test_conditional_values_that_do_not_apply_keep_the_codes_own(kernel):
    result = kernel.run(
        "%%hpo --maximize acc --trials 6 --seed 0 --name inactive\n"
        "opt = 'adam'    # hpo: adam | sgd\n"
        "momentum = 0.9    # hpo: 0..0.5 if opt == sgd\n"
        "acc = 1.0 if opt == 'adam' else 0.0\n"
    )
    assert result.error is None, result.all
    assert kernel.value("(opt, momentum)") == ("adam", 0.9)


def test_a_few_trials_that_all_fail_are_an_error(kernel):
    result = kernel.run("%%hpo --maximize x --trials 1 --name few\nx = 1    # hpo: 1..2\n1 / 0\n")
    assert "no trial was complete" in result.error
    assert "line 3" in result.error
