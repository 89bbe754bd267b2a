// What an opened row shows: parameters, the error at the user's line, log, figures, Stop.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { count, duration, memory, number, param, rate } from "../core/format";
import type { Detail, Row } from "../core/protocol";
import type { Session } from "./session";
import { SIGNS, silence, why } from "./states";

export const REFRESH_MS = 1000;

/** What is shown of a trial's figures, in this order; others follow under their own names. */
const FIGURES: Record<string, readonly [string, (value: number) => string]> = {
  running_s: ["running time", duration],
  wall_s: ["wall time", duration],
  cpu_s: ["CPU time", duration],
  peak_memory_bytes: ["peak memory", memory],
  device_memory_bytes: ["peak device memory", memory],
  n_params: ["model parameters", count],
  reports_per_s: ["reports", rate],
  n_warnings: ["warnings", count],
};

function figure(name: string, value: number): string {
  const known = FIGURES[name];
  if (known) return known[1](value);
  if (name.endsWith("_s")) return duration(value);
  return name.endsWith("_bytes") ? memory(value) : number(value);
}

const title = (name: string): string =>
  FIGURES[name]?.[0] ?? name.replace(/_(s|bytes)$/, "").replaceAll("_", " ");

const place = (name: string): number => {
  const at = Object.keys(FIGURES).indexOf(name);
  return at < 0 ? Infinity : at;
};

/** The figures worth showing: the wall clock says nothing new to one that was never paused. */
function figuresOf(detail: Detail | undefined): [string, number][] {
  const all = detail?.figures ?? {};
  const { running_s: running, wall_s: wall } = all;
  const same = running !== undefined && wall !== undefined && wall <= running * 1.02 + 0.1;
  return Object.entries(all)
    .filter(([name]) => !(same && name === "running_s"))
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b));
}

/** Ask once for what is known, again every second while the trial runs, and at its end. */
function useDetail(session: Session, row: Row): void {
  useEffect(() => {
    session.askDetail(row.number);
    if (row.state !== "RUNNING") return;
    const timer = setInterval(() => session.askDetail(row.number), REFRESH_MS);
    return () => clearInterval(timer);
  }, [session, row.number, row.state]);
}

/** The end of the output, followed as it grows unless the person scrolled up. */
function Log({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const follow = useRef(true);
  useLayoutEffect(() => {
    if (follow.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={box}
      tabIndex={0}
      onScroll={({ currentTarget: pre }) => {
        follow.current = pre.scrollTop + pre.clientHeight > pre.scrollHeight - 8;
      }}
    >
      {text}
    </pre>
  );
}

/** What the reason of a state is put behind. */
function intro(row: Row): string {
  if (row.state === "PRUNED") return "Stopped early: ";
  if (row.state === "PAUSED") return row.waits === "person" ? "Paused " : "Paused: ";
  return row.waits === "person" ? "Pausing " : "";
}

/** Pause or Resume, whichever makes sense, and Stop. */
function Buttons({ row, session }: { row: Row; session: Session }) {
  const pending = session.pending.value;
  const ending = session.store.header?.state === "stopping";
  const stopping = pending.has(`stop_trial:${row.number}`);
  const pausing = pending.has(`pause_trial:${row.number}`);
  const resuming = pending.has(`resume_trial:${row.number}`);
  const paused = row.waits === "person" || row.waits === "scheduler";
  const keep = paused && row.state !== "PAUSED";
  const word = keep ? "Keep it running" : paused ? "Resume this trial" : "Pause this trial";
  return (
    <div class="hpo-buttons">
      <button
        type="button"
        class="hpo-button"
        disabled={ending || stopping || pausing || resuming}
        onClick={() => void session.command(paused ? "resume_trial" : "pause_trial", row.number)}
      >
        <i aria-hidden="true">{paused ? "▶" : SIGNS.PAUSED}</i>
        {pausing ? "Pausing this trial…" : resuming ? "Resuming this trial…" : word}
      </button>
      <button
        type="button"
        class="hpo-button hpo-stop"
        disabled={ending || stopping}
        onClick={() => void session.command("stop_trial", row.number)}
      >
        <i aria-hidden="true">■</i>
        {stopping ? "Stopping this trial…" : "Stop this trial"}
      </button>
    </div>
  );
}

export function RowDetail({ row, session }: { row: Row; session: Session }) {
  session.version.value;
  useDetail(session, row);
  const top = useRef<HTMLDivElement>(null);
  const detail = session.store.details.get(row.number);
  const known = detail !== undefined;
  useLayoutEffect(() => {
    // A row opened near the lower edge of the board would open out of sight.
    const board = top.current?.closest<HTMLElement>(".hpo-scroll");
    const line = top.current?.closest("tr")?.previousElementSibling;
    if (!board || !top.current || !(line instanceof HTMLElement)) return;
    const below = top.current.getBoundingClientRect().bottom - board.getBoundingClientRect().bottom;
    const head = board.querySelector("thead")?.clientHeight ?? 0;
    const above = line.getBoundingClientRect().top - board.getBoundingClientRect().top - head;
    if (below > 0) board.scrollTop += Math.max(0, Math.min(below, above));
  }, [row.number, known]);

  const live = row.state === "RUNNING" || row.state === "PAUSED" || row.state === "WAITING";
  const figures = figuresOf(detail);
  const reason = row.state === "FAIL" ? row.notice : why(row);
  const silent = silence(row, session.elapsed());
  return (
    <div class="hpo-detail" ref={top}>
      {row.error && (
        <p class="hpo-error">
          {row.error_line !== null && <b>{`line ${row.error_line}`}</b>}
          {row.error}
        </p>
      )}
      <div class="hpo-steer">
        {live && <Buttons row={row} session={session} />}
        {reason && (
          <p class="hpo-reason">
            <b>{intro(row)}</b>
            {reason}
          </p>
        )}
        {silent !== null && (
          <p class="hpo-reason">
            <b>Silent: </b>
            {`nothing was heard of it for ${duration(Math.floor(silent))}`}
          </p>
        )}
      </div>
      <dl>
        {Object.entries(row.params).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === "number" ? number(value, 8) : param(value)}</dd>
          </div>
        ))}
      </dl>
      {figures.length > 0 && (
        <dl class="hpo-figures">
          {figures.map(([name, value]) => (
            <div key={name}>
              <dt>{title(name)}</dt>
              <dd>{figure(name, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {detail?.traceback && (
        <details open>
          <summary>Traceback</summary>
          <pre tabIndex={0}>{detail.traceback}</pre>
        </details>
      )}
      {detail?.log ? (
        <details open>
          <summary>Last lines of its output</summary>
          <Log text={detail.log} />
        </details>
      ) : (
        <p class="hpo-quiet">{detail ? "It has printed nothing." : "Asking for its output…"}</p>
      )}
    </div>
  );
}
