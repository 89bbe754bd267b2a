// Small forms that ask for something more: what they stand in, their fields, what is wrong.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { EditorProblem } from "../core/protocol";

const FIELDS = "input:not([type=hidden]), select, textarea, button.hpo-primary";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A part of the page that opens for a question: Escape closes it, focus goes back. */
export function Sheet({ title, onClose, children }: SheetProps) {
  const id = useId();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const first = box.current!.querySelector<HTMLElement>(FIELDS);
    (first ?? box.current!).focus();
    return () => {
      if (before?.isConnected && !document.activeElement?.closest("input, textarea, select")) {
        before.focus();
      }
    };
  }, []);
  return (
    <section
      ref={box}
      class="hpo-sheet"
      role="dialog"
      aria-labelledby={id}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div class="hpo-sheet-top">
        <h4 id={id}>{title}</h4>
        <button type="button" class="hpo-icon" aria-label="Close" title="Close" onClick={onClose}>
          ✕
        </button>
      </div>
      {children}
    </section>
  );
}

interface AskProps {
  label: string;
  /** What can be typed there. */
  hint?: string;
  problem?: string | undefined;
  children: (attributes: {
    id: string;
    invalid: boolean;
    describedBy: string;
  }) => ComponentChildren;
}

/** A labelled field with what is wrong with it below. */
export function Ask({ label, hint, problem, children }: AskProps) {
  const id = useId();
  return (
    <div class="hpo-ask">
      <label for={id} title={label}>
        {label}
      </label>
      {children({ id, invalid: !!problem, describedBy: `${id}-more` })}
      <p id={`${id}-more`} class={problem ? "hpo-ask-problem" : "hpo-ask-hint"}>
        {problem && <i aria-hidden="true">✕ </i>}
        {problem ?? hint}
      </p>
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  placeholder?: string;
  problem?: string | undefined;
}

export function AskText({ label, value, onInput, hint = "", placeholder, problem }: TextProps) {
  return (
    <Ask label={label} hint={hint} problem={problem}>
      {({ id, invalid, describedBy }) => (
        <input
          id={id}
          type="text"
          value={value}
          placeholder={placeholder ?? ""}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Ask>
  );
}

/** Problems of no field that is shown, and what was said of them all. */
export function Refused(props: {
  problems: readonly EditorProblem[];
  shown: readonly string[];
  said: string;
}) {
  const rest = props.problems.filter(({ name }) => !props.shown.includes(name));
  const texts = [
    props.said,
    ...rest.map(({ name, message }) => (name ? `${name}: ${message}` : message)),
  ];
  return (
    <div role="alert">
      {texts.filter(Boolean).map((text) => (
        <p key={text} class="hpo-note hpo-note-bad">
          <i aria-hidden="true">✕</i>
          {text}
        </p>
      ))}
    </div>
  );
}
