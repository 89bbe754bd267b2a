import { describe, expect, it } from "vitest";
import { jitter, ofObjective, ofParam } from "../../src/core/dimensions";
import { Finished, history } from "../../src/core/history";
import { awayFrom, partOf, polyline, rangeOf, sampled, stridesOf, UNUSED } from "../../src/core/parallel";
import type { ParamInfo, Row } from "../../src/core/protocol";
import { header, param, row } from "../help";

describe("a parameter's dimension", () => {
  const lr = param("lr", { log: true, low: 1e-4, high: 1 });
  const act = param("act", { kind: "categorical", choices: ["relu", "tanh"] });
  it.each<[string, ParamInfo, unknown[], [string, number, number]]>([
    ["log", lr, [0.1], ["log", 1e-4, 1]],
    ["values outside of what is searched now", lr, [5], ["log", 1e-4, 5]],
    ["log with a value that has no logarithm", lr, [-1], ["linear", -1, 1]],
    ["integer", param("n", { kind: "int", low: 1, high: 6 }), [3], ["whole", 1, 6]],
    ["a big integer", param("n", { kind: "int", low: 1, high: 6 }), [2n ** 60n], ["whole", 1, 2 ** 60]],
    ["choices", act, ["relu"], ["choice", -0.5, 1.5]],
    ["a choice that is none any more", act, ["gelu"], ["choice", -0.5, 2.5]],
    ["1, True and '1' are three", param("c", { kind: "categorical", choices: [1, true] }), ["1"], ["choice", -0.5, 2.5]],
    ["nothing known", param("x"), [], ["linear", 0, 1]],
  ])("%s", (_, info, values, expected) => {
    const rows = values.map((value, i) => row(i, { params: { [info.name]: value } }));
    const { axis, of } = ofParam(info, rows);
    expect([axis.kind, axis.low, axis.high]).toEqual(expected);
    for (const r of rows) expect(of(r)).not.toBeNull();
    expect(of(row(9))).toBeNull();
  });

  it("shows of an objective what matters", () => {
    const rows = [0.9, 0.91, 0.92, NaN].map((value, i) => row(i, { values: [value] }));
    const { axis, of } = ofObjective(header(), 0, rows);
    expect(axis.low).toBeGreaterThan(0.8);
    expect(rows.map(of)).toEqual([0.9, 0.91, 0.92, null]);
    expect(ofObjective(header(), 0, []).axis.high).toBe(1);
  });

  it("keeps equal choices apart, always in the same way", () => {
    const all = Array.from({ length: 500 }, (_, i) => jitter(i));
    expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(new Set(all).size).toBeGreaterThan(490);
    expect(jitter(7)).toBe(jitter(7));
  });
});

describe("the finished trials", () => {
  const done = (number: number, value: number | null, finished_s: number, more: Partial<Row> = {}): Row =>
    row(number, { values: value === null ? null : [value], finished_s, ...more });
  const first = [done(0, 0.5, 1), done(2, 0.4, 2, { state: "PRUNED" }), done(1, null, 3, { state: "FAIL" })];
  const running = row(3, { state: "RUNNING", values: [0.8] });

  it.each<[string, Row[], number]>([
    ["another one ends", [...first, done(3, 0.9, 4)], 0],
    ["nothing is new", first, 0],
    ["one is told of later than it ended", [...first, done(3, 0.9, 0.5)], 1],
    ["one is told anew", [done(0, 0.7, 1), ...first.slice(1)], 1],
    ["one is gone", first.slice(0, 2), 1],
  ])("are the same as made anew when %s", (_, then, era) => {
    const known = new Finished(true);
    known.take([...first, running]);
    known.take([...then, running]);
    const anew = new Finished(true);
    anew.take(then);
    expect(known.past).toEqual(anew.past);
    expect(known.past).toEqual(history(then, true));
    expect([known.complete, known.pruned, known.rows]).toEqual([anew.complete, anew.pruned, anew.rows]);
    expect([...known.places]).toEqual([...anew.places]);
    expect(known.era).toBe(era);
  });

  it("go by the objective that is asked for", () => {
    const known = new Finished(false, 1);
    known.take([row(0, { values: [1, 5], finished_s: 1 }), row(1, { values: [2, 3], finished_s: 2 })]);
    expect(known.past.map((p) => [p.value, p.best])).toEqual([[5, 5], [3, 3]]);
  });
});

describe("parallel coordinates", () => {
  const lr = ofParam(param("lr", { low: 0, high: 10 }), []);
  const act = ofParam(param("act", { kind: "categorical", choices: ["a", "b", "c"] }), []);
  it("has a line for each trial, below the axis of what it does not have", () => {
    const { places, hollow } = polyline(row(4, { state: "PRUNED", params: { lr: 5 } }), [lr, act], () => 1);
    expect([...places]).toEqual([0.5, UNUSED]);
    expect(hollow).toBe(true);
  });

  it.each<[string, typeof lr, number, number, [number, number]]>([
    ["a range", lr, 0.2, 0.4, [2, 4]],
    ["a choice is in it whole or not", act, 0.4, 0.9, [0.5, 2.5]],
    ["one choice", act, 0.45, 0.55, [0.5, 1.5]],
    ["up to the end of a cut axis: what lies beyond, too", { ...lr, axis: { ...lr.axis, cut: true } }, 0.5, 1, [5, Number.MAX_VALUE]],
  ])("brushes %s", (_, dimension, low, high, expected) => {
    const found = rangeOf(dimension, low, high);
    expect(found[0]).toBeCloseTo(expected[0], 10);
    expect(found[1]).toBe(expected[1]);
    const part = partOf(dimension, found);
    expect(part.low).toBeLessThanOrEqual(low + 0.2);
    expect(part.high).toBeLessThanOrEqual(1);
  });

  const lines = Array.from({ length: 5000 }, (_, number) => ({ number }));
  it("draws a sample of many, and a few that pass all of them", () => {
    const all = stridesOf(lines, () => true, false, 1000);
    expect(sampled(lines, 0, () => true, all).front).toHaveLength(625);
    const few = (n: number): boolean => n % 100 === 1;
    const found = sampled(lines, 0, few, stridesOf(lines, few, true, 1000));
    expect(found.front).toHaveLength(50);
    expect(found.back.length).toBeLessThan(626);
    expect(found.back.some(({ number }) => few(number))).toBe(false);
  });

  it("adds to the sample without choosing anew", () => {
    const strides = stridesOf(lines, () => true, false, 1000);
    const parts = [sampled(lines.slice(0, 4321), 0, () => true, strides), sampled(lines, 4321, () => true, strides)];
    expect(parts.flatMap((p) => p.front)).toEqual(sampled(lines, 0, () => true, strides).front);
  });

  it.each<[string, number, number, number]>([
    ["on it", 5, 5, 0],
    ["beside a flat part", 15, 13, 3],
    ["beside a steep part", 5, 6, Math.SQRT1_2],
    ["left of all axes", -5, 0, Infinity],
  ])("tells how far a place is from a line: %s", (_, px, py, away) => {
    const found = awayFrom([0, 10, 10], (i) => 10 * i, (place) => place, px, py);
    expect(found).toBeCloseTo(away, 10);
  });
});
