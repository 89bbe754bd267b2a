// The editor's instant checks; Python checks again, and has the last word (ranges.py).
import type { Direction, EditorRow } from "./protocol";

export type EditedRow = EditorRow & { choiceText: string };

export interface Settings {
  objective: string;
  direction: Direction;
  trials: string;
  timeout: string;
  jobs: string;
}

/** empty: nothing typed yet, which is only wrong once Start is pressed. */
export interface Finding {
  name: string;
  message: string;
  empty?: boolean;
}

export function parseNumber(text: string): number | null {
  const trimmed = text.trim();
  const shape = /^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
  return shape.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : null;
}

/** The parts between `|`, not splitting inside quotes or brackets (as ranges.py does). */
export function splitChoices(text: string): string[] {
  const parts: string[] = [];
  let [depth, quote, part] = [0, "", ""];
  for (const char of text) {
    if (quote) quote = char === quote ? "" : quote;
    else if (char === "'" || char === '"') quote = char;
    else if ("([{".includes(char)) depth += 1;
    else if (")]}".includes(char)) depth -= 1;
    else if (char === "|" && depth === 0) {
      parts.push(part.trim());
      part = "";
      continue;
    }
    part += char;
  }
  return [...parts, part.trim()];
}

export function checkRow(row: EditedRow): Finding[] {
  const found = (message: string, empty = false): Finding[] => [{ name: row.name, message, empty }];
  if (row.kind === "categorical") {
    const given = splitChoices(row.choiceText).filter(Boolean);
    if (!given.length) return found("A choice needs at least one value.", true);
    const twice = given.find((choice, i) => given.indexOf(choice) !== i);
    return twice === undefined ? [] : found(`The choice ${twice} stands twice.`);
  }
  for (const [what, text] of [
    ["Low", row.low],
    ["High", row.high],
    ["Step", row.step],
  ] as const) {
    if (!text.trim()) {
      if (what === "Step") continue;
      return found(`${what} is empty. Write a number, like 1e-3 or 64.`, true);
    }
    const value = parseNumber(text);
    if (value === null || !Number.isFinite(value)) {
      return found(`${what} is ${text.trim()}, which is not a number.`);
    }
    if (row.kind === "int" && !Number.isInteger(value)) {
      return found(`${what} ${text.trim()} is not an integer.`);
    }
  }
  const [low, high] = [parseNumber(row.low)!, parseNumber(row.high)!];
  const step = row.step.trim() ? parseNumber(row.step)! : null;
  if (low > high) return found(`Low ${row.low.trim()} is greater than high ${row.high.trim()}.`);
  if (row.log && low <= 0) return found(`A log range can't start at ${row.low.trim()}.`);
  if (step !== null && step <= 0) return found("A step must be greater than 0.");
  return [];
}

export function checkSettings(settings: Settings): Finding[] {
  const found: Finding[] = [];
  const whole = (name: string, text: string): void => {
    if (!/^\s*\d*\s*$/.test(text) || (text.trim() && Number(text) < 1)) {
      found.push({ name, message: `${text.trim()} is not a whole number above 0.` });
    }
  };
  if (!settings.objective.trim()) {
    const message = "Name what to optimise, such as val_acc.";
    found.push({ name: "objective", message, empty: true });
  }
  whole("trials", settings.trials);
  if (settings.jobs.trim().toLowerCase() !== "auto") whole("jobs", settings.jobs);
  const time = settings.timeout.trim();
  if (time && !/^(\d+(\.\d+)?|(\d+(\.\d+)?\s*[smhd]\s*)+)$/i.test(time)) {
    found.push({ name: "timeout", message: `${time} is no time. Write it as 90s or 1h 30m.` });
  }
  return found;
}

/** Where tick marks and the code's own value lie on a range, from 0 to 1; null if invalid. */
export function drawable(row: EditedRow): { ticks: number[]; value: number | null } | null {
  if (row.kind === "categorical" || checkRow(row).length) return null;
  const [low, high] = [parseNumber(row.low)!, parseNumber(row.high)!];
  if (!(high > low)) return null;
  const scale = row.log ? Math.log10 : (x: number): number => x;
  const place = (x: number): number => (scale(x) - scale(low)) / (scale(high) - scale(low));
  const ticks: number[] = [];
  if (row.log) {
    ticks.push(0, 1);
    for (let power = Math.ceil(Math.log10(low)); power <= Math.log10(high); power++) {
      ticks.push(place(10 ** power));
    }
  } else {
    const step = row.step.trim() ? parseNumber(row.step)! : (high - low) / 4;
    const count = Math.min(40, Math.round((high - low) / step));
    for (let i = 0; i <= count; i++) ticks.push(i / count);
  }
  const value = parseNumber(row.value);
  const at = value === null || (row.log && value <= 0) ? null : place(value);
  const inside = (x: number): boolean => x >= -1e-9 && x <= 1 + 1e-9;
  return { ticks: [...new Set(ticks)].filter(inside), value: at !== null && inside(at) ? at : null };
}
