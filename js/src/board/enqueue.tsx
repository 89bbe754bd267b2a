// A trial that the person asks for: the values that matter to them, the rest is suggested.
import { useState } from "preact/hooks";
import { choiceText, rangeOf, valuesOf, wantedOf } from "../core/enqueue";
import type { EditorProblem, ParamInfo } from "../core/protocol";
import { line } from "../core/text";
import { Ask, AskText, problemAt, Refused } from "./ask";
import type { Session } from "./session";

interface FieldProps {
  info: ParamInfo;
  text: string;
  problem: string | undefined;
  onChange: (text: string) => void;
}

function Value({ info, text, problem, onChange }: FieldProps) {
  const label = line(info.name, 60);
  if (!info.choices) {
    const more = { hint: rangeOf(info), placeholder: "suggested", problem };
    return <AskText label={label} value={text} onInput={onChange} {...more} />;
  }
  return (
    <Ask label={label} hint={rangeOf(info)} problem={problem}>
      {({ id, invalid, describedBy }) => (
        <select
          id={id}
          value={text}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">suggested</option>
          {info.choices!.map((choice, i) => (
            <option key={i} value={String(i)} selected={String(i) === text}>
              {choiceText(choice)}
            </option>
          ))}
        </select>
      )}
    </Ask>
  );
}

interface Props {
  session: Session;
  /** What to begin with: a trial's values, or none. */
  values: Record<string, unknown>;
  onDone: () => void;
}

export function EnqueueForm({ session, values, onDone }: Props) {
  const { params } = session.store.header!;
  const [wanted, setWanted] = useState(() => wantedOf(params, values));
  const [problems, setProblems] = useState<readonly EditorProblem[]>([]);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);

  const send = async (): Promise<void> => {
    const own = valuesOf(params, wanted);
    setProblems(own.problems);
    setSaid("");
    if (own.problems.length) return;
    setBusy(true);
    const reply = await session.ask({ command: "enqueue", params: own.values });
    setBusy(false);
    setProblems(reply.problems);
    if (!reply.ok) return setSaid(reply.message);
    session.say({ ...reply, message: reply.message || "The trial is in the queue." });
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
        {params.map((info) => (
          <Value
            key={info.name}
            info={info}
            text={wanted[info.name] ?? ""}
            problem={problemAt(problems, info.name)}
            onChange={(text) => {
              setWanted({ ...wanted, [info.name]: text });
              setProblems(problems.filter(({ name }) => name !== info.name));
            }}
          />
        ))}
      </div>
      <Refused problems={problems} shown={params.map(({ name }) => name)} said={said} />
      <div class="hpo-buttons">
        <button type="submit" class="hpo-button hpo-primary" disabled={busy}>
          {busy ? "Enqueueing…" : "Enqueue"}
        </button>
        <button type="button" class="hpo-button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
