// What a filter's comparisons mean.
import { STATE_WORDS, stateOf, type Name, type Value } from "./filter_names";
import { FilterProblem, written, type Word } from "./filter_words";
import { nearest } from "./nearest";
import type { Row } from "./protocol";
import { cut } from "./text";

export type Test = (row: Row) => boolean;

export type Compare = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** One side of a comparison: a name of the study, or a value that was written, perhaps with a
 * unit. */
export type Side = { word: Word; unit?: "time" | "memory" } & (
  { name: Name; value?: never } | { name?: never; value: Value }
);

export const show = (word: Word): string =>
  word.kind === "end" ? "the end" : `“${cut(word.text, 32)}”`;
export const meant = (found: string | null): string =>
  found === null ? "" : ` Did you mean ${found}?`;

export function fail(message: string, from: Word, to: Word = from): never {
  throw new FilterProblem(message, from.at, Math.max(to.at + to.text.length, from.at + 1));
}

export function example({ kind, words }: Name): string {
  if (kind === "time") return "> 2m";
  if (kind === "memory") return "> 1GB";
  if (kind === "text") return 'contains "nan"';
  if (kind === "state") return "== complete";
  return words?.length ? `== ${words[0]}` : "< 0.1";
}

const absent = (value: Value): boolean => value === undefined || value === null;

export const has = (value: Value, part: string): boolean =>
  !absent(value) && String(value).toLowerCase().includes(part);

/** A side's value in a row. */
const valueOf = (side: Side): ((row: Row) => Value) => {
  if (side.name) return side.name.of;
  const { value } = side;
  return () => value;
};

export function containing(whole: Side, part: Side): Test {
  const [of, what] = [valueOf(whole), valueOf(part)];
  return (row) => {
    const value = what(row);
    return !absent(value) && has(of(row), String(value).toLowerCase());
  };
}

export function comparing(left: Side, sign: Compare, right: Side): Test {
  const a = valueOf(checked(left, right));
  const b = valueOf(checked(right, left));
  const equal = sign === "==" || sign === "!=";
  if (equal) return (row) => same(a(row), b(row)) === (sign === "==");
  const below = sign[0] === "<";
  const closed = sign.length === 2;
  return (row) => {
    const [x, y] = [a(row), b(row)];
    if (absent(x) || absent(y)) return false;
    if (typeof x === "string" || typeof y === "string") {
      const order = String(x).localeCompare(String(y));
      return below ? order < 0 || (closed && order === 0) : order > 0 || (closed && order === 0);
    }
    if (below) return closed ? x! <= y! : x! < y!;
    return closed ? x! >= y! : x! > y!;
  };
}

/** A written value as its other side can have it: a state by its word, a choice by its own. */
function checked(side: Side, other: Side): Side {
  const { name } = other;
  if (side.name || !name || absent(side.value)) return side;
  const { word, value, unit } = side;
  if (name.kind === "state") {
    const state = stateOf(String(value));
    if (state) return { word, value: state };
    const states = [...STATE_WORDS.keys()];
    const found = nearest(String(value), states);
    const all = ` There are ${states.join(", ")}.`;
    return fail(`No state is called ${show(word)}.${meant(found) || all}`, word);
  }
  if (unit && unit !== name.kind) {
    const what = unit === "time" ? "a time" : "an amount of memory";
    fail(`${written(name.name)} is not measured in ${show(word)}, which is ${what}.`, word);
  }
  if (name.kind !== "text" && name.kind !== "any" && typeof value === "string") {
    fail(`${written(name.name)} is a number, and ${show(word)} is not.`, word);
  }
  if (name.words && !name.words.some((text) => same(text, value))) {
    const found = nearest(String(value), name.words);
    const few = name.words.slice(0, 6).map((text) => cut(text, 24));
    const all = ` There are ${few.join(", ")}${name.words.length > 6 ? ", …" : ""}.`;
    fail(`${written(name.name)} has no choice ${show(word)}.${meant(found) || all}`, word);
  }
  return side;
}

function same(a: Value, b: Value): boolean {
  if (absent(a) || absent(b)) return absent(a) && absent(b);
  if (typeof a === "number" && typeof b === "number")
    return a === b || (Number.isNaN(a) && Number.isNaN(b));
  if (typeof a === "string" || typeof b === "string")
    return String(a).toLowerCase() === String(b).toLowerCase();
  return a == b; // a big integer equals the number it is
}
