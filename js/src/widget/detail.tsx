// What an opened row shows: parameters, the error at the user's line, log, figures, Stop.
import { duration, memory, number, param } from "../core/format";
import type { Row } from "../core/protocol";
import type { Session } from "./session";

function figure(name: string, value: number): string {
  if (name.endsWith("_s")) return duration(value);
  if (name.endsWith("_bytes")) return memory(value);
  return number(value);
}

const plainName = (name: string): string =>
  name.replace(/_(s|bytes)$/, "").replaceAll("_", " ");

export function RowDetail({ row, session }: { row: Row; session: Session }) {
  session.version.value;
  const detail = session.store.details.get(row.number);
  const live = row.state === "RUNNING" || row.state === "PAUSED" || row.state === "WAITING";
  const stopping = session.pending.value.has(`stop_trial:${row.number}`);
  const figures = Object.entries(detail?.figures ?? {});
  return (
    <div class="hpo-detail">
      {row.error && (
        <p class="hpo-error">
          {row.error_line !== null && <b>{`line ${row.error_line}`}</b>}
          {row.error}
        </p>
      )}
      {row.notice && <p class="hpo-note">{row.notice}</p>}
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
        <details>
          <summary>Traceback</summary>
          <pre tabIndex={0}>{detail.traceback}</pre>
        </details>
      )}
      {detail?.log && (
        <details open>
          <summary>Last lines of its output</summary>
          <pre tabIndex={0}>{detail.log}</pre>
        </details>
      )}
      <div class="hpo-buttons">
        {live && (
          <button
            type="button"
            class="hpo-button hpo-stop"
            disabled={stopping}
            onClick={() => void session.command("stop_trial", row.number)}
          >
            <i aria-hidden="true">■</i>
            {stopping ? "Stopping this trial…" : "Stop this trial"}
          </button>
        )}
        <button type="button" class="hpo-button" onClick={() => session.askDetail(row.number)}>
          {detail ? "Refresh log" : "Show log"}
        </button>
      </div>
    </div>
  );
}
