// After a reload a page knows no display ids: what the kernel puts in place of a dashboard does
// not reach it. So the outputs that came with the notebook's file are looked after here.
import type { ICellModel, IOutputs } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import { ask } from "../core/commands";
import type { StudySummary } from "../core/protocol";
import { concerns, mended, viewIn, type Data } from "./missed";
import { asked, KernelStudies } from "./studies";
import type { Where } from "./where";

/** Where the page does know the output, the kernel's own result is there by then. */
const SETTLE_MS = 500;
/** A study that has ended still binds what it found. */
const TRIES = 60;

interface Place {
  outputs: IOutputs;
  index: number;
  data: Data;
}

class Mender {
  private readonly came = new Set<string>();
  private readonly asked = new Map<string, number>();
  private studies: KernelStudies | null = null;

  constructor(private readonly panel: NotebookPanel) {
    const { sessionContext, disposed } = panel;
    disposed.connect(this.end, this);
    void panel.context.ready.then(() => {
      for (const { data } of this.places()) this.came.add(viewIn(data));
      sessionContext.kernelChanged.connect(this.begin, this);
      this.begin();
    });
  }

  /** Look after the outputs until no study that one of them shows is under way. */
  begin(): void {
    this.end();
    const kernel = this.panel.sessionContext.session?.kernel;
    if (this.panel.isDisposed || !kernel || !this.places().length) return;
    this.studies = new KernelStudies(kernel);
    this.studies.list.subscribe((list) => list && this.turn(kernel, list));
    this.studies.look(true);
  }

  private end(): void {
    this.studies?.dispose();
    this.studies = null;
  }

  private turn(kernel: Kernel.IKernelConnection, list: readonly StudySummary[]): void {
    let waits = false;
    for (const place of this.places()) {
      for (const study of list) {
        const next = mended(place.data, study, this.came);
        if (!next) continue;
        if (next === "result") void this.finish(kernel, study);
        else waits = true;
        if (typeof next === "object") this.put(place, next, true);
      }
    }
    if (!waits) this.end();
  }

  /** Once for every end of a study. */
  private async finish(kernel: Kernel.IKernelConnection, study: StudySummary): Promise<void> {
    if (this.asked.get(study.id) === study.elapsed_s) return;
    this.asked.set(study.id, study.elapsed_s);
    for (let tries = 0; tries < TRIES; tries++) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const reply = await ask(asked(kernel), study.id, { command: "result" });
      if (this.panel.isDisposed) return;
      if (!reply.ok) continue;
      const result = JSON.parse(reply.data as string) as Data;
      for (const place of this.places()) {
        if (mended(place.data, study, this.came) === "result") this.put(place, result);
      }
      return;
    }
  }

  private places(): Place[] {
    const found: Place[] = [];
    for (const { outputs } of this.panel.context.model?.cells ?? ([] as ICellModel[])) {
      for (let index = 0; index < (outputs?.length ?? 0); index++) {
        const { data } = outputs!.get(index);
        if (data && concerns(data)) found.push({ outputs: outputs!, index, data });
      }
    }
    return found;
  }

  /** asBefore: the notebook holds nothing new for it, and has not to be saved. */
  private put({ outputs, index }: Place, data: Data, asBefore = false): void {
    const { model } = this.panel.context;
    const { dirty } = model;
    outputs.set(index, { output_type: "display_data", data, metadata: {} });
    if (asBefore) model.dirty = dirty;
  }
}

export class Mending {
  private readonly menders = new WeakMap<NotebookPanel, Mender>();

  constructor({ notebooks }: Where) {
    const add = (panel: NotebookPanel): void => void this.menders.set(panel, new Mender(panel));
    notebooks.forEach(add);
    notebooks.widgetAdded.connect((_, panel) => add(panel));
  }

  /** A result of that notebook goes on. */
  begin(panel: NotebookPanel): void {
    this.menders.get(panel)?.begin();
  }
}
