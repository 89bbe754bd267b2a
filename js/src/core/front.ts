// The Pareto front: the trials that no other one beats. Pure.
import { usable } from "./history";
import type { Direction } from "./protocol";

/**
 * Which points no other is as good as in all, and better in one; equal ones stand together. A
 * point with a value that is not finite is never among them, as in study/ranking.py.
 */
export function front(points: readonly (readonly number[])[], directions: readonly Direction[]): boolean[] {
  const signs = directions.map((d) => (d === "maximize" ? -1 : 1));
  const losses = points.map((point) => signs.map((sign, k) => sign * point[k]!));
  const order = points
    .map((point, i) => (signs.every((_, k) => usable(point[k])) ? i : -1))
    .filter((i) => i >= 0)
    .sort((a, b) => {
      for (let k = 0; k < signs.length; k++) {
        const way = losses[a]![k]! - losses[b]![k]!;
        if (way) return way;
      }
      return 0;
    });
  const result = points.map(() => false);
  const kept: number[] = [];
  // Whoever beats a point comes before it in this order, so the front so far is enough.
  for (const i of order) {
    if (kept.some((k) => beats(losses[k]!, losses[i]!))) continue;
    kept.push(i);
    result[i] = true;
  }
  return result;
}

function beats(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (let k = 0; k < a.length; k++) {
    if (a[k]! > b[k]!) return false;
    if (a[k]! < b[k]!) better = true;
  }
  return better;
}
