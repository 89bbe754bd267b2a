import { describe, expect, it } from "vitest";
import { chipsOf, stripOf } from "../src/core/strip";
import { choice_row, edited_row as row } from "./editor_help";

describe("stripOf", () => {
  it("draws log paper and the value on a log range", () => {
    const strip = stripOf(row())!;
    expect(strip.grid).toBe(false);
    const major = strip.ticks.filter((tick) => tick.major).map(({ at }) => at);
    expect(major.map((at) => Number(at.toFixed(3)))).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(strip.ticks.length).toBe(4 * 9 + 1);
    const gaps = strip.ticks.slice(0, 10).map(({ at }, i, all) => (i ? at - all[i - 1]!.at : 1));
    expect(gaps.slice(1)).toEqual([...gaps.slice(1)].sort((a, b) => b - a)); // closer and closer
    expect(strip.value).toBeCloseTo(0.5);
  });

  it("leaves the lines between powers out over very many decades", () => {
    expect(stripOf(row({ low: "1e-12", high: "1" }))!.ticks.every((tick) => tick.major)).toBe(true);
  });

  it("draws each value of a step or of few integers", () => {
    const steps = stripOf(row({ log: false, low: "0", high: "1", step: "0.25", value: "0.5" }))!;
    expect(steps.ticks.map(({ at }) => at)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(steps).toMatchObject({ grid: true, value: 0.5 });
    const uneven = stripOf(row({ log: false, low: "0", high: "10", step: "4" }))!;
    expect(uneven.ticks.map(({ at }) => at)).toEqual([0, 0.4, 0.8]);
    const few = row({ kind: "int", log: false, low: "1", high: "6", value: "2" });
    expect(stripOf(few)!.ticks.length).toBe(6);
    expect(stripOf({ ...few, high: "6000" })!.grid).toBe(false);
  });

  it("tells a value outside from one that is unknown", () => {
    expect(stripOf(row({ value: "5" }))!.value).toBeGreaterThan(1);
    expect(stripOf(row({ value: "0" }))!.value).toBeLessThan(0);
    expect(stripOf(row({ value: "None" }))!.value).toBeNull();
    expect(stripOf(row({ low: "2", high: "2", value: "2" }))).toMatchObject({ value: 0.5 });
    expect(stripOf(row({ low: "2", high: "2", value: "7" }))!.value).toBeGreaterThan(1);
  });

  it("draws nothing of what is wrong", () => {
    expect(stripOf(row({ low: "x" }))).toBeNull();
    expect(stripOf(row({ low: "3", high: "2" }))).toBeNull();
    expect(stripOf(row(choice_row()))).toBeNull();
  });
});

it("finds the code's own among the choices, by number or by text", () => {
  const own = (choiceText: string, value: string): string[] =>
    chipsOf(row({ ...choice_row(), choiceText, value })).flatMap((c) => (c.own ? [c.text] : []));
  expect(own("relu | tanh", "tanh")).toEqual(["tanh"]);
  expect(own("'a|b' | c", '"a|b"')).toEqual(["'a|b'"]);
  expect(own("16 | 32.0", "32")).toEqual(["32.0"]);
  expect(own("relu | tanh", "gelu")).toEqual([]);
});
