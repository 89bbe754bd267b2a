// The studies of one kernel, asked for on its control channel, which is open while a cell runs.
import { signal } from "@preact/signals";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { ask, type Kernel as Asked } from "../core/commands";
import { LOBBY, type Reply, type StudySummary } from "../core/protocol";
import { mentions } from "./cells";

const RUNNING_MS = 1000;
const RESTING_MS = 5000;
const SOON_MS = 700;
/** A kernel that has not answered by then does not know us, or is busy importing us. */
const GIVE_UP_MS = 6000;
/** So many questions, further and further apart, are worth it when the notebook speaks of us. */
const OF_A_TEXT = 2;
/** And so many when a cell is run that does. */
const OF_A_CELL = 6;

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
  private silences = 0;
  /** A cell that speaks of us is running, or has not been asked about since. */
  private spoken = false;
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
    if (hinted) this.hopes = OF_A_TEXT;
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
      this.hopes = this.silences = 0;
    } else {
      this.hopes -= 1;
      this.silences += 1;
    }
    if (this.list.value === null) this.soon(RUNNING_MS * 2 ** this.silences);
    else this.soon(this.list.value.some((study) => !over(study)) ? RUNNING_MS : RESTING_MS);
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
    if (header.msg_type === "execute_input") {
      if (mentions((content as { code: string }).code)) {
        this.spoken = true;
        this.hopes = OF_A_CELL;
        this.silences = 0;
      }
      if (this.spoken || this.list.value) this.soon(SOON_MS);
      return;
    }
    // Our own questions make the kernel say "idle", too.
    const ofCell = (parent_header as { msg_type?: string }).msg_type === "execute_request";
    if (header.msg_type !== "status" || !ofCell) return;
    if ((content as { execution_state?: string }).execution_state !== "idle") return;
    if (this.spoken) this.hopes = Math.max(this.hopes, 1);
    if (this.spoken || this.list.value) this.soon(SOON_MS);
    this.spoken = false;
  }

  private onStatus(_: unknown, status: Kernel.Status): void {
    if (status === "restarting" || status === "autorestarting" || status === "dead") {
      this.list.value = null;
      this.hopes = 0;
      this.spoken = false;
    }
  }
}
