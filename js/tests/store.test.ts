import { describe, expect, it } from "vitest";
import { sorted, Store, thinned } from "../src/core/store";
import { row, update } from "./help";

describe("Store", () => {
  it("takes messages in order and notices a gap", () => {
    const store = new Store();
    expect(store.apply(update({ seq: 4, reset: false }), 0)).toBe(false); // nothing before it
    expect(store.apply(update({ seq: 5, rows: [row(0)] }), 0)).toBe(true);
    expect(store.apply(update({ seq: 6, reset: false, rows: [row(1)] }), 0)).toBe(true);
    expect(store.apply(update({ seq: 8, reset: false, rows: [row(2)] }), 0)).toBe(false);
    expect([...store.rows.keys()]).toEqual([0, 1]);
    store.apply(update({ seq: 9, rows: [row(7)] }), 0);
    expect([...store.rows.keys()]).toEqual([7]);
  });

  it("begins a curve anew when its trial is tried again", () => {
    const store = new Store();
    const at = (step: number, value: number) => ({ number: 0, step, value });
    store.apply(update({ points: [at(1, 0.1), at(2, 0.2), at(3, 0.3), at(2, 0.5)] }), 0);
    expect(store.curves.get(0)).toEqual({ steps: [1, 2], values: [0.1, 0.5] });
  });
});

describe("sorted", () => {
  const rows = [
    row(0, { values: [0.5], params: { lr: 0.1, act: "relu" } }),
    row(1, { values: [0.9], params: { lr: 0.01 } }),
    row(2, { state: "RUNNING", values: [0.2], params: { lr: 1 } }),
    row(3, { state: "FAIL", params: { act: "gelu" } }),
    row(4, { state: "PRUNED", values: [0.99] }),
    row(5, { values: [NaN] }),
    row(6, { state: "PAUSED", values: [0.95] }),
  ];
  const order = (...args: Parameters<typeof sorted>): number[] =>
    sorted(...args).map((r) => r.number);

  it("ranks what runs first, then complete trials from best to worst", () => {
    expect(order(rows, { by: "rank" }, false, true)).toEqual([2, 1, 0, 5, 6, 4, 3]);
    expect(order(rows, { by: "rank" }, false, false)).toEqual([2, 0, 1, 5, 6, 4, 3]);
  });

  it("puts absent values last, either way", () => {
    expect(order(rows, { by: "param", name: "lr" }, false, true)).toEqual([1, 0, 2, 3, 4, 5, 6]);
    expect(order(rows, { by: "param", name: "lr" }, true, true)).toEqual([2, 0, 1, 3, 4, 5, 6]);
    expect(order(rows, { by: "param", name: "act" }, false, true).slice(0, 2)).toEqual([3, 0]);
    expect(order(rows, { by: "value", index: 0 }, true, true)).toEqual([4, 6, 1, 0, 2, 3, 5]);
  });
});

it("thins a curve and keeps its ends", () => {
  const steps = Array.from({ length: 1000 }, (_, i) => i);
  const few = thinned({ steps, values: steps }, 40);
  expect(few.steps.length).toBe(40);
  expect([few.steps[0], few.steps[39]]).toEqual([0, 999]);
});
