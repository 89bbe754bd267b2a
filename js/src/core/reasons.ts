// Why trials failed: the same reason is said once.
import type { Row } from "./protocol";

export interface Reason {
  text: string;
  line: number | null;
  /** The trials that failed so, in their order. */
  numbers: number[];
}

/** Numbers differ from trial to trial where the reason does not. */
const likeness = ({ error, error_line }: Row): string =>
  `${error_line} ${error.slice(0, 400).replace(/\d+(\.\d+)?(e[-+]?\d+)?/g, "0")}`;

/** The reasons of the failed trials, the commonest first. */
export function reasons(rows: Iterable<Row>): Reason[] {
  const found = new Map<string, Reason>();
  for (const row of rows) {
    if (row.state !== "FAIL") continue;
    const like = likeness(row);
    const known = found.get(like);
    if (known) known.numbers.push(row.number);
    else found.set(like, { text: row.error, line: row.error_line, numbers: [row.number] });
  }
  return [...found.values()].sort((a, b) => b.numbers.length - a.numbers.length);
}
