// Points that are trials: drawn once, pointed at, walked through, brushed by a rectangle.
import { useRef } from "preact/hooks";
import type { Axis } from "../../core/axis";
import { strideFor } from "../../core/curves";
import type { Row } from "../../core/protocol";
import { arrow, dot, ring, thin, type Frame } from "../frame";
import { Plot, type Hit } from "../plot";
import type { Session } from "../session";
import { useBox, type BoxAxis } from "./box";
import { narrowedOf, within } from "./data";

export interface Spot {
  number: number;
  x: number;
  y: number;
  /** Not complete: its value is its last report. */
  hollow: boolean;
}

export interface BrushAxis extends BoxAxis {
  of: (row: Row) => number | null;
}

interface Props {
  session: Session;
  label: string;
  height: number;
  x: Axis | null;
  y: Axis | null;
  xTitle: string;
  yTitle?: string;
  spots: readonly Spot[];
  /** Changes when a spot is no longer as it was. */
  era: string;
  text: (spot: Spot) => string;
  /** Stand out, in the colour of what is best. */
  good: ReadonlySet<number>;
  /** Drawn once, behind the points; and each time, above them. */
  under?: (frame: Frame) => void;
  over?: (frame: Frame) => void;
  /** The narrowing's key, and what the two axes of the brush are. */
  brush: string;
  axes: readonly [BrushAxis, BrushAxis];
  /** Dots have a rim of the ground: what is behind them is coloured. */
  rimmed?: boolean;
  empty: string;
}

const REACH = 20;
/** Past this many a sample is drawn: more could not be told apart. */
export const DRAWN = 2000;

export function Scatter(props: Props) {
  const { session, spots, x, y, good, axes } = props;
  const narrowed = narrowedOf(session);
  const drawn = useRef(0);
  const stride = strideFor(spots.length, DRAWN);
  let fine = stride;
  if (narrowed.any && stride > 1) {
    fine = strideFor(spots.reduce((sum, { number }) => sum + Number(narrowed.passes(number)), 0), DRAWN);
  }
  const box = useBox(session, props.brush, axes, (ranges) =>
    within(ranges, (key, row) => axes.find((a) => a.key === key)!.of(row)),
  );
  const lit = [session.opened.value, session.hovered.value];
  const radius = spots.length > 400 ? 1.7 : spots.length > 150 ? 2.4 : 3.2;

  const mark = (frame: Frame, spot: Spot, size: number, color: string): void => {
    const [px, py] = [frame.x(spot.x), frame.y(spot.y)];
    const { low, high } = frame.yAxis;
    if (spot.y < low || spot.y > high) arrow(frame, px, py, spot.y < low ? 1 : -1, color, !spot.hollow);
    else if (spot.hollow) ring(frame, px, py, size * 0.85, color);
    else {
      dot(frame, px, py, size, color);
      if (props.rimmed && size > 2) ring(frame, px, py, size, frame.ink.ground, 0.9);
    }
  };
  const picture = (frame: Frame): void => {
    const { context, ink } = frame;
    const alpha = thin(1, Math.min(DRAWN, spots.length));
    frame.keep(`${props.era} ${narrowed.key} ${alpha} ${radius} ${stride} ${fine}`, (sheet, fresh) => {
      if (fresh) {
        drawn.current = 0;
        props.under?.(sheet);
      }
      for (; drawn.current < spots.length; drawn.current++) {
        const spot = spots[drawn.current]!;
        const passes = narrowed.passes(spot.number);
        if (drawn.current % (passes ? fine : stride)) continue;
        const base = props.rimmed ? 1 : spot.hollow ? 0.8 * alpha : Math.max(0.4, alpha);
        sheet.context.globalAlpha = passes ? base : 0.12;
        mark(sheet, spot, radius, spot.hollow && !props.rimmed ? ink.faint : props.rimmed ? ink.strong : ink.text);
      }
    });
    context.globalAlpha = 1;
    props.over?.(frame);
    const some = good.size > 0 || lit.some((n) => n !== null);
    if (some) {
      for (const spot of spots) {
        if (!good.has(spot.number) && !lit.includes(spot.number)) continue;
        const is = good.has(spot.number);
        context.globalAlpha = narrowed.passes(spot.number) ? 1 : 0.3;
        mark(frame, spot, lit.includes(spot.number) ? 5 : 4, is ? ink.good : ink.strong);
        if (props.rimmed && is) ring(frame, frame.x(spot.x), frame.y(spot.y), 4.5, ink.ground, 1.4);
        if (lit.includes(spot.number)) ring(frame, frame.x(spot.x), frame.y(spot.y), 7, ink.strong, 1.4);
      }
      context.globalAlpha = 1;
    }
    box.draw(frame);
  };

  const hitOf = (frame: Frame, spot: Spot): Hit => ({
    number: spot.number, x: frame.x(spot.x), y: frame.y(spot.y), text: props.text(spot),
  }); // prettier-ignore
  const find = (frame: Frame, px: number, py: number): Hit | null => {
    let [found, nearest]: [Spot | null, number] = [null, REACH ** 2];
    for (const spot of spots) {
      const distance = (frame.x(spot.x) - px) ** 2 + (frame.y(spot.y) - py) ** 2;
      if (distance < nearest) [found, nearest] = [spot, distance];
    }
    return found && hitOf(frame, found);
  };

  const rank = (): number[] =>
    [...spots].sort((a, b) => a.x - b.x || a.number - b.number).map(({ number }) => number);
  return (
    <Plot
      label={props.label}
      height={props.height}
      x={x}
      y={y}
      xTitle={props.xTitle}
      yTitle={props.yTitle ?? ""}
      draw={picture}
      find={find}
      walk={rank}
      spot={(frame, number) => {
        const spot = spots.find((s) => s.number === number);
        return spot ? hitOf(frame, spot) : null;
      }}
      {...box.handlers}
      onHover={(number) => (session.hovered.value = number)}
      onPick={(number) => session.open(number)}
      empty={props.empty}
    />
  );
}

/** Steps from one to the next of these points. */
export function staircase({ context }: Frame, points: readonly (readonly [number, number])[]): void {
  context.beginPath();
  points.forEach(([x, y], i) => {
    if (i === 0) return context.moveTo(x, y);
    context.lineTo(x, points[i - 1]![1]);
    context.lineTo(x, y);
  });
  context.stroke();
}

