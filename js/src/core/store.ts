// What the browser knows of one study. Pure: messages in, rows and curves out.
import type { Decoded } from "./decode";
import type { Detail, Header, Row } from "./protocol";
import { spread } from "./rounds";

export interface Curve {
  steps: number[];
  values: number[];
}

export class Store {
  header: Header | null = null;
  readonly rows = new Map<number, Row>();
  readonly curves = new Map<number, Curve>();
  readonly details = new Map<number, Detail>();
  /** When the header came, in the caller's clock (ms), to let elapsed time run on. */
  receivedAt = 0;
  private seq: number | null = null;

  /** Take a message in. False when one before it was missed: then ask for all again. */
  apply(update: Decoded, now: number): boolean {
    if (update.reset) {
      this.rows.clear();
      this.curves.clear();
      this.seq = update.seq;
    } else if (this.seq === null || update.seq !== this.seq + 1) {
      return false;
    }
    this.seq = update.seq;
    this.header = update.header;
    this.receivedAt = now;
    for (const row of update.rows) this.rows.set(row.number, row);
    for (const { number, step, value } of update.points) {
      let curve = this.curves.get(number);
      if (!curve) this.curves.set(number, (curve = { steps: [], values: [] }));
      // A trial that is tried again reports its steps again: the curve starts anew.
      const last = curve.steps[curve.steps.length - 1];
      if (last !== undefined && step <= last) {
        const keep = curve.steps.findIndex((s) => s >= step);
        curve.steps.length = curve.values.length = keep;
      }
      curve.steps.push(step);
      curve.values.push(value);
    }
    return true;
  }

  /** The kernel that ran it is gone: nothing of it runs any more. */
  cutOff(): void {
    for (const row of this.rows.values()) {
      if (row.state !== "RUNNING" && row.state !== "PAUSED" && row.state !== "WAITING") continue;
      const error = "cut off with its kernel";
      this.rows.set(row.number, { ...row, state: "STOPPED", waits: "", error });
    }
    if (this.header) this.header = { ...this.header, n_running: 0, n_paused: 0 };
  }
}

export type SortKey =
  | { by: "rank" }
  | { by: "number" | "state" | "step" | "duration" | "memory" | "spread" | "rounds" }
  | { by: "value"; index: number }
  | { by: "param"; name: string }
  | { by: "figure"; name: string };

const LIVE: Record<Row["state"], number> = {
  RUNNING: 0,
  COMPLETE: 1,
  PAUSED: 2,
  PRUNED: 3,
  FAIL: 4,
  STOPPED: 5,
  WAITING: 6,
};

/**
 * Rows in order. `rank` is the leaderboard: what runs now on top, then complete trials from
 * best to worst, then the paused, the pruned, the failed, the stopped and the waiting; each time
 * those that break a constraint behind the others. Absent values always come last.
 */
export function sorted(rows: Row[], key: SortKey, descending: boolean, maximize: boolean): Row[] {
  const result = [...rows];
  if (key.by === "rank") {
    const sign = maximize ? -1 : 1;
    return result.sort((a, b) => {
      const group = LIVE[a.state] - LIVE[b.state];
      if (group) return group;
      const broken = Number(a.infeasible !== "") - Number(b.infeasible !== "");
      if (broken) return broken;
      return compare(a.values?.[0], b.values?.[0], sign) || a.number - b.number;
    });
  }
  const of = (row: Row): unknown => {
    switch (key.by) {
      case "number":
        return row.number;
      case "state":
        return LIVE[row.state] + (row.infeasible ? 0.5 : 0);
      case "step":
        return row.step;
      case "duration":
        return row.duration_s;
      case "spread":
        return spread(row.rounds);
      case "rounds":
        return row.rounds.length;
      case "memory":
        return row.memory_bytes;
      case "value":
        return row.values?.[key.index];
      case "param":
        return row.params[key.name];
      case "figure":
        return row.figures[key.name];
    }
  };
  const sign = descending ? -1 : 1;
  return result.sort((a, b) => compare(of(a), of(b), sign) || a.number - b.number);
}

function compare(a: unknown, b: unknown, sign: number): number {
  const none = (v: unknown): boolean =>
    v === undefined || v === null || (typeof v === "number" && Number.isNaN(v));
  if (none(a) || none(b)) return Number(none(a)) - Number(none(b));
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a === "bigint" || typeof b === "bigint") {
    return sign * (a! < b! ? -1 : a! > b! ? 1 : 0);
  }
  return sign * String(a).localeCompare(String(b));
}

/** At most `count` points of a curve, first and last kept, for a small drawing. */
export function thinned(curve: Curve, count: number): Curve {
  const n = curve.steps.length;
  if (n <= count) return curve;
  const pick = Array.from({ length: count }, (_, i) => Math.round((i * (n - 1)) / (count - 1)));
  return { steps: pick.map((i) => curve.steps[i]!), values: pick.map((i) => curve.values[i]!) };
}
