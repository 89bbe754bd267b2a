// One trial in the table.
import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { duration, goal, memory, metric, number, param } from "../core/format";
import { figureText, figureTitle } from "../core/figures";
import { FIGURES, type Header, type Row } from "../core/protocol";
import { spreadText } from "../core/rounds";
import { part } from "../core/scale";
import { thinned, type Curve, type SortKey } from "../core/store";
import { line } from "../core/text";
import type { Session } from "./session";
import { ran, StateCell } from "./states";

/** Pixels; every row has this height, so that thousands need not be measured. */
export const ROW = 29;

const SHOWN = 60;
const TITLE = 400;

export interface Column {
  key: string;
  title: string;
  sort: SortKey | null;
  numeric: boolean;
  /** Stays where it is while the rest scrolls sideways. */
  class: string;
  best?: "ascending" | "descending";
  cell: (row: Row, session: Session, scales: Scales) => preact.ComponentChild;
  /** The whole text, for the tip of what is cut. */
  tip?: (row: Row) => string;
}

/** All sparklines share their scales: a trial stopped early has a short one. */
export interface Scales {
  y: readonly [number, number];
  x: readonly [number, number];
}

const [WIDTH, HEIGHT, FAR] = [74, 20, 200];

function Sparkline({ curve, scales }: { curve: Curve | undefined; scales: Scales }) {
  if (!curve || curve.steps.length < 2) return <span class="hpo-none">–</span>;
  const { steps, values } = thinned(curve, 60);
  const [first, last] = scales.x;
  const [low, high] = scales.y;
  let path = "";
  let pen = "M";
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = "M";
      return;
    }
    const x = 1 + ((WIDTH - 2) * (steps[i]! - first)) / (last - first || 1);
    // What lies outside is cut by the drawing's edge: the line comes in at its true slope.
    const y = 17 - 14 * (high > low ? part(value, low, high) : 0);
    path += `${pen}${x.toFixed(1)} ${Math.min(FAR, Math.max(-FAR, y)).toFixed(1)}`;
    pen = "L";
  });
  return (
    <svg
      class="hpo-spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

/** Text of a cell that stands alone: absent, or in full. */
const none = <span class="hpo-none">–</span>;

const titled = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Of the result, and of the others on the front. */
function Star({ row, header }: { row: Row; header: Header }) {
  if (header.best?.number === row.number) {
    return (
      <i class="hpo-star" aria-hidden="true">
        ★
      </i>
    );
  }
  if (!onFront(row, header)) return null;
  return (
    <i class="hpo-star" title="On the front: no trial is better in one objective and no worse in the others">
      ☆
    </i>
  );
}

/** Results saved before there was the list know nothing of it. */
const onFront = (row: Row, header: Header): boolean => header.front?.includes(row.number) ?? false;

/** The columns of a study, in their order. shown: of the parameters and of the last ones. */
export function columnsOf(header: Header, shown: ReadonlyMap<string, boolean>): Column[] {
  const columns: Column[] = [
    {
      key: "state",
      title: "State",
      sort: { by: "state" },
      numeric: false,
      class: "hpo-stays-second",
      cell: (row, session) => <StateCell row={row} session={session} />,
    },
  ];
  header.objectives.forEach((objective, i) => {
    columns.push({
      key: `value:${i}`,
      title: objective.name,
      sort: { by: "value", index: i },
      numeric: true,
      class: `hpo-value ${i === 0 ? "hpo-stays-third" : ""}`,
      best: objective.direction === "maximize" ? "descending" : "ascending",
      cell: (row, session) => (
        <span class={row.state === "COMPLETE" ? "" : "hpo-interim"}>
          {i === 0 && <Star row={row} header={session.store.header!} />}
          {row.values ? goal(row.values[i], objective) : "–"}
        </span>
      ),
    });
  });
  if (shown.get("spread")) {
    columns.splice(2, 0, {
      key: "spread",
      title: "± std",
      sort: { by: "spread" },
      numeric: true,
      class: "hpo-spread",
      cell: (row) => spreadText(row.rounds) ?? none,
      tip: ({ rounds }) => (rounds.length ? rounds.map(metric).join("  ") : ""),
    });
  }
  if (shown.get("curve")) {
    columns.push({
      key: "curve",
      title: "Curve",
      sort: null,
      numeric: false,
      class: "hpo-spark-cell",
      cell: (row, session, scales) => (
        <Sparkline curve={session.store.curves.get(row.number)} scales={scales} />
      ),
    });
  }
  for (const { name, kind, choices } of header.params) {
    if (!shown.get(`param:${name}`)) continue;
    // A choice among numbers reads like the number it is.
    const numeric = kind !== "categorical" || !!choices?.every((c) => typeof c === "number");
    columns.push({
      key: `param:${name}`,
      title: name,
      sort: { by: "param", name },
      numeric,
      class: numeric ? "" : "hpo-text",
      cell: ({ params }) => (name in params ? line(param(params[name]), SHOWN) : none),
      tip: ({ params }) => (name in params ? line(param(params[name]), TITLE) : "not used"),
    });
  }
  const last: Record<string, Pick<Column, "title" | "sort" | "cell">> = {
    rounds: {
      title: titled(`${header.round_word}s`),
      sort: { by: "rounds" },
      cell: (row) => (header.n_rounds ? `${row.rounds.length} of ${header.n_rounds}` : row.rounds.length),
    },
    step: { title: "Step", sort: { by: "step" }, cell: (row) => number(row.step) },
    time: {
      title: "Time",
      sort: { by: "duration" },
      cell: (row, session) => duration(ran(row, session.elapsed())),
    },
    memory: { title: "Memory", sort: { by: "memory" }, cell: (row) => memory(row.memory_bytes) },
    ...Object.fromEntries(
      FIGURES.map((name) => [
        `figure:${name}`,
        {
          title: figureTitle(name),
          sort: { by: "figure", name } as const,
          cell: (row: Row) => figureText(name, row.figures[name]),
        },
      ]),
    ),
  };
  for (const [key, column] of Object.entries(last)) {
    if (shown.get(key)) columns.push({ key, numeric: true, class: "", ...column });
  }
  return columns;
}

interface Props {
  row: Row;
  /** Among all, from 1, the heading being the first. */
  index: number;
  session: Session;
  columns: readonly Column[];
  scales: Scales;
  /** Whether the Tab key comes to this row. */
  tabbed: boolean;
}

export function TrialRow({ row, index, session, columns, scales, tabbed }: Props) {
  const best = session.store.header!.best?.number === row.number;
  const front = onFront(row, session.store.header!);
  const open = session.opened.value === row.number;
  const lit = useComputed(() => session.hovered.value === row.number).value;
  const reports = session.store.curves.get(row.number)?.steps.length;
  // Only a running trial's clock goes on without a new row.
  const clock = row.state === "RUNNING" ? session.elapsed() : 0;
  return useMemo(() => {
    const toggle = (): void => session.open(open ? null : row.number);
    return (
      <tr
        aria-rowindex={index}
        class={[best && "hpo-best", open && "hpo-open", lit && "hpo-lit"].filter(Boolean).join(" ")}
        onPointerEnter={() => (session.hovered.value = row.number)}
        onPointerLeave={() => (session.hovered.value = null)}
        onClick={toggle}
      >
        <th scope="row" class="hpo-num">
          <button
            type="button"
            data-number={row.number}
            tabIndex={tabbed ? 0 : -1}
            aria-expanded={open}
            aria-label={`Trial ${row.number}${best ? ", best" : front ? ", on the front" : ""}, details`}
            onFocus={() => {
              session.view.current.value = row.number;
              session.hovered.value = row.number;
            }}
            onBlur={() => (session.hovered.value = null)}
            onClick={(event) => {
              event.stopPropagation();
              toggle();
            }}
          >
            <i aria-hidden="true">{open ? "▾" : "▸"}</i>
            {row.number}
          </button>
        </th>
        {columns.map((column) => (
          <td
            key={column.key}
            class={`${column.numeric ? "hpo-num" : ""} ${column.class}`.trim()}
            title={column.tip?.(row)}
          >
            {column.cell(row, session, scales)}
          </td>
        ))}
      </tr>
    );
  }, [row, index, session, columns, scales, tabbed, best, front, open, lit, reports, clock]);
}
