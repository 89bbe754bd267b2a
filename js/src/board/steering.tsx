// The buttons of a study: what makes sense now, the rest under More.
import { useState } from "preact/hooks";
import type { Header } from "../core/protocol";
import { useEdits } from "./actions";
import { Sheet } from "./ask";
import { EnqueueForm } from "./enqueue";
import { MenuButton, type Item } from "./menu";
import type { Session } from "./session";
import { BudgetForm, SpaceForm } from "./sheets";
import { ended, isOwn } from "./states";

const SHEETS = {
  budget: { title: "Change the budget", Form: BudgetForm },
  space: { title: "Change the space", Form: SpaceForm },
  enqueue: {
    title: "Enqueue a trial",
    Form: ({ session, onDone }: { session: Session; onDone: () => void }) => (
      <EnqueueForm session={session} values={{}} onDone={onDone} />
    ),
  },
} as const;

interface Props {
  session: Session;
  header: Header;
}

function Running({ session, header }: Props) {
  const pending = session.pending.value;
  const stopping = header.state === "stopping" || pending.has("stop");
  const paused = header.state === "paused";
  const waiting = pending.has("pause") || pending.has("resume");
  const label = waiting ? (paused ? "Resuming…" : "Pausing…") : paused ? "Resume" : "Pause";
  return (
    <>
      <button
        type="button"
        class="hpo-button"
        disabled={stopping || waiting}
        onClick={() => void session.command(paused ? "resume" : "pause")}
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
    </>
  );
}

/** The report's path comes back; a slow one says that it is being written. */
function useExport(session: Session) {
  const [busy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    const reply = await session.ask({ command: "export" });
    setBusy(false);
    const path = typeof reply.data === "string" ? reply.data : "";
    const message = reply.message || (path && `The report is written: ${path}`);
    session.say({ ...reply, message });
  };
  return { begin, busy };
}

export function Steering({ session, header }: Props) {
  const [sheet, setSheet] = useState<keyof typeof SHEETS | null>(null);
  const { begin: applyBest, busy, shown } = useEdits(session, "Apply the best values to the cell");
  const report = useExport(session);
  const { live } = session;
  const over = ended(header);
  const continuing = session.pending.value.has("continue");
  const usable = live ? over && header.best !== null : !!session.savedEdits.value?.length;
  const best = header.best && session.store.rows.get(header.best.number);
  const own = live && over && !!best && isOwn(best, header);
  const open = (name: keyof typeof SHEETS) => ({ onChoose: () => setSheet(name) });
  const items: Item[] = [
    { title: "Change the budget…", ...open("budget") },
    { title: "Change the space…", ...open("space") },
    { title: "Enqueue a trial…", ...open("enqueue") },
    { title: report.busy ? "Exporting…" : "Export report", onChoose: () => void report.begin() },
  ];
  const { title, Form } = SHEETS[sheet ?? "budget"];
  const chosen = header.chosen ?? null;
  return (
    <>
      <div class="hpo-buttons" role="group" aria-label="Study">
        {live && !over && <Running session={session} header={header} />}
        {usable && (
          <button
            type="button"
            class={`hpo-button ${own ? "" : "hpo-primary"}`}
            disabled={busy || own}
            title={
              own
                ? "The best values are those that the cell has"
                : "Write the best values into the cell; the change is shown first"
            }
            onClick={({ currentTarget }) => void applyBest(currentTarget, null)}
          >
            {busy ? "Asking…" : `Apply ${chosen === null ? "best" : `trial ${chosen}`} to cell`}
          </button>
        )}
        {live && over && (
          <>
            <button
              type="button"
              class="hpo-button"
              disabled={continuing}
              title="Go on from here with 20 more trials"
              onClick={() => void session.command("continue")}
            >
              {continuing ? "Continuing…" : "Continue (+20)"}
            </button>
            <button
              type="button"
              class="hpo-button"
              disabled={report.busy}
              title="One HTML file that opens anywhere, offline"
              onClick={() => void report.begin()}
            >
              {report.busy ? "Exporting…" : "Export"}
            </button>
          </>
        )}
        {live && !over && <MenuButton title="More" items={items} />}
      </div>
      {sheet && (
        <Sheet key={sheet} title={title} onClose={() => setSheet(null)}>
          <Form session={session} onDone={() => setSheet(null)} />
        </Sheet>
      )}
      {shown}
    </>
  );
}
