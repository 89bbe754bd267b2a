import json
import math
import struct
import sys
from dataclasses import asdict
from itertools import count
from pathlib import Path

import pytest

from jupyter_hpo.widgets import encode as e
from jupyter_hpo.widgets.protocol import (
    FIGURES,
    ROW_STATES,
    WAITS,
    Header,
    ParamInfo,
    Point,
    Row,
    Update,
)

sys.path.insert(0, str(Path(__file__).parent))
from widget_samples import HEADER, POINTS, ROWS, UPDATE

FIXTURE = Path(__file__).parents[2] / "js" / "tests" / "update.json"


def encoded(update, *, reset=True):
    sequence = count(1)
    return list(e.encode(update, reset=reset, next_seq=lambda: next(sequence)))


def columns(table, buffer):
    codes = {"u1": "B", "i2": "h", "i4": "i", "f8": "d"}
    return {
        c["name"]: struct.unpack_from(f"<{table['n']}{codes[c['type']]}", buffer, c["offset"])
        for c in table["columns"]
    }


def decode(content, buffers):
    """What decode.ts does, in Python: rows and points as dicts."""
    content = e.revive(json.loads(json.dumps(content, allow_nan=False)))
    table, header = content["rows"], content["header"]
    data, described = columns(table, buffers[0]), {c["name"]: c for c in table["columns"]}
    exact_spans = described["spans"]["exact"] or {}
    exact_rounds = described["rounds"]["exact"] or {}
    parents = data.get("parent", [-1] * table["n"])
    rows = []
    for i in range(table["n"]):
        params = {}
        for info in header["params"]:
            name = f"param:{info['name']}"
            value, column = data[name][i], described[name]
            if column["labels"] is not None:
                if value >= 0:
                    params[info["name"]] = column["labels"][value]
            elif not math.isnan(value):
                params[info["name"]] = int(value) if info["kind"] == "int" else value
            elif str(i) in (column["exact"] or {}):
                params[info["name"]] = column["exact"][str(i)]

        def maybe(name, kind=float, i=i):
            return None if math.isnan(data[name][i]) else kind(data[name][i])

        values = [data[f"value:{k}"][i] for k in range(len(header["objectives"]))]
        line = data["error_line"][i]
        rows.append(
            {
                "number": data["number"][i],
                "state": ROW_STATES[data["state"][i]],
                "values": values if data["valued"][i] else None,
                "params": params,
                "step": maybe("step", int),
                "duration_s": maybe("duration_s"),
                "started_s": maybe("started_s"),
                "finished_s": maybe("finished_s"),
                "error": table["texts"]["error"].get(str(i), ""),
                "error_line": None if line < 0 else line,
                "memory_bytes": maybe("memory_bytes", int),
                "notice": table["texts"]["notice"].get(str(i), ""),
                "heard_s": maybe("heard_s"),
                "long_s": maybe("long_s"),
                "waits": WAITS[data["waits"][i]],
                "spans": exact_spans.get(str(i), []),
                "infeasible": table["texts"]["infeasible"].get(str(i), ""),
                "figures": {
                    name: data[f"figure:{name}"][i]
                    for name in FIGURES
                    if f"figure:{name}" in data and not math.isnan(data[f"figure:{name}"][i])
                },
                "kept": bool(data["kept"][i]),
                "rounds": exact_rounds.get(str(i), []),
                "parent": parents[i] if parents[i] >= 0 else None,
            }
        )
    points = columns(content["points"], buffers[0])
    return rows, list(zip(points["number"], points["step"], points["value"], strict=True))


def test_round_trip_with_nan_infinity_big_integers_and_like_choices():
    [(content, buffers)] = encoded(UPDATE)
    rows, points = decode(content, buffers)
    assert repr(rows) == repr([asdict(row) for row in ROWS])  # by repr: nan equals nan
    assert repr(points) == repr([(p.number, float(p.step), p.value) for p in POINTS])
    assert e.revive(content["header"]) == asdict(HEADER)
    assert (content["seq"], content["version"], content["reset"]) == (1, 7, True)


def test_the_fixture_for_typescript_is_current():
    [(content, buffers)] = encoded(UPDATE)
    text = json.dumps({"content": content, "buffer": buffers[0].hex()}, indent=1) + "\n"
    if not FIXTURE.exists() or FIXTURE.read_text(encoding="utf-8") != text:
        FIXTURE.write_text(text, encoding="utf-8")
        pytest.fail(f"{FIXTURE.name} was stale and is written anew; run the tests again.")


def test_a_big_update_becomes_messages_of_bounded_size():
    params = [ParamInfo(f"p{i}", "float") for i in range(10)]
    header = Header("s", "running", params=params)
    rows = [Row(i, "COMPLETE", params={p.name: 0.5 for p in params}) for i in range(2000)]
    points = [Point(i % 50, i, 0.5) for i in range(7001)]
    messages = encoded(Update(1, header, rows, points))
    assert [m["more"] for m, _ in messages] == [True] * (len(messages) - 1) + [False]
    assert [m["reset"] for m, _ in messages] == [True] + [False] * (len(messages) - 1)
    assert [m["seq"] for m, _ in messages] == list(range(1, len(messages) + 1))
    assert sum(m["rows"]["n"] for m, _ in messages) == 2000
    assert sum(m["points"]["n"] for m, _ in messages) == 7001
    for content, buffers in messages:
        assert len(json.dumps(content)) + len(buffers[0]) < 150_000


def test_columns_start_where_a_typed_array_may():
    [(content, _)] = encoded(UPDATE)
    for table in (content["rows"], content["points"]):
        assert all(column["offset"] % 8 == 0 for column in table["columns"])


def test_half_a_character_is_replaced_and_whole_ones_stay():
    sent = e.plain({"error": "bad \ud800 é \U0001f600", "choices": ["a", "b\udcff"]})
    assert sent == {"error": "bad \ufffd é \U0001f600", "choices": ["a", "b\ufffd"]}
    json.dumps(sent, ensure_ascii=False).encode()


def test_an_unknown_type_is_named():
    with pytest.raises(TypeError, match="set"):
        e.plain({"x": {1}})
