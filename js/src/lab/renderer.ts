// The finished result in a saved notebook: the same board, with no kernel. Where the kernel that
// ran it still lives, the study can go on from here.
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import type { Message } from "@lumino/messaging";
import { mount } from "../board/board";
import { Session } from "../board/session";
import { revive } from "../core/decode";
import { watch } from "../core/life";
import { SNAPSHOT_FORMAT, SNAPSHOT_TYPE, type Snapshot } from "../core/protocol";
import { SnapshotTransport } from "../core/transport";
import { ReunitedTransport } from "./reunited";
import { asked, recentStudies } from "./studies";
import type { Where } from "./where";

/** Before text/html, after a live widget. */
const RANK = 30;

class Result extends Widget implements IRenderMime.IRenderer {
  private snapshot: Snapshot | null = null;
  private sought = false;
  private end: () => void = () => {};

  constructor(private readonly where: Where) {
    super();
    this.addClass("jp-HpoResult");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.clear();
    try {
      const snapshot = revive(model.data[SNAPSHOT_TYPE]) as Snapshot;
      if (!snapshot || typeof snapshot.format !== "number" || !Array.isArray(snapshot.updates)) {
        throw new TypeError("no snapshot");
      }
      if (snapshot.format > SNAPSHOT_FORMAT) {
        this.say(
          "This result was saved by a newer jupyter_hpo. Update the one of this JupyterLab to " +
            "see it, or run the cell again.",
        );
        return;
      }
      this.draw(new Session(new SnapshotTransport(snapshot)));
      this.snapshot = snapshot;
    } catch (error) {
      console.warn("jupyter_hpo: a saved result is damaged", error);
      this.clear();
      this.say("This saved result is damaged and can't be shown. Run the cell again.");
      return;
    }
    if (this.isAttached) void this.seek();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.clear();
    super.dispose();
  }

  protected override onAfterAttach(_: Message): void {
    void this.seek();
  }

  private clear(): void {
    this.end();
    this.end = () => {};
    this.node.replaceChildren();
    this.snapshot = null;
    this.sought = false;
  }

  private draw(session: Session): void {
    const unmount = mount(this.node, session);
    this.end = () => {
      unmount();
      session.dispose();
    };
  }

  private say(sentence: string): void {
    const line = document.createElement("p");
    line.className = "jp-HpoResult-sentence";
    line.textContent = sentence;
    this.node.append(line);
  }

  /** Once: when the notebook's kernel still knows this very study, it can be told things. */
  private async seek(): Promise<void> {
    const { snapshot } = this;
    if (!snapshot?.study || this.sought) return;
    this.sought = true;
    const kernel = this.where.notebookOf(this.node)?.sessionContext.session?.kernel;
    if (!kernel) return;
    const studies = await recentStudies(kernel);
    if (this.isDisposed || this.snapshot !== snapshot) return;
    if (!studies?.some(({ id }) => id === snapshot.study)) return;
    const transport = new ReunitedTransport(snapshot, () => asked(kernel));
    const again = (next: Session): void => {
      this.clear();
      this.draw(next);
      [this.snapshot, this.sought] = [snapshot, true];
    };
    again(new Session(transport));
    const { end } = this;
    const unwatch = watch(kernel, () => {
      if (!transport.goesOn) again(new Session(new SnapshotTransport(snapshot)));
    });
    this.end = () => {
      unwatch();
      end();
    };
  }
}

export const result = (where: Where): { factory: IRenderMime.IRendererFactory; rank: number } => ({
  rank: RANK,
  factory: {
    safe: true,
    mimeTypes: [SNAPSHOT_TYPE],
    defaultRank: RANK,
    createRenderer: () => new Result(where),
  },
});
