"""What the tool finds in the corpus, as tables, with every miss.

python -m tests.corpus.measure [--notebooks | --unseen] [FRAMEWORK ...]

Columns: values, the share of those a person would tune that are proposed; false, the share of
proposals that nobody would tune; objective, cells in which the right one is proposed; reports,
cells with intermediate values that report them with no edit; captured, cells that run at their
own values with the same namespace, prints and final metric as plainly (with --notebooks: with
the final metric of *Restart and run all*, in every trial of two studies).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from .corpus import FRAMEWORKS, Example, Value, examples
from .running import results
from .studies import ROUNDING

LEAST_OF_A_STYLE = 3
AT_A_TIME = 2


@dataclass
class Tally:
    """hits and totals of one cell, or of many."""

    cells: int = 0
    found: int = 0
    wanted: int = 0
    false: int = 0
    proposals: int = 0
    objective: int = 0
    reported: int = 0
    reporting: int = 0
    captured: int = 0
    misses: list[str] = field(default_factory=list)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            *(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True))
        )

    def row(self, name: str) -> str:
        shares = [
            share(self.found, self.wanted),
            share(self.false, self.proposals),
            share(self.objective, self.cells),
            share(self.reported, self.reporting),
            share(self.captured, self.cells),
        ]
        return f"| {name} | {self.cells} | " + " | ".join(shares) + " |"


HEAD = """| {} | cells | values | false | objective | reports | captured |
|---|---|---|---|---|---|---|"""


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} {100 * part / whole:.0f}%" if whole else "–"


def tally(example: Example, result: dict[str, Any]) -> Tally:
    """One cell's. A cell whose result is missing has found nothing."""
    t = Tally(cells=1, reporting=int(example.reports is not None))
    captured = result.get("captured", {})
    proposed = captured.get("tunables", [])
    _values(t, example, proposed)
    _ends(t, example, result, captured)
    return t


def _values(t: Tally, example: Example, proposed: list[dict[str, Any]]) -> None:
    met = {v: meets(v, proposed) for v in example.values}
    for value in example.values:
        if not value.wanted:
            continue
        t.wanted += 1
        if met[value]:
            t.found += 1
        else:
            t.misses.append(f"{at(example, value)} not found: {value.text}")
    for tunable in proposed:
        t.proposals += 1
        if not any(hits(value, tunable) for value in example.values):
            t.false += 1
            cell, line, *_ = tunable["places"][0]
            where = example.where(cell, line) if cell < len(example.first_lines) else example.name
            text = f"{tunable['name']} = {tunable['value']} in {tunable['range']}"
            t.misses.append(f"{where} false proposal: {text}")


def _ends(t: Tally, example: Example, result: dict[str, Any], captured: dict[str, Any]) -> None:
    where = example.where(0, 1)
    if captured.get("right"):
        t.objective += 1
    else:
        said = captured.get("objectives") or [
            p for p in captured.get("problems", ()) if "objective" in p and "asked" not in p
        ]
        t.misses.append(f"{where} objective: {said}, not {example.aims[0].source}")
    steps = len(captured.get("steps", ()))
    if example.reports is not None:
        if steps >= min(example.reports, 2):
            t.reported += 1
        if steps != example.reports:
            t.misses.append(f"{where} reports: {steps}, not {example.reports}")
    whole = captured.get("ran") and not captured["differs"] and not captured["prints_differ"]
    if whole and captured["value"] == captured["plain_value"]:
        t.captured += 1
    else:
        t.misses.append(f"{where} captured: {why_not(result, captured)}")


def why_not(result: dict[str, Any], captured: dict[str, Any]) -> str:
    for key in ("error", "crash"):
        if captured.get(key) or result.get(key):
            return str(captured.get(key) or result.get(key))
    if not captured.get("ran"):
        return f"did not run: {captured.get('problems')}"
    if captured["differs"]:
        return f"left otherwise: {', '.join(captured['differs'])}"
    if captured["prints_differ"]:
        return "prints otherwise"
    return f"ends at {captured['value']}, plainly at {captured['plain_value']}"


def meets(value: Value, proposed: Iterable[dict[str, Any]]) -> bool:
    return any(hits(value, tunable) for tunable in proposed)


def hits(value: Value, tunable: dict[str, Any]) -> bool:
    return any(value.meets(*place) for place in tunable["places"])


def at(example: Example, value: Value) -> str:
    return f"{example.path.parent.name}/{example.path.name}:{value.file_line}"


def tables(tallies: dict[str, Tally], chosen: dict[str, Example]) -> str:
    by_framework: dict[str, Tally] = defaultdict(Tally)
    by_style: dict[str, Tally] = defaultdict(Tally)
    for name, one in tallies.items():
        by_framework[chosen[name].framework] += one
        for style in chosen[name].styles:
            by_style[style] += one
    whole = sum(tallies.values(), Tally())
    lines = [HEAD.format("framework")]
    lines += [by_framework[f].row(f) for f in FRAMEWORKS if f in by_framework]
    lines += [whole.row("**all**"), "", HEAD.format("style")]
    common = sorted(by_style.items(), key=lambda item: -item[1].cells)
    lines += [t.row(style) for style, t in common if t.cells >= LEAST_OF_A_STYLE]
    lines += ["", "Misses:", *sorted(whole.misses)]
    return "\n".join(lines)


def of_notebook(result: dict[str, Any]) -> dict[str, Any]:
    """A whole notebook's result as a cell's."""
    if "studies" not in result:
        return result
    plainly = result["plain"][0][0]
    found = result["studies"][0]["found"]
    values = [value for study in result["studies"] for value in study.get("values", [None])]
    odd = next((v for v in values if v is None or abs(v / plainly - 1) > ROUNDING), plainly)
    return {"captured": {**found, "value": odd, "plain_value": plainly}}


def main(*arguments: str) -> None:
    rooms = [argument.removeprefix("--") for argument in arguments if argument.startswith("--")]
    room = rooms[0] if rooms else "cells"
    frameworks = [argument for argument in arguments if not argument.startswith("--")]
    chosen = {
        name: example
        for name, example in examples(room).items()
        if not frameworks or example.framework in frameworks
    }
    wanted = [f for f in FRAMEWORKS if any(e.framework == f for e in chosen.values())]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        runs = [pool.submit(results, framework, room=room) for framework in wanted]
        found = {name: result for run in runs for name, result in run.result().items()}
    if room == "notebooks":
        found = {name: of_notebook(result) for name, result in found.items()}
    tallies = {name: tally(example, found.get(name, {})) for name, example in chosen.items()}
    print(tables(tallies, chosen))


if __name__ == "__main__":
    main(*sys.argv[1:])
