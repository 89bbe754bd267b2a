// Generated from jupyter_hpo/widgets/protocol. Do not edit; run
//   python -m jupyter_hpo.widgets.typescript

export const REQUEST_TYPE = "jupyter_hpo_request";

export const REPLY_TYPE = "jupyter_hpo_reply";

export const SNAPSHOT_TYPE = "application/vnd.jupyter-hpo.snapshot.v1+json";

export const SNAPSHOT_FORMAT = 1;

export const VIEW_TYPE = "application/vnd.jupyter-hpo.view.v1+json";

export const LOBBY = "";

export const ROW_STATES = ["WAITING", "RUNNING", "PAUSED", "COMPLETE", "PRUNED", "FAIL", "STOPPED"] as const;

export const WAITS = ["", "study", "scheduler", "person", "slot"] as const;

export const FIGURES = ["n_params", "complexity", "device_memory_bytes", "cpu_s", "reports_per_s"] as const;

export type Direction = "minimize" | "maximize";

export type StudyState = "starting" | "running" | "waiting" | "paused" | "stopping" | "finished" | "stopped" | "failed";

export type RowState = "WAITING" | "RUNNING" | "PAUSED" | "COMPLETE" | "PRUNED" | "FAIL" | "STOPPED";

export type Waits = "" | "study" | "scheduler" | "person" | "slot";

export type ParamKind = "float" | "int" | "categorical";

export type DeclaredBy = "" | "mark" | "line" | "space";

export type ValueKind = "float" | "int" | "str" | "bool" | "object";

export type CommandName = "pause" | "resume" | "stop" | "pause_trial" | "resume_trial" | "stop_trial" | "prune_trial" | "detail" | "resync" | "start" | "plan" | "write_marks" | "studies" | "follow" | "enqueue" | "set_budget" | "space" | "set_space" | "continue" | "importances" | "apply" | "use" | "export" | "result";

export type ColumnType = "u1" | "i2" | "i4" | "f8";

export interface ObjectiveInfo {
  name: string;
  direction: Direction;
  whole: boolean;
}

export interface ParamInfo {
  name: string;
  kind: ParamKind;
  log: boolean;
  low: number | null;
  high: number | null;
  step: number | null;
  choices: unknown[] | null;
  own: unknown;
  conditional: boolean;
}

export interface Best {
  number: number;
  values: number[];
}

export interface Header {
  study: string;
  state: StudyState;
  objectives: ObjectiveInfo[];
  params: ParamInfo[];
  n_trials: number | null;
  n_complete: number;
  n_running: number;
  n_paused: number;
  n_pruned: number;
  n_failed: number;
  n_outside: number;
  n_cut_off: number;
  elapsed_s: number;
  spent_s: number | null;
  pauses: number[];
  left_s: number | null;
  best: Best | null;
  best_model_kept: boolean;
  jobs: number;
  jobs_why: string;
  device: string;
  facts: string[];
  setup: string;
  sampler: string;
  pruner: string;
  notices: string[];
  message: string;
  timeout_s: number | null;
  rungs: number[];
  use: Record<string, number>;
  chosen: number | null;
  constraints: string[];
  n_infeasible: number;
  n_rounds: number;
  round_word: string;
  by_round: boolean;
  front: number[];
  sampler_why: string;
}

export interface Row {
  number: number;
  state: RowState;
  values: number[] | null;
  params: Record<string, unknown>;
  step: number | null;
  duration_s: number | null;
  started_s: number | null;
  finished_s: number | null;
  error: string;
  error_line: number | null;
  memory_bytes: number | null;
  notice: string;
  heard_s: number | null;
  long_s: number | null;
  waits: Waits;
  spans: number[];
  infeasible: string;
  figures: Record<string, number>;
  kept: boolean;
  rounds: number[];
  parent: number | null;
}

export interface Point {
  number: number;
  step: number;
  value: number;
}

export interface Update {
  version: number;
  header: Header;
  rows: Row[];
  points: Point[];
}

