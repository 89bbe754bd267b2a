// A page with one session on it, for tests of what the board draws.
import { render } from "preact";
import { act } from "preact/test-utils";
import type { Header, Point, Row } from "../src/core/protocol";
import type { Session } from "../src/board/session";
import { header, update } from "./help";

export let root: HTMLElement;
export let session: Session;
let seq = 0;

/** Before each test; again in one, it has another session on the same page. */
export function begin(made: Session): void {
  session = made;
  if (root?.isConnected) return;
  root = document.createElement("div");
  document.body.append(root);
}

/** After each test. */
export function end(): void {
  act(() => render(null, root));
  session.dispose();
  root.remove();
}

export function show(rows: Row[], more: Partial<Header> = {}, points: Point[] = []): void {
  act(() => {
    session.store.apply(update({ seq: ++seq, rows, points, header: header(more) }), 0);
    session.version.value += 1;
  });
}

export const all = (selector: string): HTMLElement[] => [
  ...root.querySelectorAll<HTMLElement>(selector),
];

export const button = (text: string): HTMLButtonElement =>
  all("button").find((b) =>
    (b.getAttribute("aria-label") ?? b.textContent!).includes(text),
  ) as HTMLButtonElement;

export function press(key: string): void {
  act(() => {
    const target = document.activeElement!;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}
