// The panes of the board, in the order of their tabs.
import type { FunctionComponent } from "preact";
import { Curves, History } from "./charts";
import { ended } from "./header";
import { Leaderboard } from "./leaderboard";
import type { Session } from "./session";
import type { Tab } from "./tabs";

export interface Pane extends Tab {
  /** Whether there is anything for it to show in this study. */
  fits: (session: Session) => boolean;
  Content: FunctionComponent<{ session: Session }>;
}

function Overview({ session }: { session: Session }) {
  session.version.value;
  const { header, curves } = session.store;
  // A study that ended with nothing to draw gets no empty frames.
  const pictures = !ended(header!) || curves.size > 0 || header!.n_complete > 0;
  return (
    <div class={`hpo-grid ${pictures ? "" : "hpo-alone"}`}>
      <Leaderboard session={session} />
      {pictures && <Curves session={session} height={190} />}
      {pictures && <History session={session} height={170} />}
    </div>
  );
}

export const PANES: readonly Pane[] = [
  { key: "overview", title: "Overview", fits: () => true, Content: Overview },
];
