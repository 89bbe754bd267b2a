// Dashboards in the main area: of a kernel's studies, whichever cell shows them.
import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import { MainAreaWidget, WidgetTracker } from "@jupyterlab/apputils";
import type { LabIcon } from "@jupyterlab/ui-components";
import type { Kernel } from "@jupyterlab/services";
import { SplitPanel, Widget } from "@lumino/widgets";
import { mount } from "../board/board";
import { Session } from "../board/session";
import { KernelTransport } from "../core/transport";
import { tuneIcon } from "./icons";
import { asked } from "./studies";
import type { Where } from "./where";

/** What is needed to open one, also after the page was reloaded. */
export interface Which {
  kernel: string;
  study: string;
  name: string;
}

class Dashboard extends Widget {
  private readonly session: Session;
  private readonly unmount: () => void;

  constructor(
    readonly which: Which,
    kernel: () => Kernel.IKernelConnection,
  ) {
    super();
    this.addClass("jp-HpoDashboard");
    const transport = new KernelTransport(() => asked(kernel()), which.study);
    this.session = new Session(transport);
    this.unmount = mount(this.node, this.session);
  }

  /** Its kernel is gone: what it showed last stays. */
  freeze(): void {
    this.session.dispose();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.unmount();
    this.session.dispose();
    super.dispose();
  }
}

export class Dashboards {
  private readonly tracker = new WidgetTracker<MainAreaWidget<Dashboard>>({
    namespace: "jupyter-hpo-dashboards",
  });

  /** area: of the shell; Notebook 7 has room for one document only in its main area. */
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly where: Where,
    private readonly area: "main" | "down",
  ) {}

  /** Let the layout bring them back; command opens one, given a `Which`. */
  restoreWith(restorer: ILayoutRestorer, command: string): void {
    void restorer.restore(this.tracker, {
      command,
      args: ({ content }) => ({ ...content.which }),
      name: ({ content }) => content.which.study,
    });
  }

  /** Open the dashboard of a study, or turn to it; false when its kernel is gone. */
  async open(which: Which): Promise<boolean> {
    const open = this.tracker.find(({ content }) => content.which.study === which.study);
    if (open) {
      this.app.shell.activateById(open.id);
      return true;
    }
    let connection = await this.where.connection(which.kernel);
    if (!connection) return false;
    const kernel = (): Kernel.IKernelConnection => {
      if (connection!.isDisposed) {
        // Its notebook was closed, or has another kernel now.
        void this.where.connection(which.kernel).then((next) => (connection = next ?? connection));
      }
      return connection!;
    };
    const content = new Dashboard(which, kernel);
    connection.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting" || status === "dead") {
        content.freeze();
      }
    });
    const widget = new MainAreaWidget({ content });
    widget.id = `jupyter-hpo-${which.study}`;
    widget.title.label = which.name;
    widget.title.caption = `Hyperparameter search ${which.name}`;
    widget.title.icon = tuneIcon as LabIcon;
    widget.title.closable = true;
    widget.toolbar.hide();
    await this.tracker.add(widget);
    this.app.shell.add(widget, this.area);
    this.app.shell.activateById(widget.id);
    if (this.area === "down") makeRoom(widget);
    return true;
  }
}

/** Notebook 7 gives the area below its notebook no height of its own. */
function makeRoom(widget: Widget): void {
  let above = widget.parent;
  while (above && !(above instanceof SplitPanel)) above = above.parent;
  above?.setRelativeSizes([1, 1]);
}
