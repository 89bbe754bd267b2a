// The lines that differ between two texts, for showing a change before it is made.

export interface DiffLine {
  kind: "same" | "removed" | "added";
  text: string;
}

/** Texts that differ in more lines than this are shown as one replaced by the other. */
const MOST = 1000;

/**
 * The shortest way from one text to the other, line by line; within a change what was removed
 * stands before what was added. E. W. Myers, "An O(ND) Difference Algorithm and Its
 * Variations", 1986. The ending of a line, and of the last one, is no difference.
 */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [inA, inB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return [
    ...a.slice(0, start).map(same),
    ...tidy(between(inA, inB)),
    ...a.slice(a.length - end).map(same),
  ];
}

const linesOf = (text: string): string[] => {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

const same = (text: string): DiffLine => ({ kind: "same", text });
const removed = (text: string): DiffLine => ({ kind: "removed", text });
const added = (text: string): DiffLine => ({ kind: "added", text });

function between(a: readonly string[], b: readonly string[]): DiffLine[] {
  // furthest.get(k): how far into `a` one comes on the diagonal k = (place in a) - (in b).
  let furthest = new Map<number, number>([[1, 0]]);
  const steps: Map<number, number>[] = [];
  for (let d = 0; d <= Math.min(a.length + b.length, MOST); d++) {
    const next = new Map(furthest);
    for (let k = -d; k <= d; k += 2) {
      let x = comesDown(furthest, k, d) ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return back(a, b, [...steps, furthest]);
    }
    steps.push(furthest);
    furthest = next;
  }
  return [...a.map(removed), ...b.map(added)];
}

/** Whether the step onto diagonal k adds a line; otherwise it removes one. */
const comesDown = (furthest: Map<number, number>, k: number, d: number): boolean =>
  k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));

function back(
  a: readonly string[],
  b: readonly string[],
  steps: readonly Map<number, number>[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = steps.length - 1; d >= 0; d--) {
    const k = x - y;
    const down = comesDown(steps[d]!, k, d);
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : steps[d]!.get(fromK)!;
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      lines.push(same(a[(x -= 1)]!));
      y -= 1;
    }
    if (d === 0) break;
    if (down) lines.push(added(b[(y -= 1)]!));
    else lines.push(removed(a[(x -= 1)]!));
  }
  return lines.reverse();
}

/** Within each change: what was removed, then what was added. */
function tidy(lines: readonly DiffLine[]): DiffLine[] {
  const result: DiffLine[] = [];
  let [gone, come]: [DiffLine[], DiffLine[]] = [[], []];
  for (const line of lines) {
    if (line.kind === "removed") gone.push(line);
    else if (line.kind === "added") come.push(line);
    else {
      result.push(...gone, ...come, line);
      [gone, come] = [[], []];
    }
  }
  return [...result, ...gone, ...come];
}
