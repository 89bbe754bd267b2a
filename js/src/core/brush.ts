// Brushes: a part of an axis, from 0 to 1, that is drawn, moved and resized by dragging. Pure.

export interface Part {
  low: number;
  high: number;
}

/** What of a brush is held: an edge, or all of it. */
export type Grip = "low" | "high" | "all";

const whole = (at: number): number => Math.min(1, Math.max(0, at));

/** What of the brush lies at a place; null: nothing does, a new one would begin. */
export function grip(part: Part, at: number, reach: number): Grip | null {
  const [low, high] = [Math.abs(at - part.low), Math.abs(at - part.high)];
  if (Math.min(low, high) <= reach) return low < high ? "low" : "high";
  return at > part.low && at < part.high ? "all" : null;
}

/** The brush after what is held was dragged that far; edges that pass each other change places. */
export function dragged(part: Part, held: Grip, by: number): Part {
  if (held === "all") {
    const held_by = Math.min(1 - part.high, Math.max(-part.low, by));
    return { low: part.low + held_by, high: part.high + held_by };
  }
  return held === "low" ? between(part.low + by, part.high) : between(part.low, part.high + by);
}

/** The brush between two places, in whichever order. */
export const between = (a: number, b: number): Part => ({
  low: whole(Math.min(a, b)),
  high: whole(Math.max(a, b)),
});

/** A rectangle of two axes is held where both are; at an edge of one and within the other too. */
export function gripOfBox(
  x: Part,
  y: Part,
  at: readonly [number, number],
  reach: readonly [number, number],
): readonly [Grip | null, Grip | null] | null {
  const held = [grip(x, at[0], reach[0]), grip(y, at[1], reach[1])] as const;
  if (!held[0] || !held[1]) return null;
  if (held[0] === "all" && held[1] === "all") return held;
  return [held[0] === "all" ? null : held[0], held[1] === "all" ? null : held[1]];
}
