// Words and signs of the states; colour only repeats what they say.
import { duration } from "../core/format";
import type { Header, Row, RowState, StudyState, Waits } from "../core/protocol";
import { line } from "../core/text";
import type { Session } from "./session";

export const SIGNS: Record<RowState, string> = {
  WAITING: "○",
  RUNNING: "●",
  PAUSED: "‖",
  COMPLETE: "✓",
  PRUNED: "⊘",
  FAIL: "✕",
  STOPPED: "■",
};

export const WORDS: Record<RowState, string> = {
  WAITING: "waiting",
  RUNNING: "running",
  PAUSED: "paused",
  COMPLETE: "complete",
  PRUNED: "pruned",
  FAIL: "failed",
  STOPPED: "stopped",
};

/** The sign of a trial that breaks a constraint. */
export const INFEASIBLE = "▽";

export const STUDY: Record<StudyState, { sign: string; word: string; tone: string }> = {
  starting: { sign: "○", word: "Starting", tone: "quiet" },
  running: { sign: "●", word: "Running", tone: "running" },
  waiting: { sign: "‖", word: "Waiting for you", tone: "warn" },
  paused: { sign: "‖", word: "Paused", tone: "warn" },
  stopping: { sign: "◌", word: "Stopping", tone: "warn" },
  finished: { sign: "✓", word: "Finished", tone: "good" },
  stopped: { sign: "■", word: "Stopped", tone: "quiet" },
  failed: { sign: "✕", word: "Failed", tone: "bad" },
};

export const ended = ({ state }: Header): boolean =>
  state === "finished" || state === "stopped" || state === "failed";

/** Finished trials that the budget counts. */
export const doneOf = (header: Header): number =>
  header.n_complete + header.n_pruned + header.n_failed - header.n_outside;

/** Whether a trial has the values that the cell itself has. */
export const isOwn = (row: Row, { params }: Header): boolean =>
  params.some(({ name }) => name in row.params) &&
  params.every(({ name, own }) => !(name in row.params) || Object.is(own, row.params[name]));

export const unfinished = ({ state }: Row): boolean =>
  state === "RUNNING" || state === "PAUSED" || state === "WAITING";

/** How long a trial has run; it is counted on while it runs. */
export function ran(row: Row, elapsed: number): number | null {
  if (row.state !== "RUNNING" || row.heard_s === null || row.duration_s === null) {
    return row.duration_s;
  }
  return row.duration_s + Math.max(0, elapsed - row.heard_s);
}

/** How long a running trial has been silent, when that is long; seconds of the study's clock. */
export function silence(row: Row, elapsed: number): number | null {
  if (row.state !== "RUNNING" || row.heard_s === null || row.long_s === null) return null;
  const silent = elapsed - row.heard_s;
  return silent > row.long_s ? silent : null;
}

const WAITS: Record<Waits, string> = {
  "": "",
  study: "the study is paused",
  scheduler: "waits for promotion",
  person: "by you",
  slot: "goes on as soon as a job is free",
};

/** Who paused a trial, as short as a table's cell. */
const PAUSED: Record<Waits, string> = {
  "": "paused",
  study: "paused",
  scheduler: "paused at rung",
  person: "paused by you",
  slot: "goes on soon",
};

/** Of a member of a population no rung decides: see `isPopulation`. */
const OF_POPULATION = ["waits", "waits for the others to come as far, and is compared with them then"];

/** Whether trials train side by side, and are copied. */
export const isPopulation = ({ pruner }: Pick<Header, "pruner">): boolean => pruner === "PBT";

/** Why a trial is in its state; empty when the state says it all. */
export function why(row: Row, header: Header): string {
  if (row.infeasible && row.state === "COMPLETE")
    return [`infeasible: ${row.infeasible}`, row.notice].filter(Boolean).join("; ");
  if (row.state === "PAUSED") {
    return row.waits === "scheduler" && isPopulation(header) ? OF_POPULATION[1]! : WAITS[row.waits];
  }
  if (row.waits === "person") return "at its next report";
  return row.state === "FAIL" || row.state === "STOPPED" ? row.error : row.notice;
}

/** elapsed: seconds since the study began. */
export function StateCell({ row, session }: { row: Row; session: Session }) {
  const { state } = row;
  const [header, elapsed] = [session.store.header!, session.elapsed()];
  const silent = silence(row, elapsed);
  const pausing = state !== "PAUSED" && row.waits === "person";
  const paused = row.waits === "scheduler" && isPopulation(header) ? OF_POPULATION[0]! : PAUSED[row.waits];
  const word = pausing ? "pausing" : state === "PAUSED" ? paused : WORDS[state];
  const reason = silent === null ? why(row, header) : "runs, and has reported nothing for so long";
  if (row.infeasible && silent === null && (state === "COMPLETE" || state === "PRUNED")) {
    return (
      <span class="hpo-state hpo-infeasible" title={line(reason, 400)}>
        <i aria-hidden="true">{INFEASIBLE}</i>
        infeasible
      </span>
    );
  }
  const tone = silent !== null ? "hpo-silent" : pausing ? "hpo-PAUSED" : `hpo-${state}`;
  return (
    <span class={`hpo-state ${tone}`} {...(reason ? { title: line(reason, 400) } : {})}>
      <i aria-hidden="true">{pausing ? SIGNS.PAUSED : SIGNS[state]}</i>
      {silent === null
        ? word
        : `${pausing ? "pausing, " : ""}silent ${duration(Math.floor(silent))}`}
    </span>
  );
}

const LOST = { sign: "!", word: "Interrupted", tone: "warn" };

/** lost: the kernel that ran it is gone. */
export function Badge({ state, lost }: { state: StudyState; lost: boolean }) {
  const { sign, word, tone } = lost ? LOST : STUDY[state];
  return (
    <span class={`hpo-badge hpo-tone-${tone}`}>
      <i aria-hidden="true">{sign}</i>
      {word}
    </span>
  );
}
