// What is written into cells, worked out on texts alone.
import type { Edit } from "../core/protocol";

/** Replace what stands from `start` to `end` by `text`. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

const MAGIC = /^(?:#!\s*)?%%hpo(?![\w-])[^\n]*/;
const OTHER_MAGIC = /^\s*%%(\S*)/;

/** What "Tune this cell" changes: null when nothing has to be; a sentence when it can't be. */
export function tuned(source: string): Change | string | null {
  const [line] = MAGIC.exec(source) ?? [];
  if (line !== undefined) {
    if (/\s--edit(?![\w-])/.test(line)) return null;
    const end = line.trimEnd().length;
    return { start: end, end: line.length, text: " --edit" };
  }
  if (!source.trim()) return "The cell is empty: there is nothing to tune.";
  const [, other] = OTHER_MAGIC.exec(source) ?? [];
  if (other !== undefined) return `The cell begins with %%${other}. Take that line away first.`;
  return { start: 0, end: 0, text: "%%hpo --edit\n" };
}

/** The smallest change from one text to the other, so that the cursor stays where it was. */
export function change(before: string, after: string): Change {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/** A code cell of the notebook. count: its In[] number, 0 while it has none. */
export interface CodeCell {
  id: string;
  source: string;
  count: number;
}

/**
 * An edit and its cell: an index into the cells given, null when it is not there. after: the
 * whole new text of that cell. state: "changed" when the cell no longer reads as it did,
 * "done" when it already reads as it shall.
 */
export interface Placed {
  edit: Edit;
  index: number | null;
  after: string;
  state: "ready" | "changed" | "done" | "lost";
}

const same = (a: string, b: string): boolean => a.trimEnd() === b.trimEnd();

/** The text that takes the place of the cell's, or why there is none. An edit may be of the
 * cell's body, without the line of the magic. */
function fit(source: string, edit: Edit): Pick<Placed, "after" | "state"> {
  const [line] = MAGIC.exec(source) ?? [];
  const head = line === undefined ? "" : source.slice(0, line.length + 1);
  const body = source.slice(head.length);
  if (same(source, edit.before)) return { after: edit.after, state: "ready" };
  if (head && same(body, edit.before)) return { after: head + edit.after, state: "ready" };
  if (same(source, edit.after) || (head && same(body, edit.after))) {
    return { after: source, state: "done" };
  }
  return { after: source, state: "changed" };
}

/**
 * Find each edit's cell: by its id, else by its text, else by its In[] number. Of several cells
 * with the same text, the one with the number.
 */
export function place(edits: readonly Edit[], cells: readonly CodeCell[]): Placed[] {
  return edits.map((edit) => {
    const at = (index: number): Placed => ({ edit, index, ...fit(cells[index]!.source, edit) });
    const byId = edit.cell_id ? cells.findIndex(({ id }) => id === edit.cell_id) : -1;
    if (byId >= 0) return at(byId);
    const byCount = edit.cell > 0 ? cells.findIndex(({ count }) => count === edit.cell) : -1;
    const fitting = cells.flatMap(({ source }, i) => (fit(source, edit).state === "ready" ? [i] : []));
    if (fitting.includes(byCount)) return at(byCount);
    if (fitting.length === 1) return at(fitting[0]!);
    if (byCount >= 0 && !fitting.length) return at(byCount);
    const done = cells.findIndex(({ source }) => fit(source, edit).state === "done");
    if (done >= 0 && !fitting.length) return at(done);
    return { edit, index: null, after: "", state: "lost" };
  });
}

const LOADS = /^[ \t]*%(?:re)?load_ext[ \t]+jupyter_hpo\b/m;
const INSTALLS = /\binstall\b.*\bjupyter[-_]hpo\b/;
export const LOAD_LINE = "%load_ext jupyter_hpo";

/**
 * Where a cell with `LOAD_LINE` has to go, so that the notebook runs from its start: above its
 * first code cell, where such lines stand, or below one that installs us. cells: the sources of
 * those above the one to be tuned, null for what is no code. Null: one of them loads us.
 */
export function loadAt(cells: readonly (string | null)[]): number | null {
  if (cells.some((source) => LOADS.test(source ?? ""))) return null;
  const installs = cells.map((source) => INSTALLS.test(source ?? "")).lastIndexOf(true);
  if (installs >= 0) return installs + 1;
  const first = cells.findIndex((source) => source !== null);
  return first >= 0 ? first : cells.length;
}
