// Drawing on a canvas: the frame with its axes, and the marks that pictures share.
import { axisKey, share, ticksOf, type Axis, type Tick } from "../core/axis";
import { isDark } from "../core/colours";

/** Colours of the theme as the browser resolves them, read at each drawing. */
export interface Ink {
  text: string;
  strong: string;
  faint: string;
  grid: string;
  ground: string;
  brand: string;
  good: string;
  warn: string;
  bad: string;
  font: string;
  dark: boolean;
}

export interface Frame {
  context: CanvasRenderingContext2D;
  ink: Ink;
  x: (value: number) => number;
  /** Held within the frame: what lies beyond is drawn at its edge. */
  y: (value: number) => number;
  /** Not held: lines run out of the frame. */
  beyond: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  xAxis: Axis;
  yAxis: Axis;
  /** Draw what rarely changes onto a sheet that is kept as long as `key` and the axes are the
   * same. fresh: the sheet is empty; else only what is new need be added. */
  keep: (key: string, paint: (sheet: Frame, fresh: boolean) => void) => void;
}

export interface Setting {
  width: number;
  height: number;
  x: Axis;
  y: Axis;
  xTitle: string;
  yTitle: string;
  /** No axes: the picture draws its own. */
  bare: boolean;
}

const FONT = 11;
const MARGIN = 5;
/** So many times its height beyond a frame a line runs as good as upright. */
const FAR = 50;
/** Marks of so few pixels around are drawn as squares. */
const SMALL = 1.7;

export function inkOf(element: HTMLElement): Ink {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  const ground = of("--hpo-bg");
  return {
    text: of("--hpo-fg2"),
    strong: of("--hpo-fg"),
    faint: of("--hpo-ink"),
    grid: of("--hpo-line"),
    ground,
    brand: of("--hpo-brand"),
    good: of("--hpo-good"),
    warn: of("--hpo-warn"),
    bad: of("--hpo-bad"),
    font: style.fontFamily,
    dark: isDark(resolved(element, ground)),
  };
}

/** A colour as numbers: a theme may write it in any way. */
function resolved(element: HTMLElement, colour: string): string {
  const ground = getComputedStyle(element.closest(".hpo") ?? element).backgroundColor;
  return ground && !/rgba\(.*, 0\)|transparent/.test(ground) ? ground : colour;
}

/** A second canvas, never shown itself. */
export class Sheet {
  private readonly canvas = document.createElement("canvas");
  private key = "";

  keep(frame: Frame, key: string, paint: (sheet: Frame, fresh: boolean) => void): void {
    const target = frame.context.canvas;
    const { ink } = frame;
    const whole = [
      key, axisKey(frame.xAxis), axisKey(frame.yAxis), frame.left, frame.top, target.width, target.height,
      ink.ground, ink.text, ink.faint, ink.brand, ink.good,
    ].join("\n"); // prettier-ignore
    const fresh = whole !== this.key;
    if (fresh) [this.canvas.width, this.canvas.height] = [target.width, target.height];
    this.key = whole;
    const context = this.canvas.getContext("2d")!;
    context.save();
    context.setTransform(frame.context.getTransform());
    clip(context, frame);
    paint({ ...frame, context }, fresh);
    context.restore();
    frame.context.save();
    frame.context.resetTransform();
    frame.context.drawImage(this.canvas, 0, 0);
    frame.context.restore();
  }
}

function clip(context: CanvasRenderingContext2D, { left, right, top, bottom }: Frame): void {
  context.beginPath();
  context.rect(left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN);
  context.clip();
  context.lineJoin = "round";
}

