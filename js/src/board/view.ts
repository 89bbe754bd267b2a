// How a page looks at a study's trials: kept while one goes from tab to tab.
import { signal } from "@preact/signals";
import type { Header } from "../core/protocol";
import type { SortKey } from "../core/store";

export const RANK: SortKey = { by: "rank" };

/** Parameters shown at first; more do not fit, and are there to be chosen. */
const FEW = 10;

/** Figures that a table shows only where they are asked about. */
const QUIET = new Set(["figure:cpu_s", "figure:reports_per_s"]);

/** Whether one of the last columns is shown at first. */
function worth(name: string, { objectives, constraints }: Header): boolean {
  const figure = name.replace(/^figure:/, "");
  if (figure === name) return true;
  if (objectives.some((objective) => objective.name === figure)) return false;
  return !QUIET.has(name) || constraints.some((text) => text.includes(figure));
}

export class View {
  readonly key = signal<SortKey>(RANK);
  readonly descending = signal(false);
  /** The filter as it is typed, right or wrong. */
  readonly filter = signal("");
  /** Columns that a person chose to see or not; the others are as at first. */
  private readonly chosen = signal<ReadonlyMap<string, boolean>>(new Map());
  /** The row that the keyboard is on. */
  readonly current = signal<number | null>(null);

  /** Whether the columns of the parameters and of `more` are shown, in their order. */
  columns(header: Header, more: readonly string[]): Map<string, boolean> {
    const names = [...header.params.map(({ name }) => `param:${name}`), ...more];
    const chosen = this.chosen.value;
    return new Map(
      names.map((name, i) => {
        const atFirst = i < FEW || (i >= header.params.length && worth(name, header));
        return [name, chosen.get(name) ?? atFirst];
      }),
    );
  }

  show(columns: Iterable<string>, shown: boolean): void {
    const chosen = new Map(this.chosen.value);
    for (const name of columns) chosen.set(name, shown);
    this.chosen.value = chosen;
  }
}
