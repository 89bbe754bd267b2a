// Numbers people can read; the same as numbers.py, held to tests/widgets/numbers.json.
export const NOTHING = "–";

export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return NOTHING;
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size >= 1e-4 && size < 1e6) {
    const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
    return strip(value.toFixed(decimals));
  }
  const [mantissa, exponent] = value.toExponential(2).split("e") as [string, string];
  return `${strip(mantissa)}e${Number(exponent)}`;
}

const strip = (text: string): string =>
  text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;

export function metric(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  const size = Math.abs(value);
  if (!(size >= 1e-3 && size < 1e4)) return number(value);
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return value.toFixed(size >= 1 ? decimals : Math.max(decimals, 4));
}

export function param(value: unknown): string {
  if (value === undefined) return "";
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? number(value) : String(value);
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOTHING;
  const s = Math.max(0, seconds);
  if (s === 0) return "0s";
  if (s < 0.95) return `${Math.max(1, Math.round(s * 1000))}ms`;
  if (s < 9.95) return `${s.toFixed(1)}s`;
  const whole = Math.round(s);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h ${two((whole % 3600) / 60)}m`;
  return `${Math.floor(whole / 86400)}d ${Math.floor((whole % 86400) / 3600)}h`;
}

/** What tells two values of a message apart. JSON itself holds no big integers. */
export const likeness = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

/** A value of an objective; one whose values are counts is written as one. */
export function goal(value: number | null | undefined, of: { whole?: boolean } | undefined): string {
  const counts = of?.whole && Number.isInteger(value) && Math.abs(value!) < 1e12;
  return counts ? count(value!) : metric(value);
}

/** A whole number to be counted by: 1,204,736. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A whole number in few characters: 1.2M, 34.5k. */
export function big(value: number): string {
  for (const [scale, unit] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (Math.abs(value) >= scale) {
      return `${number(value / (unit === "k" ? 1e3 : scale), 3)}${unit}`;
    }
  }
  return number(value);
}

/** How often in a second, or how long between two, whichever reads better. */
export function rate(perSecond: number): string {
  if (!(perSecond > 0)) return NOTHING;
  if (perSecond >= 1) return `${number(perSecond, 3)} a second`;
  return `one every ${duration(1 / perSecond)}`;
}

export function memory(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return NOTHING;
  let size = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (size < 999.5) {
      return unit === "B" || size >= 9.95 ? `${size.toFixed(0)} ${unit}` : `${size.toFixed(1)} ${unit}`;
    }
    size /= 1000;
  }
  return `${size.toFixed(1)} TB`;
}
