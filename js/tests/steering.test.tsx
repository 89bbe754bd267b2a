import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Board } from "../src/board/board";
import { EDITS_EVENT, type EditsDetail } from "../src/board/edits";
import { Session } from "../src/board/session";
import type { Body } from "../src/core/commands";
import type { Edit, Header, Reply } from "../src/core/protocol";
import type { Lose } from "../src/core/life";
import { lesson } from "../src/core/teach";
import type { Transport } from "../src/core/transport";
import { row } from "./help";
import { all, begin, button, end, press, root, session, show } from "./stage";

let sent: Body[];
let answer: (body: Body) => Partial<Reply>;
let lose: Lose;

function start(live: boolean): void {
  sent = [];
  answer = () => ({});
  const transport: Transport = {
    live,
    send: (body) => {
      sent.push(body);
      return Promise.resolve({
        id: "",
        ok: true,
        message: "",
        problems: [],
        data: null,
        ...answer(body),
      });
    },
    listen: (_, tell) => void (lose = tell!),
    dispose: () => undefined,
  };
  begin(new Session(transport, () => 0));
  act(() => render(<Board session={session} />, root));
}
const settle = (): Promise<void> =>
  act(async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  });
async function click(element: HTMLElement): Promise<void> {
  act(() => element.click());
  await settle();
}
const field = (label: string): HTMLInputElement => {
  const found = all("label").find((e) => e.textContent === label) as HTMLLabelElement;
  return document.getElementById(found.htmlFor) as HTMLInputElement;
};
function type(label: string, text: string): void {
  act(() => {
    field(label).value = text;
    field(label).dispatchEvent(new Event("input", { bubbles: true }));
  });
}
const focused = (): string => document.activeElement!.textContent!;
const edit: Edit = { cell: 4, cell_id: "", before: "lr = 0.1\ngo()\n", after: "lr = 0.5\ngo()\n" };

beforeEach(() => {
  start(true);
});
afterEach(end);

describe("More", () => {
  it("is a menu button: arrows, letters, Escape", async () => {
    show([row(0, { state: "RUNNING" })]);
    const more = button("More");
    expect([more.getAttribute("aria-haspopup"), more.getAttribute("aria-expanded")]).toEqual([
      "menu",
      "false",
    ]);
    act(() => more.focus());
    press("ArrowDown");
    await settle();
    expect(more.getAttribute("aria-expanded")).toBe("true");
    expect(focused()).toBe("Change the budget…");
    press("ArrowDown");
    expect(focused()).toBe("Change the space…");
    press("End");
    expect(focused()).toBe("Export report");
    press("ArrowDown");
    expect(focused()).toBe("Change the budget…");
    press("e");
    expect(focused()).toBe("Enqueue a trial…");
    press("Escape");
    await settle();
    expect(all("[role=menu]").length).toBe(0);
    expect(document.activeElement).toBe(more);
    press("ArrowUp");
    await settle();
    expect(focused()).toBe("Export report");
  });

  it("says where the report is", async () => {
    show([row(0)]);
    answer = () => ({ data: "/home/me/digits.html" });
    await click(button("More"));
    await click(button("Export report"));
    expect(sent.at(-1)!.command).toBe("export");
    expect(root.textContent).toContain("The report is written: /home/me/digits.html");
  });
});

describe("what was said of an action", () => {
  const said = (): string => root.querySelector("[role=status] .hpo-note")?.textContent ?? "";
  const region = (): Element | null => root.querySelector(".hpo-header > [role=status]");
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    [true, 10_000],
    [false, 30_000],
  ])("goes after a while, and its region stays (obeyed: %s)", async (ok, ms) => {
    show([row(0)]);
    const before = region();
    answer = () => ({ ok, message: "It is so." });
    await click(button("Pause"));
    expect(said()).toContain("It is so.");
    act(() => void vi.advanceTimersByTime(ms - 1));
    expect(said()).toContain("It is so.");
    act(() => void vi.advanceTimersByTime(1));
    expect(said()).toBe("");
    expect(region()).toBe(before);
  });

  it("gives way to the next", async () => {
    show([row(0)]);
    answer = () => ({ ok: false, message: "It can't." });
    await click(button("Pause"));
    answer = () => ({});
    await click(button("Stop"));
    expect(said()).toBe("");
  });
});

