// A picture on a canvas that can be pointed at, walked through by keys, and dragged in.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Axis } from "../core/axis";
import { line } from "../core/text";
import { paint, Sheet, type Frame } from "./frame";

export interface Hit {
  x: number;
  y: number;
  text: string;
  number: number;
}

/** Something held with the pointer. */
export interface Drag {
  move: (px: number, py: number) => void;
}

export interface PlotProps {
  /** What the picture says, in words. */
  label: string;
  height: number;
  x: Axis | null;
  y: Axis | null;
  xTitle: string;
  yTitle?: string;
  bare?: boolean;
  /** Drawn at least so wide, and scrolled where there is less room. */
  least?: number;
  draw: (frame: Frame) => void;
  /** What lies nearest to a place in pixels. */
  find: (frame: Frame, px: number, py: number) => Hit | null;
  /** Trials by their place on x, and where one stands: for the arrow keys. */
  walk: () => readonly number[];
  spot: (frame: Frame, number: number) => Hit | null;
  onHover: (number: number | null) => void;
  onPick: (number: number) => void;
  /** What a press at a place would drag, and how the pointer shows it. */
  drag?: (frame: Frame, px: number, py: number) => Drag | null;
  cursor?: (frame: Frame, px: number, py: number) => string;
  /** Something begins to be dragged, and is let go: the picture must not move meanwhile. */
  onDrag?: (dragged: boolean) => void;
  /** A click beside everything, a double click, Escape. */
  onClear?: () => void;
  empty: string;
}

const STILL = 4;
/** As tall as a picture is of which there is only a sentence. */
const EMPTY = 150;

export function Plot(props: PlotProps) {
  const id = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<Frame | null>(null);
  const [sheet] = useState(() => new Sheet());
  const latest = useRef(props);
  latest.current = props;
  const [room, setRoom] = useState(0);
  const [, setTheme] = useState(0);
  const [hit, setHit] = useState<(Hit & { byKey: boolean }) | null>(null);
  const [cursor, setCursor] = useState("");
  const press = useRef<{ x: number; y: number; drag: Drag | null; moved: boolean } | null>(null);
  const width = Math.max(room, props.least ?? 0);
  const nothing = !props.x || !props.y;
  const height = nothing ? Math.min(props.height, EMPTY) : props.height;

  useLayoutEffect(() => {
    const parent = canvas.current!.parentElement!;
    const measure = (): void => setRoom(Math.floor(parent.clientWidth));
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(parent);
    const themes = new MutationObserver(() => setTheme((n) => n + 1));
    themes.observe(document.body, { attributes: true });
    themes.observe(document.documentElement, { attributes: true });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      latest.current.onHover(null); // what is pointed at goes with the picture
      letGo();
    };
  }, []);

  // After every render: the data behind `draw` is not ours to compare.
  useEffect(() => {
    const { x, y, height, xTitle, yTitle = "", bare = false } = props;
    frame.current = null;
    if (width > 0 && x && y) {
      const setting = { width, height, x, y, xTitle, yTitle, bare };
      frame.current = paint(canvas.current!, setting, sheet, props.draw);
    }
  });

  const point = (found: Hit | null, byKey = false): void => {
    setHit(found && { ...found, byKey });
    props.onHover(found ? found.number : null);
  };
  const place = (event: PointerEvent | MouseEvent): [number, number] => {
    const box = canvas.current!.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !frame.current) return;
    const [x, y] = place(event);
    press.current = { x, y, drag: props.drag?.(frame.current, x, y) ?? null, moved: false };
    canvas.current!.setPointerCapture?.(event.pointerId);
  };
  const onMove = (event: PointerEvent): void => {
    const now = frame.current;
    if (!now) return;
    const [x, y] = place(event);
    const held = press.current;
    if (held?.drag) {
      if (!held.moved && Math.hypot(x - held.x, y - held.y) > STILL) {
        held.moved = true;
        props.onDrag?.(true);
      }
      if (held.moved) {
        if (hit) point(null);
        held.drag.move(x, y);
      }
      return;
    }
    const found = props.find(now, x, y);
    if (found?.number !== hit?.number || found?.text !== hit?.text) point(found);
    setCursor(found ? "pointer" : (props.cursor?.(now, x, y) ?? ""));
  };
  const letGo = (): void => {
    if (press.current?.moved) latest.current.onDrag?.(false);
    press.current = null;
  };
  const onUp = (): void => {
    const held = press.current;
    letGo();
    if (held?.moved) return;
    if (held && hit) props.onPick(hit.number);
    else if (held) props.onClear?.();
  };
  const onLeave = (): void => {
    if (!press.current) point(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key } = event;
    if (key === "Escape" && (hit || props.onClear)) {
      if (hit) point(null);
      else props.onClear!();
    } else if ((key === "Enter" || key === " ") && hit) props.onPick(hit.number);
    else {
      const numbers = props.walk();
      const at = hit ? numbers.indexOf(hit.number) : -1;
      const next = at < 0 ? 0 : at;
      const to = {
        ArrowRight: at + 1, ArrowLeft: at < 0 ? numbers.length - 1 : at - 1,
        PageDown: next + 10, PageUp: next - 10, Home: 0, End: numbers.length - 1,
      }[key]; // prettier-ignore
      if (to === undefined || !numbers.length || !frame.current) return;
      point(props.spot(frame.current, numbers[Math.min(numbers.length - 1, Math.max(0, to))]!), true);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="hpo-plot" style={{ height: `${height}px` }}>
      <canvas
        ref={canvas}
        role="img"
        tabIndex={nothing ? -1 : 0}
        aria-label={nothing ? props.empty : line(props.label, 300)}
        aria-describedby={id}
        style={{ width: `${width}px`, height: `${height}px`, cursor }}
        hidden={nothing}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={letGo}
        onPointerLeave={onLeave}
        onDblClick={() => props.onClear?.()}
        onKeyDown={onKeyDown}
        onBlur={() => hit?.byKey && point(null)}
      />
      {nothing && <p class="hpo-empty">{props.empty}</p>}
      <div id={id} class={hit ? "hpo-tip" : "hpo-unseen"} style={hit ? near(hit, width) : {}}>
        {hit ? hit.text : "Arrow keys walk through the trials, Enter opens one."}
      </div>
      <span class="hpo-unseen" aria-live="polite">
        {hit?.byKey ? hit.text : ""}
      </span>
    </div>
  );
}

/** Beside the point, on the side where there is more room. */
const near = (hit: Hit, width: number): Record<string, string> => ({
  top: `${Math.max(2, hit.y - 30)}px`,
  ...(hit.x > width / 2 ? { right: `${width - hit.x + 8}px` } : { left: `${hit.x + 8}px` }),
});
