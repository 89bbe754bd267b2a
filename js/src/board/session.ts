// One study's connection: messages into the store, clicks out to the kernel.
import { signal } from "@preact/signals";
import { CommandClient, type Model } from "../core/commands";
import { decodeUpdate, revive } from "../core/decode";
import { Painter } from "../core/painter";
import type { CommandName, Detail } from "../core/protocol";
import { Store } from "../core/store";

const RETRY_MS = 3000;
const PENDING_MS = 8000;

export class Session {
  readonly store = new Store();
  readonly client: CommandClient;
  /** Grows as messages are taken in; read it to be drawn again. */
  readonly version = signal(0);
  /** The last thing the kernel answered, when it had something to say. */
  readonly said = signal<{ text: string; ok: boolean } | null>(null);
  /** Commands clicked and not yet seen in the study: 'pause', 'stop_trial:7'; each with what
   * the study, or the trial, was like before. */
  readonly pending = signal<ReadonlyMap<string, string>>(new Map());
  readonly hovered = signal<number | null>(null);
  readonly opened = signal<number | null>(null);
  private readonly painter = new Painter(() => void (this.version.value += 1));
  private retry: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly model: Model,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.client = new CommandClient(model);
    model.on("msg:custom", this.onMessage);
    this.resync();
  }

  dispose(): void {
    this.model.off("msg:custom", this.onMessage);
    this.client.dispose();
    if (this.retry) clearTimeout(this.retry);
  }

  silentFor(): number {
    return this.store.header ? (this.now() - this.store.receivedAt) / 1000 : 0;
  }

  /** Seconds since the study began, as its own clock tells them. */
  elapsed(): number {
    return (this.store.header?.elapsed_s ?? 0) + this.silentFor();
  }

  /** Ask for everything; again after a while as long as nothing has come. */
  private resync(): void {
    if (this.retry) return;
    void this.client.send({ command: "resync" });
    this.retry = setTimeout(() => {
      this.retry = null;
      this.resync();
    }, RETRY_MS);
  }

  open(number: number | null): void {
    this.opened.value = number;
  }

  askDetail(number: number): void {
    void this.client.send({ command: "detail", number });
  }

  async command(command: CommandName, number?: number): Promise<void> {
    const key = number === undefined ? command : `${command}:${number}`;
    if (this.pending.value.has(key)) return;
    this.pending.value = new Map([...this.pending.value, [key, this.likeness(number)]]);
    const reply = await this.client.send(number === undefined ? { command } : { command, number });
    this.said.value = reply.message ? { text: reply.message, ok: reply.ok } : null;
    if (!reply.ok) this.settle(key);
    else setTimeout(() => this.settle(key), PENDING_MS);
  }

  private settle(key: string): void {
    if (!this.pending.value.has(key)) return;
    this.pending.value = new Map([...this.pending.value].filter(([other]) => other !== key));
  }

  private readonly onMessage = (content: unknown, buffers: readonly DataView[]): void => {
    const kind = (content as { kind?: string } | null)?.kind;
    if (kind === "update") {
      const update = decodeUpdate(content, buffers);
      if (!this.store.apply(update, this.now())) {
        this.resync();
        return;
      }
      if (update.reset && this.retry) {
        clearTimeout(this.retry);
        this.retry = null;
      }
      this.clearPending();
      this.painter.changed();
    } else if (kind === "detail") {
      const { detail } = revive(content) as { detail: Detail };
      this.store.details.set(detail.number, detail);
      this.version.value += 1; // asked for just now, by one click
    }
  };

  /** What was clicked is no longer pending once the study shows it. */
  private clearPending(): void {
    for (const [key, before] of this.pending.value) {
      const [command, number] = key.split(":");
      const row = number === undefined ? undefined : this.store.rows.get(Number(number));
      const seen =
        command === "stop_trial"
          ? row && !["RUNNING", "PAUSED", "WAITING"].includes(row.state)
          : this.likeness(row?.number) !== before;
      if (seen) this.settle(key);
    }
  }

  /** What a pause or its end changes of the study, or of a trial. */
  private likeness(number?: number): string {
    if (number === undefined) return this.store.header?.state ?? "";
    const row = this.store.rows.get(number);
    return row ? `${row.state} ${row.waits}` : "";
  }
}
