// A trial that a person asks for: texts of a form to values, and back. Pure.
import { number, param } from "./format";
import type { EditorProblem, ParamInfo } from "./protocol";
import { parseNumber } from "./ranges";
import { line } from "./text";

/** By parameter: of a range the number as typed, of a choice its place; empty: to be suggested. */
export type Wanted = Record<string, string>;

export function wantedOf(params: readonly ParamInfo[], values: Record<string, unknown>): Wanted {
  const wanted = Object.create(null) as Wanted;
  for (const { name, choices } of params) {
    const value = values[name];
    if (value === undefined) wanted[name] = "";
    else if (choices) {
      const at = choices.findIndex((choice) => Object.is(choice, value));
      wanted[name] = at < 0 ? "" : String(at);
    } else wanted[name] = String(value);
  }
  return wanted;
}

/** What to send, and what is wrong with it; the kernel looks again and has the last word. */
export function valuesOf(
  params: readonly ParamInfo[],
  wanted: Wanted,
): { values: Record<string, unknown>; problems: EditorProblem[] } {
  const values = Object.create(null) as Record<string, unknown>;
  const problems: EditorProblem[] = [];
  for (const info of params) {
    const text = (wanted[info.name] ?? "").trim();
    if (!text) continue;
    if (info.choices) {
      values[info.name] = sent(info.choices[Number(text)]);
      continue;
    }
    const value = parseNumber(text);
    const message = value === null ? `${text} is not a number.` : misfit(info, value);
    if (message) problems.push({ name: info.name, message });
    else values[info.name] = sent(exact(text, value!));
  }
  return { values, problems };
}

/** A whole number that was typed, digit by digit where a number can't hold it. */
const exact = (text: string, value: number): number | bigint =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?[\d_]+$/.test(text)
    ? BigInt(text.replaceAll("_", "").replace("+", ""))
    : value;

/** As `encode.py` writes it: JSON holds no big integers. */
const sent = (value: unknown): unknown =>
  typeof value === "bigint" ? { $int: String(value) } : value;

function misfit({ kind, low, high }: ParamInfo, value: number): string {
  if (kind === "int" && !Number.isInteger(value)) return `${number(value, 8)} is not an integer.`;
  if (low !== null && value < low) return `${number(value, 8)} is below ${number(low, 8)}.`;
  if (high !== null && value > high) return `${number(value, 8)} is above ${number(high, 8)}.`;
  return "";
}

/** What a parameter may be, in few words. */
export function rangeOf({ kind, low, high, log, step, conditional }: ParamInfo): string {
  const words = low === null || high === null ? [] : [`${number(low)} to ${number(high)}`];
  if (kind === "int") words.push("integer");
  if (log) words.push("log");
  if (step !== null && step !== 1) words.push(`step ${number(step)}`);
  if (conditional) words.push("not in every trial");
  return words.join(", ");
}

export const choiceText = (value: unknown): string => line(param(value), 60);

/** Seconds as they are typed: 1h 30m. */
export function typedTime(seconds: number | null): string {
  if (seconds === null) return "";
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "m"],
    [whole % 60, "s"],
  ] as const;
  return parts.flatMap(([n, unit]) => (n ? [`${n}${unit}`] : [])).join(" ") || "0s";
}
