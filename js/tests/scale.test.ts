import { describe, expect, it } from "vitest";
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
