// A trial's figures: their names and units in words.
import { big, count, duration, memory, NOTHING, number, rate } from "./format";
import type { Detail } from "./protocol";

/** What is shown of them, in this order; others follow under their own names. */
const FIGURES = new Map<string, readonly [string, (value: number) => string]>(
  Object.entries({
    running_s: ["running time", duration],
    wall_s: ["wall time", duration],
    cpu_s: ["CPU time", duration],
    peak_memory_bytes: ["peak memory", memory],
    device_memory_bytes: ["peak device memory", memory],
    n_params: ["model parameters", count],
    objects_bytes: ["objects kept", memory],
    complexity: ["model complexity", count],
    reports_per_s: ["reports", rate],
    n_warnings: ["warnings", count],
  }),
);

function written(name: string, value: number): string {
  const known = FIGURES.get(name);
  if (known) return known[1](value);
  if (name.endsWith("_s")) return duration(value);
  return name.endsWith("_bytes") ? memory(value) : number(value);
}

const title = (name: string): string =>
  FIGURES.get(name)?.[0] ?? name.replace(/_(s|bytes)$/, "").replaceAll("_", " ");

const place = (name: string): number => {
  const at = [...FIGURES.keys()].indexOf(name);
  return at < 0 ? Infinity : at;
};

/** A figure as a table's column: what it is called and how it is written. */
const COLUMNS = new Map<string, readonly [string, (value: number) => string]>(
  Object.entries({
    n_params: ["Parameters", big],
    complexity: ["Complexity", big],
    device_memory_bytes: ["GPU memory", memory],
    cpu_s: ["CPU time", duration],
    reports_per_s: ["Reports/s", (value: number) => number(value, 3)],
  }),
);

export const figureTitle = (name: string): string => COLUMNS.get(name)?.[0] ?? title(name);

export const figureText = (name: string, value: number | undefined): string =>
  value === undefined ? NOTHING : (COLUMNS.get(name)?.[1] ?? number)(value);

/** Those worth showing: the wall clock says nothing new of a trial that was never paused, nor does
 * the complexity of a network. */
export function figuresOf(detail: Detail | undefined): { title: string; text: string }[] {
  const all = detail?.figures ?? {};
  const { running_s: running, wall_s: wall } = all;
  const same = running !== undefined && wall !== undefined && wall <= running * 1.02 + 0.1;
  return Object.entries(all)
    .filter(([name]) => !(same && name === "running_s"))
    .filter(([name, value]) => !(name === "complexity" && value === all.n_params))
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
    .map(([name, value]) => ({ title: title(name), text: written(name, value) }));
}
