// An opened trial: what can be done with it, its curve, parameters, error, log and figures.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { figuresOf } from "../core/figures";
import { duration, goal, number, param } from "../core/format";
import type { Detail, Row } from "../core/protocol";
import { line } from "../core/text";
import { Actions } from "./actions";
import { Block, Long } from "./long";
import { OwnCurve } from "./owncurve";
import type { Session } from "./session";
import { Rounds } from "./rounds";
import { silence, StateCell, why } from "./states";
import { Teach } from "./teach";

export const REFRESH_MS = 1000;

/** Ask once for what is known, again every second while the trial runs, and at its end. */
function useDetail(session: Session, row: Row): void {
  useEffect(() => {
    session.askDetail(row.number);
    if (row.state !== "RUNNING") return;
    const timer = setInterval(() => session.askDetail(row.number), REFRESH_MS);
    return () => clearInterval(timer);
  }, [session, row.number, row.state]);
}

/** What the reason of a state is put behind. */
function intro(row: Row): string {
  if (row.state === "PRUNED") return "Stopped early: ";
  if (row.state === "STOPPED") return "Stopped: ";
  if (row.state === "PAUSED") return row.waits === "person" ? "Paused " : "Paused: ";
  return row.waits === "person" ? "Pausing " : "";
}

function Reasons({ row, session }: { row: Row; session: Session }) {
  const reason = row.state === "FAIL" ? row.notice : why(row, session.store.header!);
  const silent = silence(row, session.elapsed());
  return (
    <>
      {row.error && row.state === "FAIL" && (
        <p class="hpo-error">
          {row.error_line !== null && <b>{`line ${row.error_line}`}</b>}
          <Long text={row.error} />
        </p>
      )}
      {reason && (
        <p class="hpo-reason">
          <b>{intro(row)}</b>
          <Long text={reason} />
          {row.state === "PRUNED" && (
            <>
              {" "}
              <Teach word="pruned">Why was this pruned?</Teach>
            </>
          )}
        </p>
      )}
      {silent !== null && (
        <p class="hpo-reason">
          <b>Silent: </b>
          {`nothing was heard of it for ${duration(Math.floor(silent))}`}
        </p>
      )}
    </>
  );
}

/** Long values are whole in the details alone. */
function Params({ row, detail }: { row: Row; detail: Detail | undefined }) {
  const params = Object.entries({ ...row.params, ...detail?.params });
  if (!params.length) return <p class="hpo-quiet">It has no parameters yet.</p>;
  return (
    <dl>
      {params.map(([name, value]) => (
        <div key={name}>
          <dt title={line(name, 400)}>{line(name, 80)}</dt>
          <dd>
            <Long text={typeof value === "number" ? number(value, 8) : param(value)} most={200} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function noOutput(known: boolean, session: Session): string {
  if (known) return "It has printed nothing.";
  if (session.lost.value) return "What it printed went with the kernel.";
  return session.live ? "Asking for its output…" : "What it printed is not in this saved result.";
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

  const figures = figuresOf(detail);
  return (
    <div class="hpo-detail" ref={top}>
      <Reasons row={row} session={session} />
      <Actions session={session} row={row} />
      <Rounds row={row} session={session} />
      <div class="hpo-known">
        <OwnCurve session={session} number={row.number} />
        <Params row={row} detail={detail} />
      </div>
      {figures.length > 0 && (
        <dl class="hpo-figures">
          {figures.map(({ title, text }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {detail?.traceback && <Block title="Traceback" text={detail.traceback} />}
      {detail?.log ? (
        <Block title="Last lines of its output" text={detail.log} follow />
      ) : (
        <p class="hpo-quiet">{noOutput(known, session)}</p>
      )}
    </div>
  );
}

/** The opened trial where no table shows it: beside a picture, or hidden by a filter. */
export function OpenedTrial({ session, hidden = false }: { session: Session; hidden?: boolean }) {
  session.version.value;
  const number = session.opened.value;
  const row = number === null ? undefined : session.store.rows.get(number);
  if (!row) return null;
  const { objectives } = session.store.header!;
  return (
    <section class="hpo-panel hpo-opened" aria-label={`Trial ${row.number}`}>
      <div class="hpo-sheet-top">
        <h4>{`Trial ${row.number}`}</h4>
        <StateCell row={row} session={session} />
        {row.values && <span class="hpo-opened-value">{row.values.map((value, i) => goal(value, objectives[i])).join(" · ")}</span>}
        {hidden && <span class="hpo-quiet">not among those that pass</span>}
        <button
          type="button"
          class="hpo-icon"
          aria-label={`Close trial ${row.number}`}
          title="Close"
          onClick={() => session.open(null)}
        >
          ✕
        </button>
      </div>
      <RowDetail row={row} session={session} />
    </section>
  );
}
