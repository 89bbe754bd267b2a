// Parallel coordinates: where the axes stand, which lines are drawn, what a brush holds. Pure.
import { share, valueAt } from "./axis";
import { jitter, type Dimension } from "./dimensions";
import type { Row } from "./protocol";
import { strideFor } from "./curves";

/** Where a line goes below an axis whose value its trial does not have. */
export const UNUSED = -0.1;

/** places: from 0 to 1 on each axis, or UNUSED. */
export interface Polyline {
  number: number;
  places: Float64Array;
  hollow: boolean;
  /** From 0, the worst, to 1. */
  good: number;
}

export function polyline(row: Row, dimensions: readonly Dimension[], good: (row: Row) => number): Polyline {
  const places = Float64Array.from(dimensions, (dimension) => {
    const value = dimension.of(row);
    if (value === null) return UNUSED;
    const at = share(dimension.axis, dimension.axis.kind === "choice" ? value + 0.5 * jitter(row.number) : value);
    return Math.min(1, Math.max(0, at));
  });
  return { number: row.number, places, hollow: row.state !== "COMPLETE", good: good(row) };
}

/** What is drawn of many: an even sample, and of those that pass as many as can be told apart. */
export function sampled<T extends { number: number }>(
  lines: readonly T[],
  passes: (number: number) => boolean,
  any: boolean,
  most: number,
): { back: T[]; front: T[] } {
  const stride = strideFor(lines.length, most);
  if (!any) return { back: [], front: lines.filter((_, i) => i % stride === 0) };
  const through = lines.filter(({ number }) => passes(number));
  const fine = strideFor(through.length, most);
  return {
    back: lines.filter(({ number }, i) => i % stride === 0 && !passes(number)),
    front: through.filter((_, i) => i % fine === 0),
  };
}

/** A part of an axis as the values it holds; open where it reaches the end of a cut axis, and
 * with whole choices only. */
export function rangeOf({ axis: a }: Dimension, low: number, high: number): readonly [number, number] {
  const reach = 0.005;
  if (a.kind === "choice") {
    const [first, last] = [Math.round(valueAt(a, low)), Math.round(valueAt(a, high))];
    const most = a.labels.length - 1;
    return [Math.max(0, Math.min(first, most)) - 0.5, Math.max(0, Math.min(last, most)) + 0.5];
  }
  return [
    a.cut && low < reach ? -Number.MAX_VALUE : valueAt(a, low),
    a.cut && high > 1 - reach ? Number.MAX_VALUE : valueAt(a, high),
  ];
}

/** Where a range of values stands on its axis. */
export const partOf = ({ axis: a }: Dimension, [low, high]: readonly [number, number]) => ({
  low: Math.min(1, Math.max(0, share(a, low))),
  high: Math.min(1, Math.max(0, share(a, high))),
});

/** How far a place is from a line, in the same unit as the distance between two axes. */
export function awayFrom(
  places: ArrayLike<number>,
  x: (index: number) => number,
  y: (place: number) => number,
  px: number,
  py: number,
): number {
  for (let i = 0; i + 1 < places.length; i++) {
    if (px < x(i) || px > x(i + 1)) continue;
    const [a, b] = [places[i]!, places[i + 1]!];
    const [dx, dy] = [x(i + 1) - x(i), y(b) - y(a)];
    const straight = y(a) + ((px - x(i)) / dx) * dy;
    return (Math.abs(straight - py) * dx) / Math.hypot(dx, dy);
  }
  return Infinity;
}
