// A word that explains itself when it is pressed.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { lesson } from "../core/teach";
import { line } from "../core/text";
import { Pop } from "./pop";

/** The word as it is where there is nothing to teach of it. */
export function Teach({ word, children }: { word: string; children?: ComponentChildren }) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const found = lesson(word);
  const shown = children ?? line(word, 40);
  if (!found) return <>{shown}</>;
  return (
    <>
      <button
        ref={button}
        type="button"
        class="hpo-teach"
        title={found.title}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {shown}
      </button>
      {open && (
        <Pop
          anchor={button}
          class="hpo-lesson"
          onClose={(why) => {
            setOpen(false);
            if (why === "escape") button.current?.focus();
          }}
        >
          <div role="status">
            <b>{found.title}</b>
            <p>{found.text}</p>
            {found.link && (
              <a href={found.link} target="_blank" rel="noopener noreferrer">
                Read more in Optuna's documentation
              </a>
            )}
          </div>
        </Pop>
      )}
    </>
  );
}
