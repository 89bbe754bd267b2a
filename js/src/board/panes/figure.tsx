// What stands around a picture: its title, what its marks mean, and what it can be asked for.
import type { ComponentChildren } from "preact";
import { Teach } from "../teach";

/** mark: a name of a style in pictures.css. */
export interface Key {
  mark: "best" | "running" | "paused" | "complete" | "pruned" | "dot" | "ring" | "front" | "failed" | "rung";
  text: string;
  /** The word whose lesson it opens. */
  teach?: string;
}

interface Props {
  title: string;
  keys?: readonly (Key | false | undefined)[];
  controls?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Figure({ title, keys = [], controls, class: name = "", children }: Props) {
  const shown = keys.filter((key): key is Key => Boolean(key));
  return (
    <figure class={`hpo-panel ${name}`}>
      <figcaption>
        <span>{title}</span>
        {controls && <span class="hpo-controls">{controls}</span>}
        <span class="hpo-key">
          {shown.map(({ mark, text, teach }) => (
            <b key={text} class={`hpo-key-${mark}`}>
              {teach ? <Teach word={teach}>{text}</Teach> : text}
            </b>
          ))}
        </span>
      </figcaption>
      {children}
    </figure>
  );
}

interface ChooseProps {
  label: string;
  value: string;
  options: readonly { value: string; text: string }[];
  onChange: (value: string) => void;
}

export function Choose({ label, value, options, onChange }: ChooseProps) {
  return (
    <label class="hpo-choose">
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TickProps {
  label: string;
  value: boolean;
  onChange: (value: boolean) => void;
}

export function TickBox({ label, value, onChange }: TickProps) {
  return (
    <label class="hpo-choose">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
