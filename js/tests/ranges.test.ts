import { describe, expect, it } from "vitest";
import {
  checkRow,
  checkSettings,
  drawable,
  parseNumber,
  splitChoices,
  type EditedRow,
} from "../src/core/ranges";

const row = (more: Partial<EditedRow> = {}): EditedRow => ({
  name: "lr",
  place: "line 1",
  code: "lr = 1e-3",
  value: "0.001",
  value_kind: "float",
  kind: "float",
  low: "1e-5",
  high: "1e-1",
  log: true,
  step: "",
  choices: [],
  choiceText: "",
  condition: "",
  declared: false,
  ticked: true,
  why: "",
  problems: [],
  ...more,
});

it.each([
  ["1e-5", 1e-5],
  [" 64 ", 64],
  ["-.5", -0.5],
  ["1_000", 1000],
  ["0x10", null],
  ["1e", null],
  ["", null],
  ["inf", null],
])("parseNumber(%j) is %s", (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

describe("checkRow", () => {
  it.each([
    [{}, null],
    [{ low: "5", high: "1" }, "greater than high"],
    [{ low: "0", high: "1" }, "can't start at 0"],
    [{ low: "a" }, "not a number"],
    [{ low: "" }, "Low is empty"],
    [{ log: false, step: "-1" }, "greater than 0"],
    [{ kind: "int" as const, low: "1.5", high: "3" }, "not an integer"],
    [{ kind: "categorical" as const, choiceText: " | " }, "at least one"],
    [{ kind: "categorical" as const, choiceText: "a | b | a" }, "stands twice"],
    [{ kind: "categorical" as const, choiceText: "'a|b' | a | b" }, null],
  ])("%j: %s", (more, said) => {
    const found = checkRow(row(more));
    if (said === null) expect(found).toEqual([]);
    else expect(found[0]!.message).toContain(said);
  });
});

it("splits choices as Python does", () => {
  expect(splitChoices("a | 'b|c' | f(d | e)")).toEqual(["a", "'b|c'", "f(d | e)"]);
});

it("checks the settings", () => {
  const bad = {
    objective: " ",
    direction: "maximize" as const,
    trials: "0",
    timeout: "soon",
    jobs: "x",
  };
  expect(checkSettings(bad).map((p) => p.name)).toEqual(["objective", "trials", "jobs", "timeout"]);
  expect(
    checkSettings({ ...bad, objective: "acc", trials: "", timeout: "1h 30m", jobs: "auto" }),
  ).toEqual([]);
});

it("draws powers of ten and the value on a log range", () => {
  const marks = drawable(row())!;
  expect(marks.ticks.map((x) => Number(x.toFixed(3)))).toEqual([0, 1, 0.25, 0.5, 0.75]);
  expect(marks.value).toBeCloseTo(0.5);
  expect(drawable(row({ low: "x" }))).toBeNull();
});
