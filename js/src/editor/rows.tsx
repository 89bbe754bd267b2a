// All values of the cell, by the cell they stand in; searched when there are many.
import { useState } from "preact/hooks";
import { grouped, matches } from "../core/form";
import type { EditedRow, Finding, RowField } from "../core/ranges";
import { Row } from "./row";

/** With more values than these one can search among them. */
const MANY = 12;

interface Props {
  rows: readonly EditedRow[];
  first: ReadonlyMap<string, EditedRow>;
  findings: readonly Finding[];
  /** What is wrong with a row, in sentences. */
  problemsOf: (row: EditedRow) => string[];
  onChange: (rows: readonly EditedRow[]) => void;
}

export function Rows({ rows, first, findings, problemsOf, onChange }: Props) {
  const [query, setQuery] = useState("");
  const [onlyTicked, setOnlyTicked] = useState(false);
  // What is wrong is never hidden: one has to be able to put it right.
  const shown = rows.filter(
    (row) =>
      (matches(row, query) && (row.ticked || !onlyTicked)) ||
      (row.ticked && problemsOf(row).length > 0),
  );
  const groups = grouped(shown);
  const badOf = (row: EditedRow): ReadonlySet<RowField> =>
    new Set(findings.flatMap((f) => (f.name === row.name && f.field ? [f.field] : [])));
  const change = (changed: readonly EditedRow[]): void => {
    const byName = new Map(changed.map((row) => [row.name, row]));
    onChange(rows.map((row) => byName.get(row.name) ?? row));
  };
  const several = groups.length > 1 || groups.some(({ cell }) => cell !== 0);
  return (
    <>
      {rows.length > MANY && (
        <div class="hpo-search" role="search">
          <input
            type="search"
            value={query}
            placeholder={`Find one of ${rows.length} values`}
            aria-label="Find a value by its name, line or code"
            spellcheck={false}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          <label class="hpo-check">
            <input
              type="checkbox"
              checked={onlyTicked}
              onChange={(event) => setOnlyTicked(event.currentTarget.checked)}
            />
            only ticked
          </label>
          <span class="hpo-sub" role="status">
            {shown.length < rows.length ? `${shown.length} shown` : ""}
          </span>
        </div>
      )}
      <div class={`hpo-rows ${rows.length > MANY ? "hpo-many" : ""}`} onKeyDown={moveByArrows}>
        <Heads />
        {groups.map(({ cell, rows: members }) => (
          <section key={cell} aria-label={titleOf(cell)}>
            {several && <GroupHead cell={cell} rows={members} onChange={change} />}
            <ul>
              {members.map((row) => (
                <Row
                  key={row.name}
                  row={row}
                  first={first.get(row.name)!}
                  problems={problemsOf(row)}
                  bad={badOf(row)}
                  grouped={several}
                  onChange={(next) => change([next])}
                />
              ))}
            </ul>
          </section>
        ))}
        {!groups.length && <p class="hpo-empty">No value here is called so.</p>}
      </div>
    </>
  );
}

const titleOf = (cell: number): string => (cell ? `Earlier cell In[${cell}]` : "This cell");

/** What the columns are, where they stand below each other; the fields have labels of their own. */
function Heads() {
  const heads = ["", "value", "now", "kind", "low", "high", "step", "", "", "only if", ""];
  return (
    <div class="hpo-row hpo-heads" aria-hidden="true">
      {heads.map((head, i) => (
        <span key={i}>{head}</span>
      ))}
    </div>
  );
}

function GroupHead(props: {
  cell: number;
  rows: readonly EditedRow[];
  onChange: (rows: readonly EditedRow[]) => void;
}) {
  const { cell, rows, onChange } = props;
  const ticked = rows.filter((row) => row.ticked).length;
  const all = ticked === rows.length;
  return (
    <label class="hpo-group">
      <input
        type="checkbox"
        data-field="tick"
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = ticked > 0 && !all;
        }}
        onChange={() => onChange(rows.map((row) => ({ ...row, ticked: !all })))}
      />
      <b>{titleOf(cell)}</b>
      <span class="hpo-sub">{`${ticked} of ${rows.length} ticked`}</span>
    </label>
  );
}

/** Up and down go to the same field of the next row that has it. */
function moveByArrows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const from = event.target;
  if (!step || !(from instanceof HTMLInputElement) || !from.dataset["field"]) return;
  const list = event.currentTarget as HTMLElement;
  const same = [...list.querySelectorAll<HTMLInputElement>(`[data-field=${from.dataset["field"]}]`)];
  const next = same[same.indexOf(from) + step];
  event.preventDefault();
  if (!next) return;
  next.focus();
  if (next.type === "text") next.select();
}
