// Which rows of a long table are drawn: those in view, some spare ones, and the opened one.
import { ROW } from "./rows";

const SPARE = 10;

/** The opened row, -1 for none, and how high its details are in pixels. */
export interface Opened {
  index: number;
  height: number;
}

/** Rows by their index; what is left out in between, and before which row. */
export type Part = number | { pixels: number; before: number };

/** How far below the first row a row begins. */
export const topOf = (index: number, { index: open, height }: Opened): number =>
  index * ROW + (open >= 0 && index > open ? height : 0);

/** The first row that ends below `pixels`. */
function indexAt(pixels: number, opened: Opened): number {
  const { index, height } = opened;
  if (index < 0 || pixels < (index + 1) * ROW) return Math.floor(pixels / ROW);
  return Math.max(index, Math.floor((pixels - height) / ROW));
}

/** The opened row stays drawn even out of view: what is typed into it must not be lost. */
export function windowOf(
  n: number,
  scroll: number,
  view: number,
  opened: Opened,
): { from: number; parts: Part[] } {
  const from = Math.max(0, Math.min(indexAt(scroll, opened), n - 1) - SPARE);
  const to = Math.min(n, indexAt(scroll + view, opened) + 1 + SPARE);
  const indices = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const { index: open } = opened;
  if (open >= 0 && open < from) indices.unshift(open);
  if (open >= to) indices.push(open);
  const parts: Part[] = [];
  let next = 0;
  for (const index of [...indices, n]) {
    const pixels = topOf(index, opened) - topOf(next, opened);
    if (index > next) parts.push({ pixels, before: index });
    if (index < n) parts.push(index);
    next = index + 1;
  }
  return { from, parts };
}
