// A change of the cell, shown before it is made. Where our labextension is, it makes the change;
// elsewhere the new text is there to be copied.
import { useState } from "preact/hooks";
import { copy } from "../core/clipboard";
import { diffLines, type DiffLine } from "../core/diff";
import type { Edit } from "../core/protocol";
import { plain } from "../core/text";

export const EDITS_EVENT = "jupyter-hpo-edits";

export interface EditsDetail {
  edits: Edit[];
  title: string;
  /** Made without a question: nothing of the cell goes. */
  atOnce?: boolean;
  /** Once it is made, the cell is captured again, with the editor open. */
  tune?: boolean;
}

/** Offer a change to whoever can make it; true when somebody took it. */
export function offerEdits(
  from: Element,
  edits: Edit[],
  title: string,
  more: Pick<EditsDetail, "atOnce" | "tune"> = {},
): boolean {
  const detail: EditsDetail = { edits, title, ...more };
  const event = new CustomEvent(EDITS_EVENT, { bubbles: true, cancelable: true, detail });
  // At the study's end the board it was asked from may have given way to the saved result.
  return !(from.isConnected ? from : from.ownerDocument.body).dispatchEvent(event);
}

const SIGN = { same: " ", removed: "−", added: "+" } as const;
const WORD = { same: "", removed: "removed: ", added: "added: " } as const;
/** So many unchanged lines are left around a change. */
const AROUND = 2;

/** Lines, and how many unchanged ones were left out in between. */
function near(lines: DiffLine[]): (DiffLine | number)[] {
  const changed = lines.flatMap((line, i) => (line.kind === "same" ? [] : [i]));
  const result: (DiffLine | number)[] = [];
  let left = 0;
  lines.forEach((line, i) => {
    if (changed.some((at) => Math.abs(at - i) <= AROUND)) {
      if (left) result.push(left);
      left = 0;
      result.push(line);
    } else left += 1;
  });
  return left ? [...result, left] : result;
}

export function Difference({ before, after }: { before: string; after: string }) {
  const lines = near(diffLines(before, after));
  return (
    <ol class="hpo-diff" tabIndex={0} aria-label="Difference">
      {lines.map((line, i) =>
        typeof line === "number" ? (
          <li key={i} class="hpo-diff-left">
            {line === 1 ? "1 line as it was" : `${line} lines as they were`}
          </li>
        ) : (
          <li key={i} class={`hpo-diff-${line.kind}`}>
            <i aria-hidden="true">{SIGN[line.kind]}</i>
            <span class="hpo-unseen">{WORD[line.kind]}</span>
            <code>{plain(line.text)}</code>
          </li>
        ),
      )}
    </ol>
  );
}

function OneEdit({ edit }: { edit: Edit }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <section class="hpo-edit">
      <div class="hpo-edit-top">
        <span>{edit.cell ? `Cell In [${edit.cell}]` : "The cell"}</span>
        <button
          type="button"
          class="hpo-button hpo-primary"
          onClick={async ({ currentTarget }) => setCopied(await copy(edit.after, currentTarget))}
        >
          Copy the new cell
        </button>
        <span role="status">
          {copied === true && "Copied: paste it over the cell's text."}
          {copied === false && "The browser refused. Select the text below and copy it."}
        </span>
      </div>
      {copied === false && <textarea readOnly rows={8} value={edit.after} />}
      <Difference before={edit.before} after={edit.after} />
    </section>
  );
}

/** The difference of each cell, with its new text to be copied. */
export function Edits({ edits, title, onClose }: EditsDetail & { onClose: () => void }) {
  return (
    <div class="hpo-edits" role="group" aria-label={title}>
      <div class="hpo-edits-top">
        <b>{title}</b>
        <button type="button" class="hpo-link" onClick={onClose}>
          Close
        </button>
      </div>
      {edits.length === 0 && <p class="hpo-quiet">The cell says so already: nothing to change.</p>}
      {edits.map((edit, i) => (
        <OneEdit key={i} edit={edit} />
      ))}
    </div>
  );
}
