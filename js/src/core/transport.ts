// Where a study comes from: a widget's comm, a kernel that is asked, or a saved result.
import { ask, CommandClient, kernelOf, knowsUs, SILENCE, type Body, type Kernel, type Model } from "./commands";
import { decodePacked, decodeUpdate, revive, type Decoded } from "./decode";
import { ENDED, RESTARTED, watch, type Lose } from "./life";
import type { Packed, Reply, Snapshot } from "./protocol";

/** Takes an update in; false when one before it was missed. */
export type Take = (update: Decoded) => boolean;

export interface Transport {
  /** Whether a kernel is there to obey: a saved result and a report have none. */
  readonly live: boolean;
  send(body: Body): Promise<Reply>;
  /** Give every update from the study's start on to `take`; lose: told why there are none, and
   * then whether there are again. Called once. */
  listen(take: Take, lose?: Lose): void;
  dispose(): void;
}

const RETRY_MS = 3000;
export const FOLLOW_MS = 250;
/** After its end, or when it is refused, a study has hardly any news. */
export const REST_MS = 2000;

/** A widget: the kernel pushes. After a gap everything is asked for again. */
export class WidgetTransport implements Transport {
  readonly live = true;
  private readonly client: CommandClient;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private take: Take = () => true;
  private unwatch: () => void = () => {};
  private lost = false;

  constructor(private readonly model: Model) {
    this.client = new CommandClient(model);
  }

  send(body: Body): Promise<Reply> {
    return this.client.send(body);
  }

  listen(take: Take, lose: Lose = () => {}): void {
    this.take = take;
    const end: Lose = (sentence) => {
      this.lost = true;
      lose(sentence);
    };
    this.unwatch = watch(kernelOf(this.model), end, true);
    this.model.on("msg:custom", this.onMessage);
    this.resync();
  }

  dispose(): void {
    this.unwatch();
    this.model.off("msg:custom", this.onMessage);
    this.client.dispose();
    if (this.retry) clearTimeout(this.retry);
  }

  /** Ask for everything; again after a while as long as nothing has come. */
  private resync(): void {
    if (this.retry || this.lost) return;
    void this.client.send({ command: "resync" });
    this.retry = setTimeout(() => {
      this.retry = null;
      this.resync();
    }, RETRY_MS);
  }

  private readonly onMessage = (content: unknown, buffers: readonly DataView[]): void => {
    if ((content as { kind?: string } | null)?.kind !== "update") return;
    const update = decodeUpdate(content, buffers);
    if (!this.take(update)) this.resync();
    else if (update.reset && this.retry) {
      clearTimeout(this.retry);
      this.retry = null;
    }
  };
}

/** A study of a kernel that is asked for news: beside the notebook, or after a page was reloaded.
 * What a kernel that was restarted held never comes back. */
export class KernelTransport implements Transport {
  readonly live = true;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private gone = false;
  private watched: Kernel | null = null;
  private unwatch: () => void = () => {};

  constructor(
    private readonly kernel: () => Kernel | null,
    private readonly study: string,
  ) {}

  send(body: Body): Promise<Reply> {
    const kernel = this.kernel();
    if (kernel) return ask(kernel, this.study, body);
    return Promise.resolve({ id: "", ok: false, message: SILENCE, problems: [], data: null });
  }

  listen(take: Take, lose: Lose = () => {}): void {
    let [anew, over] = [true, false];
    const end: Lose = (sentence) => {
      this.dispose();
      lose(sentence);
    };
    const turn = async (): Promise<void> => {
      const kernel = this.kernel();
      if (kernel !== this.watched) {
        this.unwatch();
        this.unwatch = watch(kernel, end);
        this.watched = kernel;
      }
      if (anew && kernel && (await knowsUs(kernel)) === false && !this.gone) return end(RESTARTED);
      const reply = await this.send({ command: "follow", number: anew ? 1 : 0 });
      if (this.gone) return;
      if (!kernel) lose(ENDED);
      else if (reply.message !== SILENCE) lose(reply.ok ? "" : reply.message);
      let more = false;
      if (reply.ok && reply.data) {
        const update = decodePacked(reply.data as Packed);
        anew = !take(update);
        more = update.more && !anew;
        over = ["finished", "stopped", "failed"].includes(update.header.state);
      } else if (!reply.ok) anew = true; // another kernel, or one that was away
      this.timer = setTimeout(() => void turn(), more ? 0 : over || !reply.ok ? REST_MS : FOLLOW_MS);
    };
    void turn();
  }

  dispose(): void {
    this.gone = true;
    this.unwatch();
    if (this.timer) clearTimeout(this.timer);
  }
}

/** A saved result. */
export class SnapshotTransport implements Transport {
  readonly live = false;

  constructor(private readonly snapshot: Snapshot) {}

  send({ command, number }: Body): Promise<Reply> {
    const { details, importances, apply } = this.snapshot;
    const data = {
      detail: details.find((d) => d.number === number) ?? null,
      importances,
      apply,
    }[command as string];
    const ok = data !== undefined;
    const message = ok ? "" : "This is a saved result: run the cell again for that.";
    return Promise.resolve({ id: "", ok, message, problems: [], data: revive(data ?? null) });
  }

  listen(take: Take): void {
    for (const packed of this.snapshot.updates) take(decodePacked(packed));
  }

  dispose(): void {}
}
