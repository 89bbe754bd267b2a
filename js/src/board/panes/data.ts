// What pictures share of one session: the finished trials, the brushes, what narrowing means.
import { useRef } from "preact/hooks";
import { Finished } from "../../core/history";
import type { Row } from "../../core/protocol";
import type { Narrowing, Passes, Session } from "../session";

const FINISHED = new WeakMap<Session, Map<number, { version: number; store: Finished }>>();

/** The finished trials, by one of the objectives; brought up to date once a message. */
export function finishedOf(session: Session, index = 0): Finished {
  let kept = FINISHED.get(session);
  if (!kept) FINISHED.set(session, (kept = new Map()));
  let found = kept.get(index);
  if (!found) {
    const maximize = session.store.header!.objectives[index]?.direction === "maximize";
    kept.set(index, (found = { version: -1, store: new Finished(maximize, index) }));
  }
  const version = session.version.value;
  if (found.version !== version) found.store.take(session.store.rows.values());
  found.version = version;
  return found.store;
}

const IDS = new WeakMap<object, number>();
let ids = 0;

/** A number for a value that is compared by identity. */
export function idOf(value: object): number {
  let id = IDS.get(value);
  if (id === undefined) IDS.set(value, (id = ids += 1));
  return id;
}

export interface Narrowed {
  /** What tells two states of narrowing apart. */
  key: string;
  any: boolean;
  passes: (number: number) => boolean;
}

export function narrowedOf(session: Session): Narrowed {
  const narrowed: ReadonlyMap<string, Narrowing> = session.narrowed.value;
  const passes = (number: number): boolean => {
    const row = session.store.rows.get(number);
    return row !== undefined && session.passes(row);
  };
  const any = narrowed.size > 0;
  return { key: any ? `n${idOf(narrowed)}` : "", any, passes: any ? passes : () => true };
}

/** Low and high on each axis that is brushed, by the key of its dimension; in values. */
export type Ranges = Readonly<Record<string, readonly [number, number]>>;

const BRUSHES = new WeakMap<Session, Map<string, Ranges>>();

/** A picture's brush: it outlives the picture, as what it narrows down does. */
export function useBrush(
  session: Session,
  key: string,
): [Ranges, (ranges: Ranges, passes: Passes, title: string) => void] {
  let kept = BRUSHES.get(session);
  if (!kept) BRUSHES.set(session, (kept = new Map()));
  const brushes = kept;
  const ranges = (session.narrowed.value.has(key) && brushes.get(key)) || {};
  return [
    ranges,
    (next, passes, title) => {
      brushes.set(key, next);
      session.narrow(key, Object.keys(next).length ? passes : null, title);
    },
  ];
}

/** Whether a trial is within the range on every axis. */
export function within(ranges: Ranges, of: (key: string, row: Row) => number | null): Passes {
  const entries = Object.entries(ranges);
  return (row) =>
    entries.every(([key, [low, high]]) => {
      const value = of(key, row);
      return value !== null && value >= low && value <= high;
    });
}

/** Something made of each item of a list that only grows; made anew when `era` changes. */
export function useGrown<I, O>(list: readonly I[], era: string, make: (item: I) => O | null): O[] {
  const kept = useRef<{ era: string; done: number; made: O[] } | null>(null);
  if (!kept.current || kept.current.era !== era || list.length < kept.current.done) {
    kept.current = { era, done: 0, made: [] };
  }
  const now = kept.current;
  for (; now.done < list.length; now.done++) {
    const made = make(list[now.done]!);
    if (made !== null) now.made.push(made);
  }
  return now.made;
}
