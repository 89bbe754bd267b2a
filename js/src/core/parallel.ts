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

/** One in so many is drawn: of those in front (that pass), and of those behind. */
export interface Strides {
  front: number;
  back: number;
  /** How many are in front. */
  shown: number;
}

export function stridesOf(
  lines: readonly { number: number }[],
  passes: (number: number) => boolean,
  any: boolean,
  most: number,
): Strides {
  const back = strideFor(lines.length, most);
  if (!any) return { front: back, back, shown: lines.length / back };
  const through = lines.reduce((sum, { number }) => sum + Number(passes(number)), 0);
  const front = strideFor(through, most);
  return { front, back, shown: through / front };
}

/** What is drawn of the lines from that place on: a sample that stays when there are more. */
export function sampled<T extends { number: number }>(
  lines: readonly T[],
  from: number,
  passes: (number: number) => boolean,
  strides: Strides,
): { back: T[]; front: T[] } {
  const [back, front]: [T[], T[]] = [[], []];
  for (let i = from; i < lines.length; i++) {
    const through = passes(lines[i]!.number);
    if (i % (through ? strides.front : strides.back) === 0) (through ? front : back).push(lines[i]!);
  }
  return { back, front };
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
