// Which learning curves are drawn, and the axes that show them. Pure.
import { axis, settled, type Axis } from "./axis";
import { focus } from "./history";
import type { Curve } from "./store";

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
export function loggable(values: readonly number[]): { least: number; positive: boolean } {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, positive: least > 0 && most / least >= WORTH };
}

export interface Extent {
  x: Axis;
  y: Axis;
  /** Whether a log scale is worth offering. */
  positive: boolean;
}

/**
 * The axes for the curves; null without a finite value. always: numbers of those to be in view
 * in any case. before: kept while it does nearly as well.
 */
export function extentOf(
  curves: ReadonlyMap<number, Curve>,
  complete: (number: number) => boolean,
  always: readonly number[],
  maximize: boolean,
  log: boolean,
  before: Extent | null,
): Extent | null {
  const stride = strideFor(curves.size, MEASURED);
  const [all, core]: [number[], number[]] = [[], []];
  let [first, last] = [Infinity, -Infinity];
  const take = (number: number, curve: Curve): void => {
    const whole = complete(number);
    for (const value of curve.values) {
      all.push(value);
      if (whole) core.push(value);
    }
    first = Math.min(first, curve.steps[0] ?? Infinity);
    last = Math.max(last, curve.steps[curve.steps.length - 1] ?? -Infinity);
  };
  for (const [number, curve] of curves) if (number % stride === 0) take(number, curve);
  for (const number of always) {
    const curve = curves.get(number);
    if (curve && number % stride) take(number, curve);
  }
  const range = focus(all, core, maximize);
  if (!range) return null;
  const { least, positive } = loggable(all);
  const low = positive && log && range.low <= 0 ? least * 0.9 : range.low;
  const y = axis(positive && log ? "log" : "linear", low, range.high, range.cut);
  const x = axis("whole", first, Math.max(last, first + 1));
  return { x: settled(before?.x ?? null, x), y: settled(before?.y ?? null, y), positive };
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
