// The left panel: the studies of the kernel the person works with.
import { signal, type Signal } from "@preact/signals";
import type { LabIcon } from "@jupyterlab/ui-components";
import { Widget } from "@lumino/widgets";
import type { Message } from "@lumino/messaging";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { STUDY } from "../board/states";
import { ENDED } from "../core/life";
import { count, duration, goal } from "../core/format";
import type { StudySummary } from "../core/protocol";
import { line } from "../core/text";
import { tuneIcon } from "./icons";
import { KernelStudies, over } from "./studies";
import type { Where } from "./where";

export type Open = (kernelId: string, study: StudySummary) => void;

/** What the panel shows of the notebook or console in front. */
interface Shown {
  title: string;
  python: boolean;
  studies: KernelStudies | null;
  /** What became of the kernel before, whose studies were shown. */
  lost: string;
}

export class StudiesPanel extends Widget {
  private readonly shown: Signal<Shown> = signal({ title: "", python: true, studies: null, lost: "" });
  private panel: Where["panel"] = null;

  constructor(
    private readonly where: Where,
    open: Open,
  ) {
    super();
    this.id = "jupyter-hpo-studies";
    this.addClass("jp-HpoPanel");
    this.title.icon = tuneIcon as LabIcon;
    this.title.caption = "Hyperparameter search";
    where.changed.connect(this.follow, this);
    render(<Panel shown={this.shown} open={open} />, this.node);
    void this.follow();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.where.changed.disconnect(this.follow, this);
    this.shown.value.studies?.dispose();
    render(null, this.node);
    super.dispose();
  }

  protected override onAfterShow(_: Message): void {
    this.shown.value.studies?.look(true);
  }

  protected override onAfterHide(_: Message): void {
    this.shown.value.studies?.look(false);
  }

  protected override onAfterAttach(_: Message): void {
    this.shown.value.studies?.look(this.isVisible);
  }

  private async follow(): Promise<void> {
    const { panel, kernel } = this.where;
    if (panel && "context" in panel) await panel.context.ready;
    if (this.isDisposed || this.where.kernel !== kernel) return; // turned elsewhere meanwhile
    const before = this.shown.value.studies;
    const python = this.where.isPython(panel?.sessionContext);
    let studies = before?.kernel === kernel ? before : null;
    if (before !== studies) before?.dispose();
    if (kernel && python && !studies) {
      studies = new KernelStudies(kernel);
      studies.look(this.isVisible);
    }
    const title = line(this.where.title, 200);
    const shown = before?.list.value?.length || before?.lost.value;
    let { lost } = this.shown.value;
    if (this.panel !== panel) lost = "";
    else if (before !== studies && shown) lost = ENDED;
    this.panel = panel;
    this.shown.value = { title, python, studies, lost };
  }
}

function Panel({ shown, open }: { shown: Signal<Shown>; open: Open }) {
  const { title, python, studies } = shown.value;
  const list = studies?.list.value ?? null;
  const lost = studies?.lost.value || shown.value.lost;
  return (
    <div class="jp-HpoPanel-body">
      <header class="jp-HpoPanel-header">
        <h2>Studies</h2>
        {title && <span title={title}>{title}</span>}
      </header>
      {list?.length ? (
        <ul class="jp-HpoPanel-list">
          {list.map((study) => (
            <Study key={study.id} study={study} studies={studies!} open={open} />
          ))}
        </ul>
      ) : (
        <Empty title={title} python={python} lost={lost} />
      )}
    </div>
  );
}

function Empty(props: { title: string; python: boolean; lost: string }) {
  const { title, python, lost } = props;
  if (!title) return <p class="jp-HpoPanel-empty">Open a notebook to see its studies here.</p>;
  if (!python) return <p class="jp-HpoPanel-empty">This kernel does not run Python.</p>;
  if (lost) {
    return (
      <p class="jp-HpoPanel-empty" role="status">
        {lost}
      </p>
    );
  }
  return (
    <div class="jp-HpoPanel-empty">
      <p>No study has run in this kernel yet.</p>
      <p>
        Press <b>Tune this cell</b> in the toolbar of a training cell, or write <code>%%hpo</code>{" "}
        above it.
      </p>
    </div>
  );
}

/** Seconds that go on by themselves between two answers. */
function useElapsed(study: StudySummary, studies: KernelStudies): number {
  const [, tick] = useState(0);
  const ticking = !over(study) && study.state !== "paused";
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return study.elapsed_s + (ticking ? (performance.now() - studies.askedAt) / 1000 : 0);
}

