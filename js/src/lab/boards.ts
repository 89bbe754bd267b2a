// A study's board, most of our code: it is loaded when the first one is drawn, so that a page
// without studies starts as quickly as without us.
import type { Session } from "../board/session";

/** Draw it, soon; returns what takes it away. */
export function mount(node: HTMLElement, session: Session): () => void {
  let unmount: (() => void) | null = null;
  let over = false;
  import("../board/board").then(
    (board) => {
      if (!over) unmount = board.mount(node, session);
    },
    (error: unknown) => {
      console.warn("jupyter_hpo: the dashboard could not be loaded", error);
      node.textContent = "The dashboard could not be loaded. Reload the page.";
    },
  );
  return () => {
    over = true;
    unmount?.();
  };
}
