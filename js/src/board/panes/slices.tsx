// Slices: the objective against each parameter on its own.
import { metric, param } from "../../core/format";
import { jitter, type Dimension } from "../../core/dimensions";
import type { Row } from "../../core/protocol";
import type { Session } from "../session";
import { finishedOf, useGrown } from "./data";
import { Figure } from "./figure";
import { Scatter, type Spot } from "./scatter";
import { edge } from "./history";

interface Props {
  session: Session;
  dimensions: readonly Dimension[];
  objective: Dimension;
  index: number;
  pruned: boolean;
}

const HEIGHT = 170;

export function Slices(props: Props) {
  const { dimensions, pruned, session, index } = props;
  const some = pruned && finishedOf(session, index).pruned.length > 0;
  return (
    <Figure
      title="Slices"
      keys={[finishedOf(session, index).complete.length > 0 && { mark: "dot", text: "complete" }, some && { mark: "ring", text: "pruned" }]}
      class="hpo-slices"
    >
      <div>
        {dimensions.map((dimension) => (
          <Slice key={dimension.key} {...props} dimension={dimension} />
        ))}
      </div>
    </Figure>
  );
}

function Slice({ session, dimension, objective, index, pruned }: Props & { dimension: Dimension }) {
  const finished = finishedOf(session, index);
  const era = `${finished.era} ${dimension.key} ${objective.key} ${dimension.axis.labels.join()}`;
  const choice = dimension.axis.kind === "choice";
  const make = (row: Row): Spot | null => {
    const [x, y] = [dimension.of(row), objective.of(row)];
    if (x === null || y === null) return null;
    const at = choice ? x + jitter(row.number) : x;
    return { number: row.number, x: at, y, hollow: row.state !== "COMPLETE" };
  };
  const spots = useGrown(pruned ? finished.rows : finished.complete, `${era} ${pruned}`, make);
  const best = session.store.header!.best?.number;
  const text = (spot: Spot): string => {
    const row = session.store.rows.get(spot.number);
    const said = param(row?.params[dimension.title]);
    return `Trial ${spot.number} · ${dimension.title} ${said} · ${metric(spot.y)}${spot.hollow ? " · pruned" : ""}`;
  };
  return (
    <Scatter
      session={session}
      label={`${objective.title} against ${dimension.title}, of ${spots.length} trials`}
      height={HEIGHT}
      x={spots.length ? dimension.axis : null}
      y={objective.axis}
      xTitle={dimension.title}
      yTitle={objective.title}
      spots={spots}
      era={`${era} ${pruned}`}
      text={text}
      good={new Set(best === undefined ? [] : [best])}
      brush={`slice:${dimension.key}`}
      axes={[
        { ...dimension, say: (v) => said(dimension, v) },
        { ...objective, say: edge },
      ]}
      empty={`No finished trial used ${dimension.title}.`}
    />
  );
}

/** A place on a dimension, in words. */
export function said({ axis }: Dimension, value: number): string {
  if (axis.kind !== "choice") return param(axis.kind === "whole" ? Math.round(value) : value);
  const last = axis.labels.length - 1;
  return axis.labels[Math.min(last, Math.max(0, Math.round(value)))] ?? "";
}
