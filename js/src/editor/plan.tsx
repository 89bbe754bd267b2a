// What was found besides the values, and what each trial will do, kept up with the ticks.
import { useEffect, useState } from "preact/hooks";
import type { EditorChoice, EditorProblem, EditorSection, Reply } from "../core/protocol";
import { Long } from "../board/long";

export type Ask = (choice: EditorChoice) => Promise<Reply>;

export const DEBOUNCE_MS = 400;
const AGAIN_MS = 300;

export interface Plan {
  sections: readonly EditorSection[];
  /** What the kernel says of the choice as it stands. */
  problems: readonly EditorProblem[];
  busy: boolean;
}

/** Ask what trials would do, a moment after the last change. key: of what was chosen; choice:
 * null while it can't be asked; given: what is known at first. */
export function usePlan(
  key: string,
  choice: EditorChoice | null,
  given: readonly EditorSection[],
  ask: Ask | undefined,
): Plan {
  const [plan, setPlan] = useState<Plan>({ sections: given, problems: [], busy: false });
  const [first] = useState(key);
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!ask || (key === first && !asked)) return;
    setAsked(true);
    setPlan((old) => ({ ...old, problems: [], busy: choice !== null }));
    if (!choice) return;
    let over = false;
    let timer = setTimeout(() => void send(), DEBOUNCE_MS);
    const send = async (): Promise<void> => {
      const reply = await ask(choice);
      if (over) return;
      if (reply.ok && reply.data === null) timer = setTimeout(() => void send(), AGAIN_MS);
      else {
        const sections = reply.data as EditorSection[] | null;
        setPlan((old) => ({
          sections: (reply.ok && sections) || old.sections,
          problems: reply.problems,
          busy: false,
        }));
      }
    };
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [key]);
  return plan;
}

/** Closed until asked for. */
export function Found({ plan }: { plan: Plan }) {
  if (!plan.sections.length) return null;
  return (
    <details class="hpo-found" aria-busy={plan.busy}>
      <summary>
        What was found, and what each trial does
        {plan.busy && <span class="hpo-sub"> · looking again…</span>}
      </summary>
      {plan.sections.map((section) => (
        <section key={section.title}>
          <h4>
            <Long text={section.title} />
          </h4>
          <table>
            <tbody>
              {section.rows.map((row, i) => (
                <tr key={i}>
                  {row.map((text, j) => (
                    <td key={j} colSpan={row.length === 1 ? 3 : 1}>
                      <Long text={text} />
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