export interface Detail {
  number: number;
  params: Record<string, unknown>;
  traceback: string;
  log: string;
  figures: Record<string, number>;
}

export interface Column {
  name: string;
  type: ColumnType;
  offset: number;
  labels: unknown[] | null;
  exact: Record<string, unknown> | null;
}

export interface Table {
  n: number;
  columns: Column[];
  texts: Record<string, Record<string, string>>;
}

export interface UpdateMessage {
  kind: "update";
  seq: number;
  version: number;
  reset: boolean;
  more: boolean;
  header: Header;
  rows: Table;
  points: Table;
}

export interface Packed {
  message: UpdateMessage;
  buffer: string;
}

export interface Edit {
  cell: number;
  before: string;
  after: string;
  cell_id: string;
}

export interface Importance {
  objective: string;
  values: Record<string, number>;
  says: string[];
  rests: string;
}

export interface Importances {
  n: number;
  of: Importance[];
  busy: boolean;
  why: string;
}

export interface View {
  output: string;
}

export interface Snapshot {
  format: number;
  study: string;
  updates: Packed[];
  details: Detail[];
  importances: Importances | null;
  apply: Edit[];
  left_out: string;
}

export interface EditorRow {
  name: string;
  place: string;
  code: string;
  value: string;
  value_kind: ValueKind;
  kind: ParamKind;
  low: string;
  high: string;
  log: boolean;
  step: string;
  choices: string[];
  condition: string;
  source: DeclaredBy;
  ticked: boolean;
  why: string;
  problems: string[];
  cell: number;
}

export interface ObjectiveCandidate {
  name: string;
  direction: Direction;
  why: string;
}

export interface EditorOption {
  word: string;
  title: string;
  help: string;
}

export interface EditorPiece {
  title: string;
  sentence: string;
  after: string;
  replaces: string;
}

export interface EditorSettings {
  objectives: ObjectiveCandidate[];
  chosen: number;
  trials: string;
  timeout: string;
  trial_timeout: string;
  jobs: string;
  sampler: string;
  pruner: string;
  device: string;
  folds: string;
  repeats: string;
  foldable: boolean;
  samplers: EditorOption[];
  pruners: EditorOption[];
  devices: EditorOption[];
}

export interface EditorSection {
  title: string;
  rows: string[][];
}

export interface EditorSpec {
  study: string;
  rows: EditorRow[];
  settings: EditorSettings;
  notices: string[];
  found: EditorSection[];
  pieces: EditorPiece[];
  text: string;
  cell_id: string;
}

export interface EditorChoiceRow {
  name: string;
  kind: ParamKind;
  low: string;
  high: string;
  log: boolean;
  step: string;
  choices: string;
  condition: string;
}

export interface EditorGoal {
  name: string;
  direction: Direction;
}

export interface EditorChoice {
  rows: EditorChoiceRow[];
  objective: string;
  direction: Direction;
  trials: string;
  timeout: string;
  trial_timeout: string;
  jobs: string;
  sampler: string;
  pruner: string;
  device: string;
  folds: string;
  repeats: string;
  also: EditorGoal[];
}

export interface EditorProblem {
  name: string;
  message: string;
}

export interface BudgetChoice {
  trials: string | null;
  timeout: string | null;
  jobs: string | null;
}

export interface Command {
  id: string;
  study: string;
  command: CommandName;
  number: number | null;
  choice: EditorChoice | null;
  page: string;
  params: Record<string, unknown> | null;
  budget: BudgetChoice | null;
}

export interface Reply {
  id: string;
  ok: boolean;
  message: string;
  problems: EditorProblem[];
  data: unknown;
}

export interface ReplyMessage {
  kind: "reply";
  reply: Reply;
}

export interface StudySummary {
  id: string;
  name: string;
  state: StudyState;
  objectives: ObjectiveInfo[];
  n_trials: number | null;
  n_done: number;
  n_running: number;
  elapsed_s: number;
  left_s: number | null;
  best: Best | null;
  cell: number;
  output: string;
}
