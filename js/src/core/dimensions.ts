// What a trial can be placed by: a parameter or an objective, on an axis. Pure.
import { axis, choiceAxis, type Axis } from "./axis";
import { param } from "./format";
import { focus, usable } from "./history";
import type { Header, ParamInfo, Row } from "./protocol";

export interface Dimension {
  key: string;
  title: string;
  axis: Axis;
  /** Where a trial stands on the axis; null when it does not. */
  of: (row: Row) => number | null;
}

const numeric = (value: unknown): number | null => {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

/** Tells 1, True and "1" apart. */
const identity = (value: unknown): string => `${typeof value} ${String(value)}`;

/** rows: their values may lie outside of what is searched now. */
export function ofParam(info: ParamInfo, rows: readonly Row[]): Dimension {
  const { name: title, name } = info;
  const key = `param:${name}`;
  if (info.kind === "categorical") {
    const index = new Map<string, number>();
    const labels: string[] = [];
    const add = (value: unknown): void => {
      const id = identity(value);
      if (index.has(id)) return;
      index.set(id, labels.length);
      labels.push(param(value));
    };
    info.choices?.forEach(add);
    for (const row of rows) if (name in row.params) add(row.params[name]);
    const of = (row: Row): number | null =>
      name in row.params ? (index.get(identity(row.params[name])) ?? null) : null;
    return { key, title, axis: choiceAxis(labels), of };
  }
  let [low, high] = [info.low ?? Infinity, info.high ?? -Infinity];
  for (const row of rows) {
    const value = numeric(row.params[name]);
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) [low, high] = [0, 1];
  const kind = info.log && low > 0 ? "log" : info.kind === "int" ? "whole" : "linear";
  return { key, title, axis: axis(kind, low, high), of: (row) => numeric(row.params[name]) };
}

/** complete, early: the trials that the axis is made for; the early ones as far as they are near. */
export function ofObjective(
  header: Header,
  index: number,
  complete: readonly Row[],
  early: readonly Row[] = [],
): Dimension {
  const info = header.objectives[index]!;
  const of = (row: Row): number | null => {
    const value = row.values?.[index];
    return usable(value) ? value : null;
  };
  const values = complete.map(of).filter(usable);
  const all = early.length ? [...values, ...early.map(of).filter(usable)] : values;
  const range = focus(all, values, info.direction === "maximize") ?? { low: 0, high: 1, cut: false };
  return { key: `value:${index}`, title: info.name, axis: axis("linear", range.low, range.high, range.cut), of };
}

/** A place beside a choice, the same each time: so that equal points do not hide each other. */
export function jitter(number: number): number {
  const mixed = Math.imul(number + 1, 2654435761) >>> 0;
  return (mixed / 2 ** 32 - 0.5) * 0.5;
}
