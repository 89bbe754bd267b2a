// "Tune this cell": the magic's line on top of a cell, and a run.
import type { ICodeCellModel } from "@jupyterlab/cells";
import { NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import { say, write } from "./apply";
import { tuned } from "./cells";

const TITLE = "Tune this cell";
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
  const loaded = load(kernel); // in line before the cell, also in that of a busy kernel
  content.deselectAll();
  void NotebookActions.run(content, sessionContext);
  if (await loaded) return;
  if (change) cell.model.sharedModel.undo();
  say(TITLE, "This kernel does not find jupyter_hpo. Run %pip install jupyter_hpo, then try again.");
}
