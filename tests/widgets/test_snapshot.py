import base64
import json
import struct
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import nbformat
import pytest

from jupyter_hpo.widgets.encode import revive
from jupyter_hpo.widgets.protocol import (
    SNAPSHOT_TYPE,
    Best,
    Detail,
    Edit,
    Header,
    Importance,
    Importances,
    ObjectiveInfo,
    ParamInfo,
    Point,
    Row,
    Update,
)
from jupyter_hpo.widgets.snapshot import NOTEBOOK, REPORT, make_snapshot
from jupyter_hpo.widgets.static import static_bundle

sys.path.insert(0, str(Path(__file__).parent))
from widget_samples import UPDATE


def study(n_trials, n_steps=0, n_params=1):
    params = [ParamInfo(f"p{i}", "float") for i in range(n_params)]
    header = Header(
        "digits",
        "finished",
        [ObjectiveInfo("loss", "minimize")],
        params,
        n_complete=n_trials,
        best=Best(n_trials - 1, [1 / n_trials]),
    )
    rows = [
        Row(
            number,
            "FAIL" if number % 7 == 1 else "COMPLETE",
            None if number % 7 == 1 else [1 / (number + 1)],
            {info.name: number / 8 for info in params},
            finished_s=float(number),
            error=f"ValueError: {number % 14}" if number % 7 == 1 else "",
        )
        for number in range(n_trials)
    ]
    points = [Point(row.number, step, 1 / step) for row in rows for step in range(1, n_steps + 1)]
    return Update(9, header, rows, points)


def numbers_in(snapshot, table, column="number"):
    """A column of integers over all messages, as the browser would read it."""
    found = []
    for packed in snapshot["updates"]:
        part = packed["message"][table]
        offset = next(c["offset"] for c in part["columns"] if c["name"] == column)
        found += struct.unpack_from(f"<{part['n']}i", base64.b64decode(packed["buffer"]), offset)
    return found


def detail(number):
    return Detail(number, {"p0": 0.5}, log=f"log of {number}")


def test_a_small_study_is_in_it_whole():
    edit = Edit(0, "lr = 1", "lr = 2")
    importances = Importances(40, [Importance("loss", {"p0": 1.0})])
    made = make_snapshot(
        study(40, 5), study="digits-1", detail=detail, importances=importances, apply=[edit]
    )
    assert numbers_in(made, "rows") == list(range(40))
    assert len(numbers_in(made, "points")) == 200
    assert (made["format"], made["study"], made["left_out"]) == (1, "digits-1", "")
    assert made["apply"] == [{"cell": 0, "before": "lr = 1", "after": "lr = 2", "cell_id": ""}]
    assert made["importances"]["of"][0]["values"] == {"p0": 1.0}
    assert made["updates"][0]["message"]["reset"]
    assert not made["updates"][-1]["message"]["more"]


def test_opened_are_the_best_and_the_differently_failed():
    made = make_snapshot(study(200), detail=detail, bounds=replace(NOTEBOOK, opened=6))
    assert [d["number"] for d in made["details"]] == [199, 198, 196, 1, 8, 15]


