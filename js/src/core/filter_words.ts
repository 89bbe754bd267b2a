// The words of a filter expression.
import { cut } from "./text";

export type Word = { at: number; text: string } & (
  | { kind: "number"; value: number; unit: string }
  | { kind: "text"; value: string }
  | { kind: "name"; value: string; quoted: boolean }
  | { kind: "sign" }
  | { kind: "end" }
);

/** What is wrong with a filter, and from where to where in its text. */
export class FilterProblem extends Error {
  constructor(
    message: string,
    readonly from: number,
    readonly to: number,
  ) {
    super(message);
  }
}

const SPACE = /\s+/y;
const NUMBER = /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const UNIT = /[\p{L}\p{N}_]+/uy;
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy;
const SIGN = /==|!=|<>|<=|>=|&&|\|\||[=<>!&|()[\]{},+-]/y;
const WORDLIKE = /[\p{L}\p{N}_]/u;

/**
 * The words of a text, an end behind them. names: those of the study; one that is no plain word,
 * like `history["loss"]`, is known where it stands, any other can be put in backquotes.
 * Raises FilterProblem.
 */
export function words(text: string, names: readonly string[]): Word[] {
  const odd = names.filter((name) => !isPlain(name)).sort((a, b) => b.length - a.length);
  const found: Word[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0] ?? "";
    at += match.length;
    return match;
  };
  while ((take(SPACE), at < text.length)) {
    const start = at;
    const char = text[at]!;
    const known = odd.find((name) => startsWith(text, at, name));
    let part: string;
    if (known !== undefined) {
      at += known.length;
      found.push({ kind: "name", at: start, text: known, value: known, quoted: true });
    } else if (char === '"' || char === "'" || char === "`") {
      const value = quoted(text, at);
      at += value.length + 2;
      const whole = text.slice(start, at);
      if (char === "`") found.push({ kind: "name", at: start, text: whole, value, quoted: true });
      else found.push({ kind: "text", at: start, text: whole, value });
    } else if ((part = take(NUMBER))) {
      const value = Number(part.replaceAll("_", ""));
      const unit = take(UNIT);
      found.push({ kind: "number", at: start, text: part + unit, value, unit });
    } else if ((part = take(NAME))) {
      found.push({ kind: "name", at: start, text: part, value: part, quoted: false });
    } else if ((part = take(SIGN))) {
      found.push({ kind: "sign", at: start, text: part });
    } else {
      const letter = String.fromCodePoint(text.codePointAt(at)!);
      const say = `“${letter}” means nothing here. Text goes in quotes: "${letter}".`;
      throw new FilterProblem(say, at, at + letter.length);
    }
  }
  return [...found, { kind: "end", at: text.length, text: "" }];
}

function isPlain(name: string): boolean {
  NAME.lastIndex = 0;
  return NAME.exec(name)?.[0] === name;
}

/** How a name is written so that it is understood. */
export const written = (name: string): string => (isPlain(name) ? name : `\`${name}\``);

/** Whether the name stands there, and does not go on. */
const startsWith = (text: string, at: number, name: string): boolean =>
  name !== "" &&
  text.startsWith(name, at) &&
  !(WORDLIKE.test(name.at(-1)!) && WORDLIKE.test(text[at + name.length] ?? " "));

function quoted(text: string, at: number): string {
  const end = text.indexOf(text[at]!, at + 1);
  if (end >= 0) return text.slice(at + 1, end);
  const part = cut(text.slice(at), 24);
  throw new FilterProblem(
    `The text ${part} has no end: a ${text[at]} is missing.`,
    at,
    text.length,
  );
}
