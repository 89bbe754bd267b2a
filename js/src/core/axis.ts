// Axes of pictures: values to places from 0 to 1 and back, with labelled ticks. Pure.
import { duration, number } from "./format";
import { between, part, tickLabels, ticks } from "./scale";

/** whole: only integers get ticks. choice: values are indices of `labels`. time: seconds. */
export type AxisKind = "linear" | "whole" | "log" | "choice" | "time";

export interface Axis {
  kind: AxisKind;
  low: number;
  high: number;
  /** There are values outside; they are marked at the edge. */
  cut: boolean;
  labels: readonly string[];
}

export interface Tick {
  value: number;
  label: string;
}

export function axis(kind: AxisKind, low: number, high: number, cut = false): Axis {
  // A single value stands in the middle of an axis.
  if (!(high > low)) {
    const pad = kind === "log" ? 0 : Math.abs(low) * 0.05 || 0.5;
    return { kind, low: kind === "log" ? low / 2 : low - pad, high: kind === "log" ? low * 2 : low + pad, cut, labels: [] };
  }
  return { kind, low, high, cut, labels: [] };
}

export const choiceAxis = (labels: readonly string[]): Axis => ({
  kind: "choice",
  low: -0.5,
  high: Math.max(0.5, labels.length - 0.5),
  cut: false,
  labels,
});

/** What tells two axes apart. */
export const axisKey = (a: Axis): string => `${a.kind} ${a.low} ${a.high} ${a.labels.join("|")}`;

/** Where a value stands, from 0 (low) to 1; beyond that when it lies outside. */
export function share(a: Axis, value: number): number {
  if (a.kind !== "log") return part(value, a.low, a.high);
  if (value <= 0) return -1;
  return Math.log(value / a.low) / Math.log(a.high / a.low);
}

export function valueAt(a: Axis, at: number): number {
  if (a.kind !== "log") return between(at, a.low, a.high);
  return a.low * (a.high / a.low) ** at;
}

/** About `count` ticks, at most one and a half times as many. */
export function ticksOf(a: Axis, count: number): Tick[] {
  switch (a.kind) {
    case "choice": {
      const stride = Math.max(1, Math.ceil(a.labels.length / Math.max(1, count)));
      return a.labels.flatMap((label, value) => (value % stride ? [] : [{ value, label }]));
    }
    case "time":
      return timeTicks(a.low, a.high, count);
    case "log":
      return logTicks(a.low, a.high, count);
    default: {
      const found = ticks(a.low, a.high, count).filter((v) => a.kind !== "whole" || Number.isInteger(v));
      const labels = tickLabels(found);
      return found.map((value, i) => ({ value, label: labels[i]! }));
    }
  }
}

function logTicks(low: number, high: number, count: number): Tick[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const powers = last - first + 1;
  if (powers < 2) {
    const all = [1, 2, 5].flatMap((unit) =>
      Array.from({ length: powers + 2 }, (_, i) => Number((unit * 10 ** (first - 1 + i)).toPrecision(12))),
    );
    const inside = all.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)).sort((x, y) => x - y);
    if (inside.length > 1) return inside.map((value) => ({ value, label: number(value, 3) }));
    const plain = ticks(low, high, count);
    return plain.map((value, i) => ({ value, label: tickLabels(plain)[i]! }));
  }
  const stride = Math.max(1, Math.ceil(powers / Math.max(2, count)));
  const found: Tick[] = [];
  for (let power = first; power <= last; power += stride) {
    const value = Number((10 ** power).toPrecision(12));
    found.push({ value, label: power > -3 && power < 5 ? number(value) : `1e${power}` });
  }
  return found;
}

const SECONDS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
  21600, 43200, 86400, 172800, 604800,
];

function timeTicks(low: number, high: number, count: number): Tick[] {
  const step = SECONDS.find((s) => (high - low) / s <= count * 1.2) ?? 604800;
  const found: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    const value = Number((i * step).toPrecision(12));
    found.push({ value, label: clock(value) });
  }
  return found;
}

/** A tick of a time axis: 90 is 1m 30s, 120 is 2m. */
const clock = (seconds: number): string =>
  seconds < 60 ? (seconds < 1 ? duration(seconds) : `${seconds}s`) : duration(seconds).replace(/ 00?[sm]$| 0h$/, "");

/** A length to show `value` of, that grows by steps: what is drawn keeps its place between two. */
export function roomy(value: number): number {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  const step = value / unit < 2 ? unit / 10 : value / unit < 5 ? unit / 5 : unit / 2;
  return Number((Math.ceil((value * 1.001) / step) * step).toPrecision(12));
}

/** The axis before, when the new one is so near it that nobody would mind: a picture that moves
 * with every value can't be read, nor kept. */
export function settled(before: Axis | null, after: Axis): Axis {
  if (!before || before.kind !== after.kind || before.cut !== after.cut || before.labels.join() !== after.labels.join()) {
    return after;
  }
  const shift = [share(before, after.low), share(before, after.high) - 1];
  const near = shift[0]! >= -0.005 && shift[0]! < 0.08 && shift[1]! <= 0.005 && shift[1]! > -0.08;
  return near ? before : after;
}
