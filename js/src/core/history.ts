// The history of a search, and the part of it worth looking at; the same as history.py,
// held to tests/widgets/history.json.
import type { Row } from "./protocol";
import type { Range } from "./scale";

/**
 * One finished trial with a value. `at`: its place, from 1, among all finished trials in the
 * order they finished (failed ones take a place and show nothing). `value`: of a pruned trial
 * its last report. `best`: of the complete trials so far; pruned ones, and those that break a
 * constraint, never set it.
 */
export interface Past {
  number: number;
  at: number;
  value: number;
  complete: boolean;
  best: number | null;
  improved: boolean;
}

export const usable = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

export const finished = (row: Row): boolean =>
  row.state === "COMPLETE" || row.state === "PRUNED" || row.state === "FAIL";

export function history(rows: Iterable<Row>, maximize: boolean): Past[] {
  const known = new Finished(maximize);
  known.take(rows);
  return known.past;
}

const end = (row: Row): number => row.finished_s ?? -Number.MAX_VALUE;
const byEnd = (a: Row, b: Row): number => end(a) - end(b) || a.number - b.number;

/**
 * The finished trials of a study that goes on: lists that only grow, as long as trials end one
 * after another. `era` changes when one had to be made anew. index: of the objective.
 */
export class Finished {
  readonly past: Past[] = [];
  /** The trials of `past`. */
  readonly rows: Row[] = [];
  readonly complete: Row[] = [];
  readonly pruned: Row[] = [];
  /** Number of a trial with a value to its place among all that finished. */
  readonly places = new Map<number, number>();
  era = 0;
  private readonly known = new Map<number, Row>();
  private last: Row | null = null;
  private best: number | null = null;

  constructor(
    readonly maximize: boolean,
    private readonly index = 0,
  ) {}

  take(rows: Iterable<Row>): void {
    const all: Row[] = [];
    let [fresh, same] = [[] as Row[], 0];
    for (const row of rows) {
      if (!finished(row)) continue;
      all.push(row);
      if (this.known.get(row.number) === row) same += 1;
      else fresh.push(row);
    }
    fresh.sort(byEnd);
    const again = fresh.some((row) => this.known.has(row.number));
    const late = fresh[0] && this.last && byEnd(fresh[0], this.last) < 0;
    if (again || late || same < this.known.size) {
      this.forget();
      fresh = all.sort(byEnd);
    }
    for (const row of fresh) this.add(row);
  }

  private forget(): void {
    this.era += 1;
    this.past.length = this.rows.length = this.complete.length = this.pruned.length = 0;
    this.known.clear();
    this.places.clear();
    this.last = this.best = null;
  }

  private add(row: Row): void {
    this.known.set(row.number, row);
    this.last = row;
    const value = row.values?.[this.index];
    if (row.state === "FAIL" || !usable(value)) return;
    const complete = row.state === "COMPLETE";
    (complete ? this.complete : this.pruned).push(row);
    const { best } = this;
    const sound = complete && !row.infeasible;
    const improved = sound && (best === null || (this.maximize ? value > best : value < best));
    if (improved) this.best = value;
    const at = this.known.size;
    this.places.set(row.number, at);
    this.rows.push(row);
    this.past.push({ number: row.number, at, value, complete, best: this.best, improved });
  }
}

/** Values beyond are drawn at the edge: the distance of two of them is still a number. */
export const HUGE = 1e307;
/** With fewer values than this all of them are shown. */
export const CALM = 5;

/**
 * The range that shows what matters; null without a finite value. `core`: the values of
 * complete trials. Shown are the best of all values, the core but for its worst tenth, and
 * the best quarter of all; the rest is cut off when it would stretch the picture
 * more than twofold (early reports of hopeless trials do).
 */
export function focus(
  values: readonly number[],
  core: readonly number[],
  maximize: boolean,
): Range | null {
  const held = (from: readonly number[]): number[] =>
    from.filter(Number.isFinite).map((value) => Math.min(HUGE, Math.max(-HUGE, value)));
  const finite = held(values);
  if (!finite.length) return null;
  const best = finite.reduce((a, b) => (maximize ? Math.max(a, b) : Math.min(a, b)));
  // A typed array is sorted as numbers, without a call for every two of them.
  const away = (from: readonly number[]): Float64Array => {
    const ways = new Float64Array(from.length);
    for (let i = 0; i < ways.length; i++) ways[i] = Math.abs(best - from[i]!);
    return ways.sort();
  };
  const ways = away(finite);
  const known = away(held(core));
  const inner = known.length ? known : ways;
  const last = inner.length < 10 ? inner.length - 1 : Math.floor(0.9 * (inner.length - 1));
  const quarter = ways[Math.floor(0.25 * (ways.length - 1))]!;
  const reach = 1.25 * Math.max(inner[last]!, quarter);
  const furthest = ways[ways.length - 1]!;
  const cut = finite.length >= CALM && reach > 0 && furthest > 2 * reach;
  const way = cut ? reach : furthest;
  const beyond = values.some((value) => Number.isFinite(value) && Math.abs(value) > HUGE);
  const pad = way > 0 ? 0.06 * way : Math.abs(best) * 0.05 || 0.5;
  const outer = way + (cut ? 0 : pad);
  return maximize
    ? { low: best - outer, high: best + pad, cut: cut || beyond }
    : { low: best - pad, high: best + outer, cut: cut || beyond };
}
