// Rows and settings of the space editor, short to write.
import { edited, settingsOf } from "../src/core/form";
import type { EditorRow, EditorSettings, EditorSpec } from "../src/core/protocol";
import type { EditedRow, Settings } from "../src/core/ranges";

export const editor_row = (more: Partial<EditorRow> = {}): EditorRow => ({
  name: "lr",
  place: "line 1",
  cell: 0,
  code: "lr = 1e-3",
  value: "0.001",
  value_kind: "float",
  kind: "float",
  low: "1e-5",
  high: "1e-1",
  log: true,
  step: "",
  choices: [],
  condition: "",
  source: "",
  ticked: true,
  why: "",
  problems: [],
  ...more,
});

export const edited_row = (more: Partial<EditedRow> = {}): EditedRow => ({
  ...edited(editor_row(more)),
  ...more,
});

export const choice_row = (more: Partial<EditorRow> = {}): EditorRow =>
  editor_row({
    name: "act",
    place: "line 2",
    code: 'act = "relu"',
    value: "relu",
    value_kind: "str",
    kind: "categorical",
    low: "",
    high: "",
    log: false,
    choices: ["relu", "tanh"],
    ...more,
  });

export const editor_settings = (more: Partial<EditorSettings> = {}): EditorSettings => ({
  objectives: [{ name: "acc", direction: "maximize", why: "assigned in the loop at line 3" }],
  chosen: 1,
  trials: "40",
  timeout: "",
  trial_timeout: "",
  jobs: "auto",
  sampler: "tpe",
  pruner: "",
  device: "auto",
  folds: "",
  repeats: "",
  foldable: false,
  samplers: [
    { word: "tpe", title: "TPE", help: "Learns from finished trials." },
    { word: "random", title: "random", help: "Learns nothing." },
  ],
  pruners: [
    { word: "", title: "automatic", help: "" },
    { word: "none", title: "none", help: "" },
  ],
  devices: [{ word: "auto", title: "automatic", help: "" }],
  ...more,
});

export const settings = (more: Partial<Settings> = {}): Settings => ({
  ...settingsOf(editor_settings()),
  ...more,
});

export const editor_spec = (more: Partial<EditorSpec> = {}): EditorSpec => ({
  study: "digits",
  notices: [],
  found: [
    { title: "Every trial runs again", rows: [["In[2], line 3", "builds model", "model = Net()"]] },
  ],
  pieces: [],
  text: "",
  cell_id: "",
  rows: [editor_row(), choice_row({ ticked: false })],
  settings: editor_settings(),
  ...more,
});
