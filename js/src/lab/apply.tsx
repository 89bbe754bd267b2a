// Changes of cells that a board offers: shown first, made so that one undo takes them back.
import { Dialog, Notification, showDialog } from "@jupyterlab/apputils";
import type { ICodeCellModel } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import { render, type ComponentChildren } from "preact";
import base from "../board/base.css";
import board from "../board/board.css";
import { Difference } from "../board/edits";
import type { Edit } from "../core/protocol";
import { line } from "../core/text";
import { change, place, type Change, type CodeCell, type Placed } from "./cells";

/** What a shared cell keeps of its changes; not in the interface, so looked for. */
interface History {
  undoManager?: { stopCapturing?(): void } | null;
}

/** Make a change of a cell one step of its history, apart from what was typed just before. */
export function write(cell: ICodeCellModel, { start, end, text }: Change): void {
  const shared = cell.sharedModel;
  const history = shared as unknown as History;
  history.undoManager?.stopCapturing?.();
  shared.updateSource(start, end, text);
  history.undoManager?.stopCapturing?.();
}

function codeCells(panel: NotebookPanel): { cells: ICodeCellModel[]; indices: number[] } {
  const cells: ICodeCellModel[] = [];
  const indices: number[] = [];
  panel.content.widgets.forEach(({ model }, index) => {
    if (model.type !== "code") return;
    cells.push(model as ICodeCellModel);
    indices.push(index);
  });
  return { cells, indices };
}

const read = (cell: ICodeCellModel): CodeCell => ({
  id: cell.id,
  source: cell.sharedModel.getSource(),
  count: cell.executionCount ?? 0,
});

class Body extends Widget {
  constructor(content: ComponentChildren) {
    super();
    this.addClass("jp-HpoChange");
    const root = (
      <div class="hpo">
        <style>{base + board}</style>
        {content}
      </div>
    );
    render(root, this.node);
  }

  override dispose(): void {
    render(null, this.node);
    super.dispose();
  }
}

const nameOf = ({ edit }: Placed): string => (edit.cell ? `Cell In [${edit.cell}]` : "The cell");

const SENTENCE: Record<Placed["state"], string> = {
  ready: "",
  done: "reads so already.",
  changed: "was changed since the study ran, so it is left as it is.",
  lost: "is not in this notebook any more.",
};

function Preview({ placed }: { placed: Placed[] }) {
  return (
    <>
      {placed.map((one, i) => (
        <section key={i}>
          {one.state === "ready" ? (
            <h4>{nameOf(one)}</h4>
          ) : (
            <p>{`${nameOf(one)} ${SENTENCE[one.state]}`}</p>
          )}
          {(one.state === "ready" || one.state === "changed") && (
            <Difference before={one.edit.before} after={one.edit.after} />
          )}
        </section>
      ))}
    </>
  );
}

/** Say a sentence that the person has to see. */
export function say(title: string, sentence: string): void {
  void showDialog({ title, body: line(sentence, 1000), buttons: [Dialog.okButton()] });
}

/** Show what would change and, when the person agrees, or at once, change it. Resolves when that is
 * done: whether something was changed. */
export async function applyEdits(
  panel: NotebookPanel,
  edits: Edit[],
  title: string,
  atOnce = false,
): Promise<boolean> {
  const { cells, indices } = codeCells(panel);
  const placed = place(edits, cells.map(read));
  const ready = placed.filter(({ state }) => state === "ready");
  if (placed.every(({ state }) => state === "done")) {
    say(title, "The cell says so already: there is nothing to change.");
    return false;
  }
  const buttons = ready.length
    ? [Dialog.cancelButton(), Dialog.okButton({ label: "Apply" })]
    : [Dialog.okButton()];
  const defaultButton = buttons.length - 1;
  if (!atOnce || ready.length < placed.length) {
    const body = new Body(<Preview placed={placed} />);
    const { button } = await showDialog({ title, body, buttons, defaultButton });
    if (!button.accept || !ready.length || panel.isDisposed) return false;
  }
  const written: ICodeCellModel[] = [];
  for (const { index, edit, after } of ready) {
    const cell = cells[index!]!;
    const source = cell.sharedModel.getSource();
    // Somebody else may have written into it while the difference was looked at.
    if (place([edit], [read(cell)])[0]!.after !== after) continue;
    write(cell, change(source, after));
    written.push(cell);
  }
  if (!written.length) return false;
  await show(panel, indices[ready[0]!.index!]!);
  Notification.success(written.length === 1 ? "The cell is changed." : "The cells are changed.", {
    autoClose: 8000,
    actions: [
      { label: "Undo", callback: () => written.forEach((cell) => cell.sharedModel.undo()) },
    ],
  });
  return true;
}

/** Put the cursor into the cell, so that the keys for undo mean its text. */
async function show(panel: NotebookPanel, index: number): Promise<void> {
  const { content } = panel;
  content.activeCellIndex = index;
  content.deselectAll();
  await content.scrollToItem(index);
  content.mode = "edit";
  await content.activeCell?.ready;
  content.activeCell?.editor?.focus();
}
