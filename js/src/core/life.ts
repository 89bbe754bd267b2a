// What became of a kernel, in a sentence with the next step.
type Slot = (sender: unknown, status: string) => void;

/** The part of a JupyterLab kernel connection that tells of its life; elsewhere there is none. */
interface Living {
  statusChanged?: { connect(slot: Slot): unknown; disconnect(slot: Slot): unknown };
}

/** What is told of a study that it no longer holds; empty: it holds it. */
export type Lose = (sentence: string) => void;

export const RESTARTED =
  "The kernel was restarted. Run the notebook again down to the study's cell: it goes on where " +
  "it stood.";
const ENDED =
  "The kernel has ended. Run the notebook again down to the study's cell: it goes on where it " +
  "stood.";

const SENTENCES: Record<string, string> = {
  restarting: RESTARTED,
  autorestarting: RESTARTED,
  dead: ENDED,
};

/** Tell when all that a kernel held is gone; returns what ends that. */
export function watch(kernel: unknown, lose: Lose): () => void {
  const { statusChanged } = (kernel ?? {}) as Living;
  const slot: Slot = (_, status) => {
    const sentence = SENTENCES[status];
    if (sentence) lose(sentence);
  };
  statusChanged?.connect(slot);
  return () => void statusChanged?.disconnect(slot);
}
