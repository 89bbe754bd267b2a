// The small parts of the editor's form.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Long } from "../board/long";

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Names the field within its row, for the arrow keys and the layout. */
  field?: string;
  placeholder?: string;
  bad?: boolean;
  disabled?: boolean;
  /** Id of what says what is wrong. */
  describedBy?: string | undefined;
  suggestions?: readonly string[];
}

export function Field(props: FieldProps) {
  const id = useId();
  const suggestions = props.suggestions ?? [];
  return (
    <label class={`hpo-field hpo-field-${props.field ?? "other"}`}>
      <span>{props.label}</span>
      <input
        type="text"
        value={props.value}
        placeholder={props.placeholder ?? ""}
        disabled={props.disabled ?? false}
        spellcheck={false}
        autocomplete="off"
        data-field={props.field}
        aria-invalid={props.bad ?? false}
        aria-describedby={props.describedBy}
        {...(suggestions.length ? { list: id } : {})}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={id}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
    </label>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, title: string])[];
  onChange: (value: string) => void;
  field?: string;
}

export function Select({ label, value, options, onChange, field }: SelectProps) {
  return (
    <label class={`hpo-field hpo-field-${field ?? "other"}`}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([word, text]) => (
          <option key={word} value={word} selected={word === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Problems({ of, id }: { of: readonly string[]; id?: string }) {
  if (!of.length) return null;
  return (
    <ul class="hpo-problems" id={id}>
      {of.map((problem) => (
        <li key={problem}>
          <i aria-hidden="true">✕</i>
          <Long text={problem} />
        </li>
      ))}
    </ul>
  );
}

/** A setting with what is wrong with it below. */
export function Setting(props: { problems: readonly string[]; children: ComponentChildren }) {
  return (
    <div class="hpo-setting" data-problem={props.problems.length > 0}>
      {props.children}
      <Problems of={props.problems} />
    </div>
  );
}
