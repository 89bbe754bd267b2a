import { describe, expect, it } from "vitest";
import { axis, choiceAxis, roomy, settled, share, ticksOf, valueAt, type Axis } from "../../src/core/axis";

describe("an axis", () => {
  it.each<[string, Axis, number, number]>([
    ["linear", axis("linear", 2, 4), 3, 0.5],
    ["linear, outside", axis("linear", 2, 4), 6, 2],
    ["log", axis("log", 1e-4, 1), 1e-2, 0.5],
    ["log, of what has no logarithm", axis("log", 1e-4, 1), 0, -1],
    ["choice", choiceAxis(["a", "b"]), 1, 0.75],
    ["one value, in the middle", axis("linear", 5, 5), 5, 0.5],
    ["one value on a log scale", axis("log", 5, 5), 5, 0.5],
    ["zero alone", axis("linear", 0, 0), 0, 0.5],
  ])("%s: places a value", (_, a, value, at) => {
    expect(share(a, value)).toBeCloseTo(at, 10);
    if (value > 0) expect(valueAt(a, at)).toBeCloseTo(value, 10);
  });

  it.each<[string, Axis, number, string[]]>([
    ["linear", axis("linear", 0, 1), 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    ["whole: no halves", axis("whole", 1, 3), 8, ["1", "2", "3"]],
    ["log over decades", axis("log", 1e-5, 0.1), 5, ["1e-5", "1e-4", "1e-3", "0.01", "0.1"]],
    ["log, every second decade", axis("log", 1e-6, 1), 4, ["1e-6", "1e-4", "0.01", "1"]],
    ["log within a decade", axis("log", 15, 60), 4, ["20", "50"]],
    ["log within a step", axis("log", 0.951, 0.956), 3, ["0.952", "0.954", "0.956"]],
    ["choices", choiceAxis(["a", "b", "c"]), 9, ["a", "b", "c"]],
    ["every second of many choices", choiceAxis(["a", "b", "c", "d"]), 2, ["a", "c"]],
    ["seconds", axis("time", 0, 40), 4, ["0s", "10s", "20s", "30s", "40s"]],
    ["minutes", axis("time", 0, 200), 4, ["0s", "1m", "2m", "3m"]],
    ["hours", axis("time", 0, 8000), 3, ["0s", "1h", "2h"]],
  ])("%s: has ticks", (_, a, count, labels) => {
    expect(ticksOf(a, count).map((t) => t.label)).toEqual(labels);
  });

  it.each([
    [0, 1], [7, 7.5], [12, 13], [48, 50], [51, 55], [999, 1000], [12_345, 13_000],
  ])("has room for more than %d", (value, length) => {
    expect(roomy(value)).toBe(length);
  });

  it.each<[string, Axis, boolean]>([
    ["a little less is needed", axis("linear", 0.02, 0.97), true],
    ["the same", axis("linear", 0, 1), true],
    ["more is needed", axis("linear", 0, 1.1), false],
    ["much less is needed", axis("linear", 0.3, 1), false],
    ["of another kind", axis("log", 0.01, 1), false],
    ["now with values outside", axis("linear", 0, 1, true), false],
  ])("stays where it is when %s: %s", (_, after, stays) => {
    const before = axis("linear", 0, 1);
    expect(settled(before, after) === before).toBe(stays);
  });
});
