import { describe, expect, it } from "vitest";
import {
  choiceOf,
  edited,
  grouped,
  inWords,
  isChanged,
  kindsOf,
  matches,
  reset,
  settingsOf,
  withKind,
} from "../src/core/form";
import { choice_row, edited_row, editor_row, editor_settings, settings } from "./editor_help";

describe("the kind of a row", () => {
  it.each([
    [editor_row({ value_kind: "int", kind: "int" }), ["int", "float", "categorical"]],
    [editor_row(), ["float", "categorical"]],
    [choice_row(), ["categorical"]],
    [choice_row({ value_kind: "bool" }), ["categorical"]],
    [choice_row({ value_kind: "object" }), ["categorical"]],
    [editor_row({ value_kind: "object" }), ["float", "categorical"]],
  ])("can be what the value in the code allows", (row, kinds) => {
    expect(kindsOf(row)).toEqual(kinds);
  });

  it("becomes a choice of its ends and the own value", () => {
    const row = edited_row({ kind: "int", low: "16", high: "256", value: "64", log: false });
    expect(withKind(row, "categorical").choiceText).toBe("16 | 64 | 256");
    expect(withKind({ ...row, value: "16" }, "categorical").choiceText).toBe("16 | 256");
    expect(withKind({ ...row, low: "" }, "categorical").choiceText).toBe("64");
  });

  it("becomes a range from the smallest to the largest choice", () => {
    const row = edited_row({ ...choice_row({ choices: ["64", "16", "32"] }), value_kind: "int" });
    expect(withKind(row, "int")).toMatchObject({ kind: "int", low: "16", high: "64" });
    expect(withKind(edited(choice_row()), "float")).toMatchObject({ low: "", high: "" });
  });

  it("goes there and back without a loss", () => {
    const row = edited_row();
    const back = withKind(withKind(row, "categorical"), "float");
    expect(back).toMatchObject({ kind: "float", low: row.low, high: row.high, log: true });
  });

  it("rounds what becomes an integer", () => {
    const row = edited_row({ low: "0.6", high: "9.2", step: "", value_kind: "int" });
    expect(withKind(row, "int")).toMatchObject({ low: "1", high: "9" });
  });
});

it("knows what was changed, and takes it back", () => {
  const first = edited_row();
  const changed = { ...first, high: "1", condition: "act == relu", ticked: false };
  expect(isChanged(first, first)).toBe(false);
  expect(isChanged({ ...first, ticked: false }, first)).toBe(false);
  expect(isChanged(changed, first)).toBe(true);
  expect(reset(changed, first)).toEqual({ ...first, ticked: false });
});

it("says a range as its mark would", () => {
  expect(inWords(edited_row())).toBe("1e-5..1e-1 log");
  expect(inWords(edited_row({ log: false, step: "2", condition: "a == 1" }))).toBe(
    "1e-5..1e-1 step 2 if a == 1",
  );
  expect(inWords(edited(choice_row()))).toBe("relu | tanh");
  expect(inWords(edited_row({ low: "" }))).toBe("no range known");
});

it("finds rows by the words of their name, place and code", () => {
  const row = edited_row({ code: "opt = Adam(lr=1e-3)", place: "In[2], line 7" });
  expect(["", "LR", "adam", "in[2]", "adam lr"].every((query) => matches(row, query))).toBe(true);
  expect(matches(row, "adam sgd")).toBe(false);
});

it("groups rows by their cell: this one, then the latest", () => {
  const rows = [3, 0, 5, 3].map((cell, i) => edited_row({ cell, name: `v${i}` }));
  expect(grouped(rows).map(({ cell, rows: members }) => [cell, members.length])).toEqual([
    [0, 1],
    [5, 1],
    [3, 2],
  ]);
});

describe("the settings", () => {
  it("begin with the chosen objectives", () => {
    const objectives = [
      { name: "acc", direction: "maximize" as const, why: "" },
      { name: "loss", direction: "minimize" as const, why: "" },
    ];
    const goals = (chosen: number) => settingsOf(editor_settings({ objectives, chosen })).goals;
    expect(goals(2).map(({ name }) => name)).toEqual(["acc", "loss"]);
    expect(goals(0)).toEqual([{ name: "", direction: "maximize" }]);
  });

  it("are sent with the ticked rows; an empty further objective is none", () => {
    const goals = ["acc", "size", ""].map((name) => ({ name, direction: "maximize" as const }));
    const rows = [edited_row(), edited(choice_row({ ticked: false }))];
    const choice = choiceOf(rows, settings({ goals, sampler: "random" }));
    expect(choice).toMatchObject({ objective: "acc", sampler: "random", trials: "40" });
    expect(choice.also).toEqual([{ name: "size", direction: "maximize" }]);
    expect(choice.rows.map(({ name }) => name)).toEqual(["lr"]);
    expect(Object.keys(choice)).not.toContain("goals");
  });
});
