// The brushes of parallel coordinates by typing: for the keyboard, and for exact values.
import type { Dimension } from "../../core/dimensions";
import { number } from "../../core/format";
import { parseNumber } from "../../core/ranges";
import type { Ranges } from "./data";

interface Props {
  dimensions: readonly Dimension[];
  ranges: Ranges;
  onChange: (ranges: Ranges) => void;
}

const END = Number.MAX_VALUE;

export function RangeFields({ dimensions, ranges, onChange }: Props) {
  const set = (key: string, range: readonly [number, number] | null): void => {
    const next = Object.fromEntries(Object.entries(ranges).filter(([other]) => other !== key));
    if (range && !(range[0] === -END && range[1] === END)) next[key] = range;
    onChange(next);
  };
  return (
    <details class="hpo-ranges">
      <summary>Set the ranges by typing</summary>
      <div>
        {dimensions.map((dimension) => {
          const range = ranges[dimension.key];
          return (
            <fieldset key={dimension.key}>
              <legend>{dimension.title}</legend>
              {dimension.axis.kind === "choice" ? (
                <Choices dimension={dimension} range={range} onChange={(r) => set(dimension.key, r)} />
              ) : (
                ([0, 1] as const).map((end) => (
                  <input
                    key={end}
                    inputMode="decimal"
                    size={8}
                    aria-label={`${dimension.title}, ${end ? "at most" : "at least"}`}
                    placeholder={number(end ? dimension.axis.high : dimension.axis.low, 3)}
                    value={range && Math.abs(range[end]) !== END ? number(range[end], 4) : ""}
                    onChange={(event) => {
                      const typed = parseNumber(event.currentTarget.value);
                      const next: [number, number] = range ? [...range] : [-END, END];
                      next[end] = typed ?? (end ? END : -END);
                      set(dimension.key, next);
                    }}
                  />
                ))
              )}
            </fieldset>
          );
        })}
      </div>
    </details>
  );
}

interface ChoicesProps {
  dimension: Dimension;
  range: readonly [number, number] | undefined;
  onChange: (range: readonly [number, number] | null) => void;
}

function Choices({ dimension, range, onChange }: ChoicesProps) {
  const one = range && range[1] - range[0] <= 1 ? String(Math.round((range[0] + range[1]) / 2)) : "";
  return (
    <select
      aria-label={dimension.title}
      value={one}
      onChange={({ currentTarget: { value } }) =>
        onChange(value === "" ? null : [Number(value) - 0.5, Number(value) + 0.5])
      }
    >
      <option value="">{range && one === "" ? "several" : "any"}</option>
      {dimension.axis.labels.map((label, i) => (
        <option key={i} value={String(i)} selected={one === String(i)}>
          {label}
        </option>
      ))}
    </select>
  );
}
