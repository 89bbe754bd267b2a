// The study at a glance, and the buttons.
import type { ComponentChildren } from "preact";
import type { Header as HeaderValue } from "../core/protocol";
import { count, duration, metric } from "../core/format";
import type { Session } from "./session";
import { Badge, SIGNS, WORDS } from "./states";

function Stat(props: { label: string; children: ComponentChildren; note?: string }) {
  return (
    <div class="hpo-stat">
      <dt>{props.label}</dt>
      <dd>
        {props.children}
        {props.note && " "}
        {props.note && <small>{props.note}</small>}
      </dd>
    </div>
  );
}

export const ended = (header: HeaderValue): boolean =>
  ["finished", "stopped", "failed"].includes(header.state);

/** Time as it ticks: whole seconds, so that the figure keeps its width. */
const clock = (seconds: number): string =>
  seconds < 10 ? `${Math.max(0, Math.floor(seconds))}s` : duration(Math.floor(seconds));

function Progress({ header }: { header: HeaderValue }) {
  const total = header.n_trials;
  if (total === null) return null; // open-ended: there is nothing to be a part of
  const done = header.n_complete + header.n_pruned + header.n_failed;
  const part = (n: number): string => `${Math.min(100, (100 * n) / total)}%`;
  const text = `${done} of ${total} trials`;
  return (
    <div
      class="hpo-bar"
      role="progressbar"
      aria-valuemin={0}
      aria-valuenow={done}
      aria-valuetext={text}
      aria-valuemax={total}
      aria-label="Progress"
    >
      <i class="hpo-bar-complete" style={{ width: part(header.n_complete) }} />
      <i class="hpo-bar-pruned" style={{ width: part(header.n_pruned) }} />
      <i class="hpo-bar-failed" style={{ width: part(header.n_failed) }} />
      <i class="hpo-bar-running" style={{ width: part(header.n_running) }} />
    </div>
  );
}

function Buttons({ session, header }: { session: Session; header: HeaderValue }) {
  const pending = session.pending.value;
  if (ended(header)) return null;
  const stopping = header.state === "stopping" || pending.has("stop");
  const paused = header.state === "paused";
  const command = paused ? "resume" : "pause";
  const waiting = pending.has("pause") || pending.has("resume");
  const label = waiting ? (paused ? "Resuming…" : "Pausing…") : paused ? "Resume" : "Pause";
  return (
    <div class="hpo-buttons">
      <button
        type="button"
        class="hpo-button"
        disabled={stopping || waiting}
        onClick={() => void session.command(command)}
      >
        <i aria-hidden="true">{paused ? "▶" : "‖"}</i>
        {label}
      </button>
      <button
        type="button"
        class="hpo-button hpo-stop"
        disabled={stopping}
        onClick={() => void session.command("stop")}
      >
        <i aria-hidden="true">■</i>
        {stopping ? "Stopping…" : "Stop"}
      </button>
    </div>
  );
}

function Counts({ header }: { header: HeaderValue }) {
  const counts = [
    ["COMPLETE", header.n_complete],
    ["RUNNING", header.n_running],
    ["PAUSED", header.n_paused],
    ["PRUNED", header.n_pruned],
    ["FAIL", header.n_failed],
  ] as const;
  return (
    <ul class="hpo-counts">
      {counts.map(
        ([state, n]) =>
          (n > 0 || state === "COMPLETE") && (
            <li key={state} class={`hpo-${state}`}>
              <i aria-hidden="true">{SIGNS[state]}</i>
              <b>{count(n)}</b> {WORDS[state]}{" "}
            </li>
          ),
      )}
    </ul>
  );
}

function Facts({ facts }: { facts: string[] }) {
  const [first, ...rest] = facts;
  if (!first) return null;
  if (!rest.length) return <p class="hpo-facts">{first}</p>;
  return (
    <details class="hpo-facts">
      <summary>
        {first} <span class="hpo-more">{`+ ${rest.length} more`}</span>
      </summary>
      <ul>
        {rest.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </details>
  );
}

export function Header({ session, silent }: { session: Session; silent: number }) {
  session.version.value;
  const header = session.store.header!;
  const said = session.said.value;
  const done = header.n_complete + header.n_pruned + header.n_failed;
  const objectives = header.objectives.map((o) => `${o.direction} ${o.name}`).join(", ");
  const percent = header.n_trials ? `${Math.floor((100 * done) / header.n_trials)}%` : "";
  const jobs = header.jobs === 1 ? "1 job" : `${header.jobs} jobs`;
  const how = [header.sampler, header.pruner, jobs, header.device].filter(Boolean);
  return (
    <header class="hpo-header">
      <div class="hpo-title">
        <Badge state={header.state} />
        <h3 title={header.study}>{header.study}</h3>
        <span class="hpo-objective">{objectives}</span>
        <Buttons session={session} header={header} />
      </div>
      <dl class="hpo-stats">
        <Stat
          label={header.objectives.length > 1 ? "Best (of the front)" : "Best"}
          note={header.best ? `trial ${header.best.number}` : ""}
        >
          <strong>{header.best ? header.best.values.map(metric).join(" · ") : "–"}</strong>
        </Stat>
        <Stat label="Trials" note={percent}>
          {header.n_trials === null ? count(done) : `${count(done)} of ${count(header.n_trials)}`}
        </Stat>
        <Stat label="Elapsed">{clock(header.elapsed_s)}</Stat>
        {!ended(header) && (
          <Stat label="Left">{header.left_s === null ? "–" : `≈ ${clock(header.left_s)}`}</Stat>
        )}
      </dl>
      <Progress header={header} />
      <div class="hpo-line">
        {header.state === "starting" ? <span>Starting workers…</span> : <Counts header={header} />}
        <span {...(header.jobs_why ? { title: header.jobs_why } : {})}>{how.join(" · ")}</span>
      </div>
      {header.setup && <p class="hpo-facts">{header.setup}</p>}
      <Facts facts={header.facts} />
      {header.notices.map((notice) => (
        <p key={notice} class="hpo-note hpo-note-warn">
          <i aria-hidden="true">!</i>
          {notice}
        </p>
      ))}
      {header.message && (
        <p class={`hpo-note ${header.state === "failed" ? "hpo-note-bad" : ""}`} role="status">
          <i aria-hidden="true">{header.state === "failed" ? "✕" : "i"}</i>
          {header.message}
        </p>
      )}
      {said && (
        <p class={`hpo-note ${said.ok ? "" : "hpo-note-bad"}`} role="status">
          <i aria-hidden="true">{said.ok ? "i" : "✕"}</i>
          {said.text}
        </p>
      )}
      {silent > 6 && !ended(header) && (
        <p class="hpo-note hpo-note-warn">
          <i aria-hidden="true">!</i>
          {`No word from the kernel for ${duration(silent)}.`}
        </p>
      )}
    </header>
  );
}
