// Which columns the table shows.
import { useRef, useState } from "preact/hooks";
import { figureTitle } from "../core/figures";
import { line } from "../core/text";
import { Pop } from "./pop";
import type { Session } from "./session";

const OTHERS: Record<string, string> = {
  curve: "Curve",
  step: "Step",
  spread: "± std",
  rounds: "Folds, repeats",
  time: "Time",
  memory: "Memory",
};

/** columns: name to whether it is shown, see `View.columns`. */
export function Columns({ session, columns }: { session: Session; columns: Map<string, boolean> }) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const shown = [...columns.values()].filter(Boolean).length;
  const all = shown === columns.size;
  return (
    <>
      <button
        ref={button}
        type="button"
        class="hpo-link"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {all ? "Columns" : `Columns (${shown} of ${columns.size})`}
      </button>
      {open && (
        <Pop
          anchor={button}
          class="hpo-columns"
          onClose={(why) => {
            setOpen(false);
            if (why === "escape") button.current?.focus();
          }}
        >
          <fieldset>
            <legend>Columns</legend>
            {[...columns].map(([name, is]) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={is}
                  onChange={(event) => session.view.show([name], event.currentTarget.checked)}
                />
                {OTHERS[name] ??
                  (name.startsWith("figure:") ? figureTitle(name.slice(7)) : null) ??
                  line(name.replace(/^param:/, ""), 60)}
              </label>
            ))}
          </fieldset>
          <button
            type="button"
            class="hpo-link"
            onClick={() => session.view.show(columns.keys(), !all)}
          >
            {all ? "Show none" : "Show all"}
          </button>
        </Pop>
      )}
    </>
  );
}
