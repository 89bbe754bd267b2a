// A widget model with a kernel behind it, all in memory.
import type { Model } from "../src/core/commands";
import type { Command, Reply } from "../src/core/protocol";

type Listener = (...args: never[]) => void;

class FakeSignal {
  private readonly slots = new Set<(sender: unknown, value: string) => void>();
  connect = (slot: (sender: unknown, value: string) => void): unknown => this.slots.add(slot);
  disconnect = (slot: (sender: unknown, value: string) => void): unknown => this.slots.delete(slot);
  emit(value = ""): void {
    for (const slot of [...this.slots]) slot(null, value);
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
  readonly disposed = new FakeSignal();

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
    const content = { supported_features: this.knows ? ["jupyter_hpo_request"] : [] };
    if (this.knows !== undefined) {
      queueMicrotask(() => future.onReply({ header: { msg_type: "kernel_info_reply" }, content }));
    }
    return future;
  }
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
