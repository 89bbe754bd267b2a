import { describe, expect, it } from "vitest";
import { axis, share, ticksOf, valueAt } from "../src/core/axis";
import { tickLabels, ticks } from "../src/core/scale";

describe("ticks", () => {
  it("are round numbers inside the range", () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0.83, 0.97, 3)).toEqual([0.85, 0.9, 0.95]);
    expect(ticks(2, 2, 3)).toEqual([2]);
  });

  it("have labels with the decimals they need", () => {
    expect(tickLabels([0.85, 0.9, 0.95])).toEqual(["0.85", "0.90", "0.95"]);
    expect(tickLabels([0, 20, 40])).toEqual(["0", "20", "40"]);
    expect(tickLabels([0, 200000])).toEqual(["0", "200000"]);
  });
});

describe("an axis from one end of the numbers to the other", () => {
  const whole = axis("linear", -1.5e308, 1.5e308);

  it("has places, values and ticks that are numbers", () => {
    expect([-1.5e308, 0, 1.5e308].map((value) => share(whole, value))).toEqual([0, 0.5, 1]);
    expect([0, 0.5, 1].map((at) => valueAt(whole, at))).toEqual([-1.5e308, 0, 1.5e308]);
    expect(ticksOf(whole, 4).every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(ticksOf(whole, 4).length).toBeGreaterThan(1);
  });
});
