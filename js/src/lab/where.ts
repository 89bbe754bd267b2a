// Where the person works: the notebook or console that was last in front, and its kernel.
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { ConsolePanel, IConsoleTracker } from "@jupyterlab/console";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelSpec } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";

type Panel = NotebookPanel | ConsolePanel;

export class Where {
  /** Another notebook or console is in front, or it has another kernel. */
  readonly changed = new Signal<this, void>(this);
  private last: Panel | null = null;

  constructor(
    private readonly app: JupyterFrontEnd,
    readonly notebooks: INotebookTracker,
    private readonly consoles: IConsoleTracker | null,
  ) {
    notebooks.currentChanged.connect((_, panel) => this.turnTo(panel));
    consoles?.currentChanged.connect((_, panel) => this.turnTo(panel));
    this.turnTo(notebooks.currentWidget ?? consoles?.currentWidget ?? null);
  }

  /** The notebook or console in front, or last in front; null when none is open. */
  get panel(): Panel | null {
    return this.last && !this.last.isDisposed ? this.last : null;
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this.panel?.sessionContext.session?.kernel ?? null;
  }

  /** The notebook's title, for people. */
  get title(): string {
    return this.panel?.title.label ?? "";
  }

  /** The notebook that holds an element; else the one in front. */
  notebookOf(target: Node | null): NotebookPanel | null {
    const holding = target && this.notebooks.find((panel) => panel.node.contains(target));
    return holding || this.notebooks.currentWidget;
  }

  /** Whether Python runs there, or would once a kernel is started. */
  isPython(context: ISessionContext | undefined): boolean {
    const specs = this.app.serviceManager.kernelspecs.specs;
    const name = context?.session?.kernel?.name ?? context?.kernelPreference.name ?? specs?.default;
    const spec: KernelSpec.ISpecModel | undefined = name ? specs?.kernelspecs[name] : undefined;
    return spec ? spec.language.toLowerCase() === "python" : true;
  }

  /**
   * A connection to a kernel, by its id: that of a notebook or console that is open, else one of
   * our own. Null when there is no such kernel any more.
   */
  async connection(id: string): Promise<Kernel.IKernelConnection | null> {
    const open = this.openConnection(id);
    if (open) return open;
    const { kernels } = this.app.serviceManager;
    await kernels.refreshRunning(); // what it knows may have ended since
    const model = await kernels.findById(id);
    return model ? kernels.connectTo({ model, handleComms: false }) : null;
  }

  private openConnection(id: string): Kernel.IKernelConnection | null {
    const of = (panel: Panel): boolean => panel.sessionContext.session?.kernel?.id === id;
    const panel = this.notebooks.find(of) ?? this.consoles?.find(of);
    return panel?.sessionContext.session?.kernel ?? null;
  }

  private turnTo(panel: Panel | null): void {
    if (!panel || panel === this.last) {
      if (!this.panel) this.changed.emit();
      return;
    }
    this.last?.sessionContext.kernelChanged.disconnect(this.onKernel, this);
    this.last = panel;
    panel.sessionContext.kernelChanged.connect(this.onKernel, this);
    panel.disposed.connect(() => {
      if (this.last === panel) this.turnTo(this.notebooks.currentWidget ?? this.consoles?.currentWidget ?? null);
    });
    this.changed.emit();
  }

  private onKernel(): void {
    this.changed.emit();
  }
}
