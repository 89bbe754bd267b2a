// The study at a glance, and the buttons.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { count, duration, goal, param } from "../core/format";
import type { Header as HeaderValue } from "../core/protocol";
import { reasons, type Reason } from "../core/reasons";
import { line } from "../core/text";
import { Long } from "./long";
import type { Session } from "./session";
import { Badge, doneOf, ended, isOwn, isPopulation, SIGNS, WORDS } from "./states";
import { Steering } from "./steering";
import { Teach } from "./teach";

export { ended };

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

/** Time as it ticks: whole seconds, so that the figure keeps its width. */
const clock = (seconds: number): string =>
  seconds < 10 ? `${Math.max(0, Math.floor(seconds))}s` : duration(Math.floor(seconds));

function left(header: HeaderValue): ComponentChildren {
  if (header.left_s !== null) return `≈ ${clock(header.left_s)}`;
  if (header.state === "paused" || header.state === "waiting") return "paused";
  const endless = header.n_trials === null && header.timeout_s === null;
  return <small>{endless ? "until you stop it" : "known after 3 trials"}</small>;
}

/** More devices than this are summed up. */
const DEVICES = 3;

function Use({ use }: { use: Record<string, number> }) {
  const all = Object.entries(use);
  if (!all.length) return null;
  const [cpu, rest] = [all.slice(0, 1), all.slice(1)];
  const mean = rest.reduce((sum, [, share]) => sum + share, 0) / (rest.length || 1);
  const shown: [string, number][] =
    all.length > DEVICES
      ? [...cpu, [`${rest.length} × ${rest[0]![0].replace(/ \d+$/, "")}`, mean]]
      : all;
  const percent = (share: number): string => `${Math.round(100 * share)}%`;
  return (
    <div
      class="hpo-stat"
      title={all.map(([name, share]) => `${line(name, 24)}: ${percent(share)}`).join(", ")}
    >
      <dt>In use</dt>
      <dd class="hpo-use">
        {shown.map(([name, share]) => (
          <span key={name}>
            <small>{line(name, 24)}</small>
            <i class="hpo-meter" aria-hidden="true">
              <i style={{ width: percent(Math.min(1, share)) }} />
            </i>
            <small>{percent(share)}</small>
          </span>
        ))}
      </dd>
    </div>
  );
}

