import { describe, expect, it } from "vitest";
import {
  checkRow,
  checkSettings,
  parseNumber,
  splitChoices,
} from "../src/core/ranges";
import { edited_row as row, settings } from "./editor_help";

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

it("says which field is wrong", () => {
  expect(checkRow(row({ step: "x", log: false }))[0]!.field).toBe("step");
  expect(checkRow(row({ high: "" }))[0]).toMatchObject({ field: "high", empty: true });
});

it("checks the settings", () => {
  const bad = settings({
    goals: [{ name: " ", direction: "maximize" }],
    trials: "0",
    timeout: "soon",
    trial_timeout: "-1",
    jobs: "x",
    folds: "1",
    repeats: "0",
  });
  expect(checkSettings(bad).map((p) => p.name)).toEqual([
    "objective",
    "trials",
    "repeats",
    "folds",
    "jobs",
    "timeout",
    "trial_timeout",
  ]);
  for (const folds of ["", "2", " 10 ", "cv", "größe_2"]) {
    expect(checkSettings(settings({ folds, repeats: "3" }))).toEqual([]);
  }
  expect(checkSettings(settings({ trials: "", timeout: "1h 30m", jobs: "auto" }))).toEqual([]);
});
