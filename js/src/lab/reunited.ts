// A saved result whose kernel still lives: shown as it was saved, and obeyed by the kernel.
import type { Body, Kernel } from "../core/commands";
import type { Reply, Snapshot } from "../core/protocol";
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

  constructor(snapshot: Snapshot, kernel: () => Kernel | null) {
    this.saved = new SnapshotTransport(snapshot);
    this.kernel = new KernelTransport(kernel, snapshot.study);
  }

  async send(body: Body): Promise<Reply> {
    const reply = await this.kernel.send(body);
    if (reply.ok && body.command === "continue" && this.take) {
      this.kernel.listen(this.take);
      this.take = null;
    }
    return reply;
  }

  listen(take: Take): void {
    this.take = take;
    this.saved.listen(take);
  }

  dispose(): void {
    this.kernel.dispose();
  }
}
