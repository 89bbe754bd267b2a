// The panes with pictures, without a canvas: what they say, ask for and narrow down.
import { render, type FunctionComponent } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PANES } from "../../src/board/panes";
import { useBrush, within, type Ranges } from "../../src/board/panes/data";
import { due, REST_MS } from "../../src/board/panes/importances";
import { Session } from "../../src/board/session";
import { WidgetTransport } from "../../src/core/transport";
import type { Importances, Point, Row } from "../../src/core/protocol";
import { FakeKernel, FakeModel } from "../fake";
import { row } from "../help";
import { begin, end, root, session, show } from "../stage";

let model: FakeModel;

function open(key: string): void {
  const { Content } = PANES.find((pane) => pane.key === key)!;
  act(() => render(<Content session={session} />, root));
}
const words = (selector: string): string[] => [...root.querySelectorAll(selector)].map((e) => e.textContent!);
const label = (): string => root.querySelector("canvas")!.getAttribute("aria-label")!;
const point = (number: number, step: number, value: number): Point => ({ number, step, value });
const trial = (number: number, value: number, more: Partial<Row> = {}): Row =>
  row(number, { values: [value], step: 3, finished_s: number + 1, started_s: 0, params: { lr: 1e-3, act: "relu" }, ...more });

beforeEach(() => {
  model = new FakeModel(new FakeKernel());
  begin(new Session(new WidgetTransport(model), () => 0));
});
afterEach(end);

describe("a legend", () => {
  it.each<[string, Row[], string[]]>([
    ["only running", [trial(0, 0.5, { state: "RUNNING", finished_s: null })], ["running"]],
    ["only complete", [trial(0, 0.5)], ["complete"]],
    [
      "all there is",
      [trial(0, 0.5), trial(1, 0.4, { state: "PRUNED" }), trial(2, 0.3, { state: "PAUSED", finished_s: null })],
      ["paused", "complete", "pruned"],
    ],
    ["failed ones beside pruned ones", [trial(0, 0.1, { state: "PRUNED" }), trial(1, 0.1, { state: "FAIL" })], ["pruned or failed"]],
  ])("names what there is: %s", (_, rows, expected) => {
    show(rows, {}, rows.flatMap((r) => [point(r.number, 1, 0.2), point(r.number, 2, 0.4)]));
    open("curves");
    expect(words(".hpo-key b")).toEqual(expected);
  });
});

describe("a picture", () => {
  it.each([
    ["curves", "Curves appear with the first report."],
    ["history", "Appears with the first finished trial."],
    ["parameters", "Appears with the first complete trial."],
    ["timeline", "Appears with the first trial."],
  ])("without data says so: %s", (key, sentence) => {
    show([]);
    open(key);
    expect(words(".hpo-empty")).toEqual([sentence]);
  });

  it.each([
    ["curves", "No trial reported intermediate values."],
    ["history", "No trial finished with a value."],
    ["parameters", "No trial is complete."],
  ])("of a study that ended with nothing says so: %s", (key, sentence) => {
    show([row(0, { state: "FAIL" })], { state: "failed", n_failed: 1 });
    open(key);
    expect(words(".hpo-empty")).toEqual([sentence]);
  });

  it.each([
    ["curves", "Learning curves of 2 trials, acc by step; the best, trial 1, ended at 0.9000"],
    ["history", "History: acc of 2 finished trials; the best is 0.9000, of trial 1"],
    ["timeline", "Timeline: 2 trials in 2 lanes over 2.0s, busy 75% of the time"],
  ])("says in words what it shows: %s", (key, gist) => {
    const points = [0, 1].flatMap((n) => [point(n, 1, 0.1), point(n, 2, 0.9)]);
    show([trial(0, 0.5), trial(1, 0.9)], { n_complete: 2, best: { number: 1, values: [0.9] } }, points);
    open(key);
    expect(label()).toBe(gist);
    expect(root.querySelector("canvas")!.tabIndex).toBe(0);
  });

  it("of the Pareto front counts the front, and is there for several objectives only", () => {
    const pareto = PANES.find(({ key }) => key === "pareto")!;
    show([]);
    expect(pareto.fits(session)).toBe(false);
    const two = [
      { name: "acc", direction: "maximize" as const, whole: false },
      { name: "ms", direction: "minimize" as const, whole: false },
    ];
    const rows = [[0.9, 5], [0.8, 1], [0.7, 3], [NaN, 0]].map((values, i) => trial(i, 0, { values }));
    show(rows, { objectives: two, n_complete: 4 });
    expect(pareto.fits(session)).toBe(true);
    open("pareto");
    expect(label()).toMatch(/^Pareto front: 2 of /);
  });

  it("offers a log scale where that shows more", () => {
    show([trial(0, 0.5)], {}, [point(0, 1, 0.5), point(0, 2, 0.6)]);
    open("curves");
    expect(words(".hpo-choose")).toEqual([]);
    show([trial(1, 0.5)], {}, [point(1, 1, 50), point(1, 2, 0.001)]);
    expect(words(".hpo-choose")).toEqual(["log"]);
  });
});

