// What an opened row shows: parameters, the error at the user's line, log, figures, Stop.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { duration, memory, number, param } from "../core/format";
import type { Row } from "../core/protocol";
import type { Session } from "./session";
import { why } from "./states";

export const REFRESH_MS = 1000;

function figure(name: string, value: number): string {
  if (name.endsWith("_s")) return duration(value);
  if (name.endsWith("_bytes")) return memory(value);
  return number(value);
}

const plainName = (name: string): string =>
  name.replace(/_(s|bytes)$/, "").replaceAll("_", " ");

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
  const stopping = session.pending.value.has(`stop_trial:${row.number}`);
  const figures = Object.entries(detail?.figures ?? {});
  const study = session.store.header?.state ?? "running";
  const reason = row.state === "FAIL" ? row.notice : why(row, study);
  return (
    <div class="hpo-detail" ref={top}>
      {row.error && (
        <p class="hpo-error">
          {row.error_line !== null && <b>{`line ${row.error_line}`}</b>}
          {row.error}
        </p>
      )}
      {reason && (
        <p class="hpo-reason">
          <b>{row.state === "PRUNED" ? "Stopped early: " : row.state === "PAUSED" ? "Paused: " : ""}</b>
          {reason}
        </p>
      )}
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
              <dt>{plainName(name)}</dt>
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
      {live && (
        <div class="hpo-buttons">
          <button
            type="button"
            class="hpo-button hpo-stop"
            disabled={stopping}
            onClick={() => void session.command("stop_trial", row.number)}
          >
            <i aria-hidden="true">■</i>
            {stopping ? "Stopping this trial…" : "Stop this trial"}
          </button>
        </div>
      )}
    </div>
  );
}
