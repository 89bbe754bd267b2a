import { describe, expect, it } from "vitest";
import { filterNames, parseFilter } from "../src/core/filter";
import type { Row } from "../src/core/protocol";
import { header, param, row } from "./help";

const space = header({
  objectives: [
    { name: "acc", direction: "maximize", whole: false },
    { name: 'history["loss"][-1]', direction: "minimize", whole: false },
  ],
  params: [
    param("lr", { log: true }),
    param("act", { kind: "categorical", choices: ["relu", "tanh", "GELU"] }),
    param("batch", { kind: "categorical", choices: [32, 64] }),
    param("nesterov", { kind: "categorical", choices: [true, false] }),
    param("opt.momentum"),
    param("my rate"),
  ],
});
const rows: Row[] = [
  row(0, { values: [0.9, 1.5], params: { lr: 0.01, act: "relu", batch: 32, nesterov: true } }),
  row(1, { values: [0.5, 0.5], params: { lr: 1e-4, act: "tanh", batch: 64, "opt.momentum": 0.9 } }),
  row(2, { state: "FAIL", params: { lr: 0.1, act: "GELU" }, error: "ValueError: out of memory" }),
  row(3, { state: "RUNNING", values: [0.7, NaN], step: 4, duration_s: 150, memory_bytes: 2.5e9 }),
  row(4, { state: "PRUNED", notice: "9 of 12 at step 1", params: { "my rate": 7 } }),
];
const passed = (text: string): number[] => {
  const { test, problem } = parseFilter(text, space);
  if (problem) throw new Error(problem.message);
  return rows.filter((r) => test!(r)).map((r) => r.number);
};
const wrong = (text: string): [string, string] => {
  const { problem } = parseFilter(text, space);
  return [problem!.message, text.slice(problem!.from, problem!.to)];
};

