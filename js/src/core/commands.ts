// Commands to the kernel: over the control channel, which is open while a cell runs, and
// over the widget's comm when there is no such channel or it does not answer.
import type { Command, EditorChoice, Reply, ReplyMessage } from "./protocol";
import { REPLY_TYPE, REQUEST_TYPE } from "./protocol";
import { revive } from "./decode";

/** The part of anywidget's model that is used here. */
export interface Model {
  get(name: string): unknown;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  send(content: unknown): void;
  widget_manager?: unknown;
}

interface Future {
  onReply: (message: { header: { msg_type: string }; content: unknown }) => void;
  done: Promise<unknown>;
  dispose?: () => void;
}

/** The part of a JupyterLab kernel connection that is used here. */
interface Kernel {
  clientId: string;
  username: string;
  sendControlMessage(message: unknown, expectReply: boolean, disposeOnDone: boolean): Future;
}

export const FALLBACK_MS = 500;
const GIVE_UP_MS = 15000;

function kernelOf(model: Model): Kernel | null {
  const manager = model.widget_manager as { kernel?: Partial<Kernel> | null } | undefined;
  const kernel = manager?.kernel;
  return typeof kernel?.sendControlMessage === "function" ? (kernel as Kernel) : null;
}

const unique = (): string =>
  globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

/** This page, as long as it is loaded. */
const PAGE = unique();

type Body = Pick<Command, "command"> & { number?: number; choice?: EditorChoice };

export class CommandClient {
  private readonly waiting = new Map<string, (reply: Reply) => void>();

  constructor(private readonly model: Model) {
    model.on("msg:custom", this.onCustom);
  }

  dispose(): void {
    this.model.off("msg:custom", this.onCustom);
    this.waiting.clear();
  }

  /** Send a command; resolves with the kernel's reply, or with a failure of our own. */
  send(body: Body): Promise<Reply> {
    const command: Command = {
      id: unique(),
      study: this.model.get("_study") as string,
      command: body.command,
      number: body.number ?? null,
      choice: body.choice ?? null,
      page: PAGE,
    };
    return new Promise((resolve) => {
      const timers: ReturnType<typeof setTimeout>[] = [];
      const settle = (reply: Reply): void => {
        timers.forEach(clearTimeout);
        this.waiting.delete(command.id);
        resolve(reply);
      };
      this.waiting.set(command.id, settle);
      const onComm = (): void => this.model.send(command);
      if (this.overControl(command)) timers.push(setTimeout(onComm, FALLBACK_MS));
      else onComm();
      const message = "The kernel does not answer. It may have been restarted.";
      timers.push(
        setTimeout(() => settle({ id: command.id, ok: false, message, problems: [] }), GIVE_UP_MS),
      );
    });
  }

  private overControl(command: Command): boolean {
    const kernel = kernelOf(this.model);
    if (!kernel) return false;
    const header = {
      msg_id: unique(),
      msg_type: REQUEST_TYPE,
      session: kernel.clientId,
      username: kernel.username,
      date: new Date().toISOString(),
      version: "5.3",
    };
    const message = {
      header,
      parent_header: {},
      metadata: {},
      content: command,
      channel: "control",
      buffers: [],
    };
    try {
      const future = kernel.sendControlMessage(message, true, true);
      future.onReply = (reply) => {
        if (reply.header.msg_type === REPLY_TYPE) this.settle(revive(reply.content) as Reply);
      };
      // Rejects when the kernel goes away; the comm and the time-out take over then.
      future.done.catch(() => undefined);
      return true;
    } catch {
      return false; // not connected just now: the comm queues
    }
  }

  private settle(reply: Reply): void {
    this.waiting.get(reply.id)?.(reply);
  }

  private readonly onCustom = (content: unknown): void => {
    const message = content as Partial<ReplyMessage> | null;
    if (message?.kind === "reply" && message.reply) this.settle(revive(message.reply) as Reply);
  };
}
