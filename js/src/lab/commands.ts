// The commands, as they stand in the palette.
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Notification, type ICommandPalette } from "@jupyterlab/apputils";
import type { LabIcon } from "@jupyterlab/ui-components";
import type { Kernel } from "@jupyterlab/services";
import { ask, type Body } from "../core/commands";
import type { Edit, StudySummary } from "../core/protocol";
import { line } from "../core/text";
import { applyEdits, say } from "./apply";
import type { Dashboards, Which } from "./dashboards";
import { tuneIcon } from "./icons";
import type { StudiesPanel } from "./panel";
import { asked, over, studiesOf } from "./studies";
import { tune } from "./tune";
import type { Where } from "./where";

export const COMMANDS = {
  tune: "jupyter-hpo:tune-cell",
  show: "jupyter-hpo:show-studies",
  open: "jupyter-hpo:open-dashboard",
  apply: "jupyter-hpo:apply-best",
  pause: "jupyter-hpo:pause",
  resume: "jupyter-hpo:resume",
  stop: "jupyter-hpo:stop",
  export: "jupyter-hpo:export-report",
} as const;

const CATEGORY = "Hyperparameter search";

interface Parts {
  app: JupyterFrontEnd;
  where: Where;
  panel: StudiesPanel;
  dashboards: Dashboards;
  palette: ICommandPalette | null;
}

interface Found {
  kernel: Kernel.IKernelConnection;
  study: StudySummary;
}

/** The study that a command means: the newest one that runs, else the newest; says why none. */
async function studyInFront(where: Where, title: string): Promise<Found | null> {
  const { kernel } = where;
  if (!kernel) {
    say(title, "No notebook or console with a kernel is open.");
    return null;
  }
  const studies = where.isPython(where.panel?.sessionContext) ? await studiesOf(kernel) : null;
  const study = studies?.find((one) => !over(one)) ?? studies?.[0];
  if (study) return { kernel, study };
  say(title, "No study has run in this kernel yet. Put %%hpo above a training cell and run it.");
  return null;
}

/** Ask a study and say what it answers, when that is worth a word. */
async function tell({ kernel, study }: Found, title: string, body: Body): Promise<unknown> {
  const reply = await ask(asked(kernel), study.id, body);
  if (!reply.ok) say(title, reply.message || "The study refused.");
  else if (reply.message) Notification.info(line(reply.message, 400), { autoClose: 5000 });
  return reply.ok ? reply.data : null;
}

export function addCommands({ app, where, panel, dashboards, palette }: Parts): void {
  const { commands } = app;
  const active = (): boolean => {
    const notebook = where.notebooks.currentWidget;
    return notebook?.content.activeCell?.model.type === "code";
  };
  const python = (): boolean => where.isPython(where.notebooks.currentWidget?.sessionContext);

  commands.addCommand(COMMANDS.tune, {
    label: "Tune This Cell",
    caption: () =>
      python()
        ? "Tune this cell: search for its best hyperparameters"
        : "Tune this cell: for Python kernels only",
    icon: tuneIcon as LabIcon,
    isVisible: active,
    isEnabled: () => active() && python(),
    describedBy: NO_ARGS,
    execute: () => {
      const notebook = where.notebooks.currentWidget;
      return notebook ? tune(notebook) : undefined;
    },
  });
  // Whether the button is there, and can be pressed, depends on these.
  const changed = (): void => commands.notifyCommandChanged(COMMANDS.tune);
  where.notebooks.activeCellChanged.connect(changed);
  where.notebooks.currentChanged.connect(changed);
  where.changed.connect(changed);
  void app.serviceManager.kernelspecs.ready.then(changed);

  commands.addCommand(COMMANDS.show, {
    label: "Show Studies",
    describedBy: NO_ARGS,
    execute: () => app.shell.activateById(panel.id),
  });

  commands.addCommand(COMMANDS.open, {
    label: "Open Dashboard",
    describedBy: NO_ARGS,
    execute: async (args) => {
      const given = args as Partial<Which>;
      if (given.kernel && given.study && given.name) {
        const which = { kernel: given.kernel, study: given.study, name: given.name };
        if (await dashboards.open(which)) return true;
        throw new Error("The kernel of that study has ended."); // the layout forgets it then
      }
      const found = await studyInFront(where, "Open dashboard");
      if (!found) return false;
      const { kernel, study } = found;
      return dashboards.open({ kernel: kernel.id, study: study.id, name: study.name });
    },
  });

  commands.addCommand(COMMANDS.apply, {
    label: "Apply Best to Cell",
    describedBy: NO_ARGS,
    execute: async () => {
      const title = "Apply best to cell";
      const notebook = where.notebooks.currentWidget;
      const found = notebook && (await studyInFront(where, title));
      if (!found) return;
      const edits = await tell(found, title, { command: "apply" });
      if (edits) await applyEdits(notebook, edits as Edit[], title);
    },
  });

  for (const [command, label] of [
    ["pause", "Pause Study"],
    ["resume", "Resume Study"],
    ["stop", "Stop Study"],
  ] as const) {
    commands.addCommand(COMMANDS[command], {
      label,
      describedBy: NO_ARGS,
      execute: async () => {
        const found = await studyInFront(where, label);
        if (!found) return;
        if (over(found.study)) say(label, `${line(found.study.name)} has ended already.`);
        else await tell(found, label, { command });
      },
    });
  }

  commands.addCommand(COMMANDS.export, {
    label: "Export Report",
    describedBy: NO_ARGS,
    execute: async () => {
      const found = await studyInFront(where, "Export report");
      const path = found && (await tell(found, "Export report", { command: "export" }));
      if (typeof path === "string") Notification.success(`The report is in ${line(path, 400)}.`);
    },
  });

  for (const command of Object.values(COMMANDS)) palette?.addItem({ command, category: CATEGORY });
}

const NO_ARGS = { args: { type: "object", properties: {} } };