describe("importances", () => {
  it.each([
    [0, 0, false], [1, 0, false], [2, 0, true], [2, 2, false], [3, 2, true], [21, 20, false], [22, 20, true],
  ])("%d complete, %d when last asked: ask %s", (complete, asked, ask) => {
    expect(due(complete, asked)).toBe(ask);
  });

  it("are asked for while the pane is shown, until they are those of now, and drawn as bars", async () => {
    vi.useFakeTimers();
    try {
      const answers: Importances[] = [
        { n: 0, of: [], busy: true, why: "" },
        { n: 2, of: [{ objective: "acc", values: { act: 0.2, lr: 0.8 }, says: ["lr explains 80%."], rests: "2 complete trials: too few to rely on" }], busy: false, why: "" },
      ];
      let asked = 0;
      model.kernel!.answer = ({ command }) =>
        command === "importances" ? { data: answers[Math.min(asked++, 1)] } : {};
      show([trial(0, 0.5), trial(1, 0.6)], { n_complete: 2 });
      expect(asked).toBe(0);
      open("parameters");
      const wait = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
      await wait(100);
      expect([asked, words(".hpo-importance .hpo-empty")]).toEqual([1, ["Being computed…"]]);
      await wait(1000);
      expect(asked).toBe(2);
      expect(words(".hpo-importance tr")).toEqual(["lr80%", "act20%"]);
      expect(words(".hpo-importance .hpo-said")).toEqual(["lr explains 80%."]);
      expect(words(".hpo-importance .hpo-note-below")[0]).toContain("2 complete trials: too few to rely on");
      await wait(3 * REST_MS);
      expect(asked).toBe(2);
      show([trial(2, 0.7)], { n_complete: 2, n_pruned: 1 });
      await wait(100);
      expect(asked).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a brush", () => {
  const of = (_: string, r: Row): number | null => r.values?.[0] ?? null;
  function Probe({ session }: { session: Session }) {
    const [ranges, set] = useBrush(session, "probe");
    probe = { ranges, set: (next) => set(next, within(next, of), "acc") };
    return null;
  }
  let probe: { ranges: Ranges; set: (next: Ranges) => void };
  const mount = (Content: FunctionComponent<{ session: Session }>): void => {
    act(() => render(<Content session={session} />, root));
  };

  it("narrows every pane down, outlives its picture, and goes with its chip", () => {
    const [bad, good] = [trial(0, 0.2), trial(1, 0.8)];
    show([bad, good, row(2)]);
    mount(Probe);
    act(() => probe.set({ acc: [0.5, 1] }));
    expect([bad, good, row(2)].map((r) => session.passes(r))).toEqual([false, true, false]);
    act(() => render(null, root));
    mount(Probe);
    expect(probe.ranges).toEqual({ acc: [0.5, 1] });
    act(() => session.narrow("probe", null));
    expect(probe.ranges).toEqual({});
    expect(session.passes(bad)).toBe(true);
  });

  it("of parallel coordinates can be typed", () => {
    show([trial(0, 0.2), trial(1, 0.8, { params: { lr: 1e-2, act: "tanh" } })], { n_complete: 2 });
    open("parameters");
    const type = (name: string, text: string): void => {
      act(() => {
        const field = root.querySelector<HTMLInputElement>(`[aria-label="${name}"]`)!;
        field.value = text;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
    };
    const passing = (): number[] => [...session.store.rows.values()].filter((r) => session.passes(r)).map((r) => r.number);
    type("lr, at least", "5e-3");
    expect(passing()).toEqual([1]);
    expect(session.narrowed.value.get("parallel")!.title).toBe("lr 0.005..");
    type("lr, at least", "");
    expect(passing()).toEqual([0, 1]);
    type("act", "0");
    expect(passing()).toEqual([0]);
    expect(session.narrowed.value.get("parallel")!.title).toBe("act relu");
  });
});
