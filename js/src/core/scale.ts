// Axes: nice ticks, and a range that a few wild values can't flatten.
import { number } from "./format";

export interface Range {
  low: number;
  high: number;
  /** Values outside the range are drawn at its edge. */
  cut: boolean;
}

export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low) || count < 1) return [low];
  const rough = (high - low) / count;
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

/**
 * The range to draw. When the worst tenth of the values stretches it more than threefold
 * (a loss that blew up), that side is cut and `cut` says so.
 */
export function robustRange(values: readonly number[], maximize: boolean): Range | null {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (!finite.length) return null;
  let low = finite[0]!;
  let high = finite[finite.length - 1]!;
  const near = maximize
    ? finite[Math.floor(0.1 * (finite.length - 1))]!
    : finite[Math.ceil(0.9 * (finite.length - 1))]!;
  const core = maximize ? high - near : near - low;
  const cut = finite.length >= 10 && core > 0 && high - low > 4 * core;
  if (cut && maximize) low = near - 0.25 * core;
  if (cut && !maximize) high = near + 0.25 * core;
  const pad = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.05 || 0.5;
  return { low: low - (cut && maximize ? 0 : pad), high: high + (cut && !maximize ? 0 : pad), cut };
}
