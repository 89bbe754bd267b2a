// A scale of colours that is even to the eye, and to most who see few of them: viridis, see
// van der Walt and Smith, https://bids.github.io/colormap. Pure.

const VIRIDIS = [
  [68, 1, 84], [72, 35, 116], [64, 67, 135], [52, 94, 141], [41, 120, 142], [32, 144, 140],
  [34, 167, 132], [68, 190, 112], [121, 209, 81], [189, 222, 38], [253, 231, 37],
] as const; // prettier-ignore

export type Rgb = readonly [number, number, number];

/** good: from 0, the worst, to 1, the best: what is best stands out most from the ground. */
export function ramp(good: number, dark: boolean): Rgb {
  const held = Math.min(1, Math.max(0, Number.isFinite(good) ? good : 0));
  const at = (dark ? 0.12 + 0.88 * held : 0.94 * (1 - held)) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (k: 0 | 1 | 2): number =>
    Math.round(VIRIDIS[i]![k] + (at - i) * (VIRIDIS[i + 1]![k] - VIRIDIS[i]![k]));
  return [mix(0), mix(1), mix(2)];
}

export const css = ([red, green, blue]: Rgb): string => `rgb(${red},${green},${blue})`;

/** Whether a colour, as a canvas tells it (#rrggbb or rgb()), is dark. */
export function isDark(colour: string): boolean {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})/i.exec(colour);
  const parts = hex
    ? hex.slice(1).map((h) => parseInt(h, 16))
    : (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  if (parts.length < 3) return false;
  return 0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]! < 110;
}
