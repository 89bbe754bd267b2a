// The part of JupyterLab 4 that is used here. The packages themselves are those of the JupyterLab
// that loads the extension; as npm packages, only for their types, they would weigh 260 MB.
declare module "@lumino/signaling" {
  export interface ISignal<T, U> {
    connect(slot: (sender: T, args: U) => void, context?: unknown): boolean;
    disconnect(slot: (sender: T, args: U) => void, context?: unknown): boolean;
  }
  export class Signal<T, U> implements ISignal<T, U> {
    constructor(sender: T);
    connect(slot: (sender: T, args: U) => void, context?: unknown): boolean;
    disconnect(slot: (sender: T, args: U) => void, context?: unknown): boolean;
    emit(args: U): void;
  }
}

declare module "@lumino/messaging" {
  export interface Message {
    readonly type: string;
  }
}

declare module "@lumino/widgets" {
  import type { Message } from "@lumino/messaging";
  import type { ISignal } from "@lumino/signaling";
  export interface Title {
    label: string;
    caption: string;
    icon: unknown;
    closable: boolean;
  }
  export class Widget {
    readonly node: HTMLElement;
    readonly title: Title;
    readonly parent: Widget | null;
    readonly disposed: ISignal<this, void>;
    readonly isDisposed: boolean;
    readonly isAttached: boolean;
    readonly isVisible: boolean;
    id: string;
    addClass(name: string): void;
    show(): void;
    hide(): void;
    dispose(): void;
    protected onAfterAttach(message: Message): void;
    protected onAfterShow(message: Message): void;
    protected onAfterHide(message: Message): void;
  }
  export class SplitPanel extends Widget {
    setRelativeSizes(sizes: number[]): void;
  }
}

declare module "@jupyterlab/ui-components" {
  export class LabIcon {
    constructor(options: { name: string; svgstr: string });
  }
}

declare module "@jupyterlab/services" {
  import type { ISignal } from "@lumino/signaling";
  export namespace KernelMessage {
    interface IIOPubMessage {
      header: { msg_type: string };
      parent_header: unknown;
      content: unknown;
    }
  }
  export namespace KernelSpec {
    interface ISpecModel {
      readonly language: string;
    }
  }
  export namespace Kernel {
    type Status =
      | "unknown"
      | "starting"
      | "idle"
      | "busy"
      | "terminating"
      | "restarting"
      | "autorestarting"
      | "dead";
    interface IModel {
      readonly id: string;
      readonly name: string;
    }
    interface IKernelConnection extends IModel {
      readonly isDisposed: boolean;
      readonly iopubMessage: ISignal<unknown, KernelMessage.IIOPubMessage>;
      readonly statusChanged: ISignal<unknown, Status>;
      requestExecute(content: {
        code: string;
        silent?: boolean;
        store_history?: boolean;
      }): { done: Promise<{ content: { status: string } }> };
    }
  }
  export interface ServiceManager {
    kernels: {
      refreshRunning(): Promise<void>;
      findById(id: string): Promise<Kernel.IModel | undefined>;
      connectTo(options: { model: Kernel.IModel; handleComms: boolean }): Kernel.IKernelConnection;
    };
    kernelspecs: {
      ready: Promise<void>;
      specs: {
        default: string;
        kernelspecs: Record<string, KernelSpec.ISpecModel | undefined>;
      } | null;
    };
  }
}

declare module "@jupyterlab/application" {
  import type { ServiceManager } from "@jupyterlab/services";
  import type { Widget } from "@lumino/widgets";
  type Args = Record<string, unknown>;
  type Of<T> = T | ((args: Args) => T);
  export interface JupyterFrontEnd {
    serviceManager: ServiceManager;
    shell: {
      add(widget: Widget, area?: string, options?: { rank?: number }): void;
      activateById(id: string): void;
    };
    commands: {
      addCommand(
        id: string,
        options: {
          label: Of<string>;
          caption?: Of<string>;
          icon?: unknown;
          isVisible?: Of<boolean>;
          isEnabled?: Of<boolean>;
          describedBy?: { args: object };
          execute: (args: Args) => unknown;
        },
      ): unknown;
      notifyCommandChanged(id: string): void;
    };
  }
  /** A token: what another plugin provides, or may provide. */
  export interface JupyterFrontEndPlugin<T> {
    id: string;
    description: string;
    autoStart: boolean;
    requires: unknown[];
    optional: unknown[];
    activate: (app: JupyterFrontEnd, ...services: never[]) => T;
  }
  export interface ILabShell {
    readonly mode: string;
  }
  export const ILabShell: unknown;
  export interface ILayoutRestorer {
    add(widget: Widget, name: string): void;
    restore<T extends Widget>(
      tracker: { forEach(visit: (widget: T) => void): void },
      options: { command: string; args: (widget: T) => Args; name: (widget: T) => string },
    ): Promise<unknown>;
  }
  export const ILayoutRestorer: unknown;
}

