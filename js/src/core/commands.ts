// Commands to the kernel: over the control channel, which is open while a cell runs, and
// over the widget's comm when there is no such channel or it does not answer.
import type { Command, Reply, ReplyMessage } from "./protocol";
import { REPLY_TYPE, REQUEST_TYPE } from "./protocol";
import { revive } from "./decode";
import { answered, connections, instead } from "./spare";

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
export interface Kernel {
  clientId: string;
  username: string;
  sendControlMessage(message: unknown, expectReply: boolean, disposeOnDone: boolean): Future;
}

export const FALLBACK_MS = 500;
const GIVE_UP_MS = 15000;

export function kernelOf(model: Model): Kernel | null {
  const manager = model.widget_manager as { kernel?: Partial<Kernel> | null } | undefined;
  const kernel = manager?.kernel;
  return typeof kernel?.sendControlMessage === "function" ? (kernel as Kernel) : null;
}

const unique = (): string =>
  globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

/** This page, as long as it is loaded. */
const PAGE = unique();

/** A command as it is given: what is left out is null. */
export type Body = Pick<Command, "command"> &
  Partial<Pick<Command, "number" | "choice" | "params" | "budget">>;

function commandOf(study: string, body: Body): Command {
  const { command, number = null, choice = null, params = null, budget = null } = body;
  return { id: unique(), study, command, number, choice, page: PAGE, params, budget };
}

/** What is said for a kernel that says nothing, and may do so again. */
export const SILENCE = "The kernel does not answer. It may have been restarted.";

const silence = (id: string): Reply => ({
  id,
  ok: false,
  message: SILENCE,
  problems: [],
  data: null,
});

/** So long a reply is awaited before the same is asked over another connection, which takes as
 * long again at most; and so often. */
export const PATIENCE_MS = 2000;
const TIMES = 3;

/** Send a message on the control channel; null when the kernel has none just now, else what ends
 * the waiting for its reply. */
function overControl<T>(
  kernel: Kernel,
  type: string,
  content: object,
  replyType: string,
  take: (reply: T) => void,
  fail: () => void = () => {},
): (() => void) | null {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let open = true;
  const end = (): void => {
    open = false;
    clearTimeout(timer);
  };
  const through = connections(kernel);
  const [first] = through;
  const send = (over: Kernel): boolean => {
    const settle = (reply: T): void => {
      if (!open) return;
      end();
      answered(kernel, over);
      take(reply);
    };
    return sendOver(over, type, content, replyType, settle, over === first ? lost : () => {});
  };
  const lost = (): void => {
    if (!open) return;
    end();
    fail();
  };
  const again = (left: number): void => {
    const over = instead(kernel);
    if (over) send(over);
    if (left > 0) timer = setTimeout(() => again(left - 1), PATIENCE_MS);
  };
  if (!through.map(send).some(Boolean)) return null;
  timer = setTimeout(() => again(TIMES - 1), PATIENCE_MS);
  return end;
}

function sendOver<T>(
  kernel: Kernel,
  type: string,
  content: object,
  replyType: string,
  take: (reply: T) => void,
  fail: () => void,
): boolean {
  const header = {
    msg_id: unique(),
    msg_type: type,
    session: kernel.clientId,
    username: kernel.username,
    date: new Date().toISOString(),
    version: "5.3",
  };
  const message = {
    header,
    parent_header: {},
    metadata: {},
    content,
    channel: "control",
    buffers: [],
  };
  try {
    const future = kernel.sendControlMessage(message, true, true);
    future.onReply = (reply) => {
      if (reply.header.msg_type === replyType) take(revive(reply.content) as T);
    };
    future.done.catch(fail); // the kernel went away
    return true;
  } catch {
    return false; // not connected just now
  }
}

type Take = (reply: Reply) => void;

const tell = (kernel: Kernel, command: Command, take: Take, fail?: () => void): (() => void) | null =>
  overControl(kernel, REQUEST_TYPE, command, REPLY_TYPE, take, fail);

const KNOWN_MS = 5000;

/**
 * Whether a kernel has loaded jupyter_hpo; null when it is silent, as one that is just starting.
 * One that has not writes an error into its log for every command, and none for this question.
 */
export function knowsUs(kernel: Kernel): Promise<boolean | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(null);
      end?.();
    }, KNOWN_MS);
    const take = ({ supported_features: known }: { supported_features?: string[] }): void => {
      clearTimeout(timer);
      resolve(!!known?.includes(REQUEST_TYPE));
    };
    const end = overControl(kernel, "kernel_info_request", {}, "kernel_info_reply", take, () => resolve(null));
  });
}

/** A command to a kernel without any widget: in a page that was reloaded, or the panel. */
export function ask(kernel: Kernel, study: string, body: Body, giveUpMs = GIVE_UP_MS): Promise<Reply> {
  const command = commandOf(study, body);
  return new Promise((resolve) => {
    const take: Take = (reply) => {
      clearTimeout(timer);
      resolve(reply);
    };
    const fail = (): void => take(silence(command.id));
    const timer = setTimeout(() => {
      fail();
      end?.();
    }, giveUpMs);
    const end = tell(kernel, command, take, fail);
    if (!end) fail();
  });
}

/** Commands of a widget. */
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
    const command = commandOf(this.model.get("_study") as string, body);
    return new Promise((resolve) => {
      const timers: ReturnType<typeof setTimeout>[] = [];
      const settle = (reply: Reply): void => {
        timers.forEach(clearTimeout);
        end?.();
        this.waiting.delete(command.id);
        resolve(reply);
      };
      this.waiting.set(command.id, settle);
      const onComm = (): void => this.model.send(command);
      const kernel = kernelOf(this.model);
      const end = kernel && tell(kernel, command, (reply) => this.settle(reply));
      if (end) {
        timers.push(setTimeout(onComm, FALLBACK_MS));
      } else onComm();
      timers.push(setTimeout(() => settle(silence(command.id)), GIVE_UP_MS));
    });
  }

  private settle(reply: Reply): void {
    this.waiting.get(reply.id)?.(reply);
  }

  private readonly onCustom = (content: unknown): void => {
    const message = content as Partial<ReplyMessage> | null;
    if (message?.kind === "reply" && message.reply) this.settle(revive(message.reply) as Reply);
  };
}
