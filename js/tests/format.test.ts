import { describe, expect, it } from "vitest";
import * as format from "../src/core/format";
import numbers from "../../tests/widgets/numbers.json";

const table = numbers as unknown as Record<string, [number | null, string][]>;

describe("the table shared with Python", () => {
  for (const [name, cases] of Object.entries(table)) {
    it.each(cases)(`${name}(%s) is %s`, (value, text) => {
      const write = format[name as "number" | "metric" | "duration" | "memory"];
      expect(write(value)).toBe(text);
    });
  }
});

it("writes parameters as Python does", () => {
  expect([true, null, "a", 1e-3, 2n ** 60n].map(format.param)).toEqual([
    "True",
    "None",
    "a",
    "0.001",
    "1152921504606846976",
  ]);
  expect(format.number(NaN)).toBe("nan");
  expect(format.number(-Infinity)).toBe("-inf");
});
