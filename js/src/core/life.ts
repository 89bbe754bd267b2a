// What became of a kernel, in a sentence with the next step.
type Slot = (sender: unknown, status: string) => void;

interface Signal {
  connect(slot: Slot): unknown;
  disconnect(slot: Slot): unknown;
}

/** The part of a JupyterLab kernel connection that tells of its life; elsewhere there is none. */
interface Living {
  statusChanged?: Signal;
  disposed?: Signal;
}

/** What is told of a study that it no longer holds; empty: it holds it. */
export type Lose = (sentence: string) => void;

export const RESTARTED =
  "The kernel was restarted. Run the notebook again down to the study's cell: it goes on where " +
  "it stood.";
export const ENDED =
  "The kernel has ended. Run the notebook again down to the study's cell: it goes on where it " +
  "stood.";

const SENTENCES: Record<string, string> = {
  restarting: RESTARTED,
  autorestarting: RESTARTED,
  dead: ENDED,
};

/** Tell when all that a kernel held is gone; returns what ends that. only: the connection is the
 * only one there will be, so its end is that of the kernel. */
export function watch(kernel: unknown, lose: Lose, only = false): () => void {
  const { statusChanged, disposed } = (kernel ?? {}) as Living;
  const end: Slot = () => lose(ENDED);
  const slot: Slot = (_, status) => {
    const sentence = SENTENCES[status];
    if (sentence) lose(sentence);
  };
  statusChanged?.connect(slot);
  if (only) disposed?.connect(end);
  return () => {
    statusChanged?.disconnect(slot);
    disposed?.disconnect(end);
  };
}
