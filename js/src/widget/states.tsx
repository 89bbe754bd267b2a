// Words and signs of the states; colour only repeats what they say.
import type { RowState, StudyState } from "../core/protocol";

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

export function StateCell({ state }: { state: RowState }) {
  return (
    <span class={`hpo-state hpo-${state}`}>
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
