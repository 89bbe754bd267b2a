import { describe, expect, it } from "vitest";
import { topOf, windowOf } from "../src/board/window";
import { rangeOf, typedTime, valuesOf, wantedOf } from "../src/core/enqueue";
import { reasons } from "../src/core/reasons";
import { sorted } from "../src/core/store";
import { commonRange, csv, Ordered } from "../src/core/table";
import type { Row } from "../src/core/protocol";
import { header, param, row } from "./help";

describe("Ordered", () => {
  it("gives what sorting anew gives, whatever changes", () => {
    let seed = 5;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const states = ["RUNNING", "COMPLETE", "PRUNED", "FAIL"] as const;
    const make = (number: number): Row =>
      row(number, { state: states[next(4)]!, values: next(5) ? [next(20)] : null });
    const rows = new Map(Array.from({ length: 200 }, (_, i) => [i, make(i)]));
    const ordered = new Ordered();
    const order = { key: { by: "rank" }, descending: false, maximize: true } as const;
    for (let turn = 0; turn < 60; turn++) {
      for (let i = next(turn % 10 ? 6 : 150); i >= 0; i--) {
        const number = next(rows.size + 2);
        rows.set(number, make(number));
      }
      expect(ordered.of(rows, order)).toEqual(sorted([...rows.values()], order.key, false, true));
    }
  });

  it("keeps the same rows where nothing changed, and turns at once to another order", () => {
    const rows = new Map([0, 1, 2].map((n) => [n, row(n, { values: [n] })]));
    const ordered = new Ordered();
    const by = (descending: boolean) =>
      ordered.of(rows, { key: { by: "number" }, descending, maximize: true });
    expect(by(false)).toBe(by(false));
    expect(by(true).map((r) => r.number)).toEqual([2, 1, 0]);
    rows.delete(1);
    expect(by(true).map((r) => r.number)).toEqual([2, 0]);
  });
});

describe("Ordered, held", () => {
  it("leaves rows where they are, takes their news and new ones last, then puts all in order", () => {
    const rows = new Map([0, 1, 2].map((n) => [n, row(n, { values: [n] })]));
    const ordered = new Ordered();
    const order = { key: { by: "value", index: 0 }, descending: true, maximize: true } as const;
    const numbers = (hold: boolean): number[] =>
      ordered.of(rows, order, hold).map((r) => r.number);
    expect(numbers(false)).toEqual([2, 1, 0]);
    rows.set(0, row(0, { values: [9] }));
    rows.set(3, row(3, { values: [5] }));
    expect(numbers(true)).toEqual([2, 1, 0, 3]);
    expect(ordered.of(rows, order, true)[2]!.values).toEqual([9]);
    rows.delete(1);
    expect(numbers(true)).toEqual([2, 0, 3]);
    expect(ordered.held).toBe(true);
    expect(numbers(false)).toEqual([0, 3, 2]);
    expect(ordered.held).toBe(false);
  });
});

describe("csv", () => {
  it("has full precision, quotes what needs it, and no formulas", () => {
    const space = header({
      objectives: [{ name: 'h["loss"]', direction: "minimize", whole: false }],
      params: [param("lr"), param("act"), param("flag")],
    });
    const rows = [
      row(0, { values: [0.1 + 0.2], params: { lr: 1e-7, act: "=cmd|' /C calc'!A0", flag: true } }),
      row(1, { state: "FAIL", params: { act: 'a "b", c' }, error: "line\nbreak" }),
    ];
    const [head, first, ...rest] = csv(rows, space).split("\r\n");
    expect(head).toBe(
      'number,state,"h[""loss""]",lr,act,flag,step,duration_s,memory_bytes,infeasible,error,reason',
    );
    expect(first).toBe("0,COMPLETE,0.30000000000000004,1e-7,'=cmd|' /C calc'!A0,True,,,,,,");
    expect(rest).toEqual(['1,FAIL,,,"a ""b"", c",,,,,,"line\nbreak",', ""]);
  });
});

describe("the sparklines' common range", () => {
  const curve = (...values: number[]) => ({ steps: values.map((_, i) => i), values });
  const good = [curve(1, 0.6, 0.4, 0.3), curve(1.2, 0.7, 0.5, 0.4), curve(0.9, 0.5, 0.3, 0.2)];
  const range = (curves: ReturnType<typeof curve>[], counts = (_: number) => true, max = false) =>
    commonRange(new Map(curves.map((c, i) => [i, c])), counts, max);

  it("is for the trials that count", () => {
    expect(range([...good, curve(288_236, 9e9)], (number) => number < 3)[1]).toBeLessThan(1.3);
    expect(range([curve(5, 7)], () => false)).toEqual([5, 7]);
    expect(range([])).toEqual([0, 0]);
  });

  it("leaves out complete trials that went astray", () => {
    const [low, high] = range([...good, ...good, curve(1, 288_236), curve(1, 1e300, NaN)]);
    expect(low).toBe(0.2);
    expect(high).toBeGreaterThan(1);
    expect(high).toBeLessThan(4);
  });

  it("shows the best where more is better", () => {
    const [low, high] = range([curve(0.1, 0.7, 0.9), curve(0.1, 0.8, 0.95)], undefined, true);
    expect([low, high]).toEqual([0.1, 0.95]);
  });
});

