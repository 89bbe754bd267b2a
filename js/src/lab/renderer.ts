// The finished result in a saved notebook: the same board, with no kernel. Where the kernel that
// ran it still lives, the study can go on from here. And the dashboard of one that still runs,
// after a reload of the page.
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import type { Message } from "@lumino/messaging";
import { mount } from "./boards";
import { Session } from "../board/session";
import { revive } from "../core/decode";
import { watch } from "../core/life";
import { SNAPSHOT_FORMAT, SNAPSHOT_TYPE, VIEW_TYPE, type Snapshot } from "../core/protocol";
import { KernelTransport, SnapshotTransport } from "../core/transport";
import type { Mending } from "./mending";
import { viewIn } from "./missed";
import { ReunitedTransport } from "./reunited";
import { asked, over, recentStudies } from "./studies";
import type { Where } from "./where";

/** Before text/html, after a live widget. */
const RANK = 30;
const GONE =
  "The kernel does not hold this study any more. Run the notebook again down to this cell: it goes " +
  "on where it stood.";

class Result extends Widget implements IRenderMime.IRenderer {
  private snapshot: Snapshot | null = null;
  /** The display id of its output. */
  private view = "";
  /** That the kernel is asked, or was: once for what is shown. */
  private sought: object | null = null;
  private end: () => void = () => {};
  /** Of a saved result whose kernel lives. */
  private reunited: ReunitedTransport | null = null;

  constructor(
    private readonly where: Where,
    private readonly mending: Mending,
  ) {
    super();
    this.addClass("jp-HpoResult");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const saved = SNAPSHOT_TYPE in model.data;
    if (saved && this.renewed(model.data[SNAPSHOT_TYPE])) return;
    this.clear();
    if (saved) this.drawSaved(model.data[SNAPSHOT_TYPE]);
    if (!saved || this.snapshot) this.view = viewIn(model.data);
    if (this.isAttached) void this.seek();
  }

  /** Whether it is the same result with another trial chosen: then whoever looks at it stays. */
  private renewed(data: unknown): boolean {
    const { reunited, snapshot } = this;
    if (!reunited || reunited.goesOn || !snapshot) return false;
    const next = revive(data) as Snapshot | null;
    if (next?.study !== snapshot.study || next.format !== snapshot.format) return false;
    this.snapshot = next;
    reunited.renew(next);
    return true;
  }

  private drawSaved(data: unknown): void {
    try {
      const snapshot = revive(data) as Snapshot;
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
    }
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
    this.view = "";
    this.sought = null;
    this.reunited = null;
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
    const { snapshot, view } = this;
    if ((!snapshot?.study && !view) || this.sought) return;
    const sought = (this.sought = {});
    const panel = this.where.notebookOf(this.node);
    await panel?.sessionContext.ready;
    const kernel = panel?.sessionContext.session?.kernel;
    const studies = kernel ? await recentStudies(kernel) : null;
    if (this.isDisposed || this.sought !== sought) return;
    const study = studies?.find(({ id, output }) => (snapshot ? id === snapshot.study : output === view));
    if (!snapshot) {
      if (study) this.draw(new Session(new KernelTransport(() => asked(kernel!), study.id)));
      else this.say(GONE);
      return;
    }
    if (!study) return;
    const runs = !over(study) && (!view || view === study.output);
    const begin = (): void => this.mending.begin(panel!);
    const transport = new ReunitedTransport(snapshot, () => asked(kernel!), runs, begin);
    const again = (next: Session): void => {
      this.clear();
      this.draw(next);
      [this.snapshot, this.view, this.sought] = [snapshot, view, sought];
    };
    again(new Session(transport));
    this.reunited = transport;
    const { end } = this;
    const unwatch = watch(kernel, () => {
      if (!transport.goesOn) again(new Session(new SnapshotTransport(this.snapshot ?? snapshot)));
    });
    this.end = () => {
      unwatch();
      end();
    };
  }
}

export const result = (
  where: Where,
  mending: Mending,
): { factory: IRenderMime.IRendererFactory; rank: number } => ({
  rank: RANK,
  factory: {
    safe: true,
    mimeTypes: [SNAPSHOT_TYPE, VIEW_TYPE],
    defaultRank: RANK,
    createRenderer: () => new Result(where, mending),
  },
});
