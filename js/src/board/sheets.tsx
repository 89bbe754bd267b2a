// What a running study can be changed to: another budget, another space.
import { useEffect, useState } from "preact/hooks";
import type { EditorProblem, EditorSpec } from "../core/protocol";
import { typedTime } from "../core/enqueue";
import { Editor } from "../editor/editor";
import editorCss from "../editor/editor.css";
import { AskText, problemAt, Refused } from "./ask";
import type { Session } from "./session";

interface Props {
  session: Session;
  onDone: () => void;
}

const FIELDS = [
  { key: "trials", label: "Trials in all", hint: "empty: no limit" },
  { key: "timeout", label: "Time limit", hint: "such as 30m, from the start; empty: none" },
  { key: "jobs", label: "Jobs at a time", hint: "a number, or auto" },
] as const;

export function BudgetForm({ session, onDone }: Props) {
  const header = session.store.header!;
  const [budget, setBudget] = useState(() => ({
    trials: header.n_trials === null ? "" : String(header.n_trials),
    timeout: typedTime(header.timeout_s),
    jobs: String(header.jobs),
  }));
  const [problems, setProblems] = useState<readonly EditorProblem[]>([]);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);

  const send = async (): Promise<void> => {
    setBusy(true);
    const reply = await session.ask({ command: "set_budget", budget });
    setBusy(false);
    setProblems(reply.problems);
    setSaid(reply.ok ? "" : reply.message);
    if (!reply.ok) return;
    session.say({ ...reply, message: reply.message || "The budget is changed." });
    onDone();
  };

  return (
    <form
      class="hpo-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="hpo-asks">
        {FIELDS.map(({ key, label, hint }) => (
          <AskText
            key={key}
            label={label}
            hint={hint}
            value={budget[key]}
            problem={problemAt(problems, key)}
            onInput={(text) => {
              setBudget({ ...budget, [key]: text });
              setProblems(problems.filter(({ name }) => name !== key));
            }}
          />
        ))}
      </div>
      <Refused problems={problems} shown={FIELDS.map(({ key }) => key)} said={said} />
      <div class="hpo-buttons">
        <button type="submit" class="hpo-button hpo-primary" disabled={busy}>
          {busy ? "Changing…" : "Change the budget"}
        </button>
        <button type="button" class="hpo-button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

export function SpaceForm({ session, onDone }: Props) {
  const [spec, setSpec] = useState<EditorSpec | null>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    let gone = false;
    void session.ask({ command: "space" }).then((reply) => {
      if (gone) return;
      if (reply.ok && reply.data) setSpec(reply.data as EditorSpec);
      else setSaid(reply.message || "The kernel has no space to show.");
    });
    return () => void (gone = true);
  }, [session]);

  if (said) return <Refused problems={[]} shown={[]} said={said} />;
  if (!spec) return <p class="hpo-quiet">Asking for the space…</p>;
  return (
    <div class="hpo-editor">
      <style>{editorCss}</style>
      <Editor
        spec={spec}
        label="Change the space"
        compact
        onCancel={onDone}
        submit={async (choice) => {
          const reply = await session.ask({ command: "set_space", choice });
          if (reply.ok) {
            session.say({ ...reply, message: reply.message || "The space is changed." });
            onDone();
          }
          return reply;
        }}
      />
    </div>
  );
}
