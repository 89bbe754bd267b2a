// "Did you mean": the word that was probably meant.

/** Steps from one word to another: a letter more, less, another one, or two swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + Number(a[i - 1] !== b[j - 1]),
        swapped ? before[j - 2]! + 1 : Infinity,
      );
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}

/** The nearest of the words, or null when none is near. Case does not count. */
export function nearest(word: string, words: Iterable<string>): string | null {
  const low = word.toLowerCase().slice(0, 60);
  let found: string | null = null;
  let least = Math.max(1, Math.floor(low.length / 3)) + 1;
  for (const other of words) {
    const near = other.toLowerCase().slice(0, 60);
    const begins = low.length > 1 && near.startsWith(low);
    const steps = begins ? 0.5 : distance(low, near);
    if (steps < least) [found, least] = [other, steps];
  }
  return found;
}
