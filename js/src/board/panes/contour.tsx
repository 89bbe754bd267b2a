// What the objective is like over any two parameters: the trials, and a surface between them.
import { useMemo } from "preact/hooks";
import { share, type Axis } from "../../core/axis";
import { ramp } from "../../core/colours";
import { jitter, type Dimension } from "../../core/dimensions";
import { field, isolines, type Cells, type Field } from "../../core/field";
import { metric } from "../../core/format";
import type { Row } from "../../core/protocol";
import type { Frame } from "../frame";
import type { Session } from "../session";
import { finishedOf, useGrown } from "./data";
import { Choose, Figure } from "./figure";
import { Scatter, type Spot } from "./scatter";
import { said } from "./slices";
import { Ramp } from "./ramp";

interface Props {
  session: Session;
  dimensions: readonly Dimension[];
  pair: readonly [Dimension, Dimension];
  objective: Dimension;
  index: number;
  pruned: boolean;
  onPair: (pair: [string, string]) => void;
}

const CELLS = 56;
/** The surface is made of so many trials at most, an even sample. */
const KNOWN = 800;
const LEVELS = 8;
/** Below this nothing is said of a place: no trial is near. */
const LEAST = 0.12;
/** The surface fades from here on. */
const SURE = 0.5;

const cells = (a: Axis): Cells =>
  a.kind === "choice" ? { count: a.labels.length, choice: true } : { count: CELLS, choice: false };

const placeOn = (a: Axis, value: number): number => (a.kind === "choice" ? value : share(a, value));

export function Contour(props: Props) {
  const { session, dimensions, pair, objective, index } = props;
  const [first, second] = pair;
  const finished = finishedOf(session, index);
  const { complete, maximize } = finished;
  // Made anew when there are a tenth more trials, not with each.
  const size = complete.length < 20 ? complete.length : Math.floor(Math.log(complete.length) / Math.log(1.1));
  const era = `${finished.era} ${first.key} ${second.key} ${objective.key}`;
  const surface = useMemo(() => {
    const stride = Math.ceil(complete.length / KNOWN);
    const known = complete.flatMap((row, i) => {
      const [x, y, value] = [first.of(row), second.of(row), objective.of(row)];
      if (i % stride || x === null || y === null || value === null) return [];
      const held = Math.min(objective.axis.high, Math.max(objective.axis.low, value));
      return [{ x: placeOn(first.axis, x), y: placeOn(second.axis, y), value: held }];
    });
    return known.length > 2 ? field(known, cells(first.axis), cells(second.axis)) : null;
  }, [size, era]);

  const make = (row: Row): Spot | null => {
    const [x, y] = [first.of(row), second.of(row)];
    if (x === null || y === null || objective.of(row) === null) return null;
    const beside = (d: Dimension, at: number, seed: number): number =>
      d.axis.kind === "choice" ? at + jitter(seed) : at;
    return {
      number: row.number,
      x: beside(first, x, row.number),
      y: beside(second, y, row.number * 7 + 3),
      hollow: row.state !== "COMPLETE",
    };
  };
  const spots = useGrown(props.pruned ? finished.rows : complete, `${era} ${props.pruned}`, make);
  const extent = useMemo(() => (surface ? extremes(surface) : null), [surface]);
  const good = (value: number): number => {
    const at = extent && extent.high > extent.low ? (value - extent.low) / (extent.high - extent.low) : 0.5;
    return maximize ? at : 1 - at;
  };
  const best = session.store.header!.best?.number;
  const text = (spot: Spot): string => {
    const row = session.store.rows.get(spot.number)!;
    const where = pair.map((d) => `${d.title} ${said(d, d.of(row) ?? NaN)}`).join(" · ");
    return `Trial ${spot.number} · ${metric(objective.of(row))} · ${where}${spot.hollow ? " · pruned" : ""}`;
  };
  const options = dimensions.map(({ title }) => ({ value: title, text: title }));
  const pick = (at: 0 | 1, name: string): void => {
    const next: [string, string] = [first.title, second.title];
    if (next[1 - at] === name) next[(1 - at) as 0 | 1] = next[at]; // swapped
    next[at] = name;
    props.onPair(next);
  };
  return (
    <Figure
      title="Contour"
      class="hpo-contour"
      keys={[
        complete.length > 0 && { mark: "dot", text: "complete" },
        props.pruned && finished.pruned.length > 0 && { mark: "ring", text: "pruned" },
      ]}
      controls={
        <>
          <Choose label="x" value={first.title} options={options} onChange={(name) => pick(0, name)} />
          <Choose label="y" value={second.title} options={options} onChange={(name) => pick(1, name)} />
        </>
      }
    >
      <Scatter
        session={session}
        label={`${objective.title} over ${first.title} and ${second.title}, of ${complete.length} complete trials`}
        height={320}
        x={complete.length ? first.axis : null}
        y={second.axis}
        xTitle={first.title}
        yTitle={second.title}
        spots={spots}
        era={`${era} ${size} ${props.pruned}`}
        text={text}
        good={new Set(best === undefined ? [] : [best])}
        under={(frame) => surface && extent && drawSurface(frame, surface, good, extent)}
        brush="contour"
        axes={[
          { ...first, say: (v) => said(first, v) },
          { ...second, say: (v) => said(second, v) },
        ]}
        rimmed
        empty="Appears with the first complete trial."
      />
      {!extent && complete.length > 0 && (
        <p class="hpo-note-below">The surface between the trials needs three complete ones.</p>
      )}
      {extent && <Ramp title={objective.title} low={extent.low} high={extent.high} good={good} />}
    </Figure>
  );
}

