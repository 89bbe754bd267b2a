import { beforeEach, describe, expect, it } from "vitest";
import { Painter, type Clock } from "../src/core/painter";

let time = 0;
let drawnAt: number[] = [];
let due: { at: number; call: () => void }[] = [];

/** A page on which every drawing takes so many milliseconds. */
function page(cost: number): Painter {
  const clock: Clock = {
    now: () => time,
    drawn: (call) => void due.push({ at: time + cost, call }),
    later: (call, ms) => void due.push({ at: time + ms, call }),
  };
  return new Painter(() => drawnAt.push(time), clock);
}
function until(end: number): void {
  for (;;) {
    due.sort((a, b) => a.at - b.at);
    if (!due[0] || due[0].at > end) break;
    const { at, call } = due.shift()!;
    time = at;
    call();
  }
  time = end;
}

beforeEach(() => {
  [time, drawnAt, due] = [0, [], []];
});

describe("Painter", () => {
  it("draws every message when drawing is cheap", () => {
    const painter = page(5);
    for (let t = 0; t < 1000; t += 100) {
      until(t);
      painter.changed();
    }
    expect(drawnAt.length).toBe(10);
  });

  it("leaves the page free when drawing is dear, and still draws the last change", () => {
    const painter = page(200);
    for (let t = 0; t <= 2000; t += 100) {
      until(t);
      painter.changed();
    }
    until(5000);
    expect(drawnAt.length).toBeLessThanOrEqual(5);
    expect(drawnAt[drawnAt.length - 1]).toBeGreaterThanOrEqual(2000);
  });
});
