// A trial that the person asks for: the values that matter to them, the rest is suggested.
import { useState } from "preact/hooks";
import { choiceText, rangeOf, valuesOf, wantedOf } from "../core/enqueue";
import type { ParamInfo } from "../core/protocol";
import { line } from "../core/text";
import { Ask, AskText } from "./ask";
import { SendForm, useSending } from "./sending";
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
  const sending = useSending(session, onDone);

  const submit = (): void => {
    const own = valuesOf(params, wanted);
    sending.refuse(own.problems);
    if (own.problems.length) return;
    void sending.send({ command: "enqueue", params: own.values }, "The trial is in the queue.");
  };

  return (
    <SendForm
      sending={sending}
      fields={params.map(({ name }) => name)}
      label="Enqueue"
      busyLabel="Enqueueing…"
      onSubmit={submit}
      onCancel={onDone}
    >
      {params.map((info) => (
        <Value
          key={info.name}
          info={info}
          text={wanted[info.name] ?? ""}
          problem={sending.problemAt(info.name)}
          onChange={(text) => {
            setWanted({ ...wanted, [info.name]: text });
            sending.forget(info.name);
          }}
        />
      ))}
    </SendForm>
  );
}