/** The least and the most of the surface where something is said. */
function extremes({ values, trust }: Field): { low: number; high: number } | null {
  let [low, high] = [Infinity, -Infinity];
  values.forEach((value, i) => {
    if (!(trust[i]! >= LEAST) || Number.isNaN(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  return low <= high ? { low, high } : null;
}

const sure = (trust: number): number => Math.min(1, Math.max(0, (trust - LEAST / 2) / (SURE - LEAST / 2)));

function drawSurface(
  frame: Frame,
  surface: Field,
  good: (value: number) => number,
  extent: { low: number; high: number },
): void {
  const { context, ink, left, right, top, bottom } = frame;
  const { values, trust, columns, rows } = surface;
  const image = new ImageData(columns, rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const [from, to] = [j * columns + i, ((rows - 1 - j) * columns + i) * 4];
      const [red, green, blue] = ramp(good(values[from]!), ink.dark);
      image.data.set([red, green, blue, Number.isNaN(values[from]!) ? 0 : 240 * sure(trust[from]!)], to);
    }
  }
  const small = document.createElement("canvas");
  [small.width, small.height] = [columns, rows];
  small.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  const [width, height] = [right - left, bottom - top];
  // Choices are drawn one by one: between two of them there is nothing to be smooth over.
  const across = frame.xAxis.kind === "choice" ? columns : 1;
  const down = frame.yAxis.kind === "choice" ? rows : 1;
  const [sw, sh] = [columns / across, rows / down];
  const gap = (count: number): number => (count > 1 ? 1 : 0);
  for (let j = 0; j < down; j++) {
    for (let i = 0; i < across; i++) {
      const [w, h] = [width / across, height / down];
      context.drawImage(small, i * sw, j * sh, sw, sh, left + i * w, top + j * h, w - gap(across), h - gap(down));
    }
  }
  if (across > 1 || down > 1) return;
  context.strokeStyle = ink.ground;
  context.lineWidth = 0.8;
  context.globalAlpha = 0.45;
  context.beginPath();
  const [sx, sy] = [width / (columns - 1), height / (rows - 1)];
  for (let k = 1; k < LEVELS; k++) {
    const level = extent.low + (k / LEVELS) * (extent.high - extent.low);
    for (const [x0, y0, x1, y1] of isolines(surface, level, LEAST)) {
      context.moveTo(left + x0 * sx, bottom - y0 * sy);
      context.lineTo(left + x1 * sx, bottom - y1 * sy);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

