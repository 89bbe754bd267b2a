import { describe, expect, it } from "vitest";
import { diffLines, type DiffLine } from "../src/core/diff";

const text = (lines: DiffLine[]): string =>
  lines.map(({ kind, text }) => ({ same: " ", removed: "-", added: "+" })[kind] + text).join("\n");
const sides = (lines: DiffLine[]): [string[], string[]] => [
  lines.filter((l) => l.kind !== "added").map((l) => l.text),
  lines.filter((l) => l.kind !== "removed").map((l) => l.text),
];

describe("diffLines", () => {
  it("shows changed literals in their place, the old line before the new", () => {
    const before = "lr = 0.1\nhidden = 64\nact = 'relu'\ntrain()\n";
    const after = "lr = 0.02\nhidden = 128\nact = 'relu'\ntrain()\n";
    expect(text(diffLines(before, after))).toBe(
      "-lr = 0.1\n-hidden = 64\n+lr = 0.02\n+hidden = 128\n act = 'relu'\n train()",
    );
  });

  it("keeps what is common around an insertion and a deletion", () => {
    expect(text(diffLines("a\nb\nc", "a\nx\nb\nc"))).toBe(" a\n+x\n b\n c");
    expect(text(diffLines("a\nx\nb\nc", "a\nb\nc"))).toBe(" a\n-x\n b\n c");
    expect(text(diffLines("a\na\na", "a\na"))).toBe(" a\n a\n-a");
  });

  it("says nothing of line endings, and copes with empty texts", () => {
    expect(text(diffLines("a\r\nb\r\n", "a\nb"))).toBe(" a\n b");
    expect(diffLines("", "")).toEqual([]);
    expect(text(diffLines("", "a"))).toBe("+a");
    expect(text(diffLines("a", ""))).toBe("-a");
  });

  it("finds the shortest way in Myers' own example", () => {
    const lines = diffLines([..."ABCABBA"].join("\n"), [..."CBABAC"].join("\n"));
    expect(lines.filter((l) => l.kind !== "same").length).toBe(5);
    expect(sides(lines)).toEqual([[..."ABCABBA"], [..."CBABAC"]]);
  });

  it("gives both texts back, whatever they are", () => {
    let seed = 7;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let turn = 0; turn < 300; turn++) {
      const [a, b] = [0, 0].map(() => Array.from({ length: next(12) }, () => "abc"[next(3)]!));
      expect(sides(diffLines(a!.join("\n"), b!.join("\n")))).toEqual([a, b]);
    }
  });

  it("does not hang on long texts that have nothing in common", () => {
    const [a, b] = ["a", "b"].map((l) => Array.from({ length: 5000 }, (_, i) => l + i));
    const lines = diffLines(a!.join("\n"), b!.join("\n"));
    expect(sides(lines)).toEqual([a, b]);
  });
});
