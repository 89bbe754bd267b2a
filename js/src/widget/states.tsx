// Words and signs of the states; colour only repeats what they say.
import type { Row, RowState, StudyState } from "../core/protocol";

export const SIGNS: Record<RowState, string> = {
  WAITING: "○",
  RUNNING: "●",
  PAUSED: "‖",
  COMPLETE: "✓",
  PRUNED: "⊘",
  FAIL: "✕",
};

export const WORDS: Record<RowState, string> = {
  WAITING: "waiting",
  RUNNING: "running",
  PAUSED: "paused",
  COMPLETE: "complete",
  PRUNED: "pruned",
  FAIL: "failed",
};

const STUDY: Record<StudyState, { sign: string; word: string; tone: string }> = {
  starting: { sign: "○", word: "Starting", tone: "quiet" },
  running: { sign: "●", word: "Running", tone: "running" },
  paused: { sign: "‖", word: "Paused", tone: "warn" },
  stopping: { sign: "◌", word: "Stopping", tone: "warn" },
  finished: { sign: "✓", word: "Finished", tone: "good" },
  stopped: { sign: "■", word: "Stopped", tone: "quiet" },
  failed: { sign: "✕", word: "Failed", tone: "bad" },
};

/** Why a trial is in its state; empty when the state says it all. */
export function why(row: Row, study: StudyState): string {
  if (row.state === "PAUSED") {
    return study === "paused" ? "the study is paused" : "waits for promotion";
  }
  return row.state === "FAIL" ? row.error : row.notice;
}

export function StateCell({ row, study }: { row: Row; study: StudyState }) {
  const { state } = row;
  const reason = why(row, study);
  return (
    <span class={`hpo-state hpo-${state}`} {...(reason ? { title: reason } : {})}>
      <i aria-hidden="true">{SIGNS[state]}</i>
      {WORDS[state]}
    </span>
  );
}

export function Badge({ state }: { state: StudyState }) {
  const { sign, word, tone } = STUDY[state];
  return (
    <span class={`hpo-badge hpo-tone-${tone}`}>
      <i aria-hidden="true">{sign}</i>
      {word}
    </span>
  );
}
