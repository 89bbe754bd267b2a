// Changes to the code that nothing on the page makes: shown, to be copied.
import type { Edit } from "../core/protocol";
import { plain } from "../core/text";

export function offerEdits(from: Element, edits: readonly Edit[], title: string): boolean {
  const detail = { edits, title };
  const event = new CustomEvent("jupyter-hpo-edits", { bubbles: true, cancelable: true, detail });
  return !from.dispatchEvent(event);
}

export function Edits(props: { edits: readonly Edit[]; title: string; onClose: () => void }) {
  return (
    <section aria-label={props.title}>
      {props.edits.map(({ cell, after }) => (
        <pre key={cell}>{plain(after)}</pre>
      ))}
      <button type="button" class="hpo-button" onClick={props.onClose}>
        Close
      </button>
    </section>
  );
}
