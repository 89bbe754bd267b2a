// A rectangle dragged in a picture: what lies within it passes.
import { share, valueAt, type Axis } from "../../core/axis";
import { between, dragged, gripOfBox, type Part } from "../../core/brush";
import { brushed, type Frame } from "../frame";
import type { Drag, PlotProps } from "../plot";
import type { Passes, Session } from "../session";
import { useBrush, type Ranges } from "./data";

export interface BoxAxis {
  key: string;
  title: string;
  /** An end of the range, in words. */
  say: (value: number) => string;
}

/** Pixels around an edge within which it is held. */
const EDGE = 6;

const places = (frame: Frame, px: number, py: number): [number, number] => [
  (px - frame.left) / (frame.right - frame.left),
  (frame.bottom - py) / (frame.bottom - frame.top),
];
const partOf = (a: Axis, range: readonly [number, number]): Part => ({
  low: share(a, range[0]),
  high: share(a, range[1]),
});

/** A brush up to the edge takes in what lies beyond it: that is drawn at the edge. */
function open(a: Axis, part: Part): [number, number] {
  const reach = 0.01;
  return [
    a.cut && part.low < reach ? -Number.MAX_VALUE : valueAt(a, part.low),
    a.cut && part.high > 1 - reach ? Number.MAX_VALUE : valueAt(a, part.high),
  ];
}

/** key: the narrowing's. passes: what lies within the ranges of both axes. */
export function useBox(
  session: Session,
  key: string,
  axes: readonly [BoxAxis, BoxAxis],
  passes: (ranges: Ranges) => Passes,
): {
  draw: (frame: Frame) => void;
  handlers: Pick<PlotProps, "drag" | "cursor" | "onDrag" | "onClear">;
} {
  const [ranges, setRanges] = useBrush(session, key);
  const [rx, ry] = [ranges[axes[0].key], ranges[axes[1].key]];
  const held = (frame: Frame, px: number, py: number) => {
    if (!rx || !ry) return null;
    const reach = [EDGE / (frame.right - frame.left), EDGE / (frame.bottom - frame.top)] as const;
    const parts = [partOf(frame.xAxis, rx), partOf(frame.yAxis, ry)] as const;
    const grips = gripOfBox(...parts, places(frame, px, py), reach);
    return grips && { parts, grips };
  };
  const choose = (frame: Frame, x: Part, y: Part): void => {
    const next: Ranges = {
      [axes[0].key]: [valueAt(frame.xAxis, x.low), valueAt(frame.xAxis, x.high)],
      [axes[1].key]: open(frame.yAxis, y),
    };
    const said = axes.map(({ title, key, say }) => {
      const [low, high] = next[key]!;
      return `${title} ${say(low)}..${say(high)}`;
    });
    setRanges(next, passes(next), said.join(", "));
  };
  const drag = (frame: Frame, px: number, py: number): Drag => {
    const [x0, y0] = places(frame, px, py);
    const now = held(frame, px, py);
    return {
      move: (qx, qy) => {
        const [x1, y1] = places(frame, qx, qy);
        if (!now) return choose(frame, between(x0, x1), between(y0, y1));
        const [x, y] = now.parts.map((part, k) => {
          const grip = now.grips[k];
          return grip ? dragged(part, grip, k ? y1 - y0 : x1 - x0) : part;
        });
        choose(frame, x!, y!);
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
  return {
    draw: (frame) => {
      if (rx && ry) brushed(frame, frame.x(rx[0]), frame.y(ry[1]), frame.x(rx[1]), frame.y(ry[0]));
    },
    handlers: {
      drag,
      cursor,
      onDrag: (dragged) => (session.brushing.value = dragged),
      onClear: () => setRanges({}, () => true, ""),
    },
  };
}
