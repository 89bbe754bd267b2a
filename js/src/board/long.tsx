// Text of any length that somebody else wrote: shown as text, cut, with a way to the rest.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../core/format";
import { cut, plain } from "../core/text";

const MORE = 50_000;

function useCut(text: string, most: number) {
  const [shown, setShown] = useState(most);
  const whole = useMemo(() => plain(text), [text]);
  const left = whole.length - shown;
  const more = left > 0 && (
    <button type="button" class="hpo-link" onClick={() => setShown(shown + MORE)}>
      {`Show ${count(Math.min(left, MORE))} of ${count(left)} more characters`}
    </button>
  );
  return { text: cut(whole, shown), whole, shown, more };
}

/** Within a sentence. */
export function Long({ text, most = 400 }: { text: string; most?: number }) {
  const { text: part, more } = useCut(text, most);
  return (
    <>
      <span class="hpo-long">{part}</span>
      {more && <> {more}</>}
    </>
  );
}

interface BlockProps {
  title: ComponentChildren;
  text: string;
  /** Its end is what matters, as of a log: followed as it grows unless one scrolled up. */
  follow?: boolean;
}

const BLOCK = 20_000;

/** Lines as they were printed, in a box of their own. */
export function Block({ title, text, follow = false }: BlockProps) {
  const box = useRef<HTMLPreElement>(null);
  const at = useRef(follow);
  const { text: head, whole, shown, more } = useCut(text, BLOCK);
  const part = follow && more ? `…${whole.slice(-shown)}` : head;
  useLayoutEffect(() => {
    if (at.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [part]);
  return (
    <details open>
      <summary>{title}</summary>
      {follow && more}
      <pre
        ref={box}
        tabIndex={0}
        onScroll={({ currentTarget: pre }) => {
          at.current = follow && pre.scrollTop + pre.clientHeight > pre.scrollHeight - 8;
        }}
      >
        {part}
      </pre>
      {!follow && more}
    </details>
  );
}
