"""The dashboard of a big study in a real page: is it smooth, and what does it cost the kernel?

    make bench ARGS=front-end
    python -m tests.benchmarks.front_end --profile      which functions take the time

A study of 10,000 trials of 20 reports, eight of them running, made up here; Study, Presenter,
Feed and Publisher are the real ones, so is the bundle, in headless Chromium. Ten messages a
second, each with a report of every running trial. Every pane is shown for a while as the
messages come in, with the pointer moving. Frames are counted by Chromium's own tracing, the
main thread's work by its CPU clock, so that other work on the machine counts for less.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from jupyter_hpo.space import Categorical, Float, Int, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.schedulers import NoPruning
from jupyter_hpo.widgets.publisher import INTERVAL_S, Publisher

from ..browser.page import STATIC, WidgetPage, as_text, start
from .study_cost import Bench
from .table import table

TRIALS, STEPS, RUNNING = 10_000, 20, 8
HOUR = 36_000
"""Messages in an hour."""
BATCH = 600
LIVE_S = 5.0
SPEED = 1_500
"""Pixels a second that the wheel scrolls: 50 rows."""
SPACE = SearchSpace(
    {
        "lr": Float(1e-5, 1e-1, log=True),
        "hidden": Int(16, 512, log=True),
        "dropout": Float(0.0, 0.7),
        "layers": Int(1, 6),
        "act": Categorical(["relu", "tanh", "gelu"]),
        "batch": Categorical([16, 32, 64]),
    }
)
JS = Path(__file__).parents[2] / "js"
CATEGORIES = ["cc", "benchmark", "toplevel", "disabled-by-default-devtools.timeline"]
Message = tuple[str, str]


class Live:
    """The study, and the messages that its publisher sends; the clock is ours."""

    def __init__(self, trials: int = TRIALS) -> None:
        random.seed(7)
        self.bench = Bench(
            steps=STEPS, slots=RUNNING, space=SPACE, suggest=_suggest, scheduler=NoPruning()
        )
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.publisher = Publisher(
            self.bench.presenter, lambda *message: self.sent.append(message), clock=lambda: self.now
        )
        self.now = 0.0
        self.cpu_s: list[float] = []
        self.bench.handle(m.Begin())
        while self.bench.study.n_done < trials - RUNNING:
            self.bench.turn()

    def everything(self) -> list[Message]:
        """What a page that has nothing is sent."""
        self.publisher.resync()
        messages = [self._turn()]
        while json.loads(messages[-1][0])["more"]:
            messages.append(self._turn())
        return messages

    def messages(self, count: int, reports: int = RUNNING) -> Iterator[Message]:
        """So many messages, each with so many reports."""
        for _ in range(count):
            for _ in range(reports):
                self.bench.turn()
            self.publisher.notify()
            yield self._turn()

    def _turn(self) -> Message:
        self.now += INTERVAL_S
        began = time.process_time()
        self.publisher.turn(self.now)
        self.cpu_s.append(time.process_time() - began)
        return as_text(self.sent.pop())


def _suggest(number: int) -> dict[str, Any]:
    return {
        "lr": 10 ** random.uniform(-5, -1),
        "hidden": random.choice([16, 32, 64, 128, 256, 512]),
        "dropout": random.uniform(0, 0.7),
        "layers": random.randint(1, 6),
        "act": random.choice(["relu", "tanh", "gelu"]),
        "batch": random.choice([16, 32, 64]),
    }


PLAY = """
([messages, everyMs]) => new Promise((done) => {
  let at = 0, playing = true;
  const everyFrame = () => { if (playing) requestAnimationFrame(everyFrame); };
  everyFrame(); // as an animation would, so that a frame that comes late is seen
  const timer = setInterval(() => {
    widget.receive(...messages[at++]);
    if (at < messages.length) return;
    clearInterval(timer);
    playing = false;
    requestAnimationFrame(done);
  }, everyMs);
})
"""
SCROLL = """
([messages, everyMs]) => {
  const box = document.querySelector('.hpo-scroll').getBoundingClientRect();
  const at = box.left + box.width / 2, ys = [box.top + 60, box.bottom - 20];
  window.scrolled = { frames: 0, gaps: 0, done: false };
  const look = () => {
    const seen = ys.map((y) => document.elementFromPoint(at, y));
    scrolled.frames += 1;
    scrolled.gaps += seen.some((e) => e?.closest('.hpo-gap'));
    if (!scrolled.done) requestAnimationFrame(look);
  };
  look();
  window.played = PLAY([messages, everyMs]).then(() => { scrolled.done = true; });
}
""".replace("PLAY", f"({PLAY.strip()})")
FLOOD = """
async (messages) => {
  for (const [i, message] of messages.entries()) {
    widget.receive(...message);
    if (i % 100 < 99) continue;
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  }
}
"""


class Measured:
    """A page with the board, and Chromium's own figures of it."""

    def __init__(self, browser: Any, live: Live, bundle: Path | None = None) -> None:
        self.browser, self.live = browser, live
        self.view = WidgetPage(browser, bundle=bundle)
        self.page = self.view.page
        self.cdp = self.view.context.new_cdp_session(self.page)
        self.cdp.send("Performance.enable")
        self.view.show("dashboard", {"_study": "s"})
        self.full = live.everything()
        before = self.busy_s()
        self.page.evaluate(FLOOD, self.full)
        self.view.settle()
        self.first_s = self.busy_s() - before

    def metrics(self) -> dict[str, float]:
        return {m["name"]: m["value"] for m in self.cdp.send("Performance.getMetrics")["metrics"]}

    def busy_s(self) -> float:
        """CPU time of the page's main thread so far."""
        return self.metrics()["ThreadTime"]

    def heap(self) -> float:
        """Bytes in use after the garbage was collected."""
        self.cdp.send("HeapProfiler.enable")
        for _ in range(3):
            self.cdp.send("HeapProfiler.collectGarbage")
        return self.metrics()["JSHeapUsedSize"]

    def panes(self) -> list[str]:
        return self.page.get_by_role("tab").all_inner_texts()

    def choose(self, pane: str) -> None:
        self.page.get_by_role("tab", name=pane, exact=True).click()
        self.view.settle()

    def watch(self, seconds: float) -> tuple[dict[str, int], float, list[float]]:
        """Frames by what became of them, main-thread seconds a message, its tasks (ms)."""
        messages = list(self.live.messages(round(seconds / INTERVAL_S)))
        self.browser.start_tracing(page=self.page, categories=CATEGORIES)
        before = self.busy_s()
        self.page.evaluate(PLAY, [messages, 1000 * INTERVAL_S])
        busy = (self.busy_s() - before) / len(messages)
        events = json.loads(self.browser.stop_tracing())["traceEvents"]
        return frames(events), busy, tasks_ms(events)

    def scroll(self, seconds: float) -> tuple[dict[str, int], float, list[float], float]:
        """The same while the wheel turns over the table; also the share of frames in which
        rows in view were not drawn."""
        messages = list(self.live.messages(round(seconds / INTERVAL_S)))
        board = self.page.locator(".hpo-scroll").bounding_box()
        assert board is not None
        self.browser.start_tracing(page=self.page, categories=CATEGORIES)
        before = self.busy_s()
        self.page.evaluate(SCROLL, [messages, 1000 * INTERVAL_S])
        gesture = {
            "x": board["x"] + board["width"] / 2, "y": board["y"] + board["height"] / 2,
            "yDistance": -SPEED * seconds, "speed": SPEED, "gestureSourceType": "mouse",
        }  # fmt: skip
        self.cdp.send("Input.synthesizeScrollGesture", gesture)
        self.page.evaluate("() => window.played")
        busy = (self.busy_s() - before) / len(messages)
        events = json.loads(self.browser.stop_tracing())["traceEvents"]
        seen = self.page.evaluate("() => window.scrolled")
        moved = self.page.evaluate("() => document.querySelector('.hpo-scroll').scrollTop")
        assert moved > SPEED, "the wheel did not reach the table"
        return frames(events), busy, tasks_ms(events), seen["gaps"] / seen["frames"]

    def profile(self, seconds: float, top: int = 16) -> list[tuple[str, float]]:
        """Functions by their own time, in shares of the busy time; a nameless one by its code."""
        self.cdp.send("Profiler.enable")
        self.cdp.send("Profiler.setSamplingInterval", {"interval": 500})
        messages = list(self.live.messages(round(seconds / INTERVAL_S)))
        self.cdp.send("Profiler.start")
        self.page.evaluate(PLAY, [messages, 1000 * INTERVAL_S])
        profile = self.cdp.send("Profiler.stop")["profile"]
        code = self.view.bundles["dashboard.js"].read_text().splitlines()
        names = {node["id"]: _name(node["callFrame"], code) for node in profile["nodes"]}
        took: Counter[str] = Counter()
        for node, delta in zip(profile["samples"], profile["timeDeltas"], strict=True):
            if names[node] not in ("(idle)", "(root)"):
                took[names[node]] += delta
        whole = sum(took.values())
        return [(name, t / whole) for name, t in took.most_common(top)]


