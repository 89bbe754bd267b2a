"""What is kept of a study, in a real kernel: values for the cell, a report, the snapshot."""

from __future__ import annotations

import json

import pytest

from jupyter_hpo.widgets.protocol import LOBBY, SNAPSHOT_TYPE
from jupyter_hpo.widgets.report import GENERATOR

pytestmark = pytest.mark.kernel

SET_UP = "width = 4    # hpo: 1..9\nweights = [1.0] * width"
CELL = """%%hpo --maximize acc --trials 8 --jobs 1 --seed 2 --name outcome
lr = 0.5    # hpo: 0.1..1.0
act = 'relu'  # hpo: relu | tanh
for epoch in range(3):
    acc = len(weights) - lr + (act == 'tanh')
"""
SLEEPS = """%%hpo --maximize acc --trials 1 --jobs 1 --name sleeps
import time
lr = 0.5    # hpo: 0.1..1.0
for epoch in range(2):
    time.sleep(0.2)
    acc = lr
"""


@pytest.fixture(scope="module")
def studied(shared):
    assert shared.run(SET_UP).error is None
    # A study of a moment waits for no import, and would have no importances.
    assert shared.run("import jupyter_hpo.search.importance").error is None
    result = shared.run(CELL)
    assert result.error is None, result.error
    return shared, result


def test_the_snapshot_has_what_a_page_without_a_kernel_needs(studied):
    kernel, result = studied
    (bundle,) = result.displays.values()
    snapshot = bundle[SNAPSHOT_TYPE]
    assert snapshot["study"] == kernel.value("study.id")
    assert {edit["cell"] for edit in snapshot["apply"]} == {0, 2}
    assert {d["number"] for d in snapshot["details"]} == set(range(8))
    assert snapshot["importances"]["n"] == kernel.value(
        "sum(t.state in ('COMPLETE', 'PRUNED') for t in study.trials)"
    )
    assert snapshot["importances"]["of"][0]["says"] == []
    assert "too few to rely on" in snapshot["importances"]["of"][0]["rests"]
    assert "too few to rely on" in kernel.value("repr(study.importances())")
    assert "too few to say what matters" in kernel.value("study.explain()")
    assert len(json.dumps(snapshot)) < 100_000


FRESH = """
*before, last = study.recipe.split("\\n\\n\\n")
fresh = {}
for part in [*before, last]:
    exec("\\n".join(s for s in part.splitlines() if not s.startswith("%")), fresh)
"""


def test_its_recipe_has_all_that_a_fresh_kernel_needs(studied):
    kernel, _ = studied
    assert kernel.run(FRESH).error is None
    assert kernel.value("[fresh['acc'], fresh['weights'], 'width' in fresh['searched']]") == [
        3.5, [1.0] * 4, True,
    ]  # fmt: skip
    assert "Missing" not in kernel.value("study.recipe")


def test_a_page_that_was_reloaded_can_ask_for_what_it_missed(studied):
    kernel, result = studied
    ((shown, bundle),) = result.displays.items()
    (summary, *_) = kernel.control("studies", LOBBY)["data"]
    assert (summary["id"], summary["output"]) == (kernel.value("study.id"), shown)
    reply = kernel.control("result", summary["id"])
    assert reply["ok"], reply
    assert json.loads(reply["data"]) == bundle


def test_apply_answers_with_the_edits_of_both_cells(studied):
    kernel, _ = studied
    study, best = kernel.value("study.id"), kernel.value("study.best_params")
    reply = kernel.control("apply", study)
    assert reply["ok"], reply
    earlier, own = reply["data"]
    assert (earlier["before"], own["before"]) == (SET_UP, CELL)
    assert earlier["after"] == SET_UP.replace("= 4 ", f"= {best['width']} ")
    assert f"act = {best['act']!r}  # hpo: relu | tanh" in own["after"]
    assert own["after"].startswith("%%hpo --maximize acc")
    other = kernel.value("study.trial(3).params")
    (first, *_) = kernel.control("apply", study, number=3)["data"]
    assert first["cell"] or f"{other['act']!r}" in first["after"]
    assert not kernel.control("apply", study, number=99)["ok"]


def test_the_magic_puts_the_new_text_below(studied):
    kernel, _ = studied
    request = kernel.begin("%hpo apply")
    result = kernel.finish(request)
    assert result.error is None, result.error
    assert "In[2]:" in result.stdout
    assert "In[2] has to be changed by hand" in result.stdout
    assert "    + width = " in result.stdout
    reply = kernel.client.get_shell_msg(timeout=10)
    while reply["parent_header"].get("msg_id") != request:
        reply = kernel.client.get_shell_msg(timeout=10)
    (payload,) = reply["content"]["payload"]
    assert payload["source"] == "set_next_input"
    assert payload["text"].startswith("%%hpo --maximize acc")


def test_export_writes_a_report_and_nothing_over_other_files(studied, tmp_path):
    kernel, _ = studied
    path = tmp_path / "report.html"
    result = kernel.run(f"%hpo export {path}")
    assert result.error is None, result.error
    assert f"Wrote {path} (" in result.stdout
    text = path.read_text()
    assert GENERATOR in text
    data = text.partition('id="hpo-snapshot"')[2].partition(">")[2].partition("</script>")[0]
    assert json.loads(data)["apply"] == [], "where it is opened there is no cell"
    path.write_text("mine")
    refused = kernel.run(f"%hpo export {path}")
    assert "is no report of jupyter_hpo" in refused.error
    assert kernel.run(f"%hpo export {path} --force").error is None
    assert "no HTML file" in kernel.run("study.export('report.pdf')").error
    reply = kernel.control("export", kernel.value("study.id"))
    assert reply["ok"], reply
    assert reply["data"].endswith("outcome-report.html")
    assert reply["data"] in reply["message"]


def test_a_study_that_goes_on_has_no_result_until_it_ends_again(shared):
    assert shared.run(SLEEPS).error is None
    study = shared.value("study.id")
    assert shared.control("continue", study, number=50)["ok"]
    reply = shared.control("result", study)
    assert not reply["ok"]
    assert "has not ended" in reply["message"]
    assert shared.run("study.stop(); study.wait(60)").error is None
    bundle = json.loads(shared.control("result", study)["data"])
    assert bundle[SNAPSHOT_TYPE]["updates"][0]["message"]["header"]["n_trials"] == 51
