"""An exported report in Chromium, opened from disk, with and without scripts."""

from __future__ import annotations

import re

import pytest

from jupyter_hpo.widgets.protocol import (
    Best,
    Detail,
    Header,
    ObjectiveInfo,
    ParamInfo,
    Point,
    Row,
    Update,
)
from jupyter_hpo.widgets.report import report_html, write_report
from jupyter_hpo.widgets.snapshot import REPORT, make_snapshot
from jupyter_hpo.widgets.static import static_bundle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

OF_A_KERNEL = re.compile("Pause|Stop|Prune|More$|Apply|Use these|Enqueue|Continue|Export")
NASTY = "</script><script>window.harmed=1</script><img src=x onerror='window.harmed=1'>"


@pytest.fixture
def path(tmp_path):
    rows = [
        Row(n, "COMPLETE", [n / 40], {"lr": n / 10, "act": NASTY}, 3, 1.0, n, n + 1.0)
        for n in range(40)
    ]
    header = Header(
        NASTY, "finished", [ObjectiveInfo("acc", "maximize")],
        [ParamInfo("lr", "float"), ParamInfo("act", "categorical", choices=[NASTY, "b"])],
        n_trials=40, n_complete=40, best=Best(39, [39 / 40]), notices=[NASTY],
    )  # fmt: skip
    update = Update(1, header, rows, [Point(39, step, step / 3) for step in (1, 2, 3)])
    snapshot = make_snapshot(
        update, detail=lambda n: Detail(n, {"lr": n / 10}, log=f"log of {n} {NASTY}"), bounds=REPORT
    )
    file = tmp_path / "report.html"
    write_report(file, report_html(NASTY, snapshot, static_bundle(update)["text/html"]))
    return file


def test_it_opens_from_disk_with_no_network(path, chromium):
    context = chromium.new_context()
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.get_by_text("Finished").first.wait_for()
    assert page.get_by_role("row").count() > 10
    page.get_by_role("row").filter(has_text="0.9750").locator("button").first.click()
    page.get_by_text("log of 39").first.wait_for()
    assert page.get_by_role("button", name=OF_A_KERNEL).count() == 0
    assert page.evaluate("window.harmed") is None
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [path.as_uri()]
    assert said == []
    context.close()


def test_without_scripts_the_table_is_there(path, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("noscript table tr").count() == 16
    assert page.locator("noscript img").is_visible()
    context.close()
