// Who worked when: spans of time packed into as few lanes as there were at once. Pure.
import type { Row, RowState } from "./protocol";

export interface Span {
  number: number;
  state: RowState;
  /** Which of the trial's spans, from 0. */
  part: number;
  from: number;
  to: number;
  lane: number;
}

/** A slot is free a moment before its next trial is known to have begun. */
const TOUCH_S = 0.02;

/** When a trial ran, in seconds since the study's start; [] when that was in no part of it. */
export function spansOf(row: Row, now: number): [number, number][] {
  if (row.started_s === null || (row.finished_s !== null && row.finished_s < 0)) return [];
  if (!row.spans.length) return [[row.started_s, Math.max(row.started_s, row.finished_s ?? now)]];
  const found: [number, number][] = [];
  for (let i = 0; i < row.spans.length; i += 2) {
    const from = Math.max(0, row.spans[i]!);
    const to = row.spans[i + 1] ?? row.finished_s ?? now;
    if (to >= from) found.push([from, to]);
  }
  return found;
}

/** Spans in the order they began, each in the first lane that is free. */
export function lanes(rows: Iterable<Row>, now: number): { spans: Span[]; count: number } {
  const spans: Span[] = [];
  for (const row of rows) {
    const { number, state } = row;
    spansOf(row, now).forEach(([from, to], part) => spans.push({ number, state, part, from, to, lane: 0 }));
  }
  spans.sort((a, b) => a.from - b.from || a.number - b.number);
  const ends: number[] = [];
  for (const span of spans) {
    let lane = ends.findIndex((end) => end <= span.from + TOUCH_S);
    if (lane < 0) lane = ends.length;
    ends[lane] = span.to;
    span.lane = lane;
  }
  return { spans, count: ends.length };
}

/** From and to of each; the last one may go on. */
export const pausesOf = (ends: readonly number[], now: number): [number, number][] =>
  ends.flatMap((from, i) => (i % 2 ? [] : [[from, ends[i + 1] ?? now] as [number, number]]));
