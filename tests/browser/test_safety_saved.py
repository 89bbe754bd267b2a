"""Texts of the person in what is saved: the static HTML, the report, the saved result."""

from __future__ import annotations

import pytest

from jupyter_hpo.widgets.report import report_html
from jupyter_hpo.widgets.snapshot import REPORT, make_snapshot
from jupyter_hpo.widgets.static import static_bundle

from .harm import ANSI, BACKWARDS, HARMFUL, MEGABYTE, WATCH, ended, not_found, study, unharmed
from .page import PAGE, WidgetPage, theme_css

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ODD = {"terminal codes": (ANSI, "\x1b"), "backwards": (BACKWARDS, "\u202e"),
       "a megabyte": (MEGABYTE, "")}  # fmt: skip


def static(text):
    """The static HTML in a page of its own."""
    html = static_bundle(ended(text))["text/html"]
    page = PAGE.format(theme=theme_css(False), light="true")
    return page.replace("<main>", f"<main><div>{html}</div>")


def report(text):
    made, update = study(text), ended(text)
    snapshot = make_snapshot(update, detail=made.detail, bounds=REPORT)
    return report_html(text, snapshot, static_bundle(update)["text/html"])


FORMS = {"static HTML": static, "report": report}


@pytest.fixture
def page(chromium):
    page = WidgetPage(chromium)
    page.page.add_init_script(WATCH)
    yield page
    page.close()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_text_is_shown_as_text(page, form, text):
    page.open(FORMS[form](text))
    page.page.get_by_text("trial 0").first.wait_for()
    assert text in page.page.inner_text("main")
    unharmed(page, own_scripts=2 if form == "report" else 0)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("odd", ODD)
def test_odd_text_is_cleaned_and_cut(page, form, odd):
    text, raw = ODD[odd]
    page.open(FORMS[form](text))
    page.page.get_by_text("trial 0").first.wait_for()
    not_found(page, raw)
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    unharmed(page, own_scripts=2 if form == "report" else 0)
