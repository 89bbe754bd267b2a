import { describe, expect, it } from "vitest";
import { between, dragged, grip, gripOfBox, type Grip } from "../../src/core/brush";
import { css, isDark, ramp } from "../../src/core/colours";
import { before, crosses, extentOf, hundredths, loggable, strideFor } from "../../src/core/curves";
import { field, isolines } from "../../src/core/field";
import { front } from "../../src/core/front";
import { lanes, pausesOf, spansOf } from "../../src/core/lanes";
import type { Direction } from "../../src/core/protocol";
import { row } from "../help";

describe("the Pareto front", () => {
  const [MIN, MAX]: [Direction, Direction] = ["minimize", "maximize"];
  it.each<[string, Direction[], number[][], number[]]>([
    ["two to minimize", [MIN, MIN], [[1, 3], [2, 2], [3, 1], [3, 3]], [0, 1, 2]],
    ["one of each", [MAX, MIN], [[0.9, 5], [0.8, 1], [0.7, 2]], [0, 1]],
    ["two to maximize", [MAX, MAX], [[1, 3], [2, 2], [1, 1]], [0, 1]],
    ["equal ones stand together", [MIN, MIN], [[1, 1], [1, 1], [2, 1]], [0, 1]],
    ["better in one, equal in the other", [MIN, MIN], [[1, 2], [1, 1]], [1]],
    ["what is not finite is never on it", [MIN, MIN], [[NaN, 0], [-Infinity, 0], [5, 5]], [2]],
    ["three", [MIN, MIN, MAX], [[1, 1, 1], [1, 1, 2], [0, 2, 0], [2, 2, 2]], [1, 2]],
    ["nothing", [MIN, MIN], [], []],
  ])("%s", (_, directions, points, best) => {
    const found = front(points, directions);
    expect(found.flatMap((is, i) => (is ? [i] : []))).toEqual(best);
  });
});

describe("the lanes of the timeline", () => {
  it("tells the study's pauses, the last one up to now", () => {
    expect(pausesOf([4, 9, 20], 25)).toEqual([[4, 9], [20, 25]]);
    expect(pausesOf([], 25)).toEqual([]);
  });

  const ran = (number: number, from: number, to: number | null, spans: number[] = []) =>
    row(number, { state: to === null ? "RUNNING" : "COMPLETE", started_s: from, finished_s: to, spans });
  it.each<[string, ReturnType<typeof ran>[], number, number[], number]>([
    ["one after another", [ran(0, 0, 2), ran(1, 2.01, 3)], 5, [0, 0], 1],
    ["side by side", [ran(0, 0, 3), ran(1, 1, 2)], 5, [0, 1], 2],
    ["the first lane that is free", [ran(0, 0, 3), ran(1, 0, 1), ran(2, 1.5, 4)], 5, [0, 1, 1], 2],
    ["a running one takes its lane", [ran(0, 0, null), ran(1, 4, 5)], 9, [0, 1], 2],
    ["a paused one leaves its lane", [ran(0, 0, 9, [0, 2, 6, 9]), ran(1, 2, 6)], 9, [0, 0, 0], 1],
    ["none", [], 9, [], 0],
    ["a trial that has not begun", [row(0, { state: "WAITING" })], 9, [], 0],
    ["one of an earlier session", [row(0, { started_s: 0, finished_s: -4 })], 9, [], 0],
  ])("%s", (_, rows, now, expected, count) => {
    const found = lanes(rows, now);
    expect([found.spans.map((s) => s.lane), found.count]).toEqual([expected, count]);
  });

  it.each<[string, number[], number | null, [number, number][]]>([
    ["never paused", [], 7, [[1, 7]]],
    ["paused once", [1, 3, 5, 7], 7, [[1, 3], [5, 7]]],
    ["running again", [1, 3, 5], null, [[1, 3], [5, 9]]],
    ["pruned while it was paused", [1, 3], 8, [[1, 3]]],
  ])("knows when a trial ran: %s", (_, spans, finished_s, expected) => {
    expect(spansOf(row(0, { started_s: 1, finished_s, spans }), 9)).toEqual(expected);
  });
});