declare module "@jupyterlab/apputils" {
  import type { Kernel } from "@jupyterlab/services";
  import type { ISignal } from "@lumino/signaling";
  import { Widget } from "@lumino/widgets";
  export interface ISessionContext {
    readonly session: { readonly kernel: Kernel.IKernelConnection | null } | null;
    readonly ready: Promise<void>;
    readonly kernelChanged: ISignal<unknown, unknown>;
    readonly kernelPreference: { readonly name?: string };
  }
  export interface ICommandPalette {
    addItem(options: { command: string; category: string }): unknown;
  }
  export const ICommandPalette: unknown;
  export namespace Dialog {
    interface IButton {
      readonly accept: boolean;
    }
    function okButton(options?: { label?: string }): IButton;
    function cancelButton(options?: { label?: string }): IButton;
  }
  export function showDialog(options: {
    title: string;
    body: string | Widget;
    buttons: readonly Dialog.IButton[];
    defaultButton?: number;
  }): Promise<{ button: Dialog.IButton }>;
  export namespace Notification {
    interface Options {
      autoClose?: number | false;
      actions?: { label: string; callback: () => void }[];
    }
    function info(message: string, options?: Options): string;
    function success(message: string, options?: Options): string;
  }
  export class MainAreaWidget<T extends Widget> extends Widget {
    constructor(options: { content: T });
    readonly content: T;
    readonly toolbar: Widget;
  }
  export class WidgetTracker<T extends Widget> {
    constructor(options: { namespace: string });
    add(widget: T): Promise<void>;
    find(test: (widget: T) => boolean): T | undefined;
    forEach(visit: (widget: T) => void): void;
  }
}

declare module "@jupyterlab/cells" {
  export interface ISharedText {
    getSource(): string;
    updateSource(start: number, end: number, text?: string): void;
    undo(): void;
  }
  export interface IOutputs {
    readonly length: number;
    get(index: number): { readonly data?: Readonly<Record<string, unknown>> };
    set(index: number, output: { output_type: string; data: object; metadata: object }): void;
  }
  export interface ICellModel {
    readonly id: string;
    /** Of code cells only. */
    readonly outputs?: IOutputs;
    readonly type: string;
    readonly sharedModel: ISharedText;
  }
  export interface ICodeCellModel extends ICellModel {
    readonly executionCount: number | null;
  }
}

declare module "@jupyterlab/notebook" {
  import type { ISessionContext } from "@jupyterlab/apputils";
  import type { ICellModel } from "@jupyterlab/cells";
  import type { ISignal } from "@lumino/signaling";
  import { Widget } from "@lumino/widgets";
  export interface Cell extends Widget {
    readonly model: ICellModel;
    readonly ready: Promise<void>;
    readonly editor: { focus(): void } | null;
  }
  export interface Notebook extends Widget {
    readonly widgets: readonly Cell[];
    readonly activeCell: Cell | null;
    readonly model: {
      readonly sharedModel: {
        insertCell(index: number, cell: object): unknown;
        deleteCell(index: number): void;
      };
    } | null;
    activeCellIndex: number;
    mode: "command" | "edit";
    deselectAll(): void;
    scrollToItem(index: number): Promise<void>;
  }
  export interface NotebookPanel extends Widget {
    readonly content: Notebook;
    readonly context: {
      readonly ready: Promise<void>;
      readonly model: { readonly cells: Iterable<ICellModel>; dirty: boolean };
    };
    readonly sessionContext: ISessionContext;
  }
  export interface INotebookTracker {
    readonly currentWidget: NotebookPanel | null;
    readonly currentChanged: ISignal<unknown, NotebookPanel | null>;
    readonly activeCellChanged: ISignal<unknown, Cell | null>;
    readonly widgetAdded: ISignal<unknown, NotebookPanel>;
    find(test: (panel: NotebookPanel) => boolean): NotebookPanel | undefined;
    forEach(visit: (panel: NotebookPanel) => void): void;
  }
  export const INotebookTracker: unknown;
  export namespace NotebookActions {
    function run(notebook: Notebook, context: ISessionContext): Promise<boolean>;
    function runCells(
      notebook: Notebook,
      cells: readonly Cell[],
      context: ISessionContext,
    ): Promise<boolean>;
  }
}

declare module "@jupyterlab/console" {
  import type { ISessionContext } from "@jupyterlab/apputils";
  import type { ISignal } from "@lumino/signaling";
  import { Widget } from "@lumino/widgets";
  export interface ConsolePanel extends Widget {
    readonly sessionContext: ISessionContext;
  }
  export interface IConsoleTracker {
    readonly currentWidget: ConsolePanel | null;
    readonly currentChanged: ISignal<unknown, ConsolePanel | null>;
    find(test: (panel: ConsolePanel) => boolean): ConsolePanel | undefined;
  }
  export const IConsoleTracker: unknown;
}

declare module "@jupyterlab/rendermime-interfaces" {
  import { Widget } from "@lumino/widgets";
  export namespace IRenderMime {
    interface IMimeModel {
      readonly data: Record<string, unknown>;
    }
    interface IRenderer extends Widget {
      renderModel(model: IMimeModel): Promise<void>;
    }
    interface IRendererFactory {
      readonly safe: boolean;
      readonly mimeTypes: readonly string[];
      readonly defaultRank?: number;
      createRenderer(options: unknown): IRenderer;
    }
  }
}

declare module "@jupyterlab/rendermime" {
  import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
  export interface IRenderMimeRegistry {
    addFactory(factory: IRenderMime.IRendererFactory, rank?: number): void;
  }
  export const IRenderMimeRegistry: unknown;
}