describe("Change the budget", () => {
  it("sends what was typed, and shows what is wrong beside it", async () => {
    show([row(0)], { timeout_s: 5400 });
    await click(button("More"));
    await click(button("Change the budget"));
    expect([field("Trials in all").value, field("Time limit").value]).toEqual(["10", "1h 30m"]);
    expect(document.activeElement).toBe(field("Trials in all"));
    type("Trials in all", "0");
    answer = () => ({ ok: false, problems: [{ name: "trials", message: "0 is not above 0." }] });
    await click(button("Change the budget"));
    expect(sent.at(-1)!.budget).toEqual({ trials: "0", timeout: null, jobs: null });
    expect(field("Trials in all").getAttribute("aria-invalid")).toBe("true");
    const said = document.getElementById(field("Trials in all").getAttribute("aria-describedby")!);
    expect(said!.textContent).toContain("0 is not above 0.");
    type("Trials in all", "80");
    answer = () => ({ message: "Now 80 trials." });
    await click(button("Change the budget"));
    expect(all("[role=dialog]").length).toBe(0);
    expect(root.textContent).toContain("Now 80 trials.");
  });

  it("leaves what nobody touched, and the number of jobs to the study", async () => {
    show([row(0)], { jobs: 4 });
    await click(button("More"));
    await click(button("Change the budget"));
    expect(field("Jobs at a time").placeholder).toBe("4 now");
    type("Time limit", "5m");
    await click(button("Change the budget"));
    expect(sent.at(-1)!.budget).toEqual({ trials: null, timeout: "5m", jobs: null });
    await click(button("More"));
    await click(button("Change the budget"));
    type("Jobs at a time", "auto");
    await click(button("Change the budget"));
    expect(sent.at(-1)!.budget).toEqual({ trials: null, timeout: null, jobs: "auto" });
  });

  it("is closed by Escape, and the focus goes back", async () => {
    show([row(0)]);
    await click(button("More"));
    await click(button("Change the budget"));
    press("Escape");
    await settle();
    expect(all("[role=dialog]").length).toBe(0);
    expect(document.activeElement).toBe(button("More"));
  });
});