function Progress({ header }: { header: HeaderValue }) {
  const total = header.n_trials;
  if (total === null) return null; // open-ended: there is nothing to be a part of
  const done = doneOf(header);
  // Those outside the space are drawn, too, and take away nothing of the rest.
  const all = Math.max(1, total + header.n_outside);
  const part = (n: number): string => `${Math.min(100, (100 * n) / all)}%`;
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

function Counts({ session, header }: { session: Session; header: HeaderValue }) {
  // The header counts a trial that the person stopped among those that count as done.
  let [failed, pruned, stopped, byYou, atRung] = [0, 0, 0, 0, 0];
  for (const { state, waits } of session.store.rows.values()) {
    if (state === "PAUSED") {
      byYou += Number(waits === "person");
      atRung += Number(waits === "scheduler");
    } else if (state === "FAIL") failed += 1;
    else if (state === "PRUNED") pruned += 1;
    else if (state === "STOPPED") stopped += 1;
  }
  const counts = [
    ["COMPLETE", header.n_complete],
    ["RUNNING", header.n_running],
    ["PAUSED", header.n_paused],
    ["PRUNED", stopped ? pruned : header.n_pruned],
    ["FAIL", stopped ? failed : header.n_failed],
    ["STOPPED", stopped],
  ] as const;
  const why = [byYou && `${count(byYou)} by you`, atRung && `${count(atRung)} ${isPopulation(header) ? "waiting for the others" : "at a rung"}`]
    .filter(Boolean)
    .join(", ");
  return (
    <ul class="hpo-counts">
      {counts.map(
        ([state, n]) =>
          (n > 0 || state === "COMPLETE") && (
            <li key={state} class={`hpo-${state}`}>
              <i aria-hidden="true">{SIGNS[state]}</i>
              <b>{count(n)}</b>{" "}
              {state === "PRUNED" ? <Teach word="pruned">{WORDS[state]}</Teach> : WORDS[state]}{" "}
              {state === "PAUSED" && why && <>({why}) </>}
            </li>
          ),
      )}
    </ul>
  );
}

/** Sentences, of which the first stands for the others until one asks. */
function Sentences({ of, class: more = "" }: { of: ComponentChildren[]; class?: string }) {
  const [first, ...rest] = of;
  if (!first) return null;
  if (!rest.length) return <p class={`hpo-facts ${more}`}>{first}</p>;
  return (
    <details class={`hpo-facts ${more}`}>
      <summary>
        {first} <span class="hpo-more">{`+ ${rest.length} more`}</span>
      </summary>
      <ul>
        {rest.map((fact, i) => (
          <li key={i}>{fact}</li>
        ))}
      </ul>
    </details>
  );
}

function Failure({ session, reason }: { session: Session; reason: Reason }) {
  const { numbers, text, line: at } = reason;
  const first = numbers[0]!;
  return (
    <>
      <i aria-hidden="true">✕</i>{" "}
      {numbers.length === 1 ? "1 trial failed" : `${count(numbers.length)} trials failed`}
      {at !== null && ` in line ${at}`}: <span class="hpo-long">{line(text, 160)}</span>{" "}
      <button
        type="button"
        class="hpo-link"
        onClick={(event) => {
          event.preventDefault(); // within a summary
          session.open(first);
        }}
      >{`Open trial ${first}`}</button>
    </>
  );
}

/** Why some trials failed; where all did the study's own message says it. */
function Failures({ session, header }: { session: Session; header: HeaderValue }) {
  const version = session.version.value;
  const found = useMemo(
    () => (header.n_failed ? reasons(session.store.rows.values()) : []),
    [version],
  );
  if (header.state === "failed" && header.message) return null;
  const sentences = found
    .slice(0, 8)
    .map((reason) => <Failure session={session} reason={reason} />);
  return <Sentences of={sentences} class="hpo-failures" />;
}

/** The best trial's values in a line; all of them where it opens. */
function BestValues({ session, header }: { session: Session; header: HeaderValue }) {
  const best = header.best && session.store.rows.get(header.best.number);
  const known = header.params.filter(({ name }) => best && name in best.params);
  if (!best || !known.length) return null;
  const said = known.map(({ name }): [string, string] => [
    line(name, 40),
    line(param(best.params[name]), 60),
  ]);
  return (
    <p class="hpo-best-values">
      <button
        type="button"
        class="hpo-link"
        title={`${said.map((pair) => pair.join(" = ")).join("\n")}\nOpen trial ${best.number}`}
        aria-label={`Best values: ${said.map((pair) => pair.join(" ")).join(", ")}. Open trial ${best.number}`}
        onClick={() => session.open(best.number)}
      >
        {said.map(([name, value], i) => (
          <span key={i}>
            {i > 0 && " · "}
            <small>{name}</small> {value}
          </span>
        ))}
      </button>
      {(header.chosen ?? null) !== null && <BackToBest session={session} />}
      {ended(header) && (header.chosen ?? null) === null && isOwn(best, header) && (
        <span class="hpo-quiet">No trial beat your own values.</span>
      )}
    </p>
  );
}

function BackToBest({ session }: { session: Session }) {
  if (!session.live) return null;
  return (
    <button
      type="button"
      class="hpo-link"
      title="Make the best trial the result again"
      onClick={() => void session.command("use")}
    >
      Back to the best
    </button>
  );
}

/** Sentences that the kernel begins in lower case. */
const sentence = (text: string): string =>
  /^(interrupted|stopped|the|no|it)\b/.test(text) ? text[0]!.toUpperCase() + text.slice(1) : text;

/** Where a trial is several runs of the cell. */
const ofRounds = ({ n_rounds, round_word }: HeaderValue): string =>
  n_rounds ? `, mean of ${n_rounds} ${line(round_word, 20)}s` : "";

/** Several notices take the room of one. */
function Notices({ of }: { of: readonly string[] }) {
  const [first, ...rest] = [...new Set(of)];
  if (first === undefined) return null;
  if (!rest.length) return <Note tone="warn" sign="!" text={first} />;
  return (
    <details class="hpo-note hpo-note-warn hpo-notices">
      <summary>
        <i aria-hidden="true">!</i>
        <span>
          {line(first, 400)} <span class="hpo-more">{`+ ${rest.length} more`}</span>
        </span>
      </summary>
      <ul>
        {(first.length > 400 ? [first, ...rest] : rest).map((text) => (
          <li key={text}>
            <Long text={sentence(text)} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Note(props: { tone: "" | "warn" | "bad"; sign: string; text: string; live?: boolean }) {
  const { tone, sign, text } = props;
  return (
    <p class={`hpo-note ${tone && `hpo-note-${tone}`}`} {...(props.live ? { role: "status" } : {})}>
      <i aria-hidden="true">{sign}</i>
      <span>
        <Long text={sentence(text)} />
      </span>
    </p>
  );
}

/** So long one can read what came of an action, and of one that was refused; milliseconds. */
const [SAID_MS, REFUSED_MS] = [10_000, 30_000];

/** The region stays, so that screen readers hear what comes into it. */
function Said({ session }: { session: Session }) {
  const said = session.said.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!said) return;
    let rounds = 0;
    const timer = setInterval(
      () => {
        // What lies below moves up: not away from a pointer, unless that rests there for good.
        const pointed = box.current?.closest(".hpo")?.matches(":hover");
        if (!pointed || ++rounds > 2) session.said.value = null;
      },
      said.ok ? SAID_MS : REFUSED_MS,
    );
    return () => clearInterval(timer);
  }, [said]);
  return (
    <div role="status" ref={box}>
      {said && <Note tone={said.ok ? "" : "bad"} sign={said.ok ? "i" : "✕"} text={said.text} />}
    </div>
  );
}

export function Header({ session, silent }: { session: Session; silent: number }) {
  session.version.value;
  const header = session.store.header!;
  const done = doneOf(header);
  const objectives = header.objectives.map((o) => `${o.direction} ${line(o.name, 60)}`).join(", ");
  const { n_outside: outside, n_cut_off: cutOff } = header;
  const notes = [
    header.n_trials ? `${Math.floor((100 * done) / header.n_trials)}%` : "",
    outside ? `${count(outside)} outside the space` : "",
    header.n_infeasible ? `${count(header.n_infeasible)} infeasible` : "",
    cutOff ? `${count(cutOff)} cut off` : "",
  ];
  const jobs = header.jobs === 1 ? "1 job" : `${header.jobs} jobs`;
  const failed = header.state === "failed";
  const lost = session.lost.value;
  const over = ended(header) || !!lost;
  const front = header.front?.length ?? 0; // results saved before have none
  // A result that was saved before one could choose knows nothing of it.
  const chosen = (header.chosen ?? null) !== null;
  return (
    <header class="hpo-header">
      <div class="hpo-title">
        <Badge state={header.state} lost={!!lost && !ended(header)} />
        <h3 title={line(header.study, 400)}>{line(header.study, 120)}</h3>
        <span class="hpo-objective" title={objectives}>
          {objectives}
        </span>
        <Steering session={session} header={header} />
      </div>
      <dl class="hpo-stats">
        <Stat
          label={chosen ? "Chosen by you" : front > 1 ? `Best (of a front of ${count(front)})` : "Best"}
          note={header.best ? `trial ${header.best.number}${ofRounds(header)}` : ""}
        >
          <strong>{header.best ? header.best.values.map((value, i) => goal(value, header.objectives[i])).join(" · ") : "–"}</strong>
        </Stat>
        <Stat label="Trials" note={notes.filter(Boolean).join(" · ")}>
          {header.n_trials === null ? count(done) : `${count(done)} of ${count(header.n_trials)}`}
        </Stat>
        <Stat label={over ? "Took" : "Elapsed"}>{clock(header.spent_s ?? header.elapsed_s)}</Stat>
        {!over && <Stat label="Left">{left(header)}</Stat>}
        {!over && <Use use={header.use} />}
      </dl>
      <BestValues session={session} header={header} />
      <Progress header={header} />
      <div class="hpo-line">
        {header.state === "starting" ? (
          <span>Starting workers…</span>
        ) : (
          <Counts session={session} header={header} />
        )}
        <span class="hpo-how" {...(header.jobs_why ? { title: line(header.jobs_why, 400) } : {})}>
          {[header.sampler, header.pruner].filter(Boolean).map((word) => (
            <span key={word}>
              <Teach word={word} />
            </span>
          ))}
          <span>{jobs}</span>
          {header.device && <span>{line(header.device, 60)}</span>}
        </span>
      </div>
      <Failures session={session} header={header} />
      <Notices of={header.notices} />
      {header.message && (
        <Note tone={failed ? "bad" : ""} sign={failed ? "✕" : "i"} text={header.message} live />
      )}
      <Said session={session} />
      {lost && <Note tone="warn" sign="!" text={lost} live />}
      {silent > 6 && !over && (
        <Note tone="warn" sign="!" text={`No word from the kernel for ${duration(silent)}.`} />
      )}
      {header.setup && (
        <p class="hpo-facts">
          <Long text={header.setup} />
        </p>
      )}
      <Sentences
        of={header.facts.map((fact) => (
          <Long text={fact} />
        ))}
      />
    </header>
  );
}
