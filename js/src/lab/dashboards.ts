// Dashboards in the main area: of a kernel's studies, whichever cell shows them.
import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import { MainAreaWidget, WidgetTracker } from "@jupyterlab/apputils";
import type { LabIcon } from "@jupyterlab/ui-components";
import type { Kernel } from "@jupyterlab/services";
import { SplitPanel, Widget } from "@lumino/widgets";
import { mount } from "./boards";
import { Session } from "../board/session";
import type { Kernel as Asked } from "../core/commands";
import { line } from "../core/text";
import { KernelTransport } from "../core/transport";
import { tuneIcon } from "./icons";
import { KernelStudies } from "./studies";
import type { Where } from "./where";

/** What is needed to open one, also after the page was reloaded. */
export interface Which {
  kernel: string;
  study: string;
  name: string;
}

class Dashboard extends Widget {
  private session: Session | null = null;
  private unmount: () => void = () => {};
  /** While its study is lost: what the kernel holds instead. */
  private sought: KernelStudies | null = null;

  constructor(
    public which: Which,
    private readonly kernel: () => Kernel.IKernelConnection | null,
  ) {
    super();
    this.addClass("jp-HpoDashboard");
    this.turnTo(which.study);
  }

  /** Show that study, which is another one of the same name: its cell was run again. */
  turnTo(study: string): void {
    this.clear();
    this.which = { ...this.which, study };
    const kernel = (): Asked | null => this.kernel() as Asked | null;
    const session = new Session(new KernelTransport(kernel, study));
    this.session = session;
    this.unmount = mount(this.node, session);
    session.lost.subscribe((lost) => {
      if (this.session === session) this.seek(lost !== "");
    });
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.clear();
    super.dispose();
  }

  private seek(lost: boolean): void {
    if (lost === (this.sought !== null)) return;
    const kernel = lost ? this.kernel() : null;
    this.sought?.dispose();
    this.sought = kernel && new KernelStudies(kernel);
    this.sought?.list.subscribe((list) => {
      const found = list?.find(({ name, id }) => name === this.which.name && id !== this.which.study);
      if (found) this.turnTo(found.id);
    });
    this.sought?.look(true);
  }

  private clear(): void {
    this.unmount();
    this.session?.dispose();
    this.session = null;
    this.seek(false);
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
    const open = this.tracker.find(
      ({ content: { which: it } }) => it.kernel === which.kernel && it.name === which.name,
    );
    if (open) {
      if (open.content.which.study !== which.study) open.content.turnTo(which.study);
      this.app.shell.activateById(open.id);
      return true;
    }
    let connection = await this.where.connection(which.kernel);
    if (!connection) return false;
    const kernel = (): Kernel.IKernelConnection | null => {
      if (connection?.isDisposed) {
        // Its notebook was closed, or has another kernel now, or the kernel has ended.
        void this.where.connection(which.kernel).then((next) => (connection = next));
      }
      return connection;
    };
    const content = new Dashboard(which, kernel);
    const widget = new MainAreaWidget({ content });
    widget.id = `jupyter-hpo-${which.study}`;
    const name = line(which.name, 60);
    widget.title.label = name;
    widget.title.caption = `Hyperparameter search ${name}`;
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
