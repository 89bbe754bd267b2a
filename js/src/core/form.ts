// The space editor's rows and settings as they are edited: pure, no DOM.
import type {
  EditorChoice,
  EditorRow,
  EditorSettings,
  EditorSpec,
  ParamKind,
} from "./protocol";
import { numbers, parseNumber, splitChoices, type EditedRow, type Settings } from "./ranges";

export const edited = (row: EditorRow): EditedRow => ({
  ...row,
  choiceText: row.choices.join(" | "),
});

export function settingsOf(given: EditorSettings): Settings {
  const { objectives, chosen, trials, timeout, trial_timeout, jobs, folds, repeats } = given;
  const goals = objectives.slice(0, chosen).map(({ name, direction }) => ({ name, direction }));
  const direction = objectives[0]?.direction ?? "minimize";
  if (!goals.length) goals.push({ name: "", direction });
  const { sampler, pruner, device } = given;
  return { goals, trials, timeout, trial_timeout, jobs, folds, repeats, sampler, pruner, device };
}

/** The kinds of range that the value in the code can have (see `to_distribution`). */
export function kindsOf(row: EditorRow): ParamKind[] {
  if (row.value_kind === "int") return ["int", "float", "categorical"];
  if (row.value_kind === "float") return ["float", "categorical"];
  const given = row.kind === "categorical" ? [] : [row.kind];
  return [...given, "categorical"];
}

/** A row as another kind, with what it says carried over where that makes sense. */
export function withKind(row: EditedRow, kind: ParamKind): EditedRow {
  if (kind === row.kind) return row;
  if (kind === "categorical") {
    const range = numbers(row);
    const between = range ? [row.low.trim(), row.value, row.high.trim()] : [row.value];
    between.sort((a, b) => (parseNumber(a) ?? 0) - (parseNumber(b) ?? 0));
    const byNumber = new Map(between.map((text) => [parseNumber(text) ?? text, text]));
    return { ...row, kind, choiceText: row.choiceText || [...byNumber.values()].join(" | ") };
  }
  const whole = (text: string): string => {
    const value = parseNumber(text);
    return kind === "int" && value !== null ? String(Math.round(value)) : text;
  };
  if (row.kind !== "categorical" || row.low) {
    return { ...row, kind, low: whole(row.low), high: whole(row.high), step: whole(row.step) };
  }
  const given = splitChoices(row.choiceText).map(parseNumber);
  const values = given.filter((value) => value !== null);
  if (!values.length) return { ...row, kind };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { ...row, kind, low: whole(String(low)), high: whole(String(high)) };
}

const EDITABLE = ["kind", "low", "high", "log", "step", "choiceText", "condition"] as const;

/** Whether a row's range says something else than at first. */
export function isChanged(row: EditedRow, first: EditedRow): boolean {
  return EDITABLE.some((key) => row[key] !== first[key]);
}

/** A row with the range it had at first. */
export function reset(row: EditedRow, first: EditedRow): EditedRow {
  return { ...first, ticked: row.ticked };
}

/** A range as its mark would say it, for a row that is not being edited. */
export function inWords(row: EditedRow): string {
  const condition = row.condition ? ` if ${row.condition}` : "";
  if (row.kind === "categorical") return row.choiceText + condition;
  if (!row.low || !row.high) return "no range known";
  const how = row.log ? " log" : row.step ? ` step ${row.step}` : "";
  return `${row.low}..${row.high}${how}${condition}`;
}

/** Whether each word of a search is in the row's name, code or place. */
export function matches(row: EditedRow, query: string): boolean {
  const text = `${row.name} ${row.place} ${row.code} ${row.why}`.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export interface Group {
  /** Number of the earlier cell, 0 for this one. */
  cell: number;
  rows: EditedRow[];
}

/** The rows by the cell they stand in: this one first, then the latest. */
export function grouped(rows: readonly EditedRow[]): Group[] {
  const groups = new Map<number, EditedRow[]>();
  for (const row of rows) groups.set(row.cell, [...(groups.get(row.cell) ?? []), row]);
  const order = [...groups].map(([cell, found]) => ({ cell, rows: found }));
  return order.sort((a, b) => (a.cell === 0 ? -1 : b.cell === 0 ? 1 : b.cell - a.cell));
}

/** What is sent to the kernel. */
export function choiceOf(rows: readonly EditedRow[], settings: Settings): EditorChoice {
  const { goals, ...rest } = settings;
  const [first, ...also] = goals;
  return {
    ...rest,
    objective: first?.name ?? "",
    direction: first?.direction ?? "minimize",
    also: also.filter((goal) => goal.name.trim()),
    rows: rows
      .filter((row) => row.ticked)
      .map(({ name, kind, low, high, log, step, choiceText, condition }) => ({
        name,
        kind,
        low,
        high,
        log,
        step,
        choices: choiceText,
        condition,
      })),
  };
}

/** Rows and settings as a spec gives them. */
export function formOf(spec: EditorSpec): { rows: EditedRow[]; settings: Settings } {
  return { rows: spec.rows.map(edited), settings: settingsOf(spec.settings) };
}
