import { describe, expect, it } from "vitest";
import type { Edit } from "../src/core/protocol";
import { change, loadAt, place, tuned, type Change, type CodeCell } from "../src/lab/cells";

const applied = (source: string, { start, end, text }: Change): string =>
  source.slice(0, start) + text + source.slice(end);

const after = (source: string): unknown => {
  const what = tuned(source);
  return what === null || typeof what === "string" ? what : applied(source, what);
};

describe("tuned", () => {
  it("puts the magic on top", () => {
    expect(after("lr = 1\nacc = lr")).toBe("%%hpo --edit\nlr = 1\nacc = lr");
  });
  it("adds the option to a magic that is there, and leaves one that has it", () => {
    expect(after("%%hpo --maximize acc  \nlr = 1")).toBe("%%hpo --maximize acc --edit\nlr = 1");
    expect(after("%%hpo\nlr = 1")).toBe("%%hpo --edit\nlr = 1");
    expect(after("#! %%hpo --trials 3\nlr = 1")).toBe("#! %%hpo --trials 3 --edit\nlr = 1");
    expect(after("%%hpo --edit --trials 3\nlr = 1")).toBeNull();
    expect(after("%%hpo --editor\nlr = 1")).toBe("%%hpo --editor --edit\nlr = 1");
  });
  it("says why a cell can't be tuned", () => {
    expect(after("  \n")).toContain("empty");
    expect(after("%%bash\nls")).toContain("%%bash");
    expect(after("%%hpo2\nls")).toContain("%%hpo2");
  });
});

describe("change", () => {
  it.each([
    ["lr = 1e-3\nx", "lr = 5e-4\nx", { start: 5, end: 9, text: "5e-4" }],
    ["aa", "aaa", { start: 2, end: 2, text: "a" }],
    ["aaa", "aa", { start: 2, end: 3, text: "" }],
    ["same", "same", { start: 4, end: 4, text: "" }],
    ["", "x", { start: 0, end: 0, text: "x" }],
  ])("%j to %j is the smallest", (before, after, expected) => {
    expect(change(before, after)).toEqual(expected);
    expect(applied(before, change(before, after))).toBe(after);
  });
});

describe("place", () => {
  const edit: Edit = { cell: 2, before: "lr = 1", after: "lr = 2", cell_id: "b" };
  const cells = (...sources: string[]): CodeCell[] =>
    sources.map((source, i) => ({ id: "abcdef"[i]!, source, count: i + 1 }));
  const found = (given: Edit, all: CodeCell[]): unknown => {
    const [{ index, state, after }] = place([given], all) as [ReturnType<typeof place>[0]];
    return { index, state, after };
  };

  it("finds the cell by its id, wherever it went", () => {
    expect(found(edit, cells("lr = 1", "lr = 1", "lr = 1"))).toEqual({
      index: 1,
      state: "ready",
      after: "lr = 2",
    });
  });
  it("leaves a cell alone that was changed, also when another one reads as it did", () => {
    expect(found(edit, cells("lr = 1", "lr = 7"))).toMatchObject({ index: 1, state: "changed" });
  });
  it("sees that it was done", () => {
    expect(found(edit, cells("", "lr = 2\n"))).toMatchObject({ index: 1, state: "done" });
  });
  it("finds it by its text without an id, by its number among equals", () => {
    const nameless = { ...edit, cell_id: "" };
    expect(found(nameless, cells("x", "y", "lr = 1"))).toMatchObject({ index: 2, state: "ready" });
    expect(found(nameless, cells("lr = 1", "lr = 1"))).toMatchObject({ index: 1, state: "ready" });
    const equals = found({ ...nameless, cell: 0 }, cells("lr = 1", "lr = 1"));
    expect(equals).toMatchObject({ index: null, state: "lost" });
  });
  it("finds it by its number when the text changed, and by what it shall read", () => {
    const nameless = { ...edit, cell_id: "gone" };
    expect(found(nameless, cells("x", "lr = 9"))).toMatchObject({ index: 1, state: "changed" });
    const moved = found({ ...nameless, cell: 9 }, cells("x", "y", "lr = 2"));
    expect(moved).toMatchObject({ index: 2, state: "done" });
    expect(found({ ...nameless, cell: 9 }, cells("x", "y"))).toMatchObject({ state: "lost" });
  });
  it("keeps the line of the magic when the edit is of the body alone", () => {
    const source = "%%hpo --maximize acc\nlr = 1\n";
    expect(found(edit, cells("", source))).toEqual({
      index: 1,
      state: "ready",
      after: "%%hpo --maximize acc\nlr = 2",
    });
    expect(found(edit, cells("", "%%hpo\nlr = 2"))).toMatchObject({ state: "done" });
  });
});

describe("loadAt", () => {
  const load = "%load_ext jupyter_hpo";
  it.each<[string, (string | null)[], number | null]>([
    ["nothing stands above", [], 0],
    ["text stands above", [null], 1],
    ["code stands above", [null, "import numpy", null, "x = 1"], 1],
    ["it is loaded", [null, `import numpy\n${load}`], null],
    ["it is loaded again", ["  %reload_ext jupyter_hpo  # ours"], null],
    ["it would be loaded", [`# ${load}`, "print('%load_ext jupyter_hpo')"], 0],
    ["another is loaded", ["%load_ext jupyter_hpo2"], 0],
    ["it is installed", ["import os", "%pip install -q jupyter-hpo", "x = 1"], 2],
    ["something else is installed", ["!pip install numpy", "jupyter_hpo"], 0],
    ["text speaks of it", [null, "x"], 1],
  ])("where %s", (_, cells, expected) => expect(loadAt(cells)).toBe(expected));
});