describe("a brush", () => {
  it.each<[number, Grip | null]>([
    [0.1, null], [0.29, "low"], [0.5, "all"], [0.71, "high"], [0.9, null],
  ])("is held at %d by: %s", (at, held) => {
    expect(grip({ low: 0.3, high: 0.7 }, at, 0.02)).toBe(held);
  });

  it.each<[string, Grip, number, [number, number]]>([
    ["moved", "all", 0.1, [0.4, 0.8]],
    ["moved to the end", "all", 0.9, [0.6, 1]],
    ["moved to the start", "all", -0.9, [0, 0.4]],
    ["made wider", "high", 0.2, [0.3, 0.9]],
    ["past the end", "high", 0.9, [0.3, 1]],
    ["an edge past the other", "low", 0.6, [0.7, 0.9]],
  ])("is %s", (_, held, by, [low, high]) => {
    const found = dragged({ low: 0.3, high: 0.7 }, held, by);
    expect(found.low).toBeCloseTo(low, 10);
    expect(found.high).toBeCloseTo(high, 10);
  });

  it("begins at a press and ends at either side of it, within the axis", () => {
    expect(between(0.6, 0.2)).toEqual({ low: 0.2, high: 0.6 });
    expect(between(0.6, 1.4)).toEqual({ low: 0.6, high: 1 });
  });

  it.each<[string, [number, number], readonly [Grip | null, Grip | null] | null]>([
    ["within", [0.5, 0.5], ["all", "all"]],
    ["at the left edge", [0.3, 0.5], ["low", null]],
    ["at a corner", [0.7, 0.3], ["high", "low"]],
    ["beside it", [0.1, 0.5], null],
    ["beside it, on the height of an edge", [0.1, 0.3], null],
  ])("a rectangle is held %s", (_, at, expected) => {
    const part = { low: 0.3, high: 0.7 };
    expect(gripOfBox(part, part, at, [0.02, 0.02])).toEqual(expected);
  });
});

describe("the surface of a contour", () => {
  const cells = { count: 11, choice: false };
  const plane = [0, 0.25, 0.5, 0.75, 1].flatMap((x) => [0, 0.5, 1].map((y) => ({ x, y, value: x })));
  it("goes through what is known, and is smooth between", () => {
    const { values, columns } = field(plane, cells, cells);
    const middle = Array.from({ length: 11 }, (_, i) => values[5 * columns + i]!);
    expect(middle[5]).toBeCloseTo(0.5, 6);
    for (let i = 1; i < 11; i++) expect(middle[i]!).toBeGreaterThan(middle[i - 1]!);
  });

  it("is not trusted far from every trial", () => {
    const { trust } = field([{ x: 0, y: 0, value: 1 }], cells, cells);
    expect(trust[0]).toBeCloseTo(1, 6);
    expect(trust[120]).toBeLessThan(0.01);
  });

  it("carries nothing over from one choice to another", () => {
    const points = [0, 0.5, 1].map((x) => ({ x, y: 0, value: 7 }));
    const { values } = field(points, { count: 3, choice: false }, { count: 2, choice: true });
    for (const value of values.slice(0, 3)) expect(value).toBeCloseTo(7, 10);
    expect([...values.slice(3)].every(Number.isNaN)).toBe(true);
  });

  it("has a line where it crosses a level, and none outside of its values", () => {
    const surface = field(plane, cells, cells);
    const lines = isolines(surface, 0.48, 0);
    expect(lines).toHaveLength(10);
    for (const x of lines.flatMap(([x0, , x1]) => [x0, x1])) {
      expect(x).toBeGreaterThan(4);
      expect(x).toBeLessThan(5);
    }
    expect(isolines(surface, 3, 0)).toEqual([]);
    expect(isolines(surface, 0.5, 1.1)).toEqual([]);
  });
});

describe("colours", () => {
  const light = (c: readonly number[]): number => c[0]! + c[1]! + c[2]!;
  it("the best stands out most, on white and on black", () => {
    expect(light(ramp(1, false))).toBeLessThan(light(ramp(0, false)));
    expect(light(ramp(1, true))).toBeGreaterThan(light(ramp(0, true)));
    expect(css(ramp(NaN, true))).toBe(css(ramp(0, true)));
  });

  it.each([
    ["#111111", true], ["#fff", false], ["rgb(17, 17, 17)", true], ["rgba(250, 250, 250, 1)", false], ["", false],
  ])("%s is dark: %s", (colour, dark) => {
    expect(isDark(colour)).toBe(dark);
  });
});

