import base64
import re
import sys
from dataclasses import replace
from pathlib import Path

from jupyter_hpo.widgets.protocol import Best, Header, ObjectiveInfo, ParamInfo, Row, Update
from jupyter_hpo.widgets.ranked import ranked
from jupyter_hpo.widgets.static import static_bundle

sys.path.insert(0, str(Path(__file__).parent))
from widget_samples import UPDATE

NASTY = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)> $x^$"


def study(rows, **header):
    fields = {
        "study": "digits",
        "state": "finished",
        "objectives": [ObjectiveInfo("acc", "maximize")],
        "params": [ParamInfo("lr", "float", True), ParamInfo("act", "categorical")],
        "n_trials": len(rows),
        "n_complete": sum(row.state == "COMPLETE" for row in rows),
        "elapsed_s": 71.0,
    }
    return Update(1, Header(**{**fields, **header}), rows)


def test_nothing_of_the_person_s_text_becomes_markup():
    rows = [
        Row(0, "COMPLETE", [0.5], {"lr": 0.1, NASTY: 1, "act": NASTY}),
        Row(1, "FAIL", error=NASTY),
    ]
    update = study(
        rows,
        study=NASTY,
        objectives=[ObjectiveInfo(NASTY, "maximize")],
        params=[ParamInfo(NASTY, "int"), ParamInfo("act", "categorical")],
        notices=[NASTY],
        message=NASTY,
    )
    html = static_bundle(update, title=NASTY)["text/html"]
    assert "<script" not in html
    assert "<img src=x" not in html
    assert re.findall(r"<(?!/?(?:div|span|b|img|table|thead|tbody|tr|th|td)\b)[a-z]+", html) == []
    assert not re.search(r"\son\w+=(?![^<]*&gt;)", re.sub(r">[^<]*<", "><", html))


def test_text_is_an_aligned_table_best_first():
    rows = [
        Row(0, "COMPLETE", [0.88], {"lr": 1e-3, "act": "relu"}, 5, 3.2),
        Row(1, "COMPLETE", [0.91], {"lr": 2.2e-5, "act": "tanh"}, 5, 3.1),
        Row(2, "PRUNED", [0.99], {"lr": 0.5, "act": "gelu"}, 1, 0.4),
    ]
    update = study(rows, best=Best(1, [0.91]), n_pruned=1)
    assert static_bundle(update)["text/plain"].splitlines() == [
        "digits: ✓ Finished, maximize acc",
        "Best 0.9100 (trial 1)   Trials 3 (2 complete, 1 pruned)   Time 1m 11s",
        "",
        "  Trial  State          acc      lr  act   Step   Time",
        "  ─────  ──────────  ──────  ──────  ────  ────  ─────",
        "*     1  ✓ complete  0.9100  2.2e-5  tanh     5   3.1s",
        "      0  ✓ complete  0.8800   0.001  relu     5   3.2s",
        "      2  ⊘ pruned    0.9900     0.5  gelu     1  400ms",
    ]


def test_minimize_ranks_the_other_way_and_nan_comes_last():
    rows = [
        Row(0, "COMPLETE", [float("nan")]),
        Row(1, "COMPLETE", [2.0]),
        Row(2, "COMPLETE", [1.0]),
        Row(3, "FAIL"),
    ]
    header = study(rows, objectives=[ObjectiveInfo("loss", "minimize")]).header
    assert [row.number for row in ranked(rows, header)] == [2, 1, 0, 3]


def test_only_the_top_is_listed():
    rows = [Row(i, "COMPLETE", [i / 100]) for i in range(40)]
    bundle = static_bundle(study(rows), top=15)
    assert "and 25 more trials" in bundle["text/plain"]
    assert "and 25 more trials" in bundle["text/html"]
    assert bundle["text/html"].count("<tr") == 16


def test_all_failed_says_why_once():
    rows = [Row(i, "FAIL", error="ValueError: no", error_line=4) for i in range(3)]
    bundle = static_bundle(study(rows, state="failed", n_failed=3))
    assert bundle["text/plain"].count("Trial 0, line 4: ValueError: no") == 1
    assert "image/png" not in bundle


def test_an_empty_study_has_no_table():
    bundle = static_bundle(study([], state="stopped"))
    assert "■ Stopped" in bundle["text/plain"]
    assert "<table" not in bundle["text/html"]
    assert "image/png" not in bundle


