import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Row } from "../src/core/protocol";
import { Board } from "../src/board/board";
import { REFRESH_MS } from "../src/board/detail";
import { PANES } from "../src/board/panes";
import { Session } from "../src/board/session";
import { WidgetTransport } from "../src/core/transport";
import { FakeKernel, FakeModel } from "./fake";
import { param, row } from "./help";
import { all, begin, button, end, root, session, show } from "./stage";
import fixture from "./update.json";

let model: FakeModel;

const click = (element: HTMLElement): Promise<void> =>
  act(async () => {
    element.click();
    await Promise.resolve();
  });
const sentCommands = (): string[] =>
  model.kernel!.messages.map(({ content: c }) => c.command + (c.number ?? ""));

beforeEach(() => {
  model = new FakeModel(new FakeKernel());
  begin(new Session(new WidgetTransport(model), () => 0));
  act(() => render(<Board session={session} />, root));
});
afterEach(end);

describe("Board", () => {
  it("asks for everything first and says that it waits", () => {
    expect(sentCommands()).toEqual(["resync"]);
    expect(root.textContent).toContain("Waiting for the study");
  });

  it("looks right with no trial, and with every trial failed", () => {
    show([], { state: "starting" });
    expect(root.textContent).toContain("Starting workers…");
    show([row(0, { state: "FAIL", error: "ValueError: no" })], {
      state: "failed",
      n_failed: 1,
      message: "Every trial raised ValueError.",
    });
    expect(root.textContent).toContain("Every trial raised ValueError.");
    expect(all(".hpo-state").map((e) => e.textContent)).toEqual(["✕failed"]);
    expect(button("Pause")).toBeUndefined();
  });

  it("shows progress, best and order", () => {
    const points = [1, 2, 3].map((step) => ({ number: 1, step, value: step / 10 }));
    show(
      [row(0, { values: [0.5] }), row(1, { values: [0.9], params: { lr: 1e-3, act: "relu" } })],
      { n_complete: 2, best: { number: 1, values: [0.9] } },
      points,
    );
    expect(root.querySelector("[role=progressbar]")!.getAttribute("aria-valuetext")).toBe(
      "2 of 10 trials",
    );
    expect(all("tbody th").map((e) => e.textContent)).toEqual(["▸1", "▸0"]);
    expect(root.querySelector(".hpo-best .hpo-value")!.textContent).toBe("★0.9000");
  });

  it("sorts by a heading, the other way, and back to the ranking", async () => {
    show([row(0, { params: { lr: 0.3 } }), row(1, { params: { lr: 0.1 } })]);
    const numbers = (): string[] => all("tbody th").map((e) => e.textContent!.slice(1));
    const sort = (): string | null => button("lr").closest("th")!.getAttribute("aria-sort");
    await click(button("lr"));
    expect([numbers(), sort()]).toEqual([["1", "0"], "ascending"]);
    await click(button("lr"));
    expect([numbers(), sort()]).toEqual([["0", "1"], "descending"]);
    await click(button("lr"));
    expect(sort()).toBe("none");
  });

  it("tells who paused a trial, and how many", () => {
    show(
      [
        row(0, { state: "PAUSED", waits: "person" }),
        row(1, { state: "PAUSED", waits: "scheduler" }),
        row(2, { state: "PAUSED", waits: "study" }),
      ],
      { n_paused: 3 },
    );
    const words = all(".hpo-state").map((e) => e.textContent);
    expect(words.sort()).toEqual(["‖paused", "‖paused at rung", "‖paused by you"]);
    expect(all(".hpo-counts li").map((e) => e.textContent!.trim())).toContain(
      "‖3 paused (1 by you, 1 at a rung)",
    );
  });

  it("says of a population that its members wait for each other", () => {
    show([row(0, { state: "PAUSED", waits: "scheduler" })], { n_paused: 1, pruner: "PBT" });
    expect(all(".hpo-state").map((e) => e.textContent)).toEqual(["‖waits"]);
    expect(all(".hpo-counts li").map((e) => e.textContent!.trim())).toContain(
      "‖1 paused (1 waiting for the others)",
    );
  });

  it("counts no trial outside the space, nor one cut off, towards the budget", () => {
    const counts = { n_trials: 24, n_complete: 22, n_pruned: 7, n_outside: 5, n_cut_off: 2 };
    show([row(0)], { ...counts, spent_s: 65, elapsed_s: 400 });
    const stats = all(".hpo-stat").map((e) => e.textContent);
    expect(stats).toContain("Trials24 of 24 100% · 5 outside the space · 2 cut off");
    expect(stats).toContain("Elapsed1m 05s");
    expect(root.querySelector('[role="progressbar"]')!.getAttribute("aria-valuenow")).toBe("24");
  });

  it("says the best values in a line, and when they are the cell's own", async () => {
    const params = [param("lr", { own: 0.01 }), param("act", { own: "relu" })];
    const best = { number: 0, values: [0.9] };
    const rows = [row(0, { values: [0.9], params: { lr: 0.01, act: "relu" } })];
    show(rows, { params, best });
    expect(root.querySelector(".hpo-best-values")!.textContent).toBe("lr 0.01 · act relu");
    show(rows, { params, best, state: "finished" });
    expect(root.textContent).toContain("No trial beat your own values.");
    expect(button("Apply best to cell").disabled).toBe(true);
    await click(button("Best values: lr 0.01, act relu"));
    expect(session.opened.value).toBe(0);
    show([row(0, { values: [0.9], params: { lr: 0.02, act: "relu" } })], { params, best, state: "finished" });
    expect(root.textContent).not.toContain("No trial beat your own values.");
    expect(button("Apply best to cell").disabled).toBe(false);
  });

  it("shows several notices as one, each once, as sentences", () => {
    show([row(0)], { notices: ["Two fit.", "Two fit.", "no more ran."], message: "interrupted" });
    expect(all(".hpo-note").map((e) => e.textContent)).toEqual([
      "!Two fit. + 1 moreNo more ran.",
      "iInterrupted",
    ]);
  });

  it("keeps what goes wrong in one tab from the others", async () => {
    show([row(0, { values: [0.5] })]);
    const { Content } = PANES[3]!;
    (PANES[3] as { Content: unknown }).Content = () => {
      throw new Error("no such axis");
    };
    await click(button("History"));
    expect(root.querySelector('[role="alert"]')!.textContent).toContain("no such axis");
    await click(button("Leaderboard"));
    expect(all("tbody th").length).toBe(1);
    (PANES[3] as { Content: unknown }).Content = Content;
    await click(button("History"));
    expect(all('[role="alert"]').length).toBe(0);
  });

  it("pauses with feedback before the study has changed", async () => {
    show([row(0, { state: "RUNNING" })], { n_running: 1 });
    await click(button("Pause"));
    expect(sentCommands()).toContain("pause");
    expect(button("Pausing…").disabled).toBe(true);
    show([], { state: "paused" });
    act(() => session["clearPending"]());
    expect(button("Resume").disabled).toBe(false);
  });

  it("says why a command was refused", async () => {
    show([row(0, { state: "RUNNING" })]);
    model.kernel!.answer = () => ({ ok: false, message: "This study has ended." });
    await click(button("Stop"));
    await act(async () => void (await Promise.resolve()));
    expect(root.textContent).toContain("This study has ended.");
    expect(button("Stop").disabled).toBe(false);
  });

  it("opens a row, shows its error at the line, and stops a running trial", async () => {
    show([
      row(3, { state: "RUNNING" }),
      row(4, { state: "FAIL", error: "<img src=x>", error_line: 14 }),
    ]);
    await click(all("tbody th button")[1]!);
    expect(sentCommands()).toContain("detail4");
    expect(root.querySelector(".hpo-error")!.textContent).toBe("line 14<img src=x>");
    expect(root.querySelector("img")).toBeNull();
    expect(button("Stop this trial")).toBeUndefined();
    await click(all("tbody th button")[0]!);
    await click(button("Stop this trial"));
    expect(sentCommands()).toContain("stop_trial3");
    expect(button("Stopping this trial").disabled).toBe(true);
  });

  it("asks for the log of an opened trial while it runs, and once more at its end", async () => {
    show([row(3, { state: "RUNNING" })]);
    vi.useFakeTimers();
    try {
      const asked = (): number => sentCommands().filter((c) => c === "detail3").length;
      await click(all("tbody th button")[0]!);
      expect(asked()).toBe(1);
      await act(async () => void (await vi.advanceTimersByTimeAsync(3 * REFRESH_MS)));
      expect(asked()).toBe(4);
      show([row(3, { state: "COMPLETE" })]);
      expect(asked()).toBe(5);
      await act(async () => void (await vi.advanceTimersByTimeAsync(5 * REFRESH_MS)));
      expect(asked()).toBe(5);
    } finally {
      vi.useRealTimers();
    }
  });

  it("says why a trial was pruned, and what a paused one waits for", async () => {
    show([
      row(1, { state: "PAUSED", waits: "scheduler", values: [0.2] }),
      row(2, { state: "PRUNED", values: [0.1], notice: "9 of 12 trials at step 1" }),
    ]);
    expect(all(".hpo-state").map((e) => e.title)).toEqual([
      "waits for promotion",
      "9 of 12 trials at step 1",
    ]);
    await click(all("tbody th button")[1]!);
    expect(root.querySelector(".hpo-reason")!.textContent).toBe(
      "Stopped early: 9 of 12 trials at step 1 Why was this pruned?",
    );
  });

  it("pauses one trial, says what it is about, and resumes it", async () => {
    show([row(3, { state: "RUNNING" })]);
    await click(all("tbody th button")[0]!);
    await click(button("Pause this trial"));
    expect(sentCommands()).toContain("pause_trial3");
    expect(button("Pausing this trial").disabled).toBe(true);
    const take = (more: Partial<Row>): void => {
      show([row(3, { state: "RUNNING", ...more })]);
      act(() => session["clearPending"]());
    };
    take({ waits: "person" });
    expect(all(".hpo-state")[0]!.textContent).toBe("‖pausing");
    expect(root.querySelector(".hpo-reason")!.textContent).toBe("Pausing at its next report");
    expect(button("Keep running this trial").disabled).toBe(false);
    take({ state: "PAUSED", waits: "person" });
    expect(root.querySelector(".hpo-reason")!.textContent).toBe("Paused by you");
    await click(button("Resume this trial"));
    expect(sentCommands()).toContain("resume_trial3");
    expect(button("Resuming this trial").disabled).toBe(true);
    take({ state: "PAUSED", waits: "slot" });
    expect(root.querySelector(".hpo-reason")!.textContent).toContain("as soon as a job is free");
    expect(button("Pause this trial").disabled).toBe(false);
  });

  it("says for how long a trial has been silent, once that is long", () => {
    const running = { state: "RUNNING", heard_s: 100, long_s: 20 } as const;
    show([row(3, running)], { elapsed_s: 119 });
    expect(all(".hpo-state")[0]!.textContent).toBe("●running");
    show([row(3, running)], { elapsed_s: 230.4 });
    expect(all(".hpo-state")[0]!.textContent).toBe("●silent 2m 10s");
    show([row(3, { ...running, heard_s: 230 })], { elapsed_s: 231 });
    expect(all(".hpo-state")[0]!.textContent).toBe("●running");
  });

  it("shows a trial's figures in words, and the shared set-up", async () => {
    show([row(3)], { setup: "Shared set-up, ran once: lines 1-4 (1.2s)", jobs_why: "Three fit." });
    expect(root.textContent).toContain("ran once: lines 1-4");
    expect(root.querySelector("[title='Three fit.']")!.textContent).toContain("2 jobs");
    const figures = {
      n_params: 1_204_736,
      odd_s: 2,
      cpu_s: 4.2,
      running_s: 2.05,
      wall_s: 2.1,
      reports_per_s: 0.25,
      n_warnings: 3,
    };
    const detail = { number: 3, params: {}, traceback: "", log: "", figures };
    model.kernel!.answer = ({ command }) => (command === "detail" ? { data: detail } : {});
    await click(all("tbody th button")[0]!);
    await act(async () => void (await Promise.resolve()));
    expect(all(".hpo-figures > div").map((e) => e.textContent)).toEqual([
      "wall time2.1s",
      "CPU time4.2s",
      "model parameters1,204,736",
      "reportsone every 4.0s",
      "warnings3",
      "odd2.0s",
    ]);
  });

  it("reads as words, with spaces between them", () => {
    show([row(0, { values: [0.5] })], { n_complete: 1, best: { number: 0, values: [0.5] } });
    expect(all(".hpo-stat dd").map((e) => e.textContent)).toEqual([
      "0.5000 trial 0",
      "1 of 10 10%",
      "5s",
      "known after 3 trials",
    ]);
  });

  it("writes choices among numbers as numbers", () => {
    const batch = param("batch", { kind: "categorical", choices: [32, 64] });
    const act = param("act", { kind: "categorical", choices: ["relu", 3] });
    show([row(0, { params: { batch: 64, act: "relu" } })], { params: [batch, act] });
    expect(button("batch").closest("th")!.className).toBe("hpo-num");
    expect(button("act").closest("th")!.className).toBe("hpo-text");
  });

  it("draws only the rows in view of ten thousand", () => {
    show(Array.from({ length: 10_000 }, (_, i) => row(i, { values: [i] })));
    expect(root.querySelector("table")!.getAttribute("aria-rowcount")).toBe("10001");
    expect(all("tbody tr").length).toBeLessThan(80);
  });
});

describe("Session", () => {
  const buffer = new DataView(
    Uint8Array.from(fixture.buffer.match(/../g) as string[], (h) => parseInt(h, 16)).buffer,
  );

  it("takes in what Python sends", () => {
    act(() => model.receive(fixture.content, [buffer]));
    expect(session.store.rows.size).toBe(4);
    expect(root.textContent).toContain('<b>"digits"</b>');
  });

  it("asks again when a message was missed", () => {
    act(() => model.receive(fixture.content, [buffer]));
    const gap = { ...fixture.content, seq: 9, reset: false };
    act(() => model.receive(gap, [buffer]));
    expect(sentCommands()).toEqual(["resync", "resync"]);
  });
});