describe("a curve", () => {
  type Range = readonly [number, number];
  const all: Range = [-Infinity, Infinity];
  it.each<[string, number[], Range, Range, boolean, boolean]>([
    ["a point within", [1, 5, 2], [1.5, 2.5], [4, 6], false, true],
    ["a line between points", [0, 10], [1.4, 1.6], [4.5, 5.5], false, true],
    ["a line straight across", [0, 10], [1, 2], [4, 6], false, true],
    ["below it", [0, 1], [1, 2], [2, 3], false, false],
    ["before its steps", [3, 3], [-5, 0.5], all, false, false],
    ["beside a slope", [0, 10], [1, 1.2], [5, 10], false, false],
    ["as it is drawn on a log scale", [1, 100], [1.45, 1.55], [8, 12], true, true],
    ["not as on a linear one", [1, 100], [1.45, 1.55], [8, 12], false, false],
    ["a gap where there was no value", [0, NaN, 10], [1.5, 2.5], all, false, false],
    ["up to the edges", [0, 10], [1, 2], [-Number.MAX_VALUE, Number.MAX_VALUE], true, true],
    ["a single point", [7], [0, 2], [6, 8], false, true],
  ])("runs through a rectangle: %s", (_, values, steps, range, log, expected) => {
    const curve = { steps: values.map((_, i) => i + 1), values };
    expect(crosses(curve, steps, range, log)).toBe(expected);
  });
});

describe("learning curves", () => {
  it.each([
    ["its parent's report where it was copied", 7, { step: 6, value: 0.8 }],
    ["the last of those that are fewer", 9, { step: 8, value: 0.9 }],
    ["none before the parent's first", 2, null],
    ["none where the parent had no number", 5, null],
  ])("of a copy come from %s", (_, step, expected) => {
    expect(before({ steps: [2, 4, 6, 8], values: [0.1, NaN, 0.8, 0.9] }, step)).toEqual(expected);
  });

  const curve = (...values: number[]) => ({ steps: values.map((_, i) => i + 1), values });
  const extent = (curves: ReturnType<typeof curve>[], log = false) =>
    extentOf(new Map(curves.map((c, i) => [i, c])), () => false, [], [], true, log, null);

  it.each<[string, ReturnType<typeof curve>[], boolean, [number, number] | null]>([
    ["nothing", [], false, null],
    ["nothing finite", [curve(NaN, Infinity)], false, null],
    ["a loss over decades", [curve(1, 0.1, 0.001)], true, [1, 3]],
    ["an accuracy", [curve(0.5, 0.8)], false, [1, 2]],
    ["one report", [curve(0.5)], false, [1, 2]],
    ["a negative value has no logarithm", [curve(100, 1, -1)], false, [1, 3]],
  ])("%s", (_, curves, positive, steps) => {
    const found = extent(curves);
    expect(found && [found.x.low, found.x.high]).toEqual(steps);
    expect(found?.positive ?? false).toBe(positive);
  });

  it("are shown on a log scale when that is asked for and can be", () => {
    expect(extent([curve(1, 0.1, 0.001)], true)!.y.kind).toBe("log");
    expect(extent([curve(1, 0.1, 0.001)], true)!.y.low).toBeGreaterThan(0);
    expect(extent([curve(1, -0.1)], true)!.y.kind).toBe("linear");
  });

  it("are in view when they must be, sampled or not", () => {
    const many = new Map(Array.from({ length: 2000 }, (_, i) => [i, curve(0.4, 0.5)]));
    many.set(1777, curve(0.4, 0.9));
    const at = (always: number[]) => extentOf(many, () => false, always, [], true, false, null)!.y.high;
    expect(at([1777])).toBeGreaterThan(0.9);
    expect(at([])).toBeLessThan(0.6);
  });

  it.each([[0, 1], [600, 1], [601, 2], [1200, 2], [10_000, 32]])("of %d one in %d is drawn", (count, stride) => {
    expect(strideFor(count, 600)).toBe(stride);
  });

  it("are measured anew when there is a hundredth more", () => {
    expect(hundredths(499)).toBe(499);
    expect(hundredths(10_000)).toBe(hundredths(10_010));
    expect(hundredths(10_000)).not.toBe(hundredths(10_200));
    expect(loggable([NaN, 1, 8]).positive).toBe(true);
    expect(loggable([]).positive).toBe(false);
  });
});
