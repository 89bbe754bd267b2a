// The live dashboard: an anywidget module. One session per model, any number of views.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Model } from "../core/commands";
import { metric } from "../core/format";
import { Curves, History } from "./charts";
import { ended, Header } from "./header";
import { Leaderboard } from "./leaderboard";
import { Session } from "./session";
import base from "./base.css";
import css from "./dashboard.css";

const SAY_MS = 10000;

/** For screen readers: a sentence at most every ten seconds. */
function Announcer({ session }: { session: Session }) {
  const [text, setText] = useState("");
  useEffect(() => {
    const say = (): void => {
      const header = session.store.header;
      if (!header) return;
      const done = header.n_complete + header.n_pruned + header.n_failed;
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

export function Dashboard({ session }: { session: Session }) {
  session.version.value;
  const silent = useSilence(session);
  if (!session.store.header) {
    return <p class="hpo-empty">Waiting for the study…</p>;
  }
  const { header, curves } = session.store;
  // A study that ended with nothing to draw gets no empty frames.
  const pictures = !ended(header) || curves.size > 0 || header.n_complete > 0;
  return (
    <>
      <Header session={session} silent={silent} />
      <div class={`hpo-grid ${pictures ? "" : "hpo-alone"}`}>
        <Leaderboard session={session} />
        {pictures && <Curves session={session} height={190} />}
        {pictures && <History session={session} height={170} />}
      </div>
      <Announcer session={session} />
    </>
  );
}

export default () => {
  let session: Session | null = null;
  return {
    initialize({ model }: { model: Model }) {
      session = new Session(model);
      return () => session?.dispose();
    },
    render({ model, el }: { model: Model; el: HTMLElement }) {
      session ??= new Session(model);
      const style = document.createElement("style");
      style.textContent = base + css;
      const root = document.createElement("div");
      root.className = "hpo hpo-dashboard";
      el.append(style, root);
      render(<Dashboard session={session} />, root);
      return () => render(null, root);
    },
  };
};
