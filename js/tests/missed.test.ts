import { describe, expect, it } from "vitest";
import { SNAPSHOT_TYPE, VIEW_TYPE, type StudySummary } from "../src/core/protocol";
import { concerns, mended } from "../src/lab/missed";

const WIDGET_TYPE = "application/vnd.jupyter.widget-view+json";
const view = (output: string) => ({
  [WIDGET_TYPE]: { model_id: "m" },
  [VIEW_TYPE]: { output },
  "text/plain": "Dashboard()",
});
const saved = (study: string, elapsed_s: number) => ({
  [SNAPSHOT_TYPE]: { format: 1, study, updates: [{ message: { header: { elapsed_s } } }] },
  "text/html": "<table>",
});
const study = (more: Partial<StudySummary> = {}): StudySummary => ({
  id: "s-1",
  name: "s",
  state: "running",
  objectives: [],
  n_trials: 9,
  n_done: 3,
  n_running: 1,
  elapsed_s: 4.5,
  left_s: null,
  best: null,
  cell: 2,
  output: "place",
  ...more,
});
const CAME = new Set(["place"]);

describe("a dashboard that came with the file", () => {
  it("is shown without its widget while the study is under way", () => {
    const put = mended(view("place"), study({ state: "paused" }), CAME) as object;
    expect(put).toEqual({ [VIEW_TYPE]: { output: "place" }, "text/plain": "Dashboard()" });
    expect(mended(put as never, study(), CAME)).toBe("wait");
  });

  it.each(["finished", "stopped", "failed"] as const)("becomes the result: %s", (state) => {
    expect(mended(view("place"), study({ state }), CAME)).toBe("result");
  });

  it("is left alone by other studies, and when this page's own cell shows it", () => {
    expect(mended(view("other"), study(), new Set(["other"]))).toBeNull();
    expect(mended(view("place"), study(), new Set())).toBeNull();
    expect(mended({ ...view(""), "text/plain": "" }, study({ output: "" }), new Set([""]))).toBeNull();
  });
});

describe("a saved result", () => {
  it("waits for the end of its study, which may be another one", () => {
    expect(mended(saved("s-1", 4.5), study(), CAME)).toBe("wait");
    expect(mended(saved("s-2", 4.5), study(), CAME)).toBeNull();
  });

  it("stays where its study is not shown any more", () => {
    const elsewhere = { ...saved("s-1", 3), [VIEW_TYPE]: { output: "before" } };
    expect(mended(elsewhere, study(), CAME)).toBeNull();
    expect(mended(elsewhere, study({ state: "stopped" }), CAME)).toBeNull();
    const there = { ...elsewhere, [VIEW_TYPE]: { output: "place" } };
    expect(mended(there, study({ state: "stopped" }), new Set())).toBe("result");
  });

  it("makes room for that of a later end only", () => {
    expect(mended(saved("s-1", 4.5), study({ state: "finished" }), CAME)).toBeNull();
    expect(mended(saved("s-1", 3), study({ state: "finished" }), CAME)).toBe("result");
  });
});

describe("other outputs", () => {
  it("are none of our business, damaged ones among them", () => {
    expect(concerns(view("place"))).toBe(true);
    expect(concerns(saved("s", 1))).toBe(true);
    for (const data of [
      { "text/plain": "1" },
      { [WIDGET_TYPE]: { model_id: "m" } },
      { [SNAPSHOT_TYPE]: null },
      { [SNAPSHOT_TYPE]: { updates: 7 } },
      { [VIEW_TYPE]: "place" },
    ]) {
      expect(concerns(data), JSON.stringify(data)).toBe(false);
    }
    const damaged = { [SNAPSHOT_TYPE]: { study: "s-1", updates: 7 } };
    expect(mended(damaged, study({ state: "finished" }), CAME)).toBe("result");
    const empty = { [SNAPSHOT_TYPE]: { study: "s-1", updates: [{}] } };
    expect(mended(empty, study({ state: "finished" }), CAME)).toBe("result");
  });
});
