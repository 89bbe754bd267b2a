// Rounds of a trial (folds, repeats): their mean and how far they lie apart. Pure.
import { metric } from "./format";
import type { Header, Row } from "./protocol";

/** The sample standard deviation; null of fewer than two. */
export function spread(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** `± 0.012`, null while there is nothing to say. */
export function spreadText(values: readonly number[]): string | null {
  const found = spread(values);
  return found === null ? null : `± ${metric(found)}`;
}

type Rounds = Pick<Header, "n_rounds" | "round_word">;

/** `3 of 5 folds`, `5 folds`, `1 fold`. */
export function progress({ rounds }: Pick<Row, "rounds">, header: Rounds): string {
  const { n_rounds: all, round_word: word } = header;
  const [done, of] = [rounds.length, all > rounds.length ? ` of ${all}` : ""];
  return `${done}${of} ${word}${(of ? all : done) === 1 ? "" : "s"}`;
}

/** What the reports of a study count. */
export const stepWord = ({ by_round, round_word }: Pick<Header, "by_round" | "round_word">): string =>
  (by_round && round_word) || "step";
