"""Texts of the person that would do harm if they were taken for anything but text."""

from __future__ import annotations

import re

import pytest

from jupyter_hpo.widgets.encode import plain
from jupyter_hpo.widgets.protocol import (
    Best,
    Detail,
    ObjectiveInfo,
    ParamInfo,
    Point,
    Reply,
    Row,
)

from . import studies
from .page import WidgetPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

HARMFUL = {
    "an image": "<img src=x onerror=\"window.harmed='image'\">",
    "a script": "</script><script>window.harmed='script'</script>",
    "an attribute": "\" onmouseover=\"window.harmed='attribute'\" x='",
    "a link": "javascript:window.harmed='link'",
    "a style": "</style><style>* { display: none !important }</style>",
    "an entity": "&lt;b&gt;&amp;",
    "a template": "${window.harmed='template'} {{constructor.constructor('harmed=1')()}}",
}
ANSI = "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07"
BACKWARDS = "abc\u202edef"
MEGABYTE = ("0123456789 " * 100_000)[:1_000_000]
MORE = re.compile(r"^Show .* more characters$")
DRAWN = 500_000
"""Characters of a page with everything cut: what keeps it quick."""

WATCH = """() => {
  window.injected = [];
  const wanted = 'script, iframe, object, embed, img[onerror], [onmouseover], a[href^=javascript]';
  new MutationObserver((changes) => {
    for (const { addedNodes, target, type } of changes) {
      if (type === 'attributes' && target.matches(wanted)) injected.push(target.outerHTML);
      for (const node of addedNodes) {
        if (node.nodeType !== 1) continue;
        if (node.matches(wanted) || node.querySelector(wanted)) injected.push(node.outerHTML);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}"""

OFFENDERS = """([most, raw]) => {
  const found = new Set();
  for (const element of document.querySelectorAll('main, main *')) {
    if (['STYLE', 'PRE'].includes(element.tagName)) continue;
    const own = [...element.childNodes].filter((node) => node.nodeType === 3);
    const texts = own.map((node) => [node.data, 'text']);
    for (const { name, value } of element.attributes) {
      if (name !== 'value') texts.push([value, name]);
    }
    for (const [text, where] of texts) {
      const bad = text.length > most ? `${text.length} characters` : raw && text.includes(raw);
      if (bad) found.add(`${element.tagName} ${element.className} ${where}: ${bad}`);
    }
  }
  return [...found];
}"""
"""Texts and attributes that are too long, or hold what should not be there as it is."""
LONGEST = 5000


def study(text):
    """A study in which every text the person can set is that one."""
    rows = [
        Row(0, "COMPLETE", [0.5], {text: text, "lr": 0.1}, 3, 1.5, 0.0, 1.5, notice=text),
        Row(1, "FAIL", None, {text: text}, error=text, error_line=3, duration_s=1.0,
            started_s=2.0, finished_s=3.0),
        Row(2, "PRUNED", [0.2], {text: "b"}, 2, 1.0, 3.0, 4.0, notice=text),
        Row(3, "RUNNING", [0.1], {"lr": 0.2}, 1, 1.0, 4.0, heard_s=5.0, long_s=10.0),
    ]  # fmt: skip
    header = studies.header(
        "running", study=text, objectives=[ObjectiveInfo(text, "maximize")],
        params=[ParamInfo("lr", "float", low=0.0, high=1.0),
                ParamInfo(text, "categorical", choices=[text, "b"], own=text)],
        facts=[text], notices=[text], message=text, setup=text, device=text, jobs_why=text,
        best=Best(0, [0.5]), n_complete=1, n_failed=1, n_pruned=1, n_running=1, use={text: 0.5},
    )  # fmt: skip
    points = [Point(n, step, 0.1 * step) for n in (0, 2, 3) for step in (1, 2, 3)]
    details = {
        row.number: Detail(
            row.number, row.params, f"Traceback:\n{text}", f"log:\n{text}", {"x_s": 1}
        )
        for row in rows
    }
    return studies.Made(header, rows, points, details)


@pytest.fixture
def page(chromium):
    page = WidgetPage(chromium)
    page.page.add_init_script(f"({WATCH})()")
    yield page
    page.close()


def shown(page, made):
    """The study's board with every tab seen, every trial opened, and the pointer moved over."""
    page.answer = lambda command: Reply(
        command["id"], False, next(iter(made.details.values())).log
    ) if command["command"] != "detail" else Reply(
        command["id"], True, data=made.details[command["number"]]
    )  # fmt: skip
    page.board(made)
    tabs = page.page.get_by_role("tab")
    for index in reversed(range(tabs.count())):
        tabs.nth(index).click()
        page.settle()
        for box in page.page.locator("canvas, th, td, h3, button").all()[:60]:
            box.dispatch_event("pointermove")
            box.dispatch_event("mouseover")
    texts = [page.page.inner_text("main")]
    for number in range(len(made.rows)):
        row = page.page.get_by_role("button", name=re.compile(rf"^Trial {number}\b"))
        row.first.click()
        page.settle()
        texts.append(page.page.inner_text("main"))
        row.first.click()
    return "\n".join(texts)


def unharmed(page):
    assert page.page.evaluate("() => window.harmed === undefined && window.hacked === undefined")
    assert page.page.evaluate("() => window.injected") == []
    assert page.page.locator("main").is_visible()
    assert not page.errors, page.errors


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_the_board_shows_text_as_text(page, text):
    assert shown(page, study(text)).count(text) > 6
    unharmed(page)


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_the_editor_shows_text_as_text(page, text):
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor(text))})
    page.settle()
    assert text in page.page.inner_text("main")
    unharmed(page)


def test_terminal_codes_are_not_shown(page):
    text = shown(page, study(ANSI))
    assert "red link" in text
    not_found(page, "\x1b")
    assert "[31m" not in text
    unharmed(page)


def test_characters_that_turn_the_text_around_are_shown_as_such(page):
    assert r"abc\u202edef" in shown(page, study(BACKWARDS))
    not_found(page, "\u202e")
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor(BACKWARDS))})
    page.settle()
    not_found(page, "\u202e")
    unharmed(page)


def test_a_megabyte_is_cut_and_the_rest_can_be_seen(page):
    made = study("short")
    made.details[1] = Detail(1, {"lr": 0.1}, MEGABYTE, MEGABYTE)
    made.rows[1] = Row(1, "FAIL", None, {"lr": 0.1}, error=MEGABYTE, error_line=3, duration_s=1.0)
    assert MEGABYTE[:100] in shown(page, made)
    page.page.get_by_role("button", name=re.compile(r"^Trial 1\b")).click()
    page.settle()
    assert drawn(page) < DRAWN
    for button in page.page.get_by_role("button", name=MORE).all():
        before = drawn(page)
        button.click()
        page.settle()
        assert drawn(page) > before + 10_000
    unharmed(page)


def test_a_megabyte_in_every_text_of_the_board_is_cut(page):
    shown(page, study(MEGABYTE))
    not_found(page)
    unharmed(page)


def test_a_megabyte_in_every_text_of_the_editor_is_cut(page):
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor(MEGABYTE))})
    page.settle()
    not_found(page)
    unharmed(page)


def drawn(page):
    return page.page.evaluate("() => document.querySelector('main').outerHTML.length")


def not_found(page, raw=""):
    """No text that is too long, and none with that character in it."""
    offenders = page.page.evaluate(OFFENDERS, [LONGEST, raw])
    assert not offenders, "\n".join(offenders)
