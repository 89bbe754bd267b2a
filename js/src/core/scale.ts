// Axes: nice ticks, labelled.
import { number } from "./format";

export interface Range {
  low: number;
  high: number;
  /** There are values outside the range; they are marked at its edge. */
  cut: boolean;
}

/** Where a value stands between two: 0 at low, 1 at high. Right also where their distance is
 * more than a number can hold. */
export function part(value: number, low: number, high: number): number {
  const distance = high - low;
  if (Number.isFinite(distance)) return (value - low) / distance;
  return (value / 4 - low / 4) / (high / 4 - low / 4);
}

/** What stands there. */
export const between = (at: number, low: number, high: number): number =>
  Number.isFinite(high - low) ? low + at * (high - low) : low * (1 - at) + high * at;

export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low) || count < 1) return [low];
  const rough = high / count - low / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5, 10].find((m) => m * power >= rough) ?? 10;
  const step = unit * power;
  const result: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    result.push(Number((i * step).toPrecision(12)));
  }
  return result;
}

/** Tick labels with as many decimals as the distance between ticks needs. */
export function tickLabels(values: readonly number[]): string[] {
  if (values.length < 2) return values.map((v) => number(v));
  const step = Math.abs(values[1]! - values[0]!);
  const largest = Math.max(...values.map(Math.abs));
  if (largest >= 1e5 || step < 1e-4) return values.map((v) => number(v, 3));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((v) => v.toFixed(decimals));
}
