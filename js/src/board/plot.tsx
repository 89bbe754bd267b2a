// A line chart on a canvas: thousands of lines stay cheap, colours follow the theme.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { tickLabels, ticks, type Range } from "../core/scale";

/** Colours of the theme as the browser resolves them, read at each drawing. */
export interface Ink {
  text: string;
  faint: string;
  grid: string;
  ground: string;
  brand: string;
  good: string;
  bad: string;
  font: string;
}

export interface Frame {
  context: CanvasRenderingContext2D;
  ink: Ink;
  x: (value: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Hit {
  x: number;
  y: number;
  text: string;
  number: number;
}

interface Props {
  label: string;
  height: number;
  x: Range | null;
  y: Range | null;
  xTitle: string;
  draw: (frame: Frame) => void;
  /** What lies nearest to a place in pixels. */
  find: (frame: Frame, px: number, py: number) => Hit | null;
  onHover: (number: number | null) => void;
  onPick: (number: number) => void;
  empty: string;
}

function inkOf(element: HTMLElement): Ink {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: of("--hpo-fg2"),
    faint: of("--hpo-ink"),
    grid: of("--hpo-line"),
    ground: of("--hpo-bg"),
    brand: of("--hpo-brand"),
    good: of("--hpo-good"),
    bad: of("--hpo-bad"),
    font: style.fontFamily,
  };
}

export function Plot(props: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<Frame | null>(null);
  const [width, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  const [hit, setHit] = useState<Hit | null>(null);

  useLayoutEffect(() => {
    const parent = canvas.current!.parentElement!;
    const measure = (): void => setWidth(Math.floor(parent.clientWidth));
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(parent);
    const themes = new MutationObserver(() => setTheme((n) => n + 1));
    themes.observe(document.body, { attributes: true });
    themes.observe(document.documentElement, { attributes: true });
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, []);

  // After every render: the data behind `draw` is not ours to compare.
  useEffect(() => {
    frame.current = width > 0 ? paint(canvas.current!, props, width) : null;
  });
  void theme;

  const onMove = (event: PointerEvent): void => {
    const box = canvas.current!.getBoundingClientRect();
    const found = frame.current
      ? props.find(frame.current, event.clientX - box.left, event.clientY - box.top)
      : null;
    setHit(found);
    props.onHover(found ? found.number : null);
  };
  const onLeave = (): void => {
    setHit(null);
    props.onHover(null);
  };
  const nothing = !props.x || !props.y;
  return (
    <div class="hpo-plot" style={{ height: `${props.height}px` }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={props.label}
        style={{ width: `${width}px`, height: `${props.height}px`, cursor: hit ? "pointer" : "" }}
        onPointerMove={onMove}
        onPointerLeave={onLeave}
        onClick={() => hit && props.onPick(hit.number)}
      />
      {nothing && <p class="hpo-empty">{props.empty}</p>}
      {hit && !nothing && (
        <div
          class="hpo-tip"
          style={{
            top: `${Math.max(2, hit.y - 30)}px`,
            ...(hit.x > width / 2
              ? { right: `${width - hit.x + 8}px` }
              : { left: `${hit.x + 8}px` }),
          }}
        >
          {hit.text}
        </div>
      )}
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, props: Props, width: number): Frame | null {
  const { height, x: xs, y: ys } = props;
  const scale = window.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  if (!context || !xs || !ys) return null;
  context.scale(scale, scale);
  const ink = inkOf(canvas);
  context.font = `11px ${ink.font}`;

  const yTicks = ticks(ys.low, ys.high, Math.max(2, Math.floor(height / 36)));
  const yLabels = tickLabels(yTicks);
  const left = Math.ceil(Math.max(...yLabels.map((t) => context.measureText(t).width))) + 10;
  const [right, top, bottom] = [width - 10, 8, height - 32];
  const xTicks = ticks(xs.low, xs.high, Math.max(2, Math.floor((right - left) / 64))).filter(
    Number.isInteger,
  );
  const xSpan = xs.high - xs.low || 1;
  const ySpan = ys.high - ys.low || 1;
  const clamp = (value: number): number => Math.min(ys.high, Math.max(ys.low, value));
  const frame: Frame = {
    context,
    ink,
    left,
    right,
    top,
    bottom,
    x: (value) => left + ((value - xs.low) / xSpan) * (right - left),
    y: (value) => bottom - ((clamp(value) - ys.low) / ySpan) * (bottom - top),
  };

  context.strokeStyle = ink.grid;
  context.fillStyle = ink.text;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  yTicks.forEach((tick, i) => {
    const at = Math.round(frame.y(tick)) + 0.5;
    line(context, left, at, right, at);
    context.fillText(yLabels[i]!, left - 6, at);
  });
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of xTicks) context.fillText(String(tick), frame.x(tick), bottom + 5);
  context.textAlign = "right";
  context.fillText(props.xTitle, right, bottom + 19);

  context.save();
  context.beginPath();
  context.rect(left - 5, top - 5, right - left + 10, bottom - top + 10);
  context.clip();
  context.lineJoin = "round";
  props.draw(frame);
  context.restore();
  return frame;
}

function line(c: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}

export function dot(frame: Frame, x: number, y: number, radius: number, fill: string): void {
  const { context } = frame;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
}

export function ring(frame: Frame, x: number, y: number, radius: number, color: string): void {
  const { context } = frame;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = color;
  context.lineWidth = 1.1;
  context.stroke();
}

/** A value outside the range, marked at the edge it lies beyond; sign 1: below. */
export function arrow(
  frame: Frame,
  x: number,
  y: number,
  sign: 1 | -1,
  color: string,
  filled: boolean,
): void {
  const { context } = frame;
  context.beginPath();
  context.moveTo(x - 3.5, y - sign * 3);
  context.lineTo(x + 3.5, y - sign * 3);
  context.lineTo(x, y + sign * 3);
  context.closePath();
  context.fillStyle = context.strokeStyle = color;
  context.lineWidth = 1;
  if (filled) context.fill();
  else context.stroke();
}

/** A short dash to the right of a place. */
export function tick(frame: Frame, x: number, y: number): void {
  line(frame.context, x, y, x + 6, y);
}
