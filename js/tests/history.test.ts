import { describe, expect, it } from "vitest";
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
