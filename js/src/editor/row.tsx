// One value of the cell: whether it is tuned, and over which range.
import { useId, useMemo, useRef } from "preact/hooks";
import { inWords, isChanged, kindsOf, reset, withKind } from "../core/form";
import type { DeclaredBy, ParamKind } from "../core/protocol";
import type { EditedRow, RowField } from "../core/ranges";
import { line } from "../core/text";
import { Drawing, isLong, isOutside } from "./drawing";
import { Field, Problems, Select } from "./fields";

export interface RowProps {
  row: EditedRow;
  /** The row as it was at first. */
  first: EditedRow;
  problems: readonly string[];
  /** Of its fields, those that are wrong. */
  bad: ReadonlySet<RowField>;
  /** Its cell is said already, above all rows of that cell. */
  grouped: boolean;
  onChange: (row: EditedRow) => void;
}

/** So much of a line of code is shown when one asks for it. */
const CODE = 600;

const KINDS: Record<ParamKind, string> = { float: "float", int: "int", categorical: "choice" };
const DECLARED: Record<DeclaredBy, string> = {
  "": "",
  mark: "by its mark",
  line: "by the magic line",
  space: "by the search space",
};

/** Drawn again only when something of it changed: there may be hundreds. */
export function Row(props: RowProps) {
  const { row, first, problems, bad, grouped } = props;
  const latest = useRef(props);
  latest.current = props;
  return useMemo(
    () => <Drawn {...props} onChange={(next) => latest.current.onChange(next)} />,
    [row, first, grouped, problems.join("\n"), [...bad].join()],
  );
}

function Drawn(props: RowProps) {
  const { row, first, problems, grouped, onChange } = props;
  const place = grouped ? row.place.replace(/^In\[\d+\], /, "") : row.place;
  const id = useId();
  const wrong = row.ticked && problems.length > 0;
  const said = [place, DECLARED[row.source] || row.why].filter(Boolean).join(" · ");
  const about = line(said, 120);
  return (
    <li
      class={`hpo-row ${row.ticked ? "" : "hpo-off"} ${wrong ? "hpo-bad-row" : ""}`}
      data-name={line(row.name)}
      data-problem={wrong}
    >
      <input
        type="checkbox"
        id={id}
        data-field="tick"
        checked={row.ticked}
        aria-describedby={`${id}-about`}
        onChange={(event) => onChange({ ...row, ticked: event.currentTarget.checked })}
      />
      <label class="hpo-name" for={id}>
        <span class="hpo-called">
          <b>
            <bdi>{line(row.name, 60)}</bdi>
          </b>
          <span class="hpo-where" id={`${id}-about`} title={about}>
            {about}
          </span>
        </span>
        {row.code && (
          <code class="hpo-code">
            <bdi>{line(row.code, CODE)}</bdi>
          </code>
        )}
      </label>
      <Own row={row} />
      {row.ticked ? (
        <Range {...props} describedBy={wrong ? `${id}-wrong` : undefined} />
      ) : (
        <span class="hpo-summary">{line(inWords(row), 200)}</span>
      )}
      {row.ticked && isChanged(row, first) && (
        <button
          type="button"
          class="hpo-reset"
          title="Back to what it was at first"
          aria-label={`Reset ${line(row.name)}`}
          onClick={() => onChange(reset(row, first))}
        >
          ↺
        </button>
      )}
      <Problems of={row.ticked ? problems : []} id={`${id}-wrong`} />
    </li>
  );
}

function Own({ row }: { row: EditedRow }) {
  const outside = row.ticked && isOutside(row);
  const value = line(row.value, 60);
  const why = `${value}: not in the range, so no trial runs the cell as it stands`;
  return (
    <div class={outside ? "hpo-own-value hpo-outside" : "hpo-own-value"}>
      <span>now</span>
      <code title={outside ? why : line(row.value, 400)}>{value}</code>
      {outside && <span class="hpo-unseen">not in the range</span>}
    </div>
  );
}

function Range({ row, bad, onChange, describedBy }: RowProps & { describedBy: string | undefined }) {
  const text = (field: RowField, label: string, more: { placeholder?: string } = {}) => (
    <Field
      label={label}
      field={field}
      value={row[field]}
      bad={bad.has(field)}
      describedBy={describedBy}
      disabled={field === "step" && row.log}
      onInput={(value) => onChange({ ...row, [field]: value })}
      {...more}
    />
  );
  return (
    <div
      class={isLong(row) ? "hpo-range hpo-many" : "hpo-range"}
      role="group"
      aria-label={`Range of ${line(row.name)}`}
    >
      <Select
        label="kind"
        field="kind"
        value={row.kind}
        options={kindsOf(row).map((kind) => [kind, KINDS[kind]])}
        onChange={(kind) => onChange(withKind(row, kind as ParamKind))}
      />
      {row.kind === "categorical" ? (
        text("choiceText", "choices, separated by |")
      ) : (
        <>
          {text("low", "low")}
          {text("high", "high")}
          {text("step", "step", { placeholder: row.log ? "" : row.kind === "int" ? "1" : "any" })}
          <label class="hpo-check" title="Equal shares for every power of ten">
            <input
              type="checkbox"
              checked={row.log}
              data-field="log"
              onChange={(event) => {
                const log = event.currentTarget.checked;
                onChange(log ? { ...row, log, step: "" } : { ...row, log });
              }}
            />
            log
          </label>
        </>
      )}
      <Drawing row={row} />
      {text("condition", "only if", { placeholder: "always" })}
    </div>
  );
}