def test_picture_is_a_png_also_with_odd_values():
    bundle = static_bundle(UPDATE)
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["image/png"] in bundle["text/html"]


def test_drawing_leaves_pyplot_alone():
    before = sys.modules.get("matplotlib.pyplot")
    static_bundle(replace(UPDATE, version=8))
    assert sys.modules.get("matplotlib.pyplot") is before


def test_a_wide_table_is_set_smaller_where_it_does_not_fit():
    def share(count):
        params = [ParamInfo(f"parameter_{i}", "float") for i in range(count)]
        rows = [Row(0, "COMPLETE", [0.5], {p.name: 0.25 for p in params}, 3, 1.0)]
        header = Header("s", "finished", [ObjectiveInfo("acc", "maximize")], params)
        html = static_bundle(Update(1, header, rows))["text/html"]
        return float(re.search(r"font-size:min\(12px,max\(7\.5px,([0-9.]+)cqw", html)[1])

    assert share(1) > 12 / 5  # at a page of 500 px it has its full size
    assert share(10) < share(5) < share(1)


def test_what_mattered_is_said_above_the_table():
    of = [
        {
            "objective": "acc",
            "values": {},
            "says": [f"lr explains 62%; {NASTY}."],
            "rests": "60 trials",
        },
        {"objective": "size", "values": {}, "says": ["act: below 3 none of 9 trials."]},
    ]
    bundle = static_bundle(study([]), snapshot={"importances": {"of": of}})
    assert "acc: lr explains 62%" in bundle["text/plain"]
    assert "(From 60 trials.)" in bundle["text/html"]
    assert "size: act: below 3" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    one = static_bundle(study([]), snapshot={"importances": {"of": of[1:]}})
    assert "\nact: below 3 none" in one["text/plain"]


def test_counts_that_overlap_stand_apart_and_a_failure_is_said_where_nothing_is_complete():
    rows = [Row(0, "FAIL", error="no n_params"), Row(1, "PRUNED", [0.5])]
    text = static_bundle(study(rows, n_failed=1, n_pruned=1), title="s")["text/plain"]
    assert "Trial 0: no n_params" in text
    done = [Row(0, "COMPLETE", [0.5])]
    counted = study(done, n_complete=7, n_pruned=13, n_infeasible=4, n_outside=9, n_trials=11)
    text = static_bundle(counted, title="s")["text/plain"]
    assert "11 (7 complete, 13 pruned; 4 infeasible in all; 9 outside the space, not" in text


def test_several_objectives_are_named_and_the_front_is_marked_and_explained():
    goals = [ObjectiveInfo("acc", "maximize"), ObjectiveInfo("n_params", "minimize", whole=True)]
    values = {2: [0.91, 68.0], 5: [0.965, 332.0], 1: [0.9, 1204736.0]}
    rows = [Row(number, "COMPLETE", each) for number, each in values.items()]
    header = {"objectives": goals, "front": [2, 5], "best": Best(2, values[2])}
    bundle = static_bundle(study(rows, **header))
    text, html = bundle["text/plain"], bundle["text/html"]
    assert "Best (of a front of 2) acc 0.9100, n_params 68 (trial 2)" in text
    assert "Trial 5 is on the front, too (+): no trial is better in one" in text
    assert "Trial 2 (*) is the result because it was the first of them; %hpo use N" in text
    assert [line[:7].split() for line in text.splitlines() if line[:1] in "*+" and line] == [
        ["*", "2"],
        ["+", "5"],
    ]
    assert "1,204,736" in text
    assert html.count("☆") == 2  # in the sentence, and in the row of trial 5
    chosen = static_bundle(study(rows, **header, chosen=2))["text/plain"]
    assert "is the result because you chose it" in chosen
    alone = static_bundle(study(rows, **{**header, "front": [2]}))["text/plain"]
    assert "front" not in alone


def test_it_says_how_it_was_searched():
    made = {"sampler": "TPE", "pruner": "no pruner", "jobs": 2, "device": "CPU"}
    why = f"TPE suggests the values {NASTY}."
    bundle = static_bundle(study([], **made, sampler_why=why))
    assert f"\nSearched by TPE · no pruner · 2 jobs · CPU. {why}" in bundle["text/plain"]
    assert "Searched by TPE · no pruner · 2 jobs · CPU. TPE suggests" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert "Searched" not in static_bundle(study([]))["text/plain"]
