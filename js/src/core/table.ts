// The leaderboard's rows: their order as the study goes on, and as text for a spreadsheet.
import { FIGURES, type Header, type Row } from "./protocol";
import { spread } from "./rounds";
import { type Curve, type SortKey, sorted, thinned } from "./store";

/** How rows are ordered. */
export interface Order {
  key: SortKey;
  descending: boolean;
  maximize: boolean;
}

const likeness = ({ key, descending, maximize }: Order): string =>
  JSON.stringify([key, descending, maximize]);

/** Keeps rows in order: what did not change is not sorted again. */
export class Ordered {
  private rows: readonly Row[] = [];
  private by = "";
  /** Whether the rows given last were not put in order. */
  held = false;

  /** All rows, in order. hold: those known stay where they are, and new ones come last. */
  of(all: ReadonlyMap<number, Row>, order: Order, hold = false): readonly Row[] {
    const by = likeness(order);
    if (hold && by === this.by) return this.hold(all, order);
    const known = by === this.by && !this.held ? this.rows : [];
    this.by = by;
    this.held = false;
    const kept = known.filter((row) => all.get(row.number) === row);
    if (kept.length === all.size && kept.length === known.length) return this.rows;
    const before = new Set(kept);
    const fresh = [...all.values()].filter((row) => !before.has(row));
    const { key, descending, maximize } = order;
    const rank = (rows: Row[]): Row[] => sorted(rows, key, descending, maximize);
    this.rows =
      kept.length > 8 * fresh.length ? merged(kept, rank(fresh), rank) : rank([...all.values()]);
    return this.rows;
  }

  private hold(all: ReadonlyMap<number, Row>, order: Order): readonly Row[] {
    const known = this.rows.flatMap(({ number }) => all.get(number) ?? []);
    const before = new Set(known);
    const fresh = [...all.values()].filter((row) => !before.has(row));
    const { key, descending, maximize } = order;
    this.held = true;
    this.rows = [...known, ...sorted(fresh, key, descending, maximize)];
    return this.rows;
  }
}

/** Two ordered lists in one; each fresh row finds its place by halving. */
function merged(kept: Row[], fresh: Row[], rank: (rows: Row[]) => Row[]): Row[] {
  const result: Row[] = [];
  let from = 0;
  for (const row of fresh) {
    let [low, high] = [from, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rank([kept[middle]!, row])[0] === row) high = middle;
      else low = middle + 1;
    }
    while (from < low) result.push(kept[from++]!);
    result.push(row);
  }
  while (from < kept.length) result.push(kept[from++]!);
  return result;
}

/** A cell of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula is not. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** All that is known of the rows, with full precision; times in seconds, memory in bytes. */
export function csv(rows: readonly Row[], { objectives, params }: Header): string {
  const names = ["number", "state", ...objectives.map((o) => o.name), ...params.map((p) => p.name)];
  const figures = FIGURES.filter((name) => rows.some((row) => name in row.figures));
  const folds = rows.some((row) => row.rounds.length > 0);
  const between = folds ? ["spread", "rounds"] : [];
  const last = [...between, "step", "duration_s", "memory_bytes", ...figures, "infeasible", "error", "reason"];
  const lines = [[...names, ...last]];
  const of = (row: Row): unknown[] => [
    row.number,
    row.state,
    ...objectives.map((_, i) => row.values?.[i]),
    ...params.map(({ name }) => row.params[name]),
    ...(folds ? [spread(row.rounds), row.rounds.join(" ")] : []),
    row.step,
    row.duration_s,
    row.memory_bytes,
    ...figures.map((name) => row.figures[name]),
    row.infeasible,
    row.error,
    row.notice,
  ];
  return [...lines, ...rows.map(of)].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** So many values of a curve count, of so many curves. */
const [COUNTED, CURVES] = [12, 300];

/**
 * The values that small drawings of all curves share their scale for: those of the trials that
 * count, without the worst twentieth, nor what lies far beyond the middle half of them.
 */
export function commonRange(
  curves: ReadonlyMap<number, Curve>,
  counts: (number: number) => boolean,
  maximize: boolean,
): readonly [number, number] {
  const stride = Math.ceil(curves.size / CURVES);
  const of = (some: (number: number) => boolean): number[] =>
    [...curves].flatMap(([number, curve]) =>
      number % stride || !some(number) ? [] : thinned(curve, COUNTED).values.filter(Number.isFinite),
    );
  let sample = of(counts);
  if (!sample.length) sample = of(() => true);
  const order = Float64Array.from(sample).sort();
  const at = (share: number): number => order[Math.round(share * (order.length - 1))] ?? 0;
  const [low, high] = maximize ? [at(0.05), at(1)] : [at(0), at(0.95)];
  const [first, third] = [at(0.25), at(0.75)];
  const far = 3 * (third - first);
  return far > 0 ? [Math.max(low, first - far), Math.min(high, third + far)] : [low, high];
}
