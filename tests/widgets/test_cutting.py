"""What goes out ten times a second stays small, whatever the person wrote."""

import json
from dataclasses import replace

from jupyter_hpo.widgets.cutting import LIVE, cut_live, whole
from jupyter_hpo.widgets.feed import Feed
from jupyter_hpo.widgets.protocol import Header, ObjectiveInfo, ParamInfo, Row, Update

HUGE = "0123456789" * 100_000
CHOICES = [HUGE + "a", HUGE + "b", "short", 7, None]
HEADER = Header(
    HUGE, "running", [ObjectiveInfo(HUGE, "minimize")],
    [ParamInfo("code", "categorical", choices=CHOICES, own=CHOICES[0])],
    facts=[HUGE], notices=[HUGE], message=HUGE, setup=HUGE, device=HUGE, jobs_why=HUGE,
)  # fmt: skip
ROWS = [
    Row(number, "RUNNING", [0.5], {"code": choice}, error=HUGE, notice=HUGE)
    for number, choice in enumerate(CHOICES)
]


class Source:
    def __init__(self, *updates):
        self.updates = list(updates)

    def changes(self, since):
        return self.updates.pop(0)


def test_a_live_message_is_small_where_every_text_is_a_megabyte():
    feed = Feed(Source(Update(1, HEADER, ROWS), Update(2, HEADER, [])))
    for limit in (100_000, 50_000):  # with all trials; and with no news, ten times a second
        content, [buffer] = feed.next()
        assert len(json.dumps(content)) + len(buffer) < limit


def test_what_is_cut_stays_different_and_says_how_long_it_is():
    update = cut_live(Update(1, HEADER, ROWS))
    [info] = update.header.params
    assert len(set(info.choices)) == len(CHOICES)
    assert info.own == info.choices[0]
    assert "(1,000,001 characters, " in info.own
    assert info.own.startswith(HUGE[:400])
    assert [row.params["code"] for row in update.rows] == info.choices


def test_what_fits_is_left_as_it_is():
    rows = [Row(0, "FAIL", None, {"lr": 0.1, "act": "relu", "odd": float("nan")}, error="oh")]
    header = Header("s", "running", params=[ParamInfo("act", "categorical", choices=["relu"])])
    update = Update(1, header, rows)
    assert cut_live(update) == update
    assert cut_live(update).rows[0] is rows[0]


def test_a_page_gives_back_what_it_was_told():
    given = {"code": LIVE.of(CHOICES[1]), "other": LIVE.of(HUGE), "lr": 0.5}
    assert whole(given, {"code": CHOICES}) == {**given, "code": CHOICES[1]}


def test_very_many_sentences_are_cut_too():
    header = replace(HEADER, facts=["a fact"] * 100_000)
    assert len(json.dumps(cut_live(Update(1, header)).header.facts)) < 5_000
