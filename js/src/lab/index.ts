// The JupyterLab extension, also of Notebook 7: a button on cells, a panel, dashboards, results.
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { IConsoleTracker } from "@jupyterlab/console";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { EDITS_EVENT, type EditsDetail } from "../board/edits";
import { applyEdits } from "./apply";
import { addCommands, COMMANDS } from "./commands";
import { Dashboards } from "./dashboards";
import css from "./lab.css";
import { Mending } from "./mending";
import { StudiesPanel } from "./panel";
import { result } from "./renderer";
import { tune } from "./tune";
import { Where } from "./where";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "jupyter-hpo:plugin",
  description: "Tunes the hyperparameters of training cells.",
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [IConsoleTracker, ICommandPalette, ILabShell, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    consoles: IConsoleTracker | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
  ) => {
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);

    const where = new Where(app, notebooks, consoles);
    const { factory, rank } = result(where, new Mending(where));
    rendermime.addFactory(factory, rank);

    const dashboards = new Dashboards(app, where, labShell ? "main" : "down");
    const panel = new StudiesPanel(where, (kernel, { id, name }) => {
      void dashboards.open({ kernel, study: id, name });
    });
    addCommands({ app, where, panel, dashboards, palette });
    app.shell.add(panel, "left", { rank: 500 });
    restorer?.add(panel, panel.id);
    if (restorer) dashboards.restoreWith(restorer, COMMANDS.open);

    // A board offers a change of its cell; taking it says that we make it.
    document.addEventListener(EDITS_EVENT, (event) => {
      const { detail } = event as CustomEvent<EditsDetail>;
      const notebook = where.notebookOf(event.target as Node | null);
      if (!notebook) return;
      event.preventDefault();
      const made = applyEdits(notebook, detail.edits, detail.title, detail.atOnce);
      if (detail.tune) void made.then((done) => (done ? tune(notebook) : undefined));
    });
  },
};

export default plugin;
