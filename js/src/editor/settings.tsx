// How to search: objectives, budget, sampler and pruner, device and jobs.
import { useId, useState } from "preact/hooks";
import type { Direction, EditorGoal, EditorOption, EditorSettings } from "../core/protocol";
import type { Settings as Edited } from "../core/ranges";
import { Long } from "../board/long";
import { line } from "../core/text";
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

const ROUNDS = [
  {
    key: "folds",
    placeholder: "none, or 5",
    title: "Folds",
    help:
      "Cross-validation: a trial runs the cell once for each fold, with other rows to train on " +
      "and to score on, and its value is the mean. A number, or the name of a splitter of the " +
      "notebook. After each fold a trial that does worse than the best one ends.",
  },
  {
    key: "repeats",
    placeholder: "1",
    title: "Repeats",
    help:
      "A trial runs the cell so many times with other seeds, and its value is the mean: for " +
      "trainings that luck sways.",
  },
] as const;

const EXPLAINED = ["sampler", "pruner", "device"] as const;
type Explained = (typeof EXPLAINED)[number] | (typeof ROUNDS)[number]["key"];

export function Settings(props: Props) {
  const { given, settings, onChange, problemsOf } = props;
  const [open, setOpen] = useState<Explained | null>(null);
  const id = useId();
  const options: Record<Explained, readonly EditorOption[]> = {
    sampler: given.samplers,
    pruner: given.pruners,
    device: given.devices,
    folds: [{ word: "", ...ROUNDS[0] }],
    repeats: [{ word: "", ...ROUNDS[1] }],
  };
  const what = (name: Explained, title: string | undefined) => (
    <button
      type="button"
      class="hpo-what"
      aria-expanded={open === name}
      aria-controls={id}
      aria-label={`What the ${name} ${name.endsWith("s") ? "are" : "is"}`}
      title={title}
      onClick={() => setOpen(open === name ? null : name)}
    >
      ?
    </button>
  );
  const rounds = ROUNDS.filter(({ key }) => key !== "folds" || given.foldable || given.folds);
  return (
    <div class="hpo-settings">
      <Goals {...props} />
      <div class="hpo-budget">
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
        {rounds.map(({ key, placeholder, help }) => (
          <Setting key={key} problems={problemsOf(key)}>
            <Field
              label={key}
              field={key}
              value={settings[key]}
              onInput={(value) => onChange({ [key]: value })}
              placeholder={placeholder}
              bad={problemsOf(key).length > 0}
            />
            {what(key, help)}
          </Setting>
        ))}
        {EXPLAINED.filter((name) => options[name].length).map((name) => (
          <Setting key={name} problems={problemsOf(name)}>
            <Select
              label={name}
              value={settings[name]}
              options={options[name].map(({ word, title }) => [word, line(title, 60)])}
              onChange={(value) => onChange({ [name]: value })}
            />
            {what(name, options[name].find(({ word }) => word === settings[name])?.help)}
          </Setting>
        ))}
      </div>
      <dl class="hpo-help" id={id} hidden={open === null}>
        {open &&
          options[open].map(({ word, title, help }) => (
            <div key={word}>
              <dt>{line(title, 60)}</dt>
              <dd>{line(help, 600)}</dd>
            </div>
          ))}
      </dl>
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
              class="hpo-offer"
              aria-pressed={taken.has(candidate.name)}
              title={line(candidate.why, 400)}
              onClick={() => put(0, { name: candidate.name, direction: candidate.direction })}
            >
              {`${candidate.direction} ${line(candidate.name, 60)}`}
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
          <code>{line(candidate.name, 60)}</code>
          {": "}
          <Long text={candidate.why} />
        </p>
      ))}
    </Setting>
  );
}
