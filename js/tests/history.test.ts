import { describe, expect, it } from "vitest";
import { viewOf } from "../src/core/curves";
import { focus, history } from "../src/core/history";
import type { Row } from "../src/core/protocol";
// The same table holds history.py.
import table from "../../tests/widgets/history.json";
import { row } from "./help";

type Given = [number, Row["state"], number | null, number | null];

describe("history", () => {
  for (const { what, maximize, rows, past } of table.history) {
    it(what, () => {
      const given = (rows as Given[]).map(([number, state, value, finished_s]) =>
        row(number, { state, values: value === null ? null : [value], finished_s }),
      );
      expect(
        history(given, maximize).map((p) => [
          p.number,
          p.at,
          p.value,
          p.complete,
          p.best,
          p.improved,
        ]),
      ).toEqual(past);
    });
  }
});

describe("focus", () => {
  for (const { what, maximize, values, core, range } of table.focus) {
    it(what, () => {
      const found = focus([...values, NaN, Infinity], core, maximize);
      if (!range || !found) {
        expect([found, range]).toEqual([null, null]);
        return;
      }
      expect(found.low).toBeCloseTo(range[0] as number, 9);
      expect(found.high).toBeCloseTo(range[1] as number, 9);
      expect(found.cut).toBe(range[2]);
    });
  }
});

describe("viewOf", () => {
  for (const { what, maximize, curves, low, high, cut } of table.views) {
    it(what, () => {
      const given = (curves as [number[], boolean][]).map(([values, live]) => ({
        values: [...values, NaN, Infinity],
        live,
      }));
      const found = viewOf(given, maximize);
      if (!low || !high) return void expect(found).toBeNull();
      expect(found!.low).toBeGreaterThanOrEqual(low[0]!);
      expect(found!.low).toBeLessThanOrEqual(low[1]!);
      expect(found!.high).toBeGreaterThanOrEqual(high[0]!);
      expect(found!.high).toBeLessThanOrEqual(high[1]!);
      expect(found!.cut).toBe(cut);
    });
  }
});
