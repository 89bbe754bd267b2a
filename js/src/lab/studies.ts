// The studies of one kernel, asked for on its control channel, which is open while a cell runs.
import { signal } from "@preact/signals";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { ask, knowsUs, type Kernel as Asked } from "../core/commands";
import { watch } from "../core/life";
import { LOBBY, type Reply, type StudySummary } from "../core/protocol";

const RUNNING_MS = 1000;
const BUSY_MS = 2000;
const RESTING_MS = 5000;
const SOON_MS = 700;
const GIVE_UP_MS = 6000;

export const over = ({ state }: StudySummary): boolean =>
  state === "finished" || state === "stopped" || state === "failed";

/** A connection as the commands see it: the same, said in fewer words. */
export const asked = (kernel: Kernel.IKernelConnection): Asked => kernel as unknown as Asked;

/** The studies of a kernel that knows us; null when it is silent. */
async function listOf(kernel: Kernel.IKernelConnection): Promise<StudySummary[] | null> {
  const reply = await ask(asked(kernel), LOBBY, { command: "studies" }, GIVE_UP_MS);
  return reply.ok && Array.isArray(reply.data) ? (reply.data as StudySummary[]) : null;
}

/** The studies of a kernel; null when it is silent, or has not loaded jupyter_hpo. */
export async function studiesOf(kernel: Kernel.IKernelConnection): Promise<StudySummary[] | null> {
  return (await knowsUs(asked(kernel))) ? listOf(kernel) : null;
}

/** As `studiesOf`, of a kernel that may be just being connected, and lose what it is asked. */
async function patiently(kernel: Kernel.IKernelConnection): Promise<StudySummary[] | null> {
  for (let tries = 0; tries < 5; tries++) {
    const known = await knowsUs(asked(kernel));
    if (known === false) break;
    const studies = known && (await listOf(kernel));
    if (studies) return studies;
  }
  return null;
}

const RECENT_MS = 3000;
const recent = new WeakMap<object, { at: number; studies: Promise<StudySummary[] | null> }>();

/** For many who ask at the same time: all results of a notebook. */
export function recentStudies(kernel: Kernel.IKernelConnection): Promise<StudySummary[] | null> {
  const now = performance.now();
  const known = recent.get(kernel);
  if (known && now - known.at < RECENT_MS) return known.studies;
  const studies = patiently(kernel);
  recent.set(kernel, { at: now, studies });
  return studies;
}

/**
 * Keeps the list of a kernel's studies while somebody looks. A kernel that has not loaded
 * jupyter_hpo is asked again only when a cell has run, which may have done so.
 */
export class KernelStudies {
  /** Newest first; null as long as the kernel does not know us. */
  readonly list = signal<StudySummary[] | null>(null);
  /** What became of the studies of which it told before; empty while there is nothing to say. */
  readonly lost = signal("");
  /** When the list came, in `performance.now()`. */
  askedAt = 0;
  private looking = false;
  private asking = false;
  /** It was to be asked while an answer was awaited, which may be of the time before. */
  private missed = false;
  /** A cell is running. */
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** When the timer comes, in `performance.now()`. */
  private due = 0;
  private readonly unwatch: () => void;

  constructor(readonly kernel: Kernel.IKernelConnection) {
    kernel.iopubMessage.connect(this.onMessage, this);
    this.unwatch = watch(kernel, (sentence) => {
      if (this.list.value?.length) this.lost.value = sentence;
      this.list.value = null;
      this.busy = false;
    });
  }

  dispose(): void {
    this.look(false);
    this.unwatch();
    this.kernel.iopubMessage.disconnect(this.onMessage, this);
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
    if (this.asking) this.missed = true;
    if (!this.looking || this.asking) return;
    this.asking = true;
    this.missed = false;
    const known = this.list.value !== null || (await knowsUs(asked(this.kernel)));
    const studies = known ? await listOf(this.kernel) : null;
    this.asking = false;
    if (studies) {
      this.askedAt = performance.now();
      this.list.value = studies;
      if (studies.length) this.lost.value = "";
    }
    if (this.missed) this.soon(SOON_MS);
    if (known === false) return;
    // A connection that is just being made loses what it is asked.
    const running = !this.list.value || this.list.value.some((study) => !over(study));
    this.soon(running ? RUNNING_MS : this.busy ? BUSY_MS : RESTING_MS);
  }

  /** Ask then, unless it is to be asked before. */
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

  private onMessage(_: unknown, { header, parent_header, content }: KernelMessage.IIOPubMessage): void {
    // Our own questions make the kernel say "busy" and "idle", too.
    const ofCell = (parent_header as { msg_type?: string }).msg_type === "execute_request";
    if (header.msg_type !== "status" || !ofCell) return;
    this.busy = (content as { execution_state?: string }).execution_state === "busy";
    if (!this.busy || this.list.value) this.soon(SOON_MS);
  }
}
