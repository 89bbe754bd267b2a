// The space editor: tick what to tune, adjust its range, Start.
import { render, type ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CommandClient } from "../core/commands";
import { choiceOf, edited, formOf } from "../core/form";
import type { Edit, EditorPiece, EditorProblem, EditorSpec } from "../core/protocol";
import { checkRow, checkSettings, type EditedRow, type Settings as Edited } from "../core/ranges";
import { line } from "../core/text";
import { Long } from "../board/long";
import { Edits, offerEdits } from "../board/edits";
import { MenuButton } from "../board/menu";
import asks from "../board/asks.css";
import base from "../board/base.css";
import board from "../board/edits.css";
import { Problems } from "./fields";
import { Found, usePlan, type Ask } from "./plan";
import { Rows } from "./rows";
import { Settings } from "./settings";
import css from "./editor.css";

interface Props {
  spec: EditorSpec;
  submit: Ask;
  /** What the button says; what it says while it is at it: "Starting…". */
  label: string;
  busyLabel?: string;
  /** Only the values: the study is there already, with its objective and its budget. */
  compact?: boolean;
  /** What trials would do; left out: `spec.found` stays. */
  plan?: Ask;
  /** The cells with this choice as marks; left out: there is no such button. */
  writeMarks?: Ask;
  onCancel?: () => void;
}

const TITLE = "Write the marks into the code";
const INSERT = "Insert into the cell";
const AGAIN = "Copy the new text below, paste it over the cell's, and run the cell again.";

