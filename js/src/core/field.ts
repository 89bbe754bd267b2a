// What an objective is like between the trials: a smooth surface over two axes. Pure.

export interface Known {
  /** From 0 to 1 along each axis; for a choice its index. */
  x: number;
  y: number;
  value: number;
}

/** Along an axis: so many places from 0 to 1, or so many choices. */
export interface Cells {
  count: number;
  choice: boolean;
}

/** values: row by row, the first the lowest y. trust: from 1 at a trial to 0 far from all. */
export interface Field {
  values: Float64Array;
  trust: Float64Array;
  columns: number;
  rows: number;
}

/**
 * The mean of the trials around each place, the nearer the more (Nadaraya-Watson, a Gaussian
 * kernel; its width by Scott's rule for two axes, for points spread evenly over 0 to 1). Between
 * two choices nothing is carried over.
 */
export function field(points: readonly Known[], x: Cells, y: Cells): Field {
  const size = x.count * y.count;
  const [values, trust] = [new Float64Array(size).fill(NaN), new Float64Array(size)];
  const width = Math.min(0.25, Math.max(0.04, 0.29 * points.length ** (-1 / 6)));
  const [wx, wy] = [weights(points.map((p) => p.x), x, width), weights(points.map((p) => p.y), y, width)];
  for (let j = 0; j < y.count; j++) {
    for (let i = 0; i < x.count; i++) {
      let [sum, weight, nearest] = [0, 0, 0];
      for (let p = 0; p < points.length; p++) {
        const w = wx[i]![p]! * wy[j]![p]!;
        weight += w;
        if (w > nearest) nearest = w;
        sum += w * points[p]!.value;
      }
      const at = j * x.count + i;
      if (weight > 1e-9) values[at] = sum / weight;
      trust[at] = nearest;
    }
  }
  return { values, trust, columns: x.count, rows: y.count };
}

function weights(at: readonly number[], cells: Cells, width: number): Float64Array[] {
  return Array.from({ length: cells.count }, (_, i) => {
    const place = cells.count > 1 ? i / (cells.count - 1) : 0.5;
    return Float64Array.from(at, (p) => {
      if (cells.choice) return p === i ? 1 : 0;
      return Math.exp(-0.5 * ((p - place) / width) ** 2);
    });
  });
}

export type Line = readonly [number, number, number, number];

/** Where the surface crosses a level: pieces of lines, in columns and rows (marching squares). */
export function isolines({ values, trust, columns, rows }: Field, level: number, least: number): Line[] {
  const lines: Line[] = [];
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const at = [j * columns + i, j * columns + i + 1, (j + 1) * columns + i + 1, (j + 1) * columns + i];
      if (at.some((k) => !(trust[k]! >= least) || Number.isNaN(values[k]!))) continue;
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]] as const; // prettier-ignore
      const hits: [number, number][] = [];
      for (let e = 0; e < 4; e++) {
        const [a, b] = [values[at[e]!]!, values[at[(e + 1) % 4]!]!];
        if (a < level === b < level) continue;
        const t = (level - a) / (b - a);
        const [p, q] = [corners[e]!, corners[(e + 1) % 4]!];
        hits.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
      }
      for (let k = 0; k + 1 < hits.length; k += 2) lines.push([...hits[k]!, ...hits[k + 1]!]);
    }
  }
  return lines;
}