/** Clear the canvas, draw the axes and let `draw` fill the frame; null where there is no canvas. */
export function paint(
  canvas: HTMLCanvasElement,
  setting: Setting,
  sheet: Sheet,
  draw: (frame: Frame) => void,
): Frame | null {
  const { width, height, x, y } = setting;
  const scale = window.devicePixelRatio || 1;
  const [pixelsX, pixelsY] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelsX) canvas.width = pixelsX;
  if (canvas.height !== pixelsY) canvas.height = pixelsY;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const ink = inkOf(canvas);
  context.font = `${FONT}px ${ink.font}`;
  const yTicks = ticksOf(y, Math.max(2, Math.floor(height / (y.kind === "choice" ? 16 : 40))));
  const yLabels = yTicks.map(({ label }) => fitted(context, label, Math.min(90, width / 4)));
  const widest = Math.max(0, ...yLabels.map((text) => context.measureText(text).width));
  const [left, right] = setting.bare ? [10, width - 10] : [Math.ceil(widest) + 12, width - 12];
  const top = setting.yTitle ? 24 : 10;
  const bottom = setting.bare ? height - 10 : height - (setting.xTitle ? 34 : 20);
  const held = (at: number): number => Math.min(1, Math.max(0, at));
  const frame: Frame = {
    context, ink, left, right, top, bottom, xAxis: x, yAxis: y,
    x: (value) => left + share(x, value) * (right - left),
    y: (value) => bottom - held(share(y, value)) * (bottom - top),
    beyond: (value) => bottom - Math.min(FAR, Math.max(-FAR, share(y, value))) * (bottom - top),
    keep: (key, paint) => sheet.keep(frame, key, paint),
  }; // prettier-ignore
  if (!setting.bare) axes(frame, setting, yTicks, yLabels);
  context.save();
  clip(context, frame);
  draw(frame);
  context.restore();
  return frame;
}

function axes(frame: Frame, setting: Setting, yTicks: Tick[], yLabels: string[]): void {
  const { context, ink, left, right, top, bottom } = frame;
  context.strokeStyle = ink.grid;
  context.fillStyle = ink.text;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  yTicks.forEach((tick, i) => {
    const at = Math.round(frame.y(tick.value)) + 0.5;
    if (setting.y.kind !== "choice") line(context, left, at, right, at);
    context.fillText(yLabels[i]!, left - 6, at);
  });
  context.textBaseline = "top";
  const room = (right - left) / Math.max(1, setting.x.labels.length);
  const xTicks = ticksOf(setting.x, Math.max(2, Math.floor((right - left) / 64)));
  for (const { value, label } of xTicks) {
    const text = setting.x.kind === "choice" ? fitted(context, label, Math.max(room - 6, 24)) : label;
    const half = context.measureText(text).width / 2;
    const at = frame.x(value);
    context.textAlign = "center";
    context.fillText(text, Math.min(Math.max(at, half + 2), setting.width - half - 2), bottom + 6);
    if (setting.x.kind !== "choice") line(context, Math.round(at) + 0.5, bottom, Math.round(at) + 0.5, bottom + 3);
  }
  context.textAlign = "right";
  if (setting.xTitle) context.fillText(fitted(context, setting.xTitle, right - left), right, bottom + 20);
  context.textAlign = "left";
  if (setting.yTitle) context.fillText(fitted(context, setting.yTitle, right), 10, 4);
  line(context, left, bottom + 0.5, right, bottom + 0.5);
  if (setting.y.kind === "choice") line(context, left - 0.5, top, left - 0.5, bottom);
}

/** The text, cut to so many pixels. */
export function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let [low, high] = [0, Math.min(text.length, 400)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

export function line(c: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}

export function dot(frame: Frame, x: number, y: number, radius: number, fill: string): void {
  const { context } = frame;
  context.fillStyle = fill;
  if (radius <= SMALL) {
    // A tenth of the time of an arc, and too small to be told from one.
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    return;
  }
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

export function ring(frame: Frame, x: number, y: number, radius: number, color: string, width = 1.1): void {
  const { context } = frame;
  context.strokeStyle = color;
  context.lineWidth = width;
  if (radius <= SMALL) {
    context.strokeRect(x - radius, y - radius, 2 * radius, 2 * radius);
    return;
  }
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** A value outside the range, marked at the edge it lies beyond; sign 1: below. */
export function arrow(frame: Frame, x: number, y: number, sign: 1 | -1, color: string, filled: boolean): void {
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

/** The brush of a picture, in pixels. */
export function brushed(frame: Frame, x0: number, y0: number, x1: number, y1: number): void {
  const { context, ink } = frame;
  context.save();
  context.globalAlpha = 0.1;
  context.fillStyle = ink.brand;
  context.fillRect(x0, y0, x1 - x0, y1 - y0);
  context.globalAlpha = 0.9;
  context.strokeStyle = ink.brand;
  context.lineWidth = 1;
  context.strokeRect(Math.round(x0) + 0.5, Math.round(y0) + 0.5, Math.round(x1 - x0), Math.round(y1 - y0));
  context.restore();
}

/** Thinner ink the more there is to draw, so that density still shows; by steps of two, so
 * that what was drawn need not be drawn again. */
export const thin = (base: number, count: number): number =>
  Math.max(0.08, base * Math.min(1, (80 / steps(count)) ** 0.6));

/** count, rounded up to a power of two. */
export const steps = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, count)));
