// The panes of the board, in the order of their tabs.
import type { FunctionComponent } from "preact";
import { ended } from "./header";
import { Leaderboard } from "./leaderboard";
import { Curves } from "./panes/curves";
import { History } from "./panes/history";
import { Parameters } from "./panes/parameters";
import { Pareto } from "./panes/pareto";
import { Timeline } from "./panes/timeline";
import type { Session } from "./session";
import type { Tab } from "./tabs";

export interface Pane extends Tab {
  /** Whether there is anything for it to show in this study. */
  fits: (session: Session) => boolean;
  /** Whether the leaderboard is in it: then a trial opens there, else below the pane. */
  table?: true;
  Content: FunctionComponent<{ session: Session }>;
}

const always = (): boolean => true;

function Overview({ session }: { session: Session }) {
  session.version.value;
  const { header, curves } = session.store;
  // A study that ended with nothing to draw gets no empty frames.
  const pictures = !ended(header!) || curves.size > 0 || header!.n_complete > 0;
  return (
    <div class={`hpo-grid ${pictures ? "" : "hpo-alone"}`}>
      <Leaderboard session={session} />
      {pictures && <Curves session={session} height={210} />}
      {pictures && <History session={session} height={190} />}
    </div>
  );
}

const alone = (Content: FunctionComponent<{ session: Session; height: number }>) =>
  function Alone({ session }: { session: Session }) {
    return (
      <div class="hpo-single">
        <Content session={session} height={440} />
      </div>
    );
  };

const Table = ({ session }: { session: Session }) => <Leaderboard session={session} alone />;

export const PANES: readonly Pane[] = [
  { key: "overview", title: "Overview", fits: always, table: true, Content: Overview },
  { key: "leaderboard", title: "Leaderboard", fits: always, table: true, Content: Table },
  { key: "curves", title: "Curves", fits: always, Content: alone(Curves) },
  { key: "history", title: "History", fits: always, Content: alone(History) },
  {
    key: "parameters",
    title: "Parameters",
    fits: ({ store }) => store.header!.params.length > 0,
    Content: Parameters,
  },
  {
    key: "pareto",
    title: "Pareto",
    fits: ({ store }) => store.header!.objectives.length > 1,
    Content: Pareto,
  },
  { key: "timeline", title: "Timeline", fits: always, Content: Timeline },
];