describe("after the end", () => {
  const over: Partial<Header> = { state: "finished", best: { number: 0, values: [1] } };

  it("offers to apply, to continue and to export, and nothing else", async () => {
    show([row(0)], over);
    expect([button("Pause"), button("Stop"), button("More")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await click(button("Continue (+20)"));
    expect(sent.at(-1)!.command).toBe("continue");
    expect(button("Continuing…").disabled).toBe(true);
    show([row(0)], { state: "running" });
    act(() => session["clearPending"]());
    expect(button("Pause").disabled).toBe(false);
  });

  it("gives the change to whoever takes it", async () => {
    show([row(0)], over);
    answer = () => ({ data: [edit] });
    const taken: EditsDetail[] = [];
    root.addEventListener(EDITS_EVENT, (event) => {
      taken.push((event as CustomEvent<EditsDetail>).detail);
      event.preventDefault();
    });
    await click(button("Apply best to cell"));
    expect(taken).toEqual([{ edits: [edit], title: "Apply the best values to the cell" }]);
    expect(all(".hpo-diff").length).toBe(0);
  });

  it("shows the difference where nobody takes it", async () => {
    show([row(0)], over);
    answer = () => ({ data: [edit] });
    await click(button("Apply best to cell"));
    expect(all(".hpo-diff li").map((e) => e.textContent)).toEqual([
      "−removed: lr = 0.1",
      "+added: lr = 0.5",
      " go()",
    ]);
    await click(button("Close"));
    expect(all(".hpo-diff").length).toBe(0);
  });
});

describe("a trial", () => {
  it("is pruned once it has reported, and enqueued again with other values", async () => {
    const params = { lr: 0.01, act: "tanh" };
    show([row(7, { state: "RUNNING", params })]);
    act(() => session.open(7));
    expect(button("Prune this trial").disabled).toBe(true);
    show([row(7, { state: "RUNNING", params })], {}, [{ number: 7, step: 1, value: 0.5 }]);
    await click(button("Prune this trial"));
    expect(sent.at(-1)).toEqual({ command: "prune_trial", number: 7 });
    await click(button("Enqueue again"));
    expect([field("lr").value, field("act").value]).toEqual(["0.01", "1"]);
    type("lr", "7");
    await act(() => root.querySelector<HTMLFormElement>(".hpo-form")!.requestSubmit());
    expect(root.textContent).toContain("7 is above 0.1.");
    type("lr", "");
    answer = () => ({ message: "Queued: it runs next." });
    await act(() => root.querySelector<HTMLFormElement>(".hpo-form")!.requestSubmit());
    await settle();
    expect(sent.at(-1)).toEqual({ command: "enqueue", params: { act: "tanh" } });
    expect(root.textContent).toContain("Queued: it runs next.");
  });

  it("gives its values to the cell", async () => {
    show([row(3, { params: { lr: 0.5 } })]);
    answer = ({ command }) => (command === "apply" ? { data: [edit] } : {});
    act(() => session.open(3));
    await click(button("Use these values"));
    expect(sent.find(({ command }) => command === "apply")).toEqual({
      command: "apply",
      number: 3,
    });
    expect(all(".hpo-diff-added").length).toBe(1);
  });

  it("that was cut off is stopped, not failed", () => {
    show([row(0, { state: "STOPPED", error: "stopped by you" }), row(1, { state: "FAIL" })], {
      n_failed: 1,
    });
    expect(all(".hpo-state").map((e) => e.textContent)).toEqual(["✕failed", "■stopped"]);
    expect(all(".hpo-counts li").map((e) => e.textContent!.trim())).toEqual([
      "✓0 complete",
      "✕1 failed",
      "■1 stopped",
    ]);
    act(() => session.open(0));
    expect(root.querySelector(".hpo-reason")!.textContent).toBe("Stopped: stopped by you");
    expect(root.querySelector(".hpo-error")).toBeNull();
  });
});

describe("a study whose kernel is gone", () => {
  it("says so, shows what it found, and has nothing to press", () => {
    show([row(0), row(1, { state: "RUNNING" })], { n_running: 1, n_complete: 1, left_s: 60 });
    act(() => lose("The kernel was restarted."));
    act(() => void (session.version.value += 1));
    expect(all(".hpo-badge")[0]!.textContent).toContain("Interrupted");
    expect(all(".hpo-note")[0]!.textContent).toContain("The kernel was restarted.");
    expect(all(".hpo-buttons button").length).toBe(0);
    expect(root.textContent).not.toContain("running");
    expect(root.textContent).not.toContain("Left");
    expect(session.store.rows.get(1)!.state).toBe("STOPPED");
  });
  it("says so where it has shown nothing yet, and can come back", () => {
    act(() => lose("The kernel was restarted."));
    expect(root.textContent).toContain("The kernel was restarted.");
    act(() => lose(""));
    expect(root.textContent).toContain("Waiting for the study");
  });
});

describe("a study with failures", () => {
  it("says why, and opens one of them", async () => {
    const error = "ValueError: <b>no</b>";
    show([row(4, { state: "FAIL", error, error_line: 3 }), row(5)], { n_failed: 1, n_complete: 1 });
    const said = root.querySelector(".hpo-failures")!;
    expect(said.textContent).toBe(`✕ 1 trial failed in line 3: ${error} Open trial 4`);
    await click(button("Open trial 4"));
    expect(session.opened.value).toBe(4);
  });
});

describe("a saved result", () => {
  it("has nothing to press but what it can do", async () => {
    act(() => render(null, root));
    start(false);
    await settle();
    show([row(0, { params: { lr: 1 } })], { state: "finished", best: { number: 0, values: [1] } });
    expect(
      ["Pause", "Stop", "More", "Continue", "Apply", "Export"].map(button).filter(Boolean),
    ).toEqual([]);
    act(() => session.open(0));
    expect([button("Enqueue again"), button("Use these values")]).toEqual([undefined, undefined]);
  });

  it("does not say of a trial whose output was not saved that it printed nothing", async () => {
    act(() => render(null, root));
    start(false);
    show([row(0)], { state: "finished" });
    act(() => session.open(0));
    await settle();
    expect(root.querySelector(".hpo-detail")!.textContent).toContain(
      "What it printed is not in this saved result.",
    );
  });

  it("can apply the best when it knows how", async () => {
    act(() => render(null, root));
    session.dispose();
    start(false);
    session.savedEdits.value = [edit];
    answer = ({ command }) => (command === "apply" ? { data: [edit] } : {});
    show([row(0, { params: { lr: 1 } }), row(1, { params: { lr: 2 } })], {
      state: "finished",
      best: { number: 0, values: [1] },
    });
    await settle();
    act(() => void (session.savedEdits.value = [edit]));
    expect(button("Apply best to cell")).toBeDefined();
    act(() => session.open(1));
    expect(button("Use these values")).toBeUndefined();
    act(() => session.open(0));
    expect(button("Use these values")).toBeDefined();
  });
});

describe("lessons", () => {
  it("are there for every sampler and pruner, and link to documentation", () => {
    const names = ["TPE", "GP", "random search", "grid search", "quasi-random search", "CMA-ES"];
    const pruners = ["NSGA-II", "entropy search", "ASHA", "Hyperband", "median", "no pruner"];
    for (const name of [...names, ...pruners])
      expect(lesson(name)!.text.length).toBeGreaterThan(40);
    expect(lesson("TPE")!.link).toBe(
      "https://optuna.readthedocs.io/en/stable/reference/samplers/generated/optuna.samplers.TPESampler.html",
    );
    expect(lesson("constructor")).toBeNull();
  });

  it("open beside the word and close by Escape", async () => {
    show([row(0)]);
    await click(button("TPE"));
    expect(root.querySelector(".hpo-lesson")!.textContent).toContain("What is TPE?");
    press("Escape");
    await settle();
    expect(root.querySelector(".hpo-lesson")).toBeNull();
    expect(document.activeElement).toBe(button("TPE"));
  });
});