def _name(frame: dict[str, Any], code: list[str]) -> str:
    if frame["functionName"] or not frame["url"].endswith("dashboard.js"):
        return frame["functionName"] or "(of the benchmark)"
    return code[frame["lineNumber"]].strip()[:70]


def frames(events: list[dict[str, Any]]) -> dict[str, int]:
    """Frames of the page by state. PRESENTED_ALL: in time and up to date. PRESENTED_PARTIAL:
    in time, without what the main thread was late with. DROPPED: the frame before stood on."""
    states: Counter[str] = Counter()
    for event in events:
        if event["name"] == "PipelineReporter" and event["ph"] == "b":
            states[event["args"]["frame_reporter"]["state"].removeprefix("STATE_")] += 1
    return dict(states)


def tasks_ms(events: list[dict[str, Any]]) -> list[float]:
    """CPU time of each task of the page's main thread, sorted."""
    (main,) = {
        (e["pid"], e["tid"])
        for e in events
        if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    of_main = (e for e in events if e["name"] == "RunTask" and (e["pid"], e["tid"]) == main)
    return sorted(e.get("tdur", 0) / 1000 for e in of_main)


def sizes() -> str:
    """The bundles, whole and as gzip sends them."""
    rows = []
    for path in sorted(STATIC.rglob("*.js")):
        data = path.read_bytes()
        packed = len(gzip.compress(data, 9))
        rows.append([str(path.relative_to(STATIC)), _kb(len(data)), _kb(packed)])
    return table("front end: bundles", ["", "bytes", "gzip"], rows)


def _kb(n: float) -> str:
    return f"{n / 1000:,.1f} kB"


def front_end(trials: int = TRIALS) -> str:
    """All tables."""
    live = Live(trials)
    with sync_playwright() as playwright:
        browser = start(playwright)
        measured = Measured(browser, live)
        parts = [sizes(), _messages(live, measured), _panes(measured)]
        measured.view.close()
        parts.append(_heap(browser, live))
        browser.close()
    return "\n\n".join(parts)


def _messages(live: Live, measured: Measured) -> str:
    full_cpu, live.cpu_s = sum(live.cpu_s), []
    news = list(live.messages(100))
    beat = list(live.messages(100, reports=0))
    cost, idle = live.cpu_s[:100], live.cpu_s[100:]
    measured.page.evaluate(FLOOD, news + beat)

    def size(messages: list[Message]) -> str:
        return _kb(median(len(t) + len(data) * 3 / 4 for t, data in messages))

    def cpu(seconds: list[float]) -> str:
        return f"{1000 * sum(seconds) / len(seconds):.2f} ms"

    full = measured.full
    most = max(len(t) + len(data) * 3 / 4 for t, data in full)
    return table(
        f"front end: messages of {live.bench.study.n_done:,} trials, {RUNNING} running",
        ["", "messages", "bytes each", "kernel CPU each", "page CPU"],
        [
            ["everything", str(len(full)), f"{size(full)}, at most {_kb(most)}",
             f"{1000 * full_cpu / len(full):.2f} ms", f"{measured.first_s:.2f} s in all"],
            [f"{RUNNING} reports", "10/s", size(news), cpu(cost), "see below"],
            ["a heartbeat", "1/s", size(beat), cpu(idle), ""],
        ],
    )  # fmt: skip


def _panes(measured: Measured) -> str:
    rows = []
    for pane in measured.panes():
        measured.choose(pane)
        rows.append(_row(pane, *measured.watch(LIVE_S)))
    measured.choose("Leaderboard")
    measured.page.get_by_role("columnheader", name="lr").get_by_role("button").click()
    *figures, gaps = measured.scroll(LIVE_S)
    rows.append(_row(f"Leaderboard by lr, scrolled (rows missing {gaps:.1%})", *figures))
    return table(
        f"front end: each pane for {LIVE_S:.0f} s at 10 messages/s; main thread in CPU time",
        ["pane", "frames", "without news", "dropped", "main thread a message",
         "tasks > 16.7 ms", "longest task"],
        rows,
    )  # fmt: skip


def _row(name: str, states: dict[str, int], busy: float, tasks: list[float]) -> list[str]:
    n = sum(states.values())
    late, lost = states.get("PRESENTED_PARTIAL", 0), states.get("DROPPED", 0)
    long = sum(task > 1000 / 60 for task in tasks)
    return [
        name, str(n), f"{late} ({late / n:.1%})", f"{lost} ({lost / n:.1%})",
        f"{1000 * busy:.1f} ms", str(long), f"{tasks[-1]:.0f} ms",
    ]  # fmt: skip


def _heap(browser: Any, live: Live) -> str:
    """The heap after an hour beside that of a fresh page of the same study: what differs was
    kept for nothing."""
    measured = Measured(browser, live)
    before = live.bench.study.n_done
    rows = [[f"a fresh page, {before:,} trials", _kb(measured.heap())]]
    for part in range(1, 5):
        for _ in range(HOUR // 4 // BATCH):
            measured.page.evaluate(FLOOD, list(live.messages(BATCH, reports=1)))
        measured.view.settle()
        rows.append([f"after {15 * part} min", _kb(measured.heap())])
    measured.view.close()
    fresh = Measured(browser, live)
    rows.append([f"a fresh page, {live.bench.study.n_done:,} trials", _kb(fresh.heap())])
    return table(
        "front end: heap after garbage collection; an hour of 36,000 messages",
        ["", "in use"], rows,
    )  # fmt: skip


def profiles(trials: int = TRIALS) -> str:
    """Which functions take the time, pane by pane, in a bundle that keeps their names."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bundle = Path(folder) / "dashboard.js"
        subprocess.run(
            ["npx", "esbuild", "src/widget/dashboard.ts", "--bundle", "--format=esm",
             "--target=es2022", "--jsx=automatic", "--jsx-import-source=preact",
             "--loader:.css=text", f"--outfile={bundle}", "--log-level=warning"],
            cwd=JS, check=True,
        )  # fmt: skip
        browser = start(playwright)
        measured = Measured(browser, Live(trials), bundle)
        parts = []
        for pane in measured.panes():
            measured.choose(pane)
            rows = [[name, f"{share:.1%}"] for name, share in measured.profile(LIVE_S)]
            parts.append(table(f"front end: {pane}", ["function", "of the busy time"], rows))
        browser.close()
    return "\n\n".join(parts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--profile", action="store_true", help="which functions take the time")
    parser.add_argument("--trials", type=int, default=TRIALS)
    found = parser.parse_args()
    print((profiles if found.profile else front_end)(found.trials))
