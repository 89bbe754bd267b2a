// The names a filter knows: a study's parameters and objectives, and what every trial has.
import type { Header, Row, RowState } from "./protocol";

export type Value = number | string | boolean | bigint | null | undefined;

/** words: the only texts it can be; null: any. */
export interface Name {
  name: string;
  kind: "number" | "time" | "memory" | "text" | "state" | "any";
  words: readonly string[] | null;
  of: (row: Row) => Value;
}

export const STATE_WORDS = new Map<string, RowState>([
  ["waiting", "WAITING"],
  ["running", "RUNNING"],
  ["paused", "PAUSED"],
  ["complete", "COMPLETE"],
  ["pruned", "PRUNED"],
  ["failed", "FAIL"],
  ["stopped", "STOPPED"],
]);

/** Other ways to say the same. */
const STATE_ALIASES = new Map([
  ["fail", "failed"],
  ["completed", "complete"],
  ["finished", "complete"],
  ["done", "complete"],
]);

/** The state's word that was meant, or null. */
export function stateOf(text: string): string | null {
  const lower = text.toLowerCase();
  return STATE_WORDS.has(lower) ? lower : (STATE_ALIASES.get(lower) ?? null);
}

const WORD_OF = new Map([...STATE_WORDS].map(([word, state]) => [state, word]));

const EVERY: readonly Name[] = [
  { name: "number", kind: "number", words: null, of: (row) => row.number },
  { name: "trial", kind: "number", words: null, of: (row) => row.number },
  {
    name: "state",
    kind: "state",
    words: [...STATE_WORDS.keys()],
    of: (row) => WORD_OF.get(row.state),
  },
  { name: "value", kind: "number", words: null, of: (row) => row.values?.[0] },
  { name: "step", kind: "number", words: null, of: (row) => row.step },
  { name: "time", kind: "time", words: null, of: (row) => row.duration_s },
  { name: "memory", kind: "memory", words: null, of: (row) => row.memory_bytes },
  { name: "gpu_memory", kind: "memory", words: null, of: (row) => row.figures["device_memory_bytes"] },
  { name: "n_params", kind: "number", words: null, of: (row) => row.figures["n_params"] },
  { name: "complexity", kind: "number", words: null, of: (row) => row.figures["complexity"] },
  { name: "cpu_time", kind: "time", words: null, of: (row) => row.figures["cpu_s"] },
  { name: "reports_per_s", kind: "number", words: null, of: (row) => row.figures["reports_per_s"] },
  { name: "infeasible", kind: "text", words: null, of: (row) => row.infeasible },
  { name: "feasible", kind: "any", words: null, of: (row) => row.infeasible === "" },
  { name: "error", kind: "text", words: null, of: (row) => row.error },
  { name: "reason", kind: "text", words: null, of: (row) => row.notice },
];

export type Space = Pick<Header, "params" | "objectives">;

/** By name; a parameter's name goes before an objective's, and that before what all have. */
export function namesOf({ params, objectives }: Space): Map<string, Name> {
  const names = new Map(EVERY.map((name) => [name.name, name]));
  objectives.forEach(({ name }, i) => {
    names.set(name, { name, kind: "number", words: null, of: (row) => row.values?.[i] });
  });
  for (const { name, kind, choices } of params) {
    const of = (row: Row): Value => row.params[name] as Value;
    const words = choices?.every((choice) => typeof choice === "string")
      ? (choices as string[])
      : null;
    names.set(name, { name, kind: kind === "categorical" ? "any" : "number", words, of });
  }
  return names;
}

const UNITS = {
  time: new Map(Object.entries({ ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86400 })),
  memory: new Map(
    Object.entries({ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, mib: 2 ** 20, gib: 2 ** 30 }),
  ),
};

/** How many of the base unit: seconds, bytes; null for a unit that is none. */
export const unitOf = (kind: "time" | "memory", unit: string): number | null =>
  UNITS[kind].get(unit.toLowerCase()) ?? null;
