// The studies of one kernel, asked for on its control channel, which is open while a cell runs.
import { signal } from "@preact/signals";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { ask, type Kernel as Asked } from "../core/commands";
import { LOBBY, type Reply, type StudySummary } from "../core/protocol";
import { mentions } from "./cells";

const RUNNING_MS = 1000;
const RESTING_MS = 5000;
const SOON_MS = 700;
/** A kernel that has not answered by then does not know us. */
const GIVE_UP_MS = 4000;

export const over = ({ state }: StudySummary): boolean =>
  state === "finished" || state === "stopped" || state === "failed";

/** A connection as the commands see it: the same, said in fewer words. */
export const asked = (kernel: Kernel.IKernelConnection): Asked => kernel as unknown as Asked;

/** The studies of a kernel; null when it does not know us. Asks once. */
export async function studiesOf(kernel: Kernel.IKernelConnection): Promise<StudySummary[] | null> {
  const reply = await ask(asked(kernel), LOBBY, { command: "studies" }, GIVE_UP_MS);
  return reply.ok && Array.isArray(reply.data) ? (reply.data as StudySummary[]) : null;
}

const RECENT_MS = 3000;
const recent = new WeakMap<object, { at: number; studies: Promise<StudySummary[] | null> }>();

/** As `studiesOf`, for many who ask at the same time: all results of a notebook. */
export function recentStudies(kernel: Kernel.IKernelConnection): Promise<StudySummary[] | null> {
  const now = performance.now();
  const known = recent.get(kernel);
  if (known && now - known.at < RECENT_MS) return known.studies;
  const studies = studiesOf(kernel);
  recent.set(kernel, { at: now, studies });
  return studies;
}

/**
 * Keeps the list of a kernel's studies while somebody looks. A kernel that knows nothing of us
 * writes a line of error for every question, so it is asked only once something speaks for it:
 * the notebook's text, or a cell that was run; and after silence only when that happens again.
 */
export class KernelStudies {
  /** Newest first; null as long as the kernel has not answered. */
  readonly list = signal<StudySummary[] | null>(null);
  /** When the list came, in `performance.now()`. */
  askedAt = 0;
  private hopes = 0;
  private looking = false;
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** When the timer comes, in `performance.now()`. */
  private due = 0;

  constructor(
    readonly kernel: Kernel.IKernelConnection,
    hinted: boolean,
  ) {
    kernel.iopubMessage.connect(this.onMessage, this);
    kernel.statusChanged.connect(this.onStatus, this);
    if (hinted) this.hopes = 2;
  }

  dispose(): void {
    this.look(false);
    this.kernel.iopubMessage.disconnect(this.onMessage, this);
    this.kernel.statusChanged.disconnect(this.onStatus, this);
  }

  /** Whether somebody looks at the list just now. */
  look(looking: boolean): void {
    this.looking = looking;
    if (looking) void this.turn();
    else this.cancel();
  }

  /** Tell a study something, and look what came of it. */
  async tell(study: StudySummary, command: "pause" | "resume" | "stop"): Promise<Reply> {
    const reply = await ask(asked(this.kernel), study.id, { command });
    this.soon(50);
    return reply;
  }

  private async turn(): Promise<void> {
    const known = this.list.value !== null;
    if (!this.looking || this.asking || (!known && this.hopes <= 0)) return;
    this.asking = true;
    const studies = await studiesOf(this.kernel);
    this.asking = false;
    if (studies) {
      this.askedAt = performance.now();
      this.list.value = studies;
    } else this.hopes -= 1;
    const running = this.list.value?.some((study) => !over(study)) ?? false;
    this.soon(running || this.list.value === null ? RUNNING_MS : RESTING_MS);
  }

  /** Ask then, unless it is to be asked before: a dashboard that follows a study makes the
   * kernel say "idle" several times a second, which must not put the question off. */
  private soon(ms: number): void {
    const due = performance.now() + ms;
    if (!this.looking || (this.timer && this.due <= due)) return;
    this.cancel();
    this.due = due;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.turn();
    }, ms);
  }

  private cancel(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private onMessage(_: unknown, message: KernelMessage.IIOPubMessage): void {
    if (message.header.msg_type !== "execute_input") return;
    const { code } = message.content as { code: string };
    if (mentions(code)) this.hopes = 2;
    if (mentions(code) || this.list.value) this.soon(SOON_MS);
  }

  private onStatus(_: unknown, status: Kernel.Status): void {
    if (status === "idle" && (this.list.value || this.hopes > 0)) this.soon(SOON_MS);
    if (status === "restarting" || status === "autorestarting" || status === "dead") {
      this.list.value = null;
      this.hopes = 0;
    }
  }
}