export function Editor(props: Props) {
  const { spec, submit, label, compact = false, plan: askPlan, writeMarks, onCancel } = props;
  const root = useRef<HTMLFormElement>(null);
  const first = useMemo(() => new Map(spec.rows.map((row) => [row.name, edited(row)])), [spec]);
  const [form, setForm] = useState(() => formOf(spec));
  const { rows, settings } = form;
  /** What the kernel refused, until it is edited. */
  const [refused, setRefused] = useState<readonly EditorProblem[]>([]);
  const [said, setSaid] = useState<{ text: string; ok: boolean } | null>(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(0);
  const [edits, setEdits] = useState<{ list: Edit[]; title: string } | null>(null);

  const ticked = rows.filter((row) => row.ticked);
  const findings = useMemo(
    () => [...ticked.flatMap(checkRow), ...(compact ? [] : checkSettings(settings))],
    [form],
  );
  const choice = choiceOf(rows, settings);
  const key = JSON.stringify([choice.rows, choice.objective, choice.direction, choice.also, choice.folds, choice.repeats]);
  const ready = ticked.length > 0 && !findings.length;
  const plan = usePlan(key, ready ? choice : null, spec.found, askPlan);

  // What was typed wrong shows at once; what is still empty, only after Start.
  const shown = findings.filter((p) => tried || !p.empty);
  const known = new Set([...first.keys(), "objective", ...Object.keys(settings)]);
  const all = [...shown, ...refused, ...plan.problems];
  const at = (name: string): string[] => {
    const here = all.filter((p) => (known.has(p.name) ? p.name : "") === name);
    return [...new Set(here.map((p) => p.message))];
  };
  const problemsOf = (row: EditedRow): string[] => [...row.problems, ...at(row.name)];

  const changeRows = (next: readonly EditedRow[]): void => {
    const changed = new Set(next.filter((row, i) => row !== rows[i]).map((row) => row.name));
    const mended = next.map((row) =>
      changed.has(row.name) && row.problems.length ? { ...row, problems: [] } : row,
    );
    setForm({ rows: mended, settings });
    setRefused((old) => old.filter((p) => p.name && !changed.has(p.name)));
  };
  const changeSettings = (change: Partial<Edited>): void => {
    setForm({ rows, settings: { ...settings, ...change } });
    const names = Object.keys(change).map((name) => (name === "goals" ? "objective" : name));
    setRefused((old) => old.filter((p) => p.name && !names.includes(p.name)));
  };

  useEffect(() => {
    // After a refused Start one goes on where the first thing is wrong.
    if (!tried) return;
    const wrong = root.current?.querySelector("[data-problem=true]");
    const inputs = "[aria-invalid=true], input[type=text], select, input";
    for (const selector of inputs.split(", ")) {
      const found = wrong?.querySelector<HTMLElement>(selector);
      if (found) return found.focus();
    }
  }, [tried]);

  /** Whether it can be sent at all; says why not. */
  const canSend = (): boolean => {
    if (ready) return true;
    const count = findings.length;
    const text = ticked.length
      ? `Not sent: ${count === 1 ? "one thing" : `${count} things`} to put right.`
      : "Nothing is ticked. Tick at least one value to tune.";
    setSaid({ text, ok: false });
    setTried((n) => n + 1);
    return false;
  };

  const send = async (ask: Ask): Promise<unknown> => {
    if (busy || !canSend()) return null;
    setBusy(true);
    setSaid(null);
    const reply = await ask(choice);
    setRefused(reply.problems ?? []);
    setSaid(reply.message ? { text: reply.message, ok: reply.ok } : null);
    if (!reply.ok) setTried((n) => n + 1);
    // A study that starts takes the editor's place.
    if (!reply.ok || ask !== submit || compact) setBusy(false);
    return reply.ok ? reply.data : null;
  };

  const write = async (): Promise<void> => {
    const found = (await send(writeMarks!)) as Edit[] | null;
    if (!found) return;
    if (!found.length) setSaid({ text: "The code says all of this already.", ok: true });
    else if (!offerEdits(root.current!, found, TITLE)) setEdits({ list: found, title: TITLE });
  };

  /** Where our labextension is, it puts the piece in and opens the editor anew. */
  const insert = ({ title, after, replaces }: EditorPiece): void => {
    const edit: Edit = { cell: 0, before: spec.text, after, cell_id: spec.cell_id };
    const name = `${INSERT}: ${title}`;
    setSaid(null);
    setEdits(null);
    if (offerEdits(root.current!, [edit], name, { atOnce: !replaces, tune: true })) return;
    setEdits({ list: [edit], title: name });
    setSaid({ text: AGAIN, ok: true });
  };
  const pieces = spec.pieces.map((piece) => ({
    title: piece.title,
    help: piece.replaces ? `Instead of ${line(piece.replaces, 60)}. ${piece.sentence}` : piece.sentence,
    onChoose: () => insert(piece),
  }));

  const tickAll = (value: boolean): void =>
    changeRows(rows.map((row) => (row.ticked === value ? row : { ...row, ticked: value })));

  const starting = busy && props.busyLabel;
  return (
    <form
      ref={root}
      class="hpo-tune"
      data-lm-suppress-shortcuts="true"
      noValidate
      onKeyDown={(event) => {
        // Enter in a field must not start a study by accident; Ctrl+Enter means to.
        if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        if (event.ctrlKey || event.metaKey) void send(submit);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void send(submit);
      }}
    >
      <div class="hpo-top">
        <h3>What to tune</h3>
        <span class="hpo-sub">{`${ticked.length} of ${rows.length} ticked`}</span>
        {spec.study && (
          <span class="hpo-sub hpo-study">
            <bdi>{line(spec.study)}</bdi>
          </span>
        )}
        {rows.length > 0 && (
          <button
            type="button"
            class="hpo-link"
            onClick={() => tickAll(ticked.length < rows.length)}
          >
            {ticked.length < rows.length ? "Tick all" : "Tick none"}
          </button>
        )}
      </div>
      {spec.notices.map((notice) => (
        <Note key={notice} tone="warn" mark="!">
          <Long text={notice} />
        </Note>
      ))}
      {rows.length ? (
        <Rows
          rows={rows}
          first={first}
          findings={shown}
          problemsOf={problemsOf}
          onChange={changeRows}
        />
      ) : (
        <p class="hpo-empty">
          No value to tune was found. Mark one at the end of its line: # hpo: 1e-5..1e-1 log
        </p>
      )}
      {!compact && (
        <Settings
          given={spec.settings}
          settings={settings}
          onChange={changeSettings}
          problemsOf={at}
        />
      )}
      <Found plan={plan} />
      <Problems of={at("")} />
      {said && (
        <Note tone={said.ok ? "" : "bad"} mark={said.ok ? "i" : "✕"}>
          <Long text={said.text} />
        </Note>
      )}
      <div class="hpo-actions">
        <button
          type="submit"
          class="hpo-button hpo-primary"
          disabled={busy || !rows.length}
          title="Ctrl+Enter in any field"
        >
          {!compact && <i aria-hidden="true">▶</i>}
          {starting || label}
        </button>
        {writeMarks && (
          <button
            type="button"
            class="hpo-button"
            disabled={busy || !rows.length}
            title="Put what is ticked here into the code, as comments at the ends of the lines"
            onClick={() => void write()}
          >
            Write marks
          </button>
        )}
        {!compact && <MenuButton title="Insert" items={pieces} />}
        {onCancel && (
          <button type="button" class="hpo-button" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
      {edits && <Edits edits={edits.list} title={edits.title} onClose={() => setEdits(null)} />}
      <Spoken problems={all.map((p) => p.message)} said={said?.text ?? ""} />
    </form>
  );
}

function Note(props: { tone: "" | "warn" | "bad"; mark: string; children: ComponentChildren }) {
  return (
    <p class={`hpo-note ${props.tone && `hpo-note-${props.tone}`}`}>
      <i aria-hidden="true">{props.mark}</i>
      {props.children}
    </p>
  );
}

const SAY_MS = 700;

/** For screen readers: what is wrong, once one stops typing, and what was answered. */
function Spoken({ problems, said }: { problems: readonly string[]; said: string }) {
  const text = [said, ...new Set(problems)].filter(Boolean).map((one) => line(one, 400)).join(" ");
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(text), SAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="hpo-unseen" role="status">
      {spoken}
    </p>
  );
}

/** Draw the editor of a cell into an element; returns what takes it away again. */
export function mount(el: HTMLElement, spec: EditorSpec, client: CommandClient): () => void {
  const style = document.createElement("style");
  style.textContent = base + asks + board + css;
  const root = document.createElement("div");
  root.className = "hpo hpo-editor";
  // Keys typed here are for these fields, not for the notebook's command mode.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(style, root);
  render(
    <Editor
      spec={spec}
      label="Start"
      busyLabel="Starting…"
      submit={(choice) => client.send({ command: "start", choice })}
      plan={(choice) => client.send({ command: "plan", choice })}
      writeMarks={(choice) => client.send({ command: "write_marks", choice })}
    />,
    root,
  );
  return () => {
    render(null, root);
    style.remove();
    root.remove();
  };
}
