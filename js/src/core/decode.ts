// Messages to values: JSON is revived, binary columns become arrays. See encode.py.
import type { Column, ColumnType, Header, Packed, ParamInfo, Point, Row, Table, UpdateMessage } from "./protocol";
import { FIGURES, ROW_STATES, WAITS } from "./protocol";

export interface Decoded {
  seq: number;
  version: number;
  reset: boolean;
  more: boolean;
  header: Header;
  rows: Row[];
  points: Point[];
}

/** NaN, infinities and big integers travel as tagged objects; see `plain` in encode.py. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [key, inner] = entries[0]!;
    if (key === "$int") return BigInt(inner as string);
    if (key === "$float") return inner === "nan" ? NaN : inner === "inf" ? Infinity : -Infinity;
  }
  return record(entries.map(([key, inner]) => [key, revive(inner)]));
}

/** An object that has what is in it and nothing else: a parameter may be called constructor. */
function record<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const made = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) made[key] = value;
  return made;
}

/** Ranges are drawn and compared: there a number will do where an integer is too big for one. */
function drawable({ low, high, step, ...info }: ParamInfo): ParamInfo {
  const near = (value: number | null): number | null => (value === null ? null : Number(value));
  return { ...info, low: near(low), high: near(high), step: near(step) };
}

type Numbers = Uint8Array | Int16Array | Int32Array | Float64Array;
const ARRAYS: Record<ColumnType, new (b: ArrayBuffer) => Numbers> = {
  u1: Uint8Array,
  i2: Int16Array,
  i4: Int32Array,
  f8: Float64Array,
};
const SIZES: Record<ColumnType, number> = { u1: 1, i2: 2, i4: 4, f8: 8 };

interface Read {
  numbers: Numbers;
  column: Column;
}

function read(table: Table, buffer: DataView): Map<string, Read> {
  const columns = new Map<string, Read>();
  for (const column of table.columns) {
    // A copy, because a typed array has to start at a multiple of its size.
    const start = buffer.byteOffset + column.offset;
    const bytes = buffer.buffer.slice(start, start + table.n * SIZES[column.type]) as ArrayBuffer;
    columns.set(column.name, { numbers: new ARRAYS[column.type](bytes), column });
  }
  return columns;
}

/** A message that came as JSON alone. */
export function decodePacked({ message, buffer }: Packed): Decoded {
  const bytes = Uint8Array.from(atob(buffer), (letter) => letter.charCodeAt(0));
  return decodeUpdate(message, [new DataView(bytes.buffer)]);
}

export function decodeUpdate(content: unknown, buffers: readonly DataView[]): Decoded {
  const message = revive(content) as UpdateMessage;
  const buffer = buffers[0] ?? new DataView(new ArrayBuffer(0));
  const { seq, version, reset, more } = message;
  const header = { ...message.header, params: message.header.params.map(drawable) };
  const rows = decodeRows(message.rows, header, buffer);
  const points = decodePoints(message.points, buffer);
  return { seq, version, reset, more, header, rows, points };
}

function decodeRows(table: Table, header: Header, buffer: DataView): Row[] {
  const columns = read(table, buffer);
  const at = (name: string, i: number): number => columns.get(name)!.numbers[i]!;
  const orNull = (name: string, i: number): number | null => {
    const value = at(name, i);
    return Number.isNaN(value) ? null : value;
  };
  const rows: Row[] = [];
  for (let i = 0; i < table.n; i++) {
    const line = at("error_line", i);
    const parent = columns.get("parent")?.numbers[i] ?? -1; // there are copies in few studies
    const params = record<unknown>([]);
    for (const info of header.params) {
      const value = paramAt(columns.get(`param:${info.name}`)!, i);
      if (value !== undefined) params[info.name] = value;
    }
    rows.push({
      number: at("number", i),
      state: ROW_STATES[at("state", i)]!,
      values: at("valued", i) ? header.objectives.map((_, k) => at(`value:${k}`, i)) : null,
      params,
      step: orNull("step", i),
      duration_s: orNull("duration_s", i),
      started_s: orNull("started_s", i),
      finished_s: orNull("finished_s", i),
      memory_bytes: orNull("memory_bytes", i),
      error: table.texts["error"]?.[i] ?? "",
      error_line: line < 0 ? null : line,
      heard_s: orNull("heard_s", i),
      long_s: orNull("long_s", i),
      waits: WAITS[at("waits", i)]!,
      spans: at("spans", i) ? (columns.get("spans")!.column.exact![i] as number[]) : [],
      notice: table.texts["notice"]?.[i] ?? "",
      infeasible: table.texts["infeasible"]?.[i] ?? "",
      figures: figuresAt(columns, i),
      // A result that was saved before these were known has no such column.
      kept: !!columns.get("kept")?.numbers[i],
      rounds: columns.get("rounds")?.numbers[i] ? (columns.get("rounds")!.column.exact![i] as number[]) : [],
      parent: parent < 0 ? null : parent,
    });
  }
  return rows;
}

function figuresAt(columns: Map<string, Read>, i: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of FIGURES) {
    const value = columns.get(`figure:${name}`)?.numbers[i];
    if (value !== undefined && !Number.isNaN(value)) found[name] = value;
  }
  return found;
}

function paramAt({ numbers, column }: Read, i: number): unknown {
  const value = numbers[i]!;
  if (column.labels) return value < 0 ? undefined : column.labels[value];
  if (!Number.isNaN(value)) return value;
  return column.exact && i in column.exact ? column.exact[i] : undefined;
}

function decodePoints(table: Table, buffer: DataView): Point[] {
  const columns = read(table, buffer);
  const numbers = columns.get("number")!.numbers;
  const steps = columns.get("step")!.numbers;
  const values = columns.get("value")!.numbers;
  return Array.from({ length: table.n }, (_, i) => ({
    number: numbers[i]!,
    step: steps[i]!,
    value: values[i]!,
  }));
}
