// What narrows the trials down: the filter that is typed, and a chip for each brush.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { filterNames, parseFilter, type Problem } from "../core/filter";
import { count } from "../core/format";
import { line } from "../core/text";
import { Pop } from "./pop";
import type { Session } from "./session";

export const FILTER = "filter";

/** A problem is not pointed out while one types. */
const PATIENCE_MS = 700;

/** Apply a filter's text; what is wrong with it, or null. A wrong one leaves the last right one. */
function applyFilter(session: Session, text: string): Problem | null {
  session.view.filter.value = text;
  const { test, problem } = parseFilter(text, session.store.header!);
  if (!problem) session.narrow(FILTER, test, line(text, 60));
  return problem;
}

export function clearAll(session: Session): void {
  session.view.filter.value = "";
  for (const key of session.narrowed.value.keys()) session.narrow(key, null);
}

/** The chips, the count, and a way out. filter: it stands above pictures, and so the typed filter
 * has a chip, too. */
export function Narrowed({ session, filter }: { session: Session; filter: boolean }) {
  session.version.value;
  const narrowed = session.narrowed.value;
  const shown = useRef(false);
  shown.current = narrowed.size > 0 && (shown.current || !filter || !session.brushing.value);
  if (!shown.current) return null;
  const rows = session.store.rows;
  let passing = 0;
  for (const row of rows.values()) passing += Number(session.passes(row));
  const chips = [...narrowed].filter(([key]) => filter || key !== FILTER);
  return (
    <div class="hpo-narrowed">
      <span class="hpo-count" role="status">
        <b>{count(passing)}</b> {`of ${count(rows.size)} trials`}
      </span>
      {chips.map(([key, { title }]) => {
        const text = key === FILTER ? `filter: ${title}` : `brushed: ${title}`;
        return (
          <button
            key={key}
            type="button"
            class="hpo-chip"
            aria-label={`${text}, remove`}
            title="Remove"
            onClick={() => {
              if (key === FILTER) session.view.filter.value = "";
              session.narrow(key, null);
            }}
          >
            {text} <i aria-hidden="true">✕</i>
          </button>
        );
      })}
      <button type="button" class="hpo-link" onClick={() => clearAll(session)}>
        Clear all
      </button>
    </div>
  );
}

const EXAMPLES = [
  "state == complete",
  "failed or pruned",
  "time > 2m and memory > 1GB",
  'error contains "memory"',
];

function Help({ session, onChoose }: { session: Session; onChoose: (text: string) => void }) {
  const header = session.store.header!;
  const range = header.params.find(({ kind, high }) => kind !== "categorical" && high !== null);
  const choice = header.params.find(({ choices }) => choices?.some((c) => typeof c === "string"));
  const own = [
    ...(range ? [`${filterNames({ params: [range], objectives: [] })[0]} < ${range.high}`] : []),
    ...(choice
      ? [`${filterNames({ params: [choice], objectives: [] })[0]} == "${choice.choices![0]}"`]
      : []),
  ];
  const names = filterNames(header);
  return (
    <>
      <b>Filter trials</b>
      <p>Compare names with values, and join with and, or, not:</p>
      <ul>
        {[...own, ...EXAMPLES].map((text) => (
          <li key={text}>
            <button type="button" class="hpo-link" onClick={() => onChoose(text)}>
              <code>{line(text, 60)}</code>
            </button>
          </li>
        ))}
      </ul>
      <p class="hpo-quiet">{`Names: ${names
        .slice(0, 30)
        .map((n) => line(n, 40))
        .join(", ")}`}</p>
    </>
  );
}

export function FilterBox({ session }: { session: Session }) {
  const id = useId();
  const text = session.view.filter.value;
  const input = useRef<HTMLInputElement>(null);
  const question = useRef<HTMLButtonElement>(null);
  const [help, setHelp] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const type = (next: string): void => {
    clearTimeout(timer.current);
    const found = applyFilter(session, next);
    setProblem(null);
    if (found) timer.current = setTimeout(() => setProblem(found), PATIENCE_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!text) setProblem(null); // cleared from elsewhere
  }, [text]);

  return (
    <div class="hpo-filter">
      <input
        ref={input}
        type="text"
        role="searchbox"
        placeholder="Filter: lr < 1e-3 and complete"
        aria-label="Filter trials"
        aria-invalid={problem !== null}
        aria-describedby={problem ? id : undefined}
        spellcheck={false}
        autocomplete="off"
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={() => setProblem(text ? parseFilter(text, session.store.header!).problem : null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") setProblem(applyFilter(session, text));
          if (event.key !== "Escape" || !text) return;
          event.stopPropagation();
          type("");
        }}
      />
      <button
        ref={question}
        type="button"
        class="hpo-icon"
        aria-label="How to filter"
        title="How to filter"
        aria-expanded={help}
        onClick={() => setHelp(!help)}
      >
        ?
      </button>
      {help && (
        <Pop
          anchor={question}
          class="hpo-lesson"
          onClose={(why) => {
            setHelp(false);
            if (why === "escape") question.current?.focus();
          }}
        >
          <Help
            session={session}
            onChoose={(chosen) => {
              setHelp(false);
              type(chosen);
              input.current?.focus();
            }}
          />
        </Pop>
      )}
      {problem && (
        <p class="hpo-filter-problem" id={id} role="alert">
          {text.slice(0, problem.from)}
          <mark>{text.slice(problem.from, problem.to) || "␣"}</mark>
          {text.slice(problem.to)}
          <span>{problem.message}</span>
        </p>
      )}
    </div>
  );
}
