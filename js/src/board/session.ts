// One study as a page sees it: what came of it, what is pointed at, what was clicked.
import { signal } from "@preact/signals";
import type { Body } from "../core/commands";
import { Painter } from "../core/painter";
import type { CommandName, Detail, Edit, Reply, Row } from "../core/protocol";
import { Store } from "../core/store";
import type { Transport } from "../core/transport";
import { View } from "./view";

const PENDING_MS = 8000;

/** What a filter or a brush lets through. */
export type Passes = (row: Row) => boolean;

/** title: where it was asked for, such as "Parallel coordinates". */
export interface Narrowing {
  passes: Passes;
  title: string;
}

export class Session {
  readonly store = new Store();
  /** Grows as messages are taken in; read it to be drawn again. */
  readonly version = signal(0);
  /** Why the kernel holds this study no more; empty as long as it does. */
  readonly lost = signal("");
  /** The last thing the kernel answered, when it had something to say. */
  readonly said = signal<{ text: string; ok: boolean } | null>(null);
  /** Commands clicked and not yet seen in the study: 'pause', 'stop_trial:7'; each with what
   * the study, or the trial, was like before. */
  readonly pending = signal<ReadonlyMap<string, string>>(new Map());
  readonly hovered = signal<number | null>(null);
  readonly opened = signal<number | null>(null);
  /** What narrows the trials down, by who asks for it: "filter" is the leaderboard's own
   * expression, every picture has a key of its own. Shared by all panes. */
  readonly narrowed = signal<ReadonlyMap<string, Narrowing>>(new Map());
  /** Whether a brush is being dragged: nothing may come in above its picture. */
  readonly brushing = signal(false);
  /** How the table of trials is looked at. */
  readonly view = new View();
  /** Of a saved result: what would write the best values into the cell. Null while unknown. */
  readonly savedEdits = signal<Edit[] | null>(null);
  private readonly painter = new Painter(() => void (this.version.value += 1));

  constructor(
    readonly transport: Transport,
    private readonly now: () => number = () => performance.now(),
  ) {
    transport.listen(
      (update) => {
        if (!this.store.apply(update, this.now())) return false;
        this.clearPending();
        this.painter.changed();
        return true;
      },
      (sentence) => {
        this.lost.value = sentence;
        if (!sentence) return;
        this.store.cutOff();
        this.painter.changed();
      },
    );
    if (!transport.live) void this.askSavedEdits();
  }

  dispose(): void {
    this.transport.dispose();
  }

  /** Whether somebody is there to obey. */
  get live(): boolean {
    return this.transport.live && !this.lost.value;
  }

  /** Let only those trials through that pass; null: no longer. A person can end it too: a
   * picture's brush is gone when its key is no longer among those `narrowed`. */
  narrow(key: string, passes: Passes | null, title = key): void {
    const narrowed = new Map(this.narrowed.value);
    if (passes) narrowed.set(key, { passes, title });
    else if (!narrowed.delete(key)) return;
    this.narrowed.value = narrowed;
  }

  /** Whether a trial passes all that narrows them down. */
  passes(row: Row): boolean {
    for (const { passes } of this.narrowed.value.values()) if (!passes(row)) return false;
    return true;
  }

  silentFor(): number {
    return this.store.header ? (this.now() - this.store.receivedAt) / 1000 : 0;
  }

  /** Seconds since the study began, as its own clock tells them. */
  elapsed(): number {
    return (this.store.header?.elapsed_s ?? 0) + (this.live ? this.silentFor() : 0);
  }

  open(number: number | null): void {
    this.opened.value = number;
  }

  private async askSavedEdits(): Promise<void> {
    const { ok, data } = await this.ask({ command: "apply" });
    this.savedEdits.value = ok ? (data as Edit[]) : [];
  }

  /** Show what the kernel said of a command. */
  say({ message, ok }: Reply): void {
    this.said.value = message ? { text: message, ok } : null;
  }

  async askDetail(number: number): Promise<void> {
    const reply = await this.ask({ command: "detail", number });
    if (!reply.ok || !reply.data) return;
    this.store.details.set(number, reply.data as Detail);
    this.version.value += 1; // asked for just now, by one click
  }

  /** Ask for something; what the kernel says of it is for the caller to show. */
  ask(body: Body): Promise<Reply> {
    return this.transport.send(body);
  }

  async command(command: CommandName, number?: number): Promise<void> {
    const key = number === undefined ? command : `${command}:${number}`;
    if (this.pending.value.has(key)) return;
    this.pending.value = new Map([...this.pending.value, [key, this.likeness(number)]]);
    const reply = await this.ask(number === undefined ? { command } : { command, number });
    this.say(reply);
    if (!reply.ok) this.settle(key);
    else setTimeout(() => this.settle(key), PENDING_MS);
  }

  private settle(key: string): void {
    if (!this.pending.value.has(key)) return;
    this.pending.value = new Map([...this.pending.value].filter(([other]) => other !== key));
  }

  /** What was clicked is no longer pending once the study shows it. */
  private clearPending(): void {
    for (const [key, before] of this.pending.value) {
      const [command, number] = key.split(":");
      const row = number === undefined ? undefined : this.store.rows.get(Number(number));
      const seen =
        command === "stop_trial" || command === "prune_trial"
          ? row && !["RUNNING", "PAUSED", "WAITING"].includes(row.state)
          : this.likeness(row?.number) !== before;
      if (seen) this.settle(key);
    }
  }

  /** What a pause or its end, or a choice, changes of the study, or of a trial. */
  private likeness(number?: number): string {
    const { state = "", chosen = null } = this.store.header ?? {};
    if (number === undefined) return `${state} ${chosen}`;
    const row = this.store.rows.get(number);
    return row ? `${row.state} ${row.waits} ${chosen === number}` : "";
  }
}
