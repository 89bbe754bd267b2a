// What can be done with one trial.
import { useState } from "preact/hooks";
import type { Edit, Row } from "../core/protocol";
import { Sheet } from "./ask";
import { Edits, offerEdits } from "./edits";
import { EnqueueForm } from "./enqueue";
import type { Session } from "./session";
import { SIGNS, unfinished } from "./states";

/** Ask for a change of the cell and offer it; what nobody took is kept to be shown. */
export function useEdits(session: Session, title: string) {
  const [edits, setEdits] = useState<Edit[] | null>(null);
  const [busy, setBusy] = useState(false);
  const begin = async (from: Element, number: number | null): Promise<void> => {
    setBusy(true);
    const reply = await session.ask({ command: "apply", number });
    setBusy(false);
    session.say(reply);
    if (!reply.ok) return;
    const found = (reply.data ?? []) as Edit[];
    if (!found.length || !offerEdits(from, found, title)) setEdits(found);
  };
  const shown = edits && <Edits edits={edits} title={title} onClose={() => setEdits(null)} />;
  return { begin, busy, shown };
}

interface ButtonProps {
  session: Session;
  row: Row;
}

/** Pause or Resume, whichever makes sense, Prune and Stop. */
function Steering({ session, row }: ButtonProps) {
  const pending = session.pending.value;
  const { header, curves } = session.store;
  const is = (command: string): boolean => pending.has(`${command}:${row.number}`);
  const ending = header?.state === "stopping" || is("stop_trial") || is("prune_trial");
  const paused = row.waits === "person" || row.waits === "scheduler";
  const keep = paused && row.state !== "PAUSED";
  const word = keep ? "Keep running" : paused ? "Resume" : "Pause";
  const pause = is("pause_trial") ? "Pausing" : is("resume_trial") ? "Resuming" : word;
  const prune = is("prune_trial") ? "Pruning" : "Prune";
  const stop = is("stop_trial") ? "Stopping" : "Stop";
  return (
    <>
      <button
        type="button"
        class="hpo-button"
        aria-label={`${pause} this trial`}
        disabled={ending || is("pause_trial") || is("resume_trial")}
        onClick={() => void session.command(paused ? "resume_trial" : "pause_trial", row.number)}
      >
        <i aria-hidden="true">{paused ? "▶" : SIGNS.PAUSED}</i>
        {pause}
      </button>
      <button
        type="button"
        class="hpo-button"
        aria-label={`${prune} this trial`}
        disabled={ending || !curves.has(row.number)}
        title={
          curves.has(row.number)
            ? "End it as one that fell behind: the search keeps its last value"
            : "A trial that has reported nothing can be stopped, not pruned"
        }
        onClick={() => void session.command("prune_trial", row.number)}
      >
        <i aria-hidden="true">{SIGNS.PRUNED}</i>
        {prune}
      </button>
      <button
        type="button"
        class="hpo-button hpo-stop"
        aria-label={`${stop} this trial`}
        disabled={ending}
        title="End it now"
        onClick={() => void session.command("stop_trial", row.number)}
      >
        <i aria-hidden="true">■</i>
        {stop}
      </button>
    </>
  );
}

/** Make a trial the result of the study. */
function UseTrial({ session, row }: ButtonProps) {
  const is = session.store.header!.chosen === row.number;
  const kept = row.kept ? "Its values and objects become the result" : "Its values become the result";
  const missing = row.kept ? "" : "; its objects were not kept";
  return (
    <button
      type="button"
      class="hpo-button"
      aria-pressed={is}
      disabled={session.pending.value.has(`use:${row.number}`)}
      title={is ? "It is the result: press to go back to the best" : kept + missing}
      onClick={() => void session.command("use", is ? undefined : row.number)}
    >
      {is ? "✓ In use" : "Use this trial"}
    </button>
  );
}

export function Actions({ session, row }: ButtonProps) {
  const title = `Use the values of trial ${row.number}`;
  const { begin, busy, shown } = useEdits(session, title);
  const [again, setAgain] = useState(false);
  const { live } = session;
  const best = session.store.header!.best?.number === row.number;
  // A saved result knows how to write the best trial's values, and no other's.
  const usable = live
    ? Object.keys(row.params).length > 0
    : best && !!session.savedEdits.value?.length;
  if (!live && !usable) return null;
  return (
    <>
      <div class="hpo-buttons" role="group" aria-label={`Trial ${row.number}`}>
        {live && (
          <button
            type="button"
            class="hpo-button"
            aria-expanded={again}
            onClick={() => setAgain(!again)}
          >
            Enqueue again…
          </button>
        )}
        {usable && (
          <button
            type="button"
            class="hpo-button"
            disabled={busy}
            title="Write them into the cell; the change is shown first"
            onClick={({ currentTarget }) => void begin(currentTarget, live ? row.number : null)}
          >
            {busy ? "Asking…" : "Use these values"}
          </button>
        )}
        {live && row.state === "COMPLETE" && <UseTrial session={session} row={row} />}
        {/* Last: when the trial ends they go, and nothing comes under the pointer. */}
        {live && unfinished(row) && <Steering session={session} row={row} />}
      </div>
      {shown}
      {again && (
        <Sheet title={`Enqueue trial ${row.number} again`} onClose={() => setAgain(false)}>
          <EnqueueForm session={session} values={row.params} onDone={() => setAgain(false)} />
        </Sheet>
      )}
    </>
  );
}
