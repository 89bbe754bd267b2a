// A saved result whose kernel still lives: shown as it was saved, and obeyed by the kernel.
import type { Body, Kernel } from "../core/commands";
import type { Reply, Snapshot } from "../core/protocol";
import type { Lose } from "../core/life";
import { KernelTransport, SnapshotTransport, type Take, type Transport } from "../core/transport";

/**
 * The kernel is asked for news only once the study goes on: a notebook holds many results that
 * ended, and none of them should cost anything.
 */
export class ReunitedTransport implements Transport {
  readonly live = true;
  private readonly saved: SnapshotTransport;
  private readonly kernel: KernelTransport;
  private take: Take | null = null;
  private lose: Lose = () => {};

  /** runs: it goes on already. begin: called when it does so. */
  constructor(
    snapshot: Snapshot,
    kernel: () => Kernel | null,
    private readonly runs: boolean,
    private readonly begin: () => void,
  ) {
    this.saved = new SnapshotTransport(snapshot);
    this.kernel = new KernelTransport(kernel, snapshot.study);
  }

  /** Another trial is its result now: what was saved anew is shown, where it was looked at. */
  renew(snapshot: Snapshot): void {
    if (this.take) new SnapshotTransport(snapshot).listen(this.take);
  }

  async send(body: Body): Promise<Reply> {
    const reply = await this.kernel.send(body);
    if (reply.ok && body.command === "continue") {
      this.follow();
      this.begin();
    }
    return reply;
  }

  /** Whether it goes on, and so has more to show than was saved. */
  get goesOn(): boolean {
    return this.take === null;
  }

  listen(take: Take, lose: Lose = () => {}): void {
    [this.take, this.lose] = [take, lose];
    this.saved.listen(take);
    if (this.runs) this.follow();
  }

  private follow(): void {
    if (this.take) this.kernel.listen(this.take, this.lose);
    this.take = null;
  }

  dispose(): void {
    this.kernel.dispose();
  }
}
