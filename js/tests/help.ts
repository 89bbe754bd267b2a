// Values for tests, short to write.
import type { Decoded } from "../src/core/decode";
import type { Header, ParamInfo, Row } from "../src/core/protocol";

export const param = (name: string, more: Partial<ParamInfo> = {}): ParamInfo => ({
  name,
  kind: "float",
  log: false,
  low: null,
  high: null,
  step: null,
  choices: null,
  own: null,
  conditional: false,
  ...more,
});

export const header = (more: Partial<Header> = {}): Header => ({
  study: "digits",
  state: "running",
  objectives: [{ name: "acc", direction: "maximize" }],
  params: [
    param("lr", { log: true, low: 1e-5, high: 1e-1 }),
    param("act", { kind: "categorical", choices: ["relu", "tanh"] }),
  ],
  n_trials: 10,
  n_complete: 0,
  n_running: 0,
  n_paused: 0,
  n_pruned: 0,
  n_failed: 0,
  n_outside: 0,
  n_cut_off: 0,
  elapsed_s: 5,
  spent_s: null,
  pauses: [],
  left_s: null,
  best: null,
  best_model_kept: false,
  jobs: 2,
  jobs_why: "",
  device: "CPU",
  facts: [],
  setup: "",
  sampler: "TPE",
  pruner: "ASHA",
  notices: [],
  message: "",
  timeout_s: null,
  rungs: [],
  use: {},
  ...more,
});

export const row = (number: number, more: Partial<Row> = {}): Row => ({
  number,
  state: "COMPLETE",
  values: null,
  params: {},
  step: null,
  duration_s: null,
  started_s: null,
  finished_s: null,
  error: "",
  error_line: null,
  memory_bytes: null,
  notice: "",
  heard_s: null,
  long_s: null,
  waits: "",
  spans: [],
  ...more,
});

export const update = (more: Partial<Decoded> = {}): Decoded => ({
  seq: 1,
  version: 1,
  reset: true,
  more: false,
  header: header(),
  rows: [],
  points: [],
  ...more,
});
