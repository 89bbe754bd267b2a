import { describe, expect, it } from "vitest";
import { decodeUpdate, revive } from "../src/core/decode";
// Written by tests/widgets/test_encode.py, which keeps it current.
import fixture from "./update.json";


function bytes(hex: string, shift = 0): DataView {
  const all = new Uint8Array(shift + hex.length / 2);
  for (let i = 0; i < hex.length / 2; i++) all[shift + i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return new DataView(all.buffer, shift);
}

describe("decodeUpdate", () => {
  const update = decodeUpdate(fixture.content, [bytes(fixture.buffer)]);

  it("reads what Python wrote", () => {
    expect(update.rows.map((row) => [row.number, row.state])).toEqual([
      [0, "COMPLETE"],
      [1, "FAIL"],
      [2, "RUNNING"],
      [3, "PRUNED"],
    ]);
    expect(update.rows[0]!.values).toEqual([0.9, Infinity]);
    expect(update.rows[1]!.values).toBeNull();
    expect(update.rows[2]!.values).toEqual([NaN, 1]);
    expect(update.rows[0]).toMatchObject({ step: 3, duration_s: 1.5, started_s: 0 });
    expect(update.rows[2]).toMatchObject({ started_s: 2.25, memory_bytes: 3e9, step: null });
    expect(update.rows[1]).toMatchObject({ error: "<script>boom</script>", error_line: 3 });
    expect(update.rows.map(({ parent }) => parent)).toEqual([null, null, 0, null]);
    expect(update.rows[3]!.notice).toBe("stopped");
    const broken = { infeasible: "size 2 > 1", figures: { n_params: 1e6 }, kept: true };
    expect(update.rows.map((row) => row.rounds)).toEqual([[], [], [], [0.5, 0.25]]);
    expect(update.rows[3]).toMatchObject(broken);
    expect(update.rows[0]).toMatchObject({ infeasible: "", figures: {}, kept: false });
  });

  it("keeps odd parameters as they are", () => {
    expect(update.rows.map((row) => row.params)).toEqual([
      { lr: 1e-3, seed: 2n ** 60n, act: "relu" },
      { lr: NaN, act: null },
      { act: true },
      { lr: "odd", act: 1 },
    ]);
  });

  it("reads points and header", () => {
    expect(update.points).toEqual([
      { number: 0, step: 1, value: 0.5 },
      { number: 0, step: 2, value: NaN },
      { number: 2, step: 1, value: -Infinity },
    ]);
    expect(update.header.best).toEqual({ number: 0, values: [0.9, Infinity] });
    expect(update).toMatchObject({ seq: 1, version: 7, reset: true, more: false });
  });

  it("does not need the buffer to start at a multiple of eight", () => {
    expect(decodeUpdate(fixture.content, [bytes(fixture.buffer, 3)])).toEqual(update);
  });
});

describe("revive", () => {
  it("restores what JSON can't hold, at any depth", () => {
    const sent = { a: [{ $float: "nan" }, { $float: "-inf" }], b: { c: { $int: "12" } } };
    expect(revive(sent)).toEqual({ a: [NaN, -Infinity], b: { c: 12n } });
  });
});

describe("names and numbers that JavaScript has another use for", () => {
  const content = structuredClone(fixture.content) as unknown as {
    header: { params: { name: string; low: unknown; high: unknown }[] };
    rows: { columns: { name: string }[] };
  };
  const seed = content.header.params.find(({ name }) => name === "seed")!;
  const before = seed.name;
  seed.name = "__proto__";
  [seed.low, seed.high] = [0, { $int: String(2n ** 64n) }];
  content.rows.columns.find(({ name }) => name === `param:${before}`)!.name = "param:__proto__";
  const { rows, header } = decodeUpdate(content, [bytes(fixture.buffer)]);

  it("reads a parameter of any name, and none that is not there", () => {
    expect(rows[0]!.params["__proto__"]).toBe(2n ** 60n);
    expect(Object.keys(rows[0]!.params)).toContain("__proto__");
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      expect(name in rows[0]!.params).toBe(false);
      expect(rows[0]!.params[name]).toBeUndefined();
    }
  });

  it("makes ranges of numbers that can be drawn", () => {
    expect(header.params.find(({ name }) => name === "__proto__")!.high).toBe(2 ** 64);
  });
});