describe("parseFilter", () => {
  it.each([
    ["lr < 1e-3", [1]],
    ["lr<=1e-4", [1]],
    ["1e-4 < lr < 0.1", [0]],
    ["0.1 >= lr", [0, 1, 2]],
    ["lr > -1 and lr != 0.01", [1, 2]],
    ["act == relu", [0]],
    ["act = 'gelu'", [2]],
    ["act != relu", [1, 2, 3, 4]],
    ["act in (relu, tanh)", [0, 1]],
    ["act not in [relu, tanh]", [2, 3, 4]],
    ["batch == 64", [1]],
    ["batch < 64", [0]],
    ["nesterov", [0]],
    ["nesterov == True", [0]],
    ["opt.momentum > 0.5", [1]],
    ["`my rate` == 7", [4]],
    ["my rate == 7", [4]],
    ["acc > 0.6", [0, 3]],
    ["value > 0.6", [0, 3]],
    ['history["loss"][-1] < 1', [1]],
    ['acc > history["loss"][-1]', []],
    ["state == complete", [0, 1]],
    ["state == COMPLETE", [0, 1]],
    ["complete", [0, 1]],
    ["failed or pruned", [2, 4]],
    ["state in (fail, pruned)", [2, 4]],
    ["complete == state", [0, 1]],
    ["not complete", [2, 3, 4]],
    ["!(complete || failed) && number > 3", [4]],
    ["complete and lr < 0.001 or failed", [1, 2]],
    ["complete and (lr < 0.001 or failed)", [1]],
    ["number in (0, 4)", [0, 4]],
    ["trial >= 3", [3, 4]],
    ["step == 4", [3]],
    ["time > 2m", [3]],
    ["time > 150", []],
    ["2.5m <= time", [3]],
    ["memory > 2GB", [3]],
    ["memory >= 2.5e9", [3]],
    ['error contains "MEMORY"', [2]],
    ['"memory" in error', [2]],
    ["error not contains memory", [0, 1, 3, 4]],
    ["reason contains step", [4]],
    ['"of memory"', [2]],
    ['"relu"', [0]],
    ["step == none", [0, 1, 2, 4]],
    ["lr == nan", []],
    ['history["loss"][-1] == nan', [3]],
    ["lr < inf", [0, 1, 2]],
    ["AND_ or failed", null],
  ] as [string, number[] | null][])("%s", (text, numbers) => {
    if (numbers) expect(passed(text)).toEqual(numbers);
    else expect(() => passed(text)).toThrow();
  });

  it("lets everything through that has nothing in it", () => {
    expect(parseFilter("  ", space)).toEqual({ test: null, problem: null });
  });

  it.each([
    ["lrr < 1", "This study has no “lrr”. Did you mean lr?", "lrr"],
    [
      "momentm > 1",
      'This study has no “momentm”. To look for it as text, write "momentm".',
      "momentm",
    ],
    ["complet", "This study has no “complet”. Did you mean complete?", "complet"],
    ["lr", "Expected a comparison after “lr”, such as lr < 0.1.", "lr"],
    ["time and failed", "Expected a comparison after “time”, such as time > 2m.", "time"],
    ["lr <", "Expected a value to compare lr with, found the end.", ""],
    ["lr 1e-3", "Expected a comparison after “lr”, such as lr < 0.1, found “1e-3”.", "lr 1e-3"],
    ["lr < abc", "This study has no “abc”. Did you mean acc?", "abc"],
    ["lr == 'abc'", "lr is a number, and “'abc'” is not.", "'abc'"],
    ["act == rellu", "act has no choice “rellu”. Did you mean relu?", "rellu"],
    ["act == 3", "act has no choice “3”. There are relu, tanh, GELU.", "3"],
    ["state == finishd", "No state is called “finishd”. There are", "finishd"],
    ["state == prunned", "No state is called “prunned”. Did you mean pruned?", "prunned"],
    ["lr < 3x", "“3x” is no number. Times are written 90s or 2m, memory 500MB or 2GB.", "3x"],
    ["time > 2GB", "time is not measured in “2GB”, which is an amount of memory.", "2GB"],
    ["(lr < 1", "The bracket is not closed: expected “)”, found the end.", "("],
    ["lr < 1)", "“)” closes nothing.", ")"],
    ["lr < 1 lr > 0", "Expected “and”, “or” or the end, found “lr”.", "lr"],
    ["act in (relu tanh)", "Expected “,” or “)” in the list, found “tanh”.", "(relu tanh"],
    ["act in ()", "Expected a value to compare act with, found “)”.", ")"],
    ["act == 'relu", "The text 'relu has no end: a ' is missing.", "'relu"],
    ["lr < 1 ; drop", '“;” means nothing here. Text goes in quotes: ";".', ";"],
    ["lr not 3", "Expected “in” or “contains” after “not”, found “3”.", "3"],
    ["constructor", "This study has no “constructor”.", "constructor"],
    ["lr constructor 3", "Expected a comparison after “lr”", "lr constructor"],
  ])("%s: what is wrong, and where", (text, message, part) => {
    const [said, at] = wrong(text);
    expect(said).toContain(message);
    expect(at).toBe(part);
  });

  it("copes with a hostile name", () => {
    const odd = header({ params: [param("</style><img src=x>"), param("")], objectives: [] });
    const { test } = parseFilter("</style><img src=x> > 1", odd);
    expect(test!(row(0, { params: { "</style><img src=x>": 2 } }))).toBe(true);
  });

  it("names what can be asked for, the study's own first", () => {
    expect(filterNames(space).slice(0, 9)).toEqual([
      "lr",
      "act",
      "batch",
      "nesterov",
      "opt.momentum",
      "`my rate`",
      "acc",
      '`history["loss"][-1]`',
      "number",
    ]);
  });
});

describe("a filter that is being typed", () => {
  it.each(["lr < 0.01 and", "lr < 0.01 and (", "failed or", "not", "(", "lr <", "lr in (", "lr = -"])(
    "%s has a sentence for what is missing",
    (text) => {
      const { problem } = parseFilter(text, space);
      expect(problem!.message).toContain("found the end");
    },
  );

  it.each(["(", "not ", "!"])("refuses ten thousand %s without an error of its own", (sign) => {
    const text = `${sign.repeat(10_000)}failed`;
    expect(parseFilter(text, space).problem!.message).toContain("More than 100");
    expect(parseFilter(`${"not ".repeat(99)}failed`, space).problem).toBeNull();
  });
});
