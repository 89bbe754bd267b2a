// A widget model with a kernel behind it, all in memory.
import type { Model } from "../src/core/commands";
import type { Command, Reply } from "../src/core/protocol";

type Listener = (...args: never[]) => void;

type Slot<T> = (sender: unknown, value: T) => void;

export class FakeSignal<T = string> {
  private readonly slots = new Map<Slot<T>, unknown>();
  connect = (slot: Slot<T>, self?: unknown): unknown => this.slots.set(slot, self);
  disconnect = (slot: Slot<T>): unknown => this.slots.delete(slot);
  emit(value = "" as T): void {
    for (const [slot, self] of [...this.slots]) slot.call(self, null, value);
  }
}

export class FakeKernel {
  clientId = "client";
  username = "me";
  readonly messages: { header: { msg_type: string }; content: Command; channel: string }[] = [];
  /** What the kernel answers; undefined: it stays silent, null: it is not connected. */
  answer: ((command: Command) => Partial<Reply> | undefined | null) = () => ({});

  /** Whether it has loaded jupyter_hpo; undefined: it does not say. */
  knows: boolean | undefined = true;
  readonly statusChanged = new FakeSignal();
  status = "idle";
  connectionStatus = "connected";
  isDisposed = false;
  /** What it is cloned to; null: it can't be. */
  next: FakeKernel | null = null;
  readonly disposed = new FakeSignal();

  clone(): FakeKernel {
    if (!this.next) throw new Error("not implemented");
    return this.next;
  }

  dispose(): void {
    this.isDisposed = true;
  }

  sendControlMessage(message: (typeof this.messages)[number]) {
    if (message.header.msg_type === "kernel_info_request") return this.info();
    const reply = this.answer(message.content);
    if (reply === null) throw new Error("not connected");
    this.messages.push(message);
    const future = {
      onReply: (_: { header: { msg_type: string }; content: unknown }) => undefined as void,
      done: Promise.resolve(),
    };
    if (reply !== undefined) {
      const content = { id: message.content.id, ok: true, message: "", problems: [], data: null, ...reply };
      queueMicrotask(() => future.onReply({ header: { msg_type: "jupyter_hpo_reply" }, content }));
    }
    return future;
  }

  private info() {
    const future = {
      onReply: (_: { header: { msg_type: string }; content: unknown }) => undefined as void,
      done: Promise.resolve(),
    };
    this.late = (knows) => {
      const content = { supported_features: knows ? ["jupyter_hpo_request"] : [] };
      future.onReply({ header: { msg_type: "kernel_info_reply" }, content });
    };
    if (this.knows !== undefined) queueMicrotask(() => this.late(this.knows!));
    return future;
  }

  /** Say it later. */
  late: (knows: boolean) => void = () => {};
}

export class FakeModel implements Model {
  readonly sent: Command[] = [];
  private readonly listeners = new Set<Listener>();
  widget_manager?: unknown;

  constructor(
    readonly kernel: FakeKernel | null,
    private readonly traits: Record<string, unknown> = { _study: "s" },
  ) {
    if (kernel) this.widget_manager = { kernel };
  }

  get(name: string): unknown {
    return this.traits[name];
  }
  on(_: string, callback: Listener): void {
    this.listeners.add(callback);
  }
  off(_: string, callback: Listener): void {
    this.listeners.delete(callback);
  }
  send(content: unknown): void {
    this.sent.push(content as Command);
  }
  /** A message from Python over the comm. */
  receive(content: unknown, buffers: DataView[] = []): void {
    for (const listener of this.listeners) (listener as (...a: unknown[]) => void)(content, buffers);
  }
}
