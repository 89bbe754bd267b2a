// The dashboard of one study: the same in a cell, in the panel, in a saved result and a report.
import { render } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { metric } from "../core/format";
import { line } from "../core/text";
import { OpenedTrial } from "./detail";
import { Header } from "./header";
import { Narrowed } from "./narrowed";
import { PANES, type Pane } from "./panes";
import type { Session } from "./session";
import { doneOf } from "./states";
import { Tabs } from "./tabs";
import base from "./base.css";
import css from "./board.css";
import asks from "./asks.css";
import edits from "./edits.css";
import table from "./table.css";
import pictures from "./pictures.css";

const SAY_MS = 10000;

/** For screen readers: a sentence at most every ten seconds. */
function Announcer({ session }: { session: Session }) {
  const [text, setText] = useState("");
  useEffect(() => {
    const say = (): void => {
      const header = session.store.header;
      if (!header) return;
      const done = doneOf(header);
      const of = header.n_trials === null ? "" : ` of ${header.n_trials}`;
      const best = header.best ? `, best ${header.best.values.map(metric).join(", ")}` : "";
      setText(`${header.state}: ${done}${of} trials finished${best}`);
    };
    const timer = setInterval(say, SAY_MS);
    return () => clearInterval(timer);
  }, [session]);
  return (
    <p class="hpo-unseen" aria-live="polite">
      {text}
    </p>
  );
}

/** Seconds without a message, looked at once a second. */
function useSilence(session: Session): number {
  const [silent, setSilent] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      const seconds = Math.floor(session.silentFor());
      setSilent(seconds > 6 ? seconds : 0);
    }, 1000);
    return () => clearInterval(timer);
  }, [session]);
  return silent;
}

/** What throws in one pane leaves the others as they are. */
function Guarded({ session, Content }: { session: Session; Content: Pane["Content"] }) {
  const [error, again] = useErrorBoundary();
  if (!error) return <Content session={session} />;
  return (
    <div class="hpo-empty hpo-single" role="alert">
      {"This view could not be drawn: "}
      {line(error instanceof Error ? error.message : String(error), 300)}{" "}
      <button type="button" class="hpo-link" onClick={again}>
        Try again
      </button>
    </div>
  );
}

export function Board({ session }: { session: Session }) {
  session.version.value;
  const silent = useSilence(session);
  const [chosen, setChosen] = useState(PANES[0]!.key);
  const { header } = session.store;
  if (!header) return <p class="hpo-empty">{session.lost.value || "Waiting for the study…"}</p>;
  const panes = PANES.filter((pane) => pane.fits(session));
  const pane = panes.find(({ key }) => key === chosen) ?? panes[0]!;
  return (
    <>
      <Header session={session} silent={silent} />
      <Tabs tabs={panes} chosen={pane.key} onChoose={setChosen}>
        {!pane.table && <Narrowed session={session} filter />}
        <Guarded key={pane.key} session={session} Content={pane.Content} />
        {!pane.table && <OpenedTrial session={session} />}
      </Tabs>
      <Announcer session={session} />
    </>
  );
}

/** Draw a session's board into an element; returns what takes it away again. The caller ends
 * the session. */
export function mount(el: HTMLElement, session: Session): () => void {
  const style = document.createElement("style");
  style.textContent = base + css + table + asks + edits + pictures;
  const root = document.createElement("div");
  root.className = "hpo hpo-dashboard";
  // Keys pressed here are not meant for the notebook: B would add a cell, Enter edit one.
  root.addEventListener("keydown", (event) => {
    const saves = (event.ctrlKey || event.metaKey) && event.key !== "Enter";
    if (!saves) event.stopPropagation();
  });
  el.append(style, root);
  render(<Board session={session} />, root);
  return () => {
    render(null, root);
    style.remove();
    root.remove();
  };
}
