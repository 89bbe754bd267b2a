// The table of trials: sorted, filtered, windowed; a row opens to its details.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { count, likeness } from "../core/format";
import { FIGURES, type Header, type Row, type RowState } from "../core/protocol";
import type { SortKey } from "../core/store";
import { commonRange, csv, Ordered } from "../core/table";
import { copy } from "../core/clipboard";
import { line } from "../core/text";
import { Columns } from "./columns";
import { OpenedTrial, RowDetail } from "./detail";
import { FilterBox, Narrowed } from "./narrowed";
import { columnsOf, ROW, TrialRow, type Column, type Scales } from "./rows";
import type { Session } from "./session";
import { RANK } from "./view";
import { windowOf, topOf, type Opened } from "./window";

/** Scrolling draws anew only every so many rows; as many are spare. */
const STRIDE = 4;

const NUMBER: Column = {
  key: "number",
  title: "Trial",
  sort: { by: "number" },
  numeric: true,
  class: "",
  cell: () => null,
};

const same = (a: SortKey | null, b: SortKey): boolean => JSON.stringify(a) === JSON.stringify(b);

/** So long after the pointer was last moved over the rows they keep their places: one that moved
 * away below the pointer would have another one clicked. */
const HOLD_MS = 1500;

const READING_MS = 60_000;

/** Rows that pass, in order; what did not change is not sorted again. hold: whether rows that
 * are known keep their places. */
function useRows(session: Session, hold: () => boolean): readonly Row[] {
  const version = session.version.value;
  const narrowed = session.narrowed.value;
  const [key, descending] = [session.view.key.value, session.view.descending.value];
  const maximize = session.store.header!.objectives[0]?.direction === "maximize";
  const ordered = useMemo(() => new Ordered(), [session]);
  const [turn, setTurn] = useState(0);
  const rows = useMemo(
    () => ordered.of(session.store.rows, { key, descending, maximize }, hold()),
    [version, key, descending, maximize, turn],
  );
  useEffect(() => {
    if (!ordered.held) return; // else they are put in order soon, also when no news comes
    const timer = setTimeout(() => setTurn(turn + 1), HOLD_MS);
    return () => clearTimeout(timer);
  }, [rows]);
  return useMemo(
    () => (narrowed.size ? rows.filter((row) => session.passes(row)) : rows),
    [rows, narrowed],
  );
}

/** The trials whose values the sparklines are made for: of a population most go on for long. */
const SOUND: ReadonlySet<RowState | undefined> = new Set(["COMPLETE", "PRUNED", "PAUSED", "RUNNING"] as const);

/** The sparklines' scales; the same as before as long as they would hardly differ. */
function useScales(session: Session): Scales {
  const version = session.version.value;
  const { curves, header, rows } = session.store;
  const maximize = header!.objectives[0]?.direction === "maximize";
  const kept = useRef<Scales>({ x: [0, 1], y: [0, 1] });
  useMemo(() => {
    let [first, last] = [Infinity, -Infinity];
    for (const { steps } of curves.values()) {
      first = Math.min(first, steps[0]!);
      last = Math.max(last, steps[steps.length - 1]!);
    }
    const counts = (number: number): boolean => SOUND.has(rows.get(number)?.state);
    const [low, high] = commonRange(curves, counts, maximize);
    const near = ([a, b]: readonly [number, number], x: number, y: number): boolean =>
      Math.abs(a - x) + Math.abs(b - y) <= 0.02 * Math.abs(b - a);
    if (near(kept.current.x, first, last) && near(kept.current.y, low, high)) return;
    kept.current = { x: [first, last], y: [low, high] };
  }, [version, maximize]);
  return kept.current;
}

/** The columns besides the parameters' that there is something to show in. */
function lastColumns(rows: ReadonlyMap<number, Row>, header: Header): string[] {
  // Until a trial is over nobody knows: better an empty column than one that jumps in.
  const unknown = header.n_complete + header.n_failed === 0;
  let [step, memory] = [unknown, unknown];
  const figures = new Set<string>();
  const objectives = new Set<string>(); // what stands in a column of its own already
  for (const row of rows.values()) {
    step ||= row.step !== null;
    memory ||= row.memory_bytes !== null;
    for (const name in row.figures) {
      // Of a network the complexity is its parameters: one column says it.
      if (name !== "complexity" || row.figures[name] !== row.figures["n_params"]) figures.add(name);
      if (row.state === "COMPLETE" && row.values?.includes(row.figures[name]!)) objectives.add(name);
    }
    if (step && memory && figures.size === FIGURES.length) break;
  }
  const measured = FIGURES.filter((name) => figures.has(name) && !objectives.has(name)).map((name) => `figure:${name}`);
  const rounds = header.round_word ? ["spread", "rounds"] : [];
  const steps = header.by_round ? ["curve"] : ["curve", "step"];
  return [...rounds, ...(step ? steps : []), "time", ...(memory ? ["memory"] : []), ...measured];
}

