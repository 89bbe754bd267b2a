import { expect, test } from "vitest";
import { progress, spread, spreadText, stepWord } from "../src/core/rounds";

test("the spread is the sample standard deviation, of two rounds at least", () => {
  expect(spread([1])).toBeNull();
  expect(spread([1, 3])).toBeCloseTo(Math.SQRT2);
  expect(spreadText([0.9, 0.92])).toBe("± 0.01414");
  expect(spreadText([])).toBeNull();
});

test("how many rounds are done is said in words", () => {
  const header = { n_rounds: 5, round_word: "fold" };
  expect(progress({ rounds: [1, 2, 3] }, header)).toBe("3 of 5 folds");
  expect(progress({ rounds: [1, 2, 3, 4, 5] }, header)).toBe("5 folds");
  expect(progress({ rounds: [1] }, { n_rounds: 0, round_word: "repeat" })).toBe("1 repeat");
});

test("reports are called after what they are of", () => {
  expect(stepWord({ by_round: true, round_word: "fold" })).toBe("fold");
  expect(stepWord({ by_round: false, round_word: "fold" })).toBe("step");
  expect(stepWord({ by_round: false, round_word: "" })).toBe("step");
});
