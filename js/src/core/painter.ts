// When to draw again. Messages come up to ten times a second; a study of thousands of trials
// takes longer than that to draw, and the page must stay free for clicks and scrolling.

/** The page is left alone for so many times what the last drawing took. */
const REST = 3;
const LONGEST_MS = 2000;

export interface Clock {
  now(): number;
  /** Calls back when what was changed just now is on the screen. */
  drawn(callback: () => void): void;
  later(callback: () => void, ms: number): void;
}

export const browser: Clock = {
  now: () => performance.now(),
  drawn: (callback) => {
    let called = false;
    const once = (): void => {
      if (!called) callback();
      called = true;
    };
    // Preact runs effects, and so the canvases, after the frame: the second time-out is later.
    requestAnimationFrame(() => setTimeout(() => setTimeout(once)));
    setTimeout(once, LONGEST_MS); // a page in the background gets no frames
  },
  later: (callback, ms) => void setTimeout(callback, ms),
};

/** Draws at once when it may, else as soon as it may; changes in between are drawn together. */
export class Painter {
  private busy = false;
  private stale = false;

  constructor(
    private readonly draw: () => void,
    private readonly clock: Clock = browser,
  ) {}

  changed(): void {
    this.stale = true;
    if (!this.busy) this.paint();
  }

  private paint(): void {
    if (!this.stale) return;
    this.stale = false;
    this.busy = true;
    const began = this.clock.now();
    this.draw();
    this.clock.drawn(() => {
      const rest = REST * (this.clock.now() - began);
      this.clock.later(() => {
        this.busy = false;
        this.paint();
      }, Math.min(LONGEST_MS, rest));
    });
  }
}
