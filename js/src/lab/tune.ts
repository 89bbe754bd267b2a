// "Tune this cell": the magic's line on top of a cell, and a run.
import { Notification } from "@jupyterlab/apputils";
import type { ICodeCellModel } from "@jupyterlab/cells";
import { NotebookActions, type Cell, type NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import { say, write } from "./apply";
import { LOAD_LINE, loadAt, tuned } from "./cells";

const TITLE = "Tune this cell";
const INSERTED = `Added a cell with ${LOAD_LINE}: the notebook needs it to run from its start.`;
/** Does nothing where the magic is known, as it may be after %load_ext. */
const LOAD = `
def _jupyter_hpo_load():
    from IPython import get_ipython
    shell = get_ipython()
    if not shell.find_cell_magic("hpo"):
        shell.run_line_magic("load_ext", "jupyter_hpo")
        if not shell.find_cell_magic("hpo"):
            raise ImportError("no module named jupyter_hpo")
try:
    _jupyter_hpo_load()
finally:
    del _jupyter_hpo_load
`;

/** Let the kernel know the magic; false when it can't. */
async function load(kernel: Kernel.IKernelConnection): Promise<boolean> {
  const future = kernel.requestExecute({ code: LOAD, silent: true, store_history: false });
  return (await future.done).content.status === "ok";
}

/** Put a cell that loads us above the active one, unless there is one: the notebook has to run
 * from its start, too. Returns the new cell. */
function insertLoad({ content }: NotebookPanel): Cell | null {
  const above = content.widgets.slice(0, content.activeCellIndex);
  const at = loadAt(
    above.map(({ model }) => (model.type === "code" ? model.sharedModel.getSource() : null)),
  );
  if (at === null) return null;
  const metadata = { trusted: true };
  content.model!.sharedModel.insertCell(at, { cell_type: "code", source: LOAD_LINE, metadata });
  return content.widgets[at] ?? null;
}

/** Put the magic above the active cell, unless it is there, and run the cell. */
export async function tune(panel: NotebookPanel): Promise<void> {
  const { content, sessionContext } = panel;
  const cell = content.activeCell;
  if (!cell || cell.model.type !== "code") return;
  const change = tuned(cell.model.sharedModel.getSource());
  if (typeof change === "string") {
    say(TITLE, change);
    return;
  }
  const { kernel } = sessionContext.session ?? {};
  if (!kernel) {
    say(TITLE, "The notebook has no kernel. Choose one first, from the name at its top right.");
    return;
  }
  if (change) write(cell.model as ICodeCellModel, change);
  const inserted = insertLoad(panel);
  content.deselectAll();
  // In line before the cell, also in that of a busy kernel.
  const loaded = inserted
    ? NotebookActions.runCells(content, [inserted], sessionContext)
    : load(kernel);
  void NotebookActions.run(content, sessionContext);
  if (await loaded) {
    if (inserted) Notification.info(INSERTED, { autoClose: 8000 });
    return;
  }
  if (change) cell.model.sharedModel.undo();
  if (inserted) content.model?.sharedModel.deleteCell(content.widgets.indexOf(inserted));
  say(TITLE, "This kernel does not find jupyter_hpo. Run %pip install jupyter_hpo, then try again.");
}