function Study(props: { study: StudySummary; studies: KernelStudies; open: Open }) {
  const { study, studies, open } = props;
  const [waits, setWaits] = useState("");
  const [refused, setRefused] = useState("");
  const elapsed = useElapsed(study, studies);
  const { sign, word, tone } = STUDY[study.state];
  useEffect(() => setWaits(""), [study.state]);
  const tell = async (command: "pause" | "resume" | "stop"): Promise<void> => {
    setWaits(command);
    const reply = await studies.tell(study, command);
    setRefused(reply.ok ? "" : reply.message);
    if (!reply.ok) setWaits("");
  };
  const values = study.best?.values.map((value, i) => goal(value, study.objectives[i]));
  const best = values?.join(" · ") ?? "–";
  const name = line(study.name, 120);
  const objective = study.objectives.map((one) => line(one.name, 60)).join(", ");
  const paused = study.state === "paused";
  const stopping = study.state === "stopping" || waits === "stop";
  return (
    <li class="jp-HpoPanel-study">
      <div class="jp-HpoPanel-line">
        <button
          type="button"
          class="jp-HpoPanel-name"
          title={`Open the dashboard of ${name}`}
          onClick={() => open(studies.kernel.id, study)}
        >
          {name}
        </button>
        {study.cell > 0 && <span class="jp-HpoPanel-quiet">{`In[${study.cell}]`}</span>}
        {!over(study) && (
          <span class="jp-HpoPanel-buttons">
            <button
              type="button"
              disabled={stopping || waits !== ""}
              aria-label={`${paused ? "Resume" : "Pause"} ${name}`}
              title={paused ? "Resume" : "Pause"}
              onClick={() => void tell(paused ? "resume" : "pause")}
            >
              <Sign of={paused ? "resume" : "pause"} />
            </button>
            <button
              type="button"
              disabled={stopping}
              aria-label={`Stop ${name}`}
              title="Stop, and keep what finished"
              onClick={() => void tell("stop")}
            >
              <Sign of="stop" />
            </button>
          </span>
        )}
      </div>
      <Progress study={study} />
      <div class="jp-HpoPanel-line">
        <span class={`jp-HpoPanel-state jp-mod-${tone}`}>
          <i aria-hidden="true">{sign}</i> {stopping && !over(study) ? "Stopping" : word}
        </span>
        <span class="jp-HpoPanel-quiet">{trials(study)}</span>
        <span class="jp-HpoPanel-quiet jp-HpoPanel-end">{clock(elapsed)}</span>
      </div>
      <div class="jp-HpoPanel-line">
        <span class="jp-HpoPanel-quiet jp-HpoPanel-objective" title={objective}>
          {objective}
        </span>
        <b class="jp-HpoPanel-end">{best}</b>
      </div>
      {refused && (
        <p class="jp-HpoPanel-refused" role="status">
          {line(refused, 600)}
        </p>
      )}
    </li>
  );
}

/** Time as it ticks: whole seconds, so that the figure keeps its width. */
const clock = (seconds: number): string =>
  seconds < 10 ? `${Math.max(0, Math.floor(seconds))}s` : duration(Math.floor(seconds));

function trials({ n_done, n_trials }: StudySummary): string {
  const done = count(n_done);
  return n_trials === null ? `${done} trials` : `${done} of ${count(n_trials)}`;
}

function Progress({ study }: { study: StudySummary }) {
  const { n_done, n_trials } = study;
  if (n_trials === null) return null; // open-ended: there is nothing to be a part of
  const part = n_trials > 0 ? Math.min(1, n_done / n_trials) : 0;
  return (
    <div
      class={`jp-HpoPanel-bar ${over(study) ? "jp-mod-over" : ""}`}
      role="progressbar"
      aria-label={`Progress of ${line(study.name, 120)}`}
      aria-valuemin={0}
      aria-valuenow={n_done}
      aria-valuemax={n_trials}
      aria-valuetext={`${n_done} of ${n_trials} trials`}
    >
      <i style={{ width: `${100 * part}%` }} />
    </div>
  );
}

const PATHS = {
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  resume: "M4 2.5v11l9-5.5z",
  stop: "M3.5 3.5h9v9h-9z",
};

function Sign({ of }: { of: keyof typeof PATHS }) {
  return (
    <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[of]} />
    </svg>
  );
}