function CopyCsv({ session, rows }: { session: Session; rows: readonly Row[] }) {
  const [done, setDone] = useState("");
  return (
    <>
      <button
        type="button"
        class="hpo-link"
        disabled={rows.length === 0}
        title="Copy the trials shown, with all their columns, for a spreadsheet"
        onClick={async ({ currentTarget }) => {
          const copied = await copy(csv(rows, session.store.header!), currentTarget);
          setDone(copied ? "Copied ✓" : "The browser refused");
          setTimeout(() => setDone(""), 3000);
        }}
      >
        {done || "Copy CSV"}
      </button>
      <span class="hpo-unseen" role="status">
        {done}
      </span>
    </>
  );
}

function Headings({ columns, session }: { columns: readonly Column[]; session: Session }) {
  const { view } = session;
  const [key, descending] = [view.key.value, view.descending.value];
  const sortBy = (column: Column): void => {
    const first = column.best === "descending";
    if (!same(column.sort, key)) {
      view.key.value = column.sort!;
      view.descending.value = first;
    } else if (descending === first) view.descending.value = !first;
    else view.key.value = RANK; // the third click is back to the leaderboard's own order
  };
  const ranked = ({ sort }: Pick<Column, "sort">): boolean =>
    key.by === "rank" && same(sort, { by: "value", index: 0 });
  const direction = ({ sort, best }: Column): "ascending" | "descending" | "none" => {
    if (same(sort, key)) return descending ? "descending" : "ascending";
    return ranked({ sort }) ? (best ?? "none") : "none";
  };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => {
          const sort = direction(column);
          const title = line(column.title, 60);
          return (
            <th
              key={column.key}
              scope="col"
              class={`${column.numeric ? "hpo-num" : ""} ${column.class}`.trim()}
              {...(column.sort ? { "aria-sort": sort } : {})}
            >
              {column.sort ? (
                <button
                  type="button"
                  title={
                    ranked(column)
                      ? "Ranked: running trials first, then complete ones by value. Press to sort by value alone."
                      : line(column.title, 400)
                  }
                  onClick={() => sortBy(column)}
                >
                  <span>{title}</span>
                  {sort !== "none" && (
                    <i aria-hidden="true">
                      {ranked(column) ? (sort === "ascending" ? "△" : "▽") : sort === "ascending" ? "▲" : "▼"}
                    </i>
                  )}
                </button>
              ) : (
                title
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface Props {
  session: Session;
  /** Whether it has the page to itself. */
  alone?: boolean;
}

export function Leaderboard({ session, alone = false }: Props) {
  session.version.value;
  const { store, view, opened } = session;
  const header = store.header!;
  const pointed = useRef(-Infinity);
  // As long as a trial is open under the pointer it is read, or something is done with it.
  const rows = useRows(
    session,
    () =>
      performance.now() - pointed.current < (opened.value === null ? HOLD_MS : READING_MS),
  );
  const scales = useScales(session);
  const shownColumns = view.columns(header, lastColumns(store.rows, header));
  const shape = likeness([[...shownColumns], header.params, header.objectives]);
  const columns = useMemo(() => columnsOf(header, shownColumns), [shape]);

  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [height, setHeight] = useState(0);
  const [room, setRoom] = useState(420);
  const [more, setMore] = useState(false);
  /** Whether columns are out of sight at the right edge. */
  const lookBeside = (): void => {
    const { scrollLeft, clientWidth, scrollWidth } = box.current!;
    setMore(scrollLeft + clientWidth < scrollWidth - 4);
  };
  const at = useMemo(
    () => (opened.value === null ? -1 : rows.findIndex((row) => row.number === opened.value)),
    [rows, opened.value],
  );
  useLayoutEffect(lookBeside, [columns, rows.length > 0]);
  const open: Opened = { index: at, height };
  const current = useRef<number | null>(null);

  // Nothing else may come that would draw the rows of a taller board: its study may be over.
  useLayoutEffect(() => {
    const measure = (): void => {
      setRoom(box.current!.clientHeight || 420);
      lookBeside();
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(box.current!);
    return () => sizes.disconnect();
  }, []);

  /** Bring a row into view, at the upper edge if it was far. */
  const reveal = (index: number): void => {
    const board = box.current!;
    const head = board.querySelector("thead")?.offsetHeight ?? ROW;
    const [top, view] = [topOf(index, open), board.clientHeight - head];
    if (top < board.scrollTop) board.scrollTop = top;
    else if (top + ROW > board.scrollTop + view) board.scrollTop = top + ROW - view;
    setScroll(board.scrollTop);
  };

  // A row that is opened from a picture may be anywhere.
  useEffect(() => {
    if (at >= 0) reveal(at);
  }, [opened.value]);

  // What one reads stays where it is while other rows come and go above it.
  const place = useRef({ number: -1, top: 0 });
  useLayoutEffect(() => {
    if (at < 0) return void (place.current.number = -1);
    const top = topOf(at, open);
    const { number, top: before } = place.current;
    const board = box.current!;
    const seen =
      before >= board.scrollTop - height && before < board.scrollTop + board.clientHeight;
    if (number === opened.value && top !== before && seen) board.scrollTop += top - before;
    place.current = { number: opened.value!, top };
  }, [rows, at]);

  // A row that changes its place loses the focus, and one that scrolls away is gone with it.
  const active = box.current?.contains(document.activeElement) ? document.activeElement : null;
  useLayoutEffect(() => {
    if (!active || document.activeElement === active || current.current !== null) return;
    const to = active.isConnected ? (active as HTMLElement) : box.current;
    to?.focus({ preventScroll: true });
  });

  const focus = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    view.current.value = current.current = row.number;
    reveal(rows.indexOf(row));
  };
  useLayoutEffect(() => {
    if (current.current === null) return;
    const to = box.current!.querySelector<HTMLElement>(`[data-number="${current.current}"]`);
    to?.focus({ preventScroll: true });
    if (to) current.current = null;
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && opened.value !== null) {
      event.stopPropagation();
      if (at >= 0) focus(at);
      return session.open(null);
    }
    const { target } = event;
    const own = (target as HTMLElement).dataset["number"];
    const number = target === box.current ? view.current.value : own;
    if (number === undefined || number === null || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const from = rows.findIndex((row) => row.number === Number(number));
    const page = Math.max(1, Math.floor(box.current!.clientHeight / ROW) - 2);
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    focus(to);
  };

  const seen = windowOf(rows.length, scroll, room, open);
  const tabbed = rows.some((row) => row.number === view.current.value)
    ? view.current.value
    : rows[seen.from]?.number;
  const span = columns.length + 1;
  const gap = (pixels: number, key: string) =>
    pixels > 0 && (
      <tr key={key} aria-hidden="true" class="hpo-gap">
        <td colSpan={span} style={{ height: `${pixels}px` }} />
      </tr>
    );

  return (
    <section
      class={`hpo-panel hpo-board ${alone ? "hpo-board-alone" : ""}`}
      aria-label="Leaderboard"
    >
      <div class="hpo-toolbar">
        <h4>Leaderboard</h4>
        <FilterBox session={session} />
        <span class="hpo-tools">
          {view.key.value.by !== "rank" && (
            <button type="button" class="hpo-link" onClick={() => (view.key.value = RANK)}>
              Back to ranking
            </button>
          )}
          <Columns session={session} columns={shownColumns} />
          <CopyCsv session={session} rows={rows} />
        </span>
      </div>
      <Narrowed session={session} filter={false} />
      {opened.value !== null && at < 0 && <OpenedTrial session={session} hidden />}
      <div
        class="hpo-scroll"
        ref={box}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onPointerMove={() => (pointed.current = performance.now())}
        onPointerLeave={() => (pointed.current = -Infinity)}
        onScroll={({ currentTarget: { scrollTop } }) => {
          setScroll(Math.floor(scrollTop / (STRIDE * ROW)) * STRIDE * ROW);
          lookBeside();
        }}
      >
        <table aria-rowcount={rows.length + 1} aria-label={`${count(rows.length)} trials`}>
          <Headings columns={[NUMBER, ...columns]} session={session} />
          <tbody>
            {seen.parts.map((part) =>
              typeof part === "object" ? (
                gap(part.pixels, `gap ${part.before}`)
              ) : (
                <Entry
                  key={rows[part]!.number}
                  row={rows[part]!}
                  index={part + 2}
                  session={session}
                  columns={columns}
                  scales={scales}
                  tabbed={rows[part]!.number === tabbed}
                  onHeight={part === at ? setHeight : null}
                />
              ),
            )}
          </tbody>
        </table>
        {rows.length === 0 && (
          <p class="hpo-empty">{store.rows.size ? "No trial passes." : emptyText(header.state)}</p>
        )}
      </div>
      {more && <i class="hpo-beside" style={{ height: `${room}px` }} aria-hidden="true" />}
    </section>
  );
}

const emptyText = (state: Header["state"]): string =>
  ["finished", "stopped", "failed"].includes(state) ? "There was no trial." : "Starting workers…";

interface EntryProps {
  row: Row;
  index: number;
  session: Session;
  columns: readonly Column[];
  scales: Scales;
  tabbed: boolean;
  /** Given of the opened row: told how high its details are. */
  onHeight: ((pixels: number) => void) | null;
}

function Entry({ onHeight, ...props }: EntryProps) {
  const details = useRef<HTMLTableRowElement>(null);
  const open = onHeight !== null;
  useLayoutEffect(() => {
    if (!details.current) return;
    const tell = (): void => onHeight!(details.current?.offsetHeight ?? 0);
    tell();
    const sizes = new ResizeObserver(tell);
    sizes.observe(details.current);
    return () => {
      sizes.disconnect();
      onHeight!(0);
    };
  }, [open]);
  return (
    <>
      <TrialRow {...props} />
      {open && (
        <tr class="hpo-detail-row" ref={details}>
          <td colSpan={props.columns.length + 1}>
            <RowDetail row={props.row} session={props.session} />
          </td>
        </tr>
      )}
    </>
  );
}
