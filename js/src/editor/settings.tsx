// How to search: objectives, budget, sampler and pruner, device and jobs.
import { useId, useState } from "preact/hooks";
import type { Direction, EditorGoal, EditorOption, EditorSettings } from "../core/protocol";
import type { Settings as Edited } from "../core/ranges";
import { plain } from "../core/text";
import { Field, Select, Setting } from "./fields";

interface Props {
  given: EditorSettings;
  settings: Edited;
  onChange: (change: Partial<Edited>) => void;
  /** What is wrong with a setting. */
  problemsOf: (name: string) => string[];
}

const LIMITS = [
  { key: "trials", label: "trials", placeholder: "no limit" },
  { key: "timeout", label: "time limit", placeholder: "none, or 30m" },
  { key: "trial_timeout", label: "limit of one trial", placeholder: "none, or 5m" },
  { key: "jobs", label: "trials at a time", placeholder: "auto" },
] as const;

const DIRECTIONS = [
  ["maximize", "maximize"],
  ["minimize", "minimize"],
] as const;

/** So many candidates are offered as buttons; the field suggests all of them. */
const OFFERED = 6;

export function Settings(props: Props) {
  const { given, settings, onChange, problemsOf } = props;
  return (
    <div class="hpo-settings">
      <Goals {...props} />
      <div class="hpo-line">
        {LIMITS.map(({ key, label, placeholder }) => (
          <Setting key={key} problems={problemsOf(key)}>
            <Field
              label={label}
              field={key}
              value={settings[key]}
              onInput={(value) => onChange({ [key]: value })}
              placeholder={placeholder}
              bad={problemsOf(key).length > 0}
            />
          </Setting>
        ))}
        <Explained label="sampler" options={given.samplers} {...props} />
        <Explained label="pruner" options={given.pruners} {...props} />
        <Explained label="device" options={given.devices} {...props} />
      </div>
    </div>
  );
}

/** A choice with a button that says what each of its options is. */
function Explained(
  props: Props & { label: "sampler" | "pruner" | "device"; options: readonly EditorOption[] },
) {
  const { label, options, settings, onChange, problemsOf } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  if (!options.length) return null;
  const help = options.find(({ word }) => word === settings[label])?.help;
  return (
    <div class={`hpo-setting ${open ? "hpo-open" : ""}`} data-problem={problemsOf(label).length > 0}>
      <Select
        label={label}
        value={settings[label]}
        title={help}
        options={options.map(({ word, title }) => [word, plain(title)])}
        onChange={(value) => onChange({ [label]: value })}
      />
      <button
        type="button"
        class="hpo-what"
        aria-expanded={open}
        aria-controls={id}
        aria-label={`What the ${label} is`}
        onClick={() => setOpen(!open)}
      >
        ?
      </button>
      {open && (
        <dl class="hpo-help" id={id}>
          {options.map(({ word, title, help: text }) => (
            <div key={word}>
              <dt>{plain(title)}</dt>
              <dd>{plain(text)}</dd>
            </div>
          ))}
        </dl>
      )}
      {problemsOf(label).map((problem) => (
        <p key={problem} class="hpo-problem">
          {problem}
        </p>
      ))}
    </div>
  );
}

function Goals({ given, settings, onChange, problemsOf }: Props) {
  const { goals } = settings;
  const known = given.objectives;
  const put = (at: number, goal: EditorGoal): void =>
    onChange({ goals: goals.map((old, i) => (i === at ? goal : old)) });
  const taken = new Set(goals.map(({ name }) => name));
  const why = goals.flatMap(({ name }) => known.filter((o) => o.name === name && o.why));
  return (
    <Setting problems={problemsOf("objective")}>
      {goals.map((goal, i) => (
        <div class="hpo-goal" key={i}>
          <Field
            label={i ? `objective ${i + 1}` : "objective"}
            field="objective"
            value={goal.name}
            placeholder="val_acc"
            suggestions={known.map(({ name }) => name)}
            bad={problemsOf("objective").length > 0}
            onInput={(name) => {
              const direction = known.find((o) => o.name === name)?.direction ?? goal.direction;
              put(i, { name, direction });
            }}
          />
          <Select
            label="direction"
            value={goal.direction}
            options={DIRECTIONS}
            onChange={(direction) => put(i, { ...goal, direction: direction as Direction })}
          />
          {i > 0 && (
            <button
              type="button"
              class="hpo-reset"
              aria-label={`Leave out objective ${i + 1}`}
              onClick={() => onChange({ goals: goals.filter((_, j) => j !== i) })}
            >
              ✕
            </button>
          )}
        </div>
      ))}
      <div class="hpo-candidates">
        {known.length > 1 &&
          known.slice(0, OFFERED).map((candidate) => (
            <button
              key={candidate.name}
              type="button"
              class="hpo-chip"
              aria-pressed={taken.has(candidate.name)}
              title={candidate.why}
              onClick={() => put(0, { name: candidate.name, direction: candidate.direction })}
            >
              {plain(candidate.name)}
            </button>
          ))}
        {goals[0]?.name && (
          <button
            type="button"
            class="hpo-link"
            onClick={() => {
              const next = known.find(({ name }) => !taken.has(name));
              const goal = next ?? { name: "", direction: "minimize" as const };
              onChange({ goals: [...goals, { name: goal.name, direction: goal.direction }] });
            }}
          >
            + another objective
          </button>
        )}
      </div>
      {why.map((candidate) => (
        <p key={candidate.name} class="hpo-why">
          <code>{plain(candidate.name)}</code>
          {` ${candidate.why}`}
        </p>
      ))}
    </Setting>
  );
}
