// Points that are trials: drawn once, pointed at, walked through, brushed by a rectangle.
import { useRef } from "preact/hooks";
import { share, valueAt, type Axis } from "../../core/axis";
import { strideFor } from "../../core/curves";
import { between, dragged, gripOfBox, type Part } from "../../core/brush";
import type { Row } from "../../core/protocol";
import { arrow, brushed, dot, ring, thin, type Frame } from "../frame";
import { Plot, type Drag, type Hit } from "../plot";
import type { Session } from "../session";
import { narrowedOf, useBrush, type Ranges } from "./data";

export interface Spot {
  number: number;
  x: number;
  y: number;
  /** Not complete: its value is its last report. */
  hollow: boolean;
}

export interface BrushAxis {
  key: string;
  title: string;
  of: (row: Row) => number | null;
  say: (value: number) => string;
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
const EDGE = 6;
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
  const [ranges, setRanges] = useBrush(session, props.brush);
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
    const [rx, ry] = axes.map(({ key }) => ranges[key]);
    if (rx && ry) brushed(frame, frame.x(rx[0]), frame.y(ry[1]), frame.x(rx[1]), frame.y(ry[0]));
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

  const partOf = (a: Axis, range: readonly [number, number]): Part => ({ low: share(a, range[0]), high: share(a, range[1]) });
  const places = (frame: Frame, px: number, py: number): [number, number] => [
    (px - frame.left) / (frame.right - frame.left),
    (frame.bottom - py) / (frame.bottom - frame.top),
  ];
  const held = (frame: Frame, px: number, py: number) => {
    const [rx, ry] = axes.map(({ key }) => ranges[key]);
    if (!rx || !ry) return null;
    const reach = [EDGE / (frame.right - frame.left), EDGE / (frame.bottom - frame.top)] as const;
    const parts = [partOf(frame.xAxis, rx), partOf(frame.yAxis, ry)] as const;
    const grips = gripOfBox(...parts, places(frame, px, py), reach);
    return grips && { parts, grips };
  };
  const choose = (frame: Frame, px: Part, py: Part): void => {
    const next: Ranges = {
      [axes[0].key]: [valueAt(frame.xAxis, px.low), valueAt(frame.xAxis, px.high)],
      [axes[1].key]: open(frame.yAxis, py),
    };
    const say = ({ title, key, say }: BrushAxis): string => `${title} ${say(next[key]![0])}..${say(next[key]![1])}`;
    setRanges(next, (key, row) => axes.find((a) => a.key === key)!.of(row), axes.map(say).join(", "));
  };
  const drag = (frame: Frame, px: number, py: number): Drag | null => {
    const [x0, y0] = places(frame, px, py);
    const now = held(frame, px, py);
    return {
      move: (qx, qy) => {
        const [x1, y1] = places(frame, qx, qy);
        if (!now) return choose(frame, between(x0, x1), between(y0, y1));
        const moved = now.parts.map((part, k) => {
          const grip = now.grips[k];
          return grip ? dragged(part, grip, k ? y1 - y0 : x1 - x0) : part;
        });
        choose(frame, moved[0]!, moved[1]!);
      },
    };
  };
  const cursor = (frame: Frame, px: number, py: number): string => {
    const now = held(frame, px, py);
    if (!now) return "crosshair";
    const [gx, gy] = now.grips;
    if (gx === "all" && gy === "all") return "move";
    if (!gx || !gy) return gx ? "ew-resize" : "ns-resize";
    return gx === gy ? "nesw-resize" : "nwse-resize";
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
      drag={drag}
      cursor={cursor}
      onDrag={(dragged) => (session.brushing.value = dragged)}
      onHover={(number) => (session.hovered.value = number)}
      onPick={(number) => session.open(number)}
      onClear={() => setRanges({}, () => null, "")}
      empty={props.empty}
    />
  );
}

/** A brush up to the edge takes in what lies beyond it: that is drawn at the edge. */
function open(a: Axis, part: Part): [number, number] {
  const reach = 0.01;
  return [
    a.cut && part.low < reach ? -Number.MAX_VALUE : valueAt(a, part.low),
    a.cut && part.high > 1 - reach ? Number.MAX_VALUE : valueAt(a, part.high),
  ];
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

