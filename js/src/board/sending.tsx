// A form whose fields are one command: what it says while it is sent, and when it is refused.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Body } from "../core/commands";
import type { EditorProblem } from "../core/protocol";
import { Refused } from "./ask";
import type { Session } from "./session";

export interface Sending {
  problems: readonly EditorProblem[];
  said: string;
  busy: boolean;
  /** Send the command, and close when it is obeyed; done: said where the kernel says nothing. */
  send: (body: Body, done: string) => Promise<void>;
  /** What is wrong before anything is sent. */
  refuse: (problems: readonly EditorProblem[]) => void;
  problemAt: (name: string) => string | undefined;
  /** A field was changed: what was wrong with it is no longer known. */
  forget: (name: string) => void;
}

export function useSending(session: Session, onDone: () => void): Sending {
  const [problems, setProblems] = useState<readonly EditorProblem[]>([]);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const refuse = (found: readonly EditorProblem[], message = ""): void => {
    setProblems(found);
    setSaid(message);
  };
  const send = async (body: Body, done: string): Promise<void> => {
    setBusy(true);
    const reply = await session.ask(body);
    setBusy(false);
    refuse(reply.problems, reply.ok ? "" : reply.message);
    if (!reply.ok) return;
    session.say({ ...reply, message: reply.message || done });
    onDone();
  };
  return {
    problems,
    said,
    busy,
    send,
    refuse,
    problemAt: (name) => problems.find((problem) => problem.name === name)?.message,
    forget: (name) => setProblems(problems.filter((problem) => problem.name !== name)),
  };
}

interface Props {
  sending: Sending;
  /** Names of the fields, which show their own problems. */
  fields: readonly string[];
  label: string;
  busyLabel: string;
  onSubmit: () => void;
  onCancel: () => void;
  children: ComponentChildren;
}

export function SendForm(props: Props) {
  const { problems, said, busy } = props.sending;
  return (
    <form
      class="hpo-form"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <div class="hpo-asks">{props.children}</div>
      <Refused problems={problems} shown={props.fields} said={said} />
      <div class="hpo-buttons">
        <button type="submit" class="hpo-button hpo-primary" disabled={busy}>
          {busy ? props.busyLabel : props.label}
        </button>
        <button type="button" class="hpo-button" onClick={props.onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