@pytest.mark.parametrize(
    ("update", "rows"),
    [
        (study(10_000, 3), 2_000),
        (study(60, 2_000), 60),
        (study(3_000, 4, n_params=150), 300),
    ],
    ids=["many trials", "long curves", "many parameters"],
)
def test_it_stays_small_and_says_what_is_left_out(update, rows):
    made = make_snapshot(update, detail=detail)
    assert len(json.dumps(made)) <= 1_000_000
    kept = numbers_in(made, "rows")
    assert len(kept) >= rows * 0.9
    assert update.header.best.number in kept
    points = numbers_in(made, "points")
    assert set(points) <= set(kept)
    assert "%hpo export" in made["left_out"]
    if len(kept) < len(update.rows):
        assert f"{len(kept):,} of {len(update.rows):,} trials" in made["left_out"]
        best = [row.number for row in update.rows[-100:] if row.values]
        assert set(best) <= set(kept)
        tenth = len(update.rows) // 10  # the sample is fair: some of every tenth
        assert all(any(n // tenth == part for n in kept) for part in range(10))


def test_thinned_curves_keep_their_ends():
    made = make_snapshot(study(60, 2_000))
    steps = {}
    for packed in made["updates"]:
        part = packed["message"]["points"]
        buffer = base64.b64decode(packed["buffer"])
        offsets = {c["name"]: c["offset"] for c in part["columns"]}
        numbers = struct.unpack_from(f"<{part['n']}i", buffer, offsets["number"])
        at = struct.unpack_from(f"<{part['n']}d", buffer, offsets["step"])
        for number, step in zip(numbers, at, strict=True):
            steps.setdefault(number, []).append(step)
    assert len(steps) == 60
    assert all(curve[0] == 1 and curve[-1] == 2_000 for curve in steps.values())


def test_those_that_led_meanwhile_stay():
    header = Header("s", "finished", [ObjectiveInfo("loss", "minimize")], best=Best(4999, [0.0]))
    rows = [
        Row(n, "COMPLETE", [5_000.0 - n if n % 1000 == 999 else 9_000.0 + n % 7], finished_s=n)
        for n in range(5_000)
    ]
    kept = numbers_in(make_snapshot(Update(1, header, rows)), "rows")
    assert {0, 999, 1999, 2999, 3999, 4999} <= set(kept)


def test_a_report_holds_everything():
    made = make_snapshot(study(3_000, 20), bounds=REPORT)
    assert numbers_in(made, "rows") == list(range(3_000))
    assert len(numbers_in(made, "points")) == 60_000
    assert made["left_out"] == ""


HUGE = "x" * 1_000_000


def test_a_megabyte_of_text_is_cut_and_names_stay_different():
    params = [ParamInfo(HUGE + "a", "int"), ParamInfo(HUGE + "b", "categorical", choices=[HUGE])]
    row = Row(0, "FAIL", None, {HUGE + "a": 1, HUGE + "b": HUGE}, error=HUGE, notice=HUGE)
    header = Header(
        HUGE, "failed", [ObjectiveInfo(HUGE, "minimize")], params,
        message=HUGE, notices=[HUGE] * 3, facts=[HUGE], setup=HUGE,
    )  # fmt: skip
    made = make_snapshot(
        Update(1, header, [row]),
        detail=lambda n: Detail(n, row.params, HUGE, "one\n" + HUGE + "\nthe end"),
        apply=[Edit(0, HUGE, HUGE)],
    )
    assert len(json.dumps(made)) < 60_000
    message = made["updates"][0]["message"]
    first, second = [info["name"] for info in message["header"]["params"]]
    assert first != second
    assert "(1,000,001 characters)" in first
    columns = {c["name"]: c for c in message["rows"]["columns"]}
    assert columns[f"param:{second}"]["labels"] == message["header"]["params"][1]["choices"]
    assert made["details"][0]["log"].endswith("the end")
    assert made["apply"] == []


def test_it_is_json_that_a_notebook_can_hold():
    odd = replace(UPDATE.rows[1], error="\x00 \ud800 \u202e \x1b[31m </script>")
    update = replace(UPDATE, rows=[*UPDATE.rows, odd])
    made = make_snapshot(update, detail=lambda n: Detail(n, {"lr": float("nan")}))
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    json.dumps(made, ensure_ascii=False).encode("utf-8")
    assert str(revive(made["details"][0]["params"]["lr"])) == "nan"
    output = nbformat.v4.new_output("display_data", data=static_bundle(update))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])
    nbformat.validate(book)
    again = nbformat.reads(nbformat.writes(book), as_version=4)
    assert again.cells[0].outputs[0].data[SNAPSHOT_TYPE] == static_bundle(update)[SNAPSHOT_TYPE]


def test_what_is_shown_is_what_the_wire_carries():
    """The updates are `encode`'s own, so the browser reads them as it reads live ones."""
    from jupyter_hpo.widgets.encode import encode
    from jupyter_hpo.widgets.feed import packed

    seq = count(1)
    messages = encode(UPDATE, reset=True, next_seq=lambda: next(seq))
    assert make_snapshot(UPDATE)["updates"] == [packed(message) for message in messages]
