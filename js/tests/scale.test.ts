import { describe, expect, it } from "vitest";
import { robustRange, tickLabels, ticks } from "../src/core/scale";

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

describe("robustRange", () => {
  const calm = Array.from({ length: 50 }, (_, i) => 1 + i / 100);

  it("is not flattened by a loss that blew up", () => {
    const range = robustRange([...calm, 1e9], false)!;
    expect(range.cut).toBe(true);
    expect(range.high).toBeLessThan(2);
    expect(range.low).toBeLessThanOrEqual(1);
  });

  it("shows everything when nothing is wild", () => {
    const range = robustRange(calm, true)!;
    expect(range.cut).toBe(false);
    expect([range.low < 1, range.high > 1.49]).toEqual([true, true]);
  });

  it("has no range without finite values, and some width with one", () => {
    expect(robustRange([NaN, Infinity], true)).toBeNull();
    const range = robustRange([0.5], true)!;
    expect(range.high).toBeGreaterThan(range.low);
  });
});
