import { describe, expect, it } from "vitest";
import { nearest } from "../src/core/nearest";
import { cut, line, plain } from "../src/core/text";

describe("plain", () => {
  it("leaves out what moves a terminal", () => {
    expect(plain("\x1b[31mred\x1b[0m \x1b[1;38;5;208mbold\x1b[K")).toBe("red bold");
    expect(plain("\x1b]8;;https://x\x07link\x1b]8;;\x1b\\ \x9b2Jclear")).toBe("link clear");
  });

  it("shows what a terminal shows of a progress bar", () => {
    expect(plain("  1%\r 50%\r100%\nnext\r\nlast\r")).toBe("100%\nnext\nlast");
  });

  it("makes visible what turns the direction of reading, and other controls", () => {
    expect(plain("user\u202egpj.exe\u200f")).toBe("user\\u202egpj.exe\\u200f");
    expect(plain("a\x00b\x07\tc\x7f\x85")).toBe("a␀b␇\tc\\u007f\\u0085");
    expect(plain("naïve שלום 👍\n")).toBe("naïve שלום 👍\n");
  });

  it("reads a megabyte in no time", () => {
    const began = performance.now();
    plain("\x1b[3".repeat(300_000));
    plain("\x1b]".repeat(300_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("cut and line", () => {
  it("cuts between characters", () => {
    expect(cut("abcdef", 4)).toBe("abc…");
    expect(cut("abc", 3)).toBe("abc");
    expect(cut("ab👍cd", 4)).toBe("ab…");
  });

  it("is one line of whatever it is given", () => {
    expect(line("a\n  b\x1b[0m", 10)).toBe("a b");
    expect(line("x".repeat(1e6), 10)).toBe("xxxxxxxxx…");
  });
});

describe("nearest", () => {
  it("finds what was probably meant, and nothing where nothing is near", () => {
    expect(nearest("opimizer", ["optimizer", "lr"])).toBe("optimizer");
    expect(nearest("Hiden", ["hidden", "layers"])).toBe("hidden");
    expect(nearest("rl", ["lr", "act"])).toBe("lr");
    expect(nearest("comp", ["complete", "pruned"])).toBe("complete");
    expect(nearest("banana", ["lr", "act"])).toBe(null);
  });
});
