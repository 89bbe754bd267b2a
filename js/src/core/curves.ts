// Which learning curves are drawn, and the axes that show them. Pure.
import { axis, settled, type Axis } from "./axis";
import { CALM, HUGE } from "./history";
import type { Range } from "./scale";
import { thinned, type Curve } from "./store";

/** The axes are made for about so many curves: of 10,000 the range is no different. */
const MEASURED = 400;

/** Grows with a count by steps of a hundredth: of thousands, one more changes no range. */
export const hundredths = (count: number): number =>
  count < 500 ? count : 500 + Math.floor(Math.log(count / 500) / Math.log(1.01));

/** One in so many is taken, a power of two: what was taken stays when there are more. */
export const strideFor = (count: number, most: number): number =>
  2 ** Math.max(0, Math.ceil(Math.log2(count / most)));

/** From the most to the least at least so many times: else a log scale shows nothing more. */
const WORTH = 8;

/** Whether values can be shown on a log scale, and gain by it. */
export function loggable(values: readonly number[]): {
  least: number;
  most: number;
  positive: boolean;
} {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most, positive: least > 0 && most / least >= WORTH };
}

/** So many values of a curve count: one with a thousand reports is still one trial. */
const COUNTED = 12;
/** So many times the spread of most values away from their middle nobody means a value. */
const SANE = 50;

/**
 * The range of learning curves worth looking at, the same as in history.py; null without a
 * finite value. Shown are the best value, nine in ten of what the trials reported, and all of
 * those that still go on (live) unless they went astray; and then all there is, as long as that
 * stretches the picture less than threefold.
 */
export function viewOf(
  curves: readonly { values: readonly number[]; live: boolean }[],
  maximize: boolean,
): Range | null {
  const hold = (value: number): number => Math.min(HUGE, Math.max(-HUGE, value));
  const finite = curves.map(({ values, live }) => {
    const held = values.filter(Number.isFinite);
    return { values: held.map(hold), live, beyond: held.some((v) => Math.abs(v) > HUGE) };
  });
  const sample = finite.flatMap(({ values }) => thinned({ steps: values, values }, COUNTED).values);
  if (!sample.length) return null;
  const order = Float64Array.from(sample).sort();
  const at = (share: number): number => order[Math.floor(share * (order.length - 1) + 0.5)]!;
  const [low, middle, high] = [at(0.1), at(0.5), at(0.9)];
  const sane = (value: number): boolean =>
    high === low || Math.abs(value - middle) <= SANE * (high - low);
  let best = middle;
  for (const { values } of finite) {
    for (const value of values) if ((maximize ? value > best : value < best) && sane(value)) best = value;
  }
  let reach = 1.1 * Math.abs(best - (maximize ? low : high));
  const usual = 5 * reach;
  let [furthest, cut] = [0, finite.some(({ beyond }) => beyond)];
  for (const { values, live } of finite) {
    for (const value of values) {
      const way = maximize ? best - value : value - best;
      if (way < 0) cut = true;
      furthest = Math.max(furthest, way);
      if (live && way <= usual) reach = Math.max(reach, way);
    }
  }
  const far = sample.length >= CALM && reach > 0 && furthest > 3 * reach;
  cut ||= far;
  const way = far ? reach : furthest;
  const pad = way > 0 ? 0.06 * way : Math.abs(best) * 0.05 || 0.5;
  const outer = way + (far ? 0 : pad);
  return maximize
    ? { low: best - outer, high: best + pad, cut }
    : { low: best - pad, high: best + outer, cut };
}

export interface Extent {
  x: Axis;
  y: Axis;
  /** Whether a log scale is worth offering. */
  positive: boolean;
}

/**
 * The axes for the curves; null without a finite value. live: numbers of those that go on, to be
 * in view. also: numbers of others that count in any case. failed: those count only where there
 * are no others. before: kept while it does nearly as well.
 */
export function extentOf(
  curves: ReadonlyMap<number, Curve>,
  failed: (number: number) => boolean,
  live: readonly number[],
  also: readonly number[],
  maximize: boolean,
  log: boolean,
  before: Extent | null,
): Extent | null {
  const stride = strideFor(curves.size, MEASURED);
  const sound: { values: number[]; live: boolean }[] = [];
  const lost: typeof sound = [];
  const going = new Set(live);
  let [first, last] = [Infinity, -Infinity];
  const take = (number: number, curve: Curve): void => {
    (failed(number) ? lost : sound).push({ values: curve.values, live: going.has(number) });
    first = Math.min(first, curve.steps[0] ?? Infinity);
    last = Math.max(last, curve.steps[curve.steps.length - 1] ?? -Infinity);
  };
  for (const [number, curve] of curves) if (number % stride === 0) take(number, curve);
  for (const number of new Set([...live, ...also])) {
    const curve = curves.get(number);
    if (curve && number % stride) take(number, curve);
  }
  const found = viewOf(sound, maximize);
  const shown = found ? sound : lost;
  const range = found ?? viewOf(lost, maximize);
  if (!range) return null;
  const { least, most, positive } = loggable(shown.flatMap(({ values }) => values));
  // A log scale has room for all of them.
  const y =
    positive && log
      ? axis("log", least * 0.9, most * 1.1)
      : axis("linear", range.low, range.high, range.cut);
  const x = axis("whole", first, Math.max(last, first + 1));
  return { x: settled(before?.x ?? null, x), y: settled(before?.y ?? null, y), positive };
}

/**
 * The last report of a curve before a step, on a line through it: where the curve of a copy that
 * begins there comes from. Null without a finite one.
 */
export function before({ steps, values }: Curve, step: number): { step: number; value: number } | null {
  for (let i = steps.length - 1; i >= 0; i--) {
    if (steps[i]! < step) return Number.isFinite(values[i]!) ? { step: steps[i]!, value: values[i]! } : null;
  }
  return null;
}

/** Whether a curve, drawn as straight lines, runs through a rectangle of steps and values. */
export function crosses(
  { steps, values }: Curve,
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
  log: boolean,
): boolean {
  const of = (value: number): number => (log ? Math.log(Math.max(0, value)) : value);
  const [bottom, top] = [of(low), of(high)];
  let [s0, v0] = [NaN, NaN];
  for (let i = 0; i < steps.length; i++) {
    const [s1, v1] = [steps[i]!, of(values[i]!)];
    if (!Number.isFinite(v1)) {
      s0 = NaN; // no line is drawn to here, nor from here
      continue;
    }
    const at = (step: number): number => v0 + ((v1 - v0) * (step - s0)) / (s1 - s0);
    if (s1 >= from && s1 <= to && v1 >= bottom && v1 <= top) return true;
    if (s0 < to && s1 > from) {
      const [a, b] = [at(Math.max(from, s0)), at(Math.min(to, s1))];
      if (Math.min(a, b) <= top && Math.max(a, b) >= bottom) return true;
    }
    [s0, v0] = [s1, v1];
  }
  return false;
}
