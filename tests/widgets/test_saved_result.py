"""Saved results and reports where others' rules hold, and with what others wrote in them."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import bleach
import pytest

from jupyter_hpo.errors import HpoError
from jupyter_hpo.widgets import assets
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
from jupyter_hpo.widgets.report import GENERATOR, report_html, write_report
from jupyter_hpo.widgets.snapshot import REPORT, make_snapshot
from jupyter_hpo.widgets.static import static_bundle

HARMFUL = {
    "html": "<b onclick=alert(1)>bold</b>",
    "script": "<script>alert(1)</script>",
    "end of script": "</script><script>alert(1)</script><!-- <script>",
    "attribute": "\"'><img src=x onerror=alert(1)>",
    "entity": "&lt;script&gt; &#60;",
    "ansi": "\x1b[31mred\x1b[0m\x1b]8;;http://evil\x07link",
    "right to left": "abc\u202egnp.exe\u2066",
    "nul": "a\x00b\x07\x1b",
    "surrogate": "half \ud83d of one",
    "megabyte": "long " * 200_000,
    "one word": "w" * 1_000_000,
    "mathtext": r"$\frac{1}{$ \undefined",
}


def study(text):
    """A study in which everything that others write is this text."""
    goal = ObjectiveInfo(text, "maximize")
    params = [ParamInfo(text, "categorical", choices=[text, "b"]), ParamInfo("lr", "float")]
    rows = [
        Row(0, "COMPLETE", [0.5], {text: text, "lr": 0.1}, 3, 1.0, 0.0, 1.0),
        Row(1, "FAIL", None, {text: "b"}, error=text, error_line=2, notice=text, finished_s=2.0),
    ]
    header = Header(
        text, "finished", [goal], params, n_trials=2, n_complete=1, n_failed=1,
        best=Best(0, [0.5]), notices=[text], message=text, setup=text, facts=[text],
    )  # fmt: skip
    return Update(3, header, rows, [Point(0, 1, 0.2), Point(0, 2, 0.5)])


class Page(HTMLParser):
    """Tags, attributes and text of HTML, as a browser would find them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name) for name, _ in attrs]

    def handle_data(self, data):
        self.texts.append(data)


ALLOWED = {
    "div", "span", "b", "img", "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
}  # fmt: skip


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_static_html_and_text_show_it_as_text_and_cut(text):
    bundle = static_bundle(study(text))
    html, plain = bundle["text/html"], bundle["text/plain"]
    page = Page(html)
    assert set(page.tags) <= ALLOWED
    names = {name for _, name in page.attributes}
    assert names <= {"style", "scope", "align", "src", "alt", "width"}
    assert len(html) - len(bundle["image/png"]) < 30_000
    assert len(plain) < 5_000
    unseen = "[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
    html.encode("utf-8")
    for shown in ("".join(page.texts), plain):
        assert not re.search(unseen, shown)
    if len(text) > 10_000:
        assert "(1,000,000 characters)" in html
        assert "<details>" in html, "there is a way to more of it"


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_a_report_holds_it_as_data(text):
    snapshot = make_snapshot(
        study(text), detail=lambda n: Detail(n, {text: text}, text, text), bounds=REPORT
    )
    page = report_html(text, snapshot, static_bundle(study(text))["text/html"])
    page.encode("utf-8")
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.S)
    assert len(scripts) == 2, "the data and the board's own"
    assert json.loads(scripts[0]) == snapshot
    assert "\x00" not in page
    assert len(page) < len(assets.load("report")) + 300_000


def as_github(html):
    """What GitHub leaves of HTML: no script, style or class, and only these attributes."""
    tags = {
        "h1", "h2", "h3", "b", "i", "strong", "em", "a", "pre", "code", "img", "div", "p", "ol",
        "ul", "table", "thead", "tbody", "tfoot", "blockquote", "dl", "dt", "dd", "kbd", "li",
        "tr", "td", "th", "summary", "details", "span", "br", "hr",
    }  # fmt: skip
    attributes = ["align", "alt", "height", "width", "scope", "title", "dir", "open", "src"]
    return bleach.clean(
        html, tags, {"*": attributes}, protocols=["http", "https", "data"], strip=True
    )


def test_github_leaves_sentences_a_picture_and_a_table():
    rows = [
        Row(0, "COMPLETE", [0.88], {"lr": 1e-3, "act": "relu"}, 5, 3.2, 0.0, 3.2),
        Row(1, "COMPLETE", [0.91], {"lr": 2.2e-5, "act": "tanh"}, 5, 3.1, 0.1, 3.2),
    ]
    header = Header(
        "digits", "finished", [ObjectiveInfo("acc", "maximize")],
        [ParamInfo("lr", "float"), ParamInfo("act", "categorical")],
        n_trials=2, n_complete=2, best=Best(1, [0.91]), notices=["Mind the gap."],
    )  # fmt: skip
    html = static_bundle(Update(1, header, rows))["text/html"]
    assert "<script" not in html
    assert "<style" not in html
    assert "class=" not in html
    left = as_github(html)
    assert "style=" not in left
    page = Page(left)
    assert page.tags.count("tr") == 3
    assert page.tags.count("img") == 1
    assert 'alt="Values of acc of 2 finished trials' in left
    assert "The best is 0.9100, of trial 1." in left
    words = " ".join("".join(page.texts).replace("\xa0", " ").split())
    assert "digits ✓ Finished · maximize acc" in words
    assert "Best values: lr = 2.2e-5 act = tanh" in words
    assert "Mind the gap." in words


# --------------------------------------------------------------------------- reports
@pytest.fixture
def page():
    update = study("plain")
    return report_html("plain", make_snapshot(update, bounds=REPORT), "<p>static</p>")


def test_a_report_allows_its_own_script_and_nothing_from_elsewhere(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert not re.search(r"https?:", policy)
    script = re.findall(r"<script>(.*?)</script>", page, re.S)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "<noscript><div><p>static</p></div></noscript>" in page
    assert "prefers-color-scheme: dark" in page
    assert not re.search(r'(?:src|href)="https?:', page)


def test_a_report_is_written_over_an_earlier_one_only(page, tmp_path):
    path = tmp_path / "report.html"
    write_report(path, page)
    write_report(path, page)
    assert GENERATOR in path.read_text()[:2000]
    path.write_text("<p>my thesis</p>")
    with pytest.raises(HpoError, match=r"report\.html exists and is no report.*--force"):
        write_report(path, page)
    assert path.read_text() == "<p>my thesis</p>"
    write_report(path, page, force=True)
    assert path.read_text() == page
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "is a folder"), ("nowhere/report.html", "No such file or directory")],
)
def test_where_a_report_can_t_be_written_that_is_said(page, tmp_path, name, said):
    with pytest.raises(HpoError, match=said) as error:
        write_report(tmp_path / name, page)
    assert str(tmp_path) in str(error.value)
