// What a running study can be changed to: another budget, another space.
import { useEffect, useState } from "preact/hooks";
import type { EditorSpec } from "../core/protocol";
import { typedTime } from "../core/enqueue";
import { Editor } from "../editor/editor";
import editorCss from "../editor/editor.css";
import { AskText, Refused } from "./ask";
import { SendForm, useSending } from "./sending";
import type { Session } from "./session";

interface Props {
  session: Session;
  onDone: () => void;
}

const FIELDS = [
  { key: "trials", label: "Trials in all", hint: "empty: no limit" },
  { key: "timeout", label: "Time limit", hint: "such as 30m, from the start; empty: none" },
  { key: "jobs", label: "Jobs at a time", hint: "a number, or auto; empty: as it is" },
] as const;

export function BudgetForm({ session, onDone }: Props) {
  const header = session.store.header!;
  const [first] = useState(() => ({
    trials: header.n_trials === null ? "" : String(header.n_trials),
    timeout: typedTime(header.timeout_s),
    jobs: "", // their number may be the study's own choice, and shall stay so
  }));
  const [budget, setBudget] = useState(first);
  const sending = useSending(session, onDone);
  /** What nobody touched stays, whatever it has become meanwhile. */
  const changed = (key: keyof typeof first) => (budget[key] === first[key] ? null : budget[key]);
  const submit = (): Promise<void> => {
    const asked = { trials: changed("trials"), timeout: changed("timeout"), jobs: changed("jobs") };
    return sending.send({ command: "set_budget", budget: asked }, "The budget is changed.");
  };
  return (
    <SendForm
      sending={sending}
      fields={FIELDS.map(({ key }) => key)}
      label="Change the budget"
      busyLabel="Changing…"
      onSubmit={() => void submit()}
      onCancel={onDone}
    >
      {FIELDS.map(({ key, label, hint }) => (
        <AskText
          key={key}
          label={label}
          hint={hint}
          value={budget[key]}
          placeholder={key === "jobs" ? `${header.jobs} now` : ""}
          problem={sending.problemAt(key)}
          onInput={(text) => {
            setBudget({ ...budget, [key]: text });
            sending.forget(key);
          }}
        />
      ))}
    </SendForm>
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
