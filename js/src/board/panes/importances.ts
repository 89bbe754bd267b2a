// How much each parameter mattered: asked for as trials end, kept per session.
import { signal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Importances } from "../../core/protocol";
import type { Session } from "../session";

/** Asked again when so many times as many trials have ended, and not sooner than that. */
const GROWN = 1.1;
export const REST_MS = 3000;
const BUSY_MS = 1000;

interface Known {
  found: Signal<Importances | null>;
  /** Trials that had ended when last asked. */
  asked: number;
  resting: boolean;
}

const KNOWN = new WeakMap<Session, Known>();

/** Whether to ask now. asked: from how many trials the last answer is. */
export const due = (count: number, asked: number): boolean =>
  count >= 2 && (asked < 2 || count >= Math.ceil(asked * GROWN));

/** Trials that count: what was pruned is compared, too. */
const counted = ({ store }: Session): number => (store.header?.n_complete ?? 0) + (store.header?.n_pruned ?? 0);

/** What is known; asks for newer ones as long as the component that calls it is shown. */
export function useImportances(session: Session): Importances | null {
  let known = KNOWN.get(session);
  if (!known) KNOWN.set(session, (known = { found: signal(null), asked: 0, resting: false }));
  const now = known;
  const count = counted(session);
  useEffect(() => {
    if (!now.resting && due(count, now.asked)) void ask(session, now, count);
  });
  return now.found.value;
}

async function ask(session: Session, known: Known, count: number): Promise<void> {
  known.resting = true;
  const reply = await session.ask({ command: "importances" });
  const found = reply.ok ? (reply.data as Importances | null) : null;
  if (found) known.found.value = found;
  else if (!reply.ok) known.found.value = { n: 0, of: [], busy: false, why: reply.message };
  // A busy answer is of fewer trials than there are: the next one is not.
  known.asked = found?.busy ? 0 : count;
  setTimeout(
    () => {
      known.resting = false;
      if (known.asked === 0 && found) void ask(session, known, counted(session));
    },
    found?.busy ? BUSY_MS : REST_MS,
  );
}
