// A range as a strip: where values can lie, how close together, and where the code's own is.
import { checkRow, numbers, parseNumber, splitChoices, type EditedRow } from "./ranges";
import { ticks } from "./scale";

/** at: from 0 to 1. major: drawn longer. */
export interface Tick {
  at: number;
  major: boolean;
}

export interface Strip {
  /** grid: only the ticks can be drawn; else anything between them. */
  grid: boolean;
  ticks: Tick[];
  /** Of the code's own value; below 0 or above 1 when it lies outside; null when unknown. */
  value: number | null;
}

/** More grid values than these are drawn as a band. */
const GRID = 30;
/** More decades than these get no ticks between them. */
const DECADES = 8;

/** How the range of a row is drawn; null while it is invalid or a choice. */
export function stripOf(row: EditedRow): Strip | null {
  if (row.kind === "categorical" || checkRow(row).length) return null;
  const { low, high, step } = numbers(row)!;
  const own = parseNumber(row.value);
  if (low === high) {
    const value = own === null || own === low ? 0.5 : own < low ? -1 : 2;
    return { grid: true, ticks: [{ at: 0.5, major: true }], value };
  }
  const scale = row.log ? Math.log10 : (x: number): number => x;
  const place = (x: number): number => (scale(x) - scale(low)) / (scale(high) - scale(low));
  const value = own === null ? null : row.log && own <= 0 ? -1 : place(own);
  const size = step ?? (row.kind === "int" ? 1 : null);
  const count = size === null ? Infinity : Math.floor((high - low) / size + 1e-9);
  if (!row.log && count <= GRID) {
    const at = (i: number): Tick => ({ at: place(low + i * size!), major: true });
    return { grid: true, ticks: Array.from({ length: count + 1 }, (_, i) => at(i)), value };
  }
  const marks = row.log ? paper(low, high) : ticks(low, high, 4).map((x) => ({ x, major: true }));
  return { grid: false, ticks: marks.map(({ x, major }) => ({ at: place(x), major })), value };
}

/** The lines of log paper between two numbers: powers of ten, and 2 to 9 times each. */
function paper(low: number, high: number): { x: number; major: boolean }[] {
  const lines = [];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  for (let power = first; power <= last; power++) {
    for (let m = 1; m < (last - first > DECADES ? 2 : 10); m++) {
      const x = m * 10 ** power;
      if (x >= low * (1 - 1e-9) && x <= high * (1 + 1e-9)) lines.push({ x, major: m === 1 });
    }
  }
  return lines;
}

/** The choices of a row, and which of them the code has now. */
export function chipsOf(row: EditedRow): { text: string; own: boolean }[] {
  const bare = (text: string): string => text.replace(/^(['"])(.*)\1$/, "$2");
  const value = parseNumber(row.value);
  const same = (text: string): boolean => {
    const number = parseNumber(text);
    return value !== null && number !== null ? number === value : bare(text) === bare(row.value);
  };
  const given = [...new Set(splitChoices(row.choiceText).filter(Boolean))];
  return given.map((text) => ({ text, own: same(text) }));
}
