// The editor's instant checks; Python checks again, and has the last word (ranges.py).
import type { EditorGoal, EditorRow } from "./protocol";

export type EditedRow = EditorRow & { choiceText: string };

export interface Settings {
  /** The first is the one that others stand beside. */
  goals: EditorGoal[];
  trials: string;
  timeout: string;
  trial_timeout: string;
  jobs: string;
  folds: string;
  repeats: string;
  sampler: string;
  pruner: string;
  device: string;
}

export type RowField = "low" | "high" | "step" | "choiceText" | "condition";

/** empty: nothing typed yet, which is only wrong once Start is pressed. field: of the row. */
export interface Finding {
  name: string;
  message: string;
  empty?: boolean;
  field?: RowField;
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
  const found = (field: RowField, message: string, empty = false): Finding[] => [
    { name: row.name, message, empty, field },
  ];
  if (row.kind === "categorical") {
    const given = splitChoices(row.choiceText).filter(Boolean);
    if (!given.length) return found("choiceText", "A choice needs at least one value.", true);
    const twice = given.find((choice, i) => given.indexOf(choice) !== i);
    return twice === undefined ? [] : found("choiceText", `The choice ${twice} stands twice.`);
  }
  for (const field of ["low", "high", "step"] as const) {
    const [text, what] = [row[field].trim(), field[0]!.toUpperCase() + field.slice(1)];
    if (!text) {
      if (field === "step") continue;
      return found(field, `${what} is empty. Write a number, like 1e-3 or 64.`, true);
    }
    const value = parseNumber(text);
    if (value === null || !Number.isFinite(value)) {
      return found(field, `${what} is ${text}, which is not a number.`);
    }
    if (row.kind === "int" && !Number.isInteger(value)) {
      return found(field, `${what} ${text} is not an integer.`);
    }
  }
  const { low, high, step } = numbers(row)!;
  if (low > high) {
    return found("low", `Low ${row.low.trim()} is greater than high ${row.high.trim()}.`);
  }
  if (row.log && low <= 0) return found("low", `A log range can't start at ${row.low.trim()}.`);
  if (step !== null && step <= 0) return found("step", "A step must be greater than 0.");
  return [];
}

/** The ends and the step of a range as numbers; null where one of them is none. */
export function numbers(row: EditedRow): { low: number; high: number; step: number | null } | null {
  const [low, high] = [parseNumber(row.low), parseNumber(row.high)];
  const step = row.step.trim() ? parseNumber(row.step) : null;
  return low === null || high === null ? null : { low, high, step };
}

const TIME = /^(\d+(\.\d+)?|(\d+(\.\d+)?\s*[smhd]\s*)+)$/i;

export function checkSettings(settings: Settings): Finding[] {
  const found: Finding[] = [];
  const whole = (name: string, text: string): void => {
    if (!/^\s*\d*\s*$/.test(text) || (text.trim() && Number(text) < 1)) {
      found.push({ name, message: `${text.trim()} is not a whole number above 0.` });
    }
  };
  if (!settings.goals[0]?.name.trim()) {
    const message = "Name what to optimise, such as val_acc.";
    found.push({ name: "objective", message, empty: true });
  }
  whole("trials", settings.trials);
  whole("repeats", settings.repeats);
  const folds = settings.folds.trim();
  if (folds && !/^([2-9]|[1-9]\d+|[\p{L}_][\p{L}\p{N}_]*)$/u.test(folds)) {
    const message = `${folds} is neither a number of folds, from 2, nor the name of a splitter.`;
    found.push({ name: "folds", message });
  }
  if (settings.jobs.trim().toLowerCase() !== "auto") whole("jobs", settings.jobs);
  for (const name of ["timeout", "trial_timeout"] as const) {
    const time = settings[name].trim();
    if (time && !TIME.test(time)) {
      found.push({ name, message: `${time} is no time. Write it as 90s or 1h 30m.` });
    }
  }
  return found;
}
