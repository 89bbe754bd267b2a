// The space editor: tick what to tune, adjust its range, Start.
import { render, type ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { CommandClient } from "../core/commands";
import { checkRow, checkSettings, drawable, type EditedRow, type Settings } from "../core/ranges";
import type { Direction, EditorProblem, EditorSpec } from "../core/protocol";
import base from "../board/base.css";
import css from "./editor.css";

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  width?: string;
  placeholder?: string;
  bad?: boolean;
  list?: string;
  disabled?: boolean;
}

function Field(props: FieldProps) {
  return (
    <label class="hpo-field" style={props.width ? { width: props.width } : {}}>
      <span>{props.label}</span>
      <input
        type="text"
        value={props.value}
        placeholder={props.placeholder ?? ""}
        disabled={props.disabled ?? false}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={props.bad ?? false}
        {...(props.list ? { list: props.list } : {})}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** A strip that shows where the values lie: ticks on the scale, and the code's own value. */
function Preview({ row }: { row: EditedRow }) {
  const marks = drawable(row);
  if (!marks) return <span class="hpo-preview" />;
  return (
    <svg class="hpo-preview" viewBox="0 0 120 22" width="120" height="22" aria-hidden="true">
      <line x1="4" y1="15" x2="116" y2="15" class="hpo-axis" />
      {marks.ticks.map((x) => (
        <line key={x} x1={4 + 112 * x} x2={4 + 112 * x} y1="11" y2="15" class="hpo-axis" />
      ))}
      {marks.value !== null && (
        <path class="hpo-now" d={`M${4 + 112 * marks.value} 13l-4 -7h8z`} />
      )}
    </svg>
  );
}

function Problems({ of }: { of: readonly string[] }) {
  if (!of.length) return null;
  return (
    <ul class="hpo-problems" role="alert">
      {of.map((problem) => (
        <li key={problem}>
          <i aria-hidden="true">✕</i>
          {problem}
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  row: EditedRow;
  problems: readonly string[];
  onChange: (change: Partial<EditedRow>) => void;
}

function Row({ row, problems, onChange }: RowProps) {
  const set =
    (key: keyof EditedRow) =>
    (value: string): void =>
      onChange({ [key]: value });
  const bad = row.ticked && problems.length > 0;
  const id = `hpo-tick-${row.name}`;
  return (
    <li class={`hpo-row ${row.ticked ? "" : "hpo-off"} ${bad ? "hpo-bad-row" : ""}`}>
      <input
        type="checkbox"
        id={id}
        checked={row.ticked}
        onChange={(event) => onChange({ ticked: event.currentTarget.checked })}
      />
      <label class="hpo-name" for={id}>
        <b>{row.name}</b>
        <span class="hpo-where">
          {[row.place, row.declared ? "marked" : row.why].filter(Boolean).join(" · ")}
        </span>
        {row.code && (
          <code title={row.code} class="hpo-code">
            {row.code}
          </code>
        )}
      </label>
      <div class="hpo-now-value">
        <span>now</span>
        <code>{row.value}</code>
      </div>
      <fieldset disabled={!row.ticked} aria-label={`Range of ${row.name}`}>
        {row.kind === "categorical" ? (
          <Field
            label="choices, separated by |"
            value={row.choiceText}
            onInput={set("choiceText")}
            bad={bad}
            width="100%"
          />
        ) : (
          <>
            <Field label="low" value={row.low} onInput={set("low")} bad={bad} width="84px" />
            <Field label="high" value={row.high} onInput={set("high")} bad={bad} width="84px" />
            <Field
              label="step"
              value={row.step}
              onInput={set("step")}
              placeholder={row.log ? "" : "any"}
              disabled={row.log}
              width="64px"
            />
            <label class="hpo-check">
              <input
                type="checkbox"
                checked={row.log}
                onChange={(event) => {
                  const log = event.currentTarget.checked;
                  onChange(log ? { log, step: "" } : { log });
                }}
              />
              log
            </label>
            <Preview row={row} />
          </>
        )}
        {row.condition && <span class="hpo-condition">{`only if ${row.condition}`}</span>}
      </fieldset>
      <Problems of={row.ticked ? problems : []} />
    </li>
  );
}

/** The settings that are a short text each. */
const LIMITS = [
  { key: "trials", label: "trials", placeholder: "no limit", width: "84px" },
  { key: "timeout", label: "time limit", placeholder: "30m", width: "84px" },
  { key: "jobs", label: "at a time", placeholder: "auto", width: "74px" },
] as const;

function Setting(props: { problems: readonly string[]; children: ComponentChildren }) {
  return (
    <div class="hpo-setting">
      {props.children}
      <Problems of={props.problems} />
    </div>
  );
}

/** What was found besides the values, and what trials will do: closed until asked for. */
function Found({ of }: { of: EditorSpec["found"] }) {
  if (!of.length) return null;
  return (
    <details class="hpo-found">
      <summary>What was found, and what each trial does</summary>
      {of.map((section) => (
        <section key={section.title}>
          <h4>{section.title}</h4>
          <table>
            <tbody>
              {section.rows.map((row, i) => (
                <tr key={i}>
                  {row.map((text, j) => (
                    <td key={j} colSpan={row.length === 1 ? 3 : 1}>
                      {text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </details>
  );
}

export function Editor({ spec, client }: { spec: EditorSpec; client: CommandClient }) {
  const [rows, setRows] = useState<EditedRow[]>(() =>
    spec.rows.map((row) => ({ ...row, choiceText: row.choices.join(" | ") })),
  );
  const first = spec.settings.objectives[0];
  const [settings, setSettings] = useState<Settings>({
    objective: spec.settings.objectives.length === 1 && first ? first.name : "",
    direction: first?.direction ?? "minimize",
    trials: spec.settings.trials,
    timeout: spec.settings.timeout,
    jobs: spec.settings.jobs,
  });
  const [found, setFound] = useState<EditorProblem[]>([]);
  const [said, setSaid] = useState<{ text: string; ok: boolean } | null>(null);
  const [starting, setStarting] = useState(false);
  const [tried, setTried] = useState(false);

  const chosen = spec.settings.objectives.find((o) => o.name === settings.objective);
  const ticked = rows.filter((row) => row.ticked);
  const own = useMemo(
    () => [...ticked.flatMap(checkRow), ...checkSettings(settings)],
    [rows, settings],
  );
  // What was typed wrong shows at once; what is still empty, only after Start.
  const shown = own.filter((p) => tried || !p.empty);
  const at = (name: string): string[] => [
    ...new Set([...shown, ...found].filter((p) => p.name === name).map((p) => p.message)),
  ];

  const change = (name: string, values: Partial<EditedRow>): void => {
    setRows((old) => old.map((row) => (row.name === name ? { ...row, ...values } : row)));
    setFound((old) => old.filter((p) => p.name !== name));
  };
  const set =
    (key: keyof Settings) =>
    (value: string): void => {
      setSettings((old) => ({ ...old, [key]: value }));
      setFound((old) => old.filter((p) => p.name !== key));
    };

  const start = async (): Promise<void> => {
    setTried(true);
    if (!ticked.length || own.length) {
      const count = own.length || 1;
      const text = ticked.length
        ? `Not started: ${count === 1 ? "one thing" : `${count} things`} to put right.`
        : "Nothing is ticked. Tick at least one value to tune.";
      setSaid({ text, ok: false });
      return;
    }
    setStarting(true);
    setSaid(null);
    const reply = await client.send({
      command: "start",
      choice: {
        ...settings,
        sampler: "",
        pruner: "",
        device: "",
        rows: ticked.map(({ name, kind, low, high, log, step, choiceText, condition }) => ({
          name,
          kind,
          low,
          high,
          log,
          step,
          choices: choiceText,
          condition,
        })),
      },
    });
    setFound(reply.problems ?? []);
    setSaid(reply.message ? { text: reply.message, ok: reply.ok } : null);
    if (!reply.ok) setStarting(false);
  };

  const tickAll = (value: boolean): void =>
    setRows((old) => old.map((row) => ({ ...row, ticked: value })));

  return (
    <form
      onKeyDown={(event) => {
        // Enter in a field must not start a study by accident; Ctrl+Enter means to.
        if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        if (event.ctrlKey || event.metaKey) void start();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div class="hpo-top">
        <h3>What to tune</h3>
        <span class="hpo-sub">{`${ticked.length} of ${rows.length} ticked`}</span>
        <span class="hpo-sub hpo-study">{spec.study}</span>
        <button
          type="button"
          class="hpo-link"
          onClick={() => tickAll(ticked.length < rows.length)}
        >
          {ticked.length < rows.length ? "Tick all" : "Tick none"}
        </button>
      </div>
      {spec.notices.map((notice) => (
        <p key={notice} class="hpo-note hpo-note-warn">
          <i aria-hidden="true">!</i>
          {notice}
        </p>
      ))}
      {rows.length ? (
        <ul class="hpo-rows">
          {rows.map((row) => (
            <Row
              key={row.name}
              row={row}
              problems={[...row.problems, ...at(row.name)]}
              onChange={(values) => change(row.name, values)}
            />
          ))}
        </ul>
      ) : (
        <p class="hpo-empty">
          No value to tune was found. Mark one at the end of its line: # hpo: 1e-5..1e-1 log
        </p>
      )}
      <div class="hpo-settings">
        <Setting problems={at("objective")}>
          <Field
            label="objective"
            value={settings.objective}
            onInput={(value) => {
              const known = spec.settings.objectives.find((o) => o.name === value);
              set("objective")(value);
              if (known) set("direction")(known.direction);
            }}
            placeholder="val_acc"
            width="148px"
            bad={at("objective").length > 0}
          />
          <label class="hpo-field">
            <span>direction</span>
            <select
              value={settings.direction}
              onChange={(event) => set("direction")(event.currentTarget.value as Direction)}
            >
              <option value="maximize">maximize</option>
              <option value="minimize">minimize</option>
            </select>
          </label>
        </Setting>
        {LIMITS.map(({ key, label, placeholder, width }) => (
          <Setting key={key} problems={at(key)}>
            <Field
              label={label}
              value={settings[key]}
              onInput={set(key)}
              placeholder={placeholder}
              width={width}
              bad={at(key).length > 0}
            />
          </Setting>
        ))}
        <button type="submit" class="hpo-button hpo-primary" disabled={starting || !rows.length}>
          <i aria-hidden="true">▶</i>
          {starting ? "Starting…" : "Start"}
        </button>
      </div>
      {spec.settings.objectives.length > 1 && (
        <p class="hpo-candidates">
          Found in the cell:
          {spec.settings.objectives.map((candidate) => (
            <button
              key={candidate.name}
              type="button"
              class="hpo-chip"
              aria-pressed={settings.objective === candidate.name}
              title={candidate.why}
              onClick={() => {
                set("objective")(candidate.name);
                set("direction")(candidate.direction);
              }}
            >
              {`${candidate.direction} ${candidate.name}`}
            </button>
          ))}
        </p>
      )}
      {chosen?.why && <p class="hpo-candidates">{`${chosen.name}: ${chosen.why}`}</p>}
      <Found of={spec.found} />
      <Problems of={at("")} />
      {said && (
        <p class={`hpo-note ${said.ok ? "" : "hpo-note-bad"}`} role="status">
          <i aria-hidden="true">{said.ok ? "i" : "✕"}</i>
          {said.text}
        </p>
      )}
    </form>
  );
}

/** Draw an editor into an element; returns what takes it away again. */
export function mount(el: HTMLElement, spec: EditorSpec, client: CommandClient): () => void {
  const style = document.createElement("style");
  style.textContent = base + css;
  const root = document.createElement("div");
  root.className = "hpo hpo-editor";
  // Keys typed here are for these fields, not for the notebook's command mode.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(style, root);
  render(<Editor spec={spec} client={client} />, root);
  return () => {
    render(null, root);
    style.remove();
    root.remove();
  };
}
