// The table of trials: sortable, windowed, a row opens to its details.
import { useMemo, useRef, useState } from "preact/hooks";
import { duration, memory, metric, number, param } from "../core/format";
import type { Row } from "../core/protocol";
import { usable } from "../core/history";
import { sorted, thinned, type Curve, type SortKey } from "../core/store";
import { RowDetail } from "./detail";
import type { Session } from "./session";
import { ran, StateCell } from "./states";

const ROW = 29;
const SPARE = 8;
const RANK: SortKey = { by: "rank" };

interface Heading {
  title: string;
  key: SortKey | null;
  numeric: boolean;
  best?: "ascending" | "descending";
}

const same = (a: SortKey | null, b: SortKey): boolean => JSON.stringify(a) === JSON.stringify(b);

/** All sparklines share their scales: a trial stopped early has a short one. */
interface Scales {
  y: [number, number];
  x: [number, number];
}

function Sparkline({ curve, scales }: { curve: Curve | undefined; scales: Scales }) {
  if (!curve || curve.steps.length < 2) return <span class="hpo-none">–</span>;
  const { steps, values } = thinned(curve, 40);
  const [first, last] = scales.x;
  const [low, high] = scales.y;
  const path = values
    .map((value, i) => {
      if (!Number.isFinite(value)) return "";
      const x = 2 + (70 * (steps[i]! - first)) / (last - first || 1);
      const y = 17 - (14 * (Math.min(high, Math.max(low, value)) - low)) / (high - low || 1);
      return `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
  return (
    <svg class="hpo-spark" width="74" height="20" viewBox="0 0 74 20" aria-hidden="true">
      <path d={path.replace(/^L/, "M")} />
    </svg>
  );
}

export function Leaderboard({ session }: { session: Session }) {
  const version = session.version.value;
  const opened = session.opened.value;
  const { store } = session;
  const header = store.header!;
  const maximize = header.objectives[0]?.direction === "maximize";
  const [key, setKey] = useState<SortKey>(RANK);
  const [descending, setDescending] = useState(false);
  const [scroll, setScroll] = useState(0);
  const box = useRef<HTMLDivElement>(null);

  const rows = useMemo(
    () => sorted([...store.rows.values()], key, descending, maximize),
    [version, key, descending, maximize],
  );
  const scales = useMemo((): Scales => {
    const curves = [...store.curves.values()];
    const values = Float64Array.from(curves.flatMap((c) => c.values).filter(usable)).sort();
    const at = (q: number): number => values[Math.round(q * (values.length - 1))] ?? 0;
    return {
      y: [at(maximize ? 0.05 : 0), at(maximize ? 1 : 0.95)],
      x: [
        Math.min(...curves.map((c) => c.steps[0]!)),
        Math.max(...curves.map((c) => c.steps[c.steps.length - 1]!)),
      ],
    };
  }, [version, maximize]);

  // Until a trial is complete nobody knows: better an empty column than one that jumps in.
  const unknown = !rows.some((row) => row.state === "COMPLETE" || row.state === "FAIL");
  const anyStep = unknown || rows.some((row) => row.step !== null);
  // A choice among numbers reads like the number it is.
  const numeric = new Set(
    header.params
      .filter(
        ({ name, kind }) =>
          kind !== "categorical" ||
          rows.every((row) => !(name in row.params) || typeof row.params[name] === "number"),
      )
      .map(({ name }) => name),
  );
  const anyMemory = unknown || rows.some((row) => row.memory_bytes !== null);
  const headings: Heading[] = [
    { title: "Trial", key: { by: "number" }, numeric: true },
    { title: "State", key: { by: "state" }, numeric: false },
    ...header.objectives.map((objective, index): Heading => ({
      title: objective.name,
      key: { by: "value", index },
      numeric: true,
      best: objective.direction === "maximize" ? "descending" : "ascending",
    })),
    ...(anyStep ? [{ title: "Curve", key: null, numeric: false }] : []),
    ...header.params.map((info): Heading => ({
      title: info.name,
      key: { by: "param", name: info.name },
      numeric: numeric.has(info.name),
    })),
    ...(anyStep ? [{ title: "Step", key: { by: "step" } as const, numeric: true }] : []),
    { title: "Time", key: { by: "duration" }, numeric: true },
    ...(anyMemory ? [{ title: "Memory", key: { by: "memory" } as const, numeric: true }] : []),
  ];

  const sortBy = (heading: Heading): void => {
    const first = heading.best === "descending";
    if (!same(heading.key, key)) {
      setKey(heading.key!);
      setDescending(first);
    } else if (descending === first) {
      setDescending(!first);
    } else {
      setKey(RANK); // the third click is back to the leaderboard's own order
    }
  };
  const direction = (heading: Heading): "ascending" | "descending" | "none" => {
    if (same(heading.key, key)) return descending ? "descending" : "ascending";
    const ranked = key.by === "rank" && same(heading.key, { by: "value", index: 0 });
    return ranked ? (heading.best ?? "none") : "none";
  };

  // Windowed: an opened row's details may be taller than a row, which only adds spare rows.
  const view = box.current?.clientHeight || 420;
  const from = Math.max(0, Math.min(Math.floor(scroll / ROW), rows.length) - SPARE);
  const to = Math.min(rows.length, Math.ceil((scroll + view) / ROW) + SPARE);
  const shown = rows.slice(from, to);
  const gap = (count: number) =>
    count > 0 && (
      <tr aria-hidden="true" class="hpo-gap">
        <td colSpan={headings.length + 1} style={{ height: `${count * ROW}px` }} />
      </tr>
    );

  return (
    <section class="hpo-panel hpo-board" aria-label="Leaderboard">
      <h4>
        Leaderboard
        {key.by !== "rank" && (
          <button type="button" class="hpo-link" onClick={() => setKey(RANK)}>
            Back to ranking
          </button>
        )}
      </h4>
      <div
        class="hpo-scroll"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label="Trials"
        onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
      >
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {headings.map((heading) => {
                const sort = direction(heading);
                return (
                  <th
                    key={heading.title}
                    scope="col"
                    class={heading.numeric ? "hpo-num" : ""}
                    {...(heading.key ? { "aria-sort": sort } : {})}
                  >
                    {heading.key ? (
                      <button type="button" onClick={() => sortBy(heading)}>
                        {heading.title}
                        {sort !== "none" && (
                          <i aria-hidden="true">{sort === "ascending" ? "▲" : "▼"}</i>
                        )}
                      </button>
                    ) : (
                      heading.title
                    )}
                  </th>
                );
              })}
              <td class="hpo-fill" />
            </tr>
          </thead>
          <tbody>
            {gap(from)}
            {shown.map((row, i) => (
              <TrialRow
                key={row.number}
                row={row}
                index={from + i + 2}
                session={session}
                open={opened === row.number}
                scales={scales}
                numeric={numeric}
                anyStep={anyStep}
                anyMemory={anyMemory}
                columns={headings.length + 1}
              />
            ))}
            {gap(rows.length - to)}
          </tbody>
        </table>
        {rows.length === 0 && <p class="hpo-empty">Starting workers…</p>}
      </div>
    </section>
  );
}

interface RowProps {
  row: Row;
  index: number;
  session: Session;
  open: boolean;
  scales: Scales;
  /** Names of the parameters that are written as numbers. */
  numeric: ReadonlySet<string>;
  anyStep: boolean;
  anyMemory: boolean;
  columns: number;
}

function TrialRow(props: RowProps) {
  const { row, index, session, open, scales, numeric, anyStep, anyMemory, columns } = props;
  const header = session.store.header!;
  const best = header.best?.number === row.number;
  const toggle = (): void => session.open(open ? null : row.number);
  const lit = session.hovered.value === row.number;
  const settled = row.state === "COMPLETE";
  return (
    <>
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
            aria-expanded={open}
            aria-label={`Trial ${row.number}${best ? ", best" : ""}, details`}
            onClick={(event) => {
              event.stopPropagation();
              toggle();
            }}
          >
            <i aria-hidden="true">{open ? "▾" : "▸"}</i>
            {row.number}
          </button>
        </th>
        <td>
          <StateCell row={row} elapsed={session.elapsed()} />
        </td>
        {header.objectives.map((objective, i) => (
          <td key={objective.name} class={`hpo-num hpo-value ${settled ? "" : "hpo-interim"}`}>
            {best && i === 0 && (
              <i class="hpo-star" aria-hidden="true">
                ★
              </i>
            )}
            {row.values ? metric(row.values[i]) : "–"}
          </td>
        ))}
        {anyStep && (
          <td class="hpo-spark-cell">
            <Sparkline curve={session.store.curves.get(row.number)} scales={scales} />
          </td>
        )}
        {header.params.map((info) => (
          <td
            key={info.name}
            class={numeric.has(info.name) ? "hpo-num" : "hpo-text"}
            title={info.name in row.params ? String(param(row.params[info.name])) : "not used"}
          >
            {info.name in row.params ? param(row.params[info.name]) : <span class="hpo-none">–</span>}
          </td>
        ))}
        {anyStep && <td class="hpo-num">{number(row.step)}</td>}
        <td class="hpo-num">{duration(ran(row, session.elapsed()))}</td>
        {anyMemory && <td class="hpo-num">{memory(row.memory_bytes)}</td>}
        <td class="hpo-fill" />
      </tr>
      {open && (
        <tr class="hpo-detail-row">
          <td colSpan={columns}>
            <RowDetail row={row} session={session} />
          </td>
        </tr>
      )}
    </>
  );
}