describe("windowOf", () => {
  const none = { index: -1, height: 0 };
  const numbers = (parts: ReturnType<typeof windowOf>["parts"]) =>
    parts.filter((part) => typeof part === "number");
  const height = (n: number, scroll: number, opened = none): number => {
    const { parts } = windowOf(n, scroll, 400, opened);
    return parts.reduce<number>(
      (sum, p) =>
        sum + (typeof p === "object" ? p.pixels : 29 + (p === opened.index ? opened.height : 0)),
      0,
    );
  };

  it("draws what is in view and a few more, at its place", () => {
    const { from, parts } = windowOf(10_000, 2900, 400, none);
    expect([from, parts[0]]).toEqual([90, { pixels: 90 * 29, before: 90 }]);
    expect(numbers(parts).length).toBeLessThan(40);
    expect(windowOf(0, 0, 400, none).parts).toEqual([]);
    expect(numbers(windowOf(3, 9999, 400, none).parts)).toEqual([0, 1, 2]);
  });

  it("is as high as all rows and the opened one's details, wherever one is", () => {
    for (const index of [-1, 0, 100, 5000, 9999]) {
      const opened = { index, height: index < 0 ? 0 : 700 };
      for (const scroll of [0, 2900, 3300, 140_000, 146_000, 289_000]) {
        expect(height(10_000, scroll, opened)).toBe(290_000 + opened.height);
      }
    }
  });

  it("keeps the opened row drawn, also far from view, and knows where rows are below it", () => {
    const opened = { index: 100, height: 700 };
    expect(numbers(windowOf(10_000, 0, 400, opened).parts)).toContain(100);
    expect(numbers(windowOf(10_000, 200_000, 400, opened).parts)[0]).toBe(100);
    const far = numbers(windowOf(10_000, topOf(5000, opened), 400, opened).parts);
    expect(far).toContain(5000);
    expect(topOf(100, opened)).toBe(2900);
    expect(topOf(101, opened)).toBe(101 * 29 + 700);
    const within = numbers(windowOf(10_000, 100 * 29 + 400, 400, opened).parts);
    expect(within).toContain(101);
  });
});

describe("a trial that is asked for", () => {
  const params = [
    param("lr", { low: 1e-5, high: 0.1, log: true }),
    param("hidden", { kind: "int", low: 1, high: 64, step: 1 }),
    param("act", { kind: "categorical", choices: ["relu", 3, true] }),
    param("momentum", { low: 0, high: 1, conditional: true }),
  ];

  it("begins with a trial's values, and leaves out what is empty", () => {
    const wanted = wantedOf(params, { lr: 0.01, hidden: 7, act: 3 });
    expect(wanted).toEqual({ lr: "0.01", hidden: "7", act: "1", momentum: "" });
    const { values, problems } = valuesOf(params, { ...wanted, lr: " " });
    expect([values, problems]).toEqual([{ hidden: 7, act: 3 }, []]);
    expect(valuesOf(params, { act: "2" }).values).toEqual({ act: true });
  });

  it("sends integers digit by digit where a number can't hold them", () => {
    const big = [
      param("seed", { kind: "int", low: 0, high: 2 ** 64 }),
      param("key", { kind: "categorical", choices: [2n ** 60n + 1n] }),
    ];
    const wanted = wantedOf(big, { seed: 2n ** 63n + 1n, key: 2n ** 60n + 1n });
    expect(valuesOf(big, wanted).values).toEqual({
      seed: { $int: "9223372036854775809" },
      key: { $int: "1152921504606846977" },
    });
  });

  it("says what is wrong beside its value", () => {
    const { problems } = valuesOf(params, { lr: "0.5", hidden: "2.5", momentum: "much" });
    expect(problems).toEqual([
      { name: "lr", message: "0.5 is above 0.1." },
      { name: "hidden", message: "2.5 is not an integer." },
      { name: "momentum", message: "much is not a number." },
    ]);
  });

  it("tells ranges and times in words", () => {
    expect(params.map(rangeOf)).toEqual([
      "1e-5 to 0.1, log",
      "1 to 64, integer",
      "",
      "0 to 1, not in every trial",
    ]);
    expect([null, 90, 3600, 5400, 86_399].map(typedTime)).toEqual([
      "",
      "1m 30s",
      "1h",
      "1h 30m",
      "23h 59m 59s",
    ]);
  });
});

describe("reasons", () => {
  it("are said once, the commonest first, whatever numbers they hold", () => {
    const fail = (number: number, error: string, error_line: number | null = null): Row =>
      row(number, { state: "FAIL", error, error_line });
    const rows = [
      fail(0, "ValueError: no", 3),
      fail(1, "out of memory: 512 MB"),
      row(2),
      fail(3, "out of memory: 1.5e3 MB"),
      fail(4, "ValueError: no", 4),
    ];
    expect(reasons(rows).map((r) => [r.text, r.line, r.numbers])).toEqual([
      ["out of memory: 512 MB", null, [1, 3]],
      ["ValueError: no", 3, [0]],
      ["ValueError: no", 4, [4]],
    ]);
  });
});
