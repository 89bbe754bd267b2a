// A button with a menu, as assistive technology knows it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Pop } from "./pop";

export interface Item {
  title: string;
  /** A sentence below it. */
  help?: string;
  onChoose: () => void;
}

/** See the menu button pattern of the ARIA Authoring Practices Guide. */
export function MenuButton({ title, items }: { title: string; items: readonly Item[] }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);
  /** The item to begin with; null while closed. */
  const [open, setOpen] = useState<number | null>(null);

  const entries = (): HTMLElement[] => [
    ...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []),
  ];
  useEffect(() => {
    if (open !== null) entries().at(open)?.focus();
  }, [open]);
  const close = (back: boolean): void => {
    setOpen(null);
    if (back) button.current?.focus();
  };

  const onButtonKey = (event: KeyboardEvent): void => {
    const first = { ArrowDown: 0, ArrowUp: -1 }[event.key];
    if (first === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(first);
  };
  const onListKey = (event: KeyboardEvent): void => {
    const all = entries();
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      all.at(to % all.length)?.focus();
    } else if (event.key === "Tab") {
      return close(false);
    } else if (/^\p{L}$/u.test(event.key) && !event.ctrlKey && !event.metaKey) {
      const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      order.find((e) => e.textContent!.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (!items.length) return null;
  return (
    <>
      <button
        ref={button}
        type="button"
        class="hpo-button"
        aria-haspopup="menu"
        aria-expanded={open !== null}
        aria-controls={open === null ? undefined : id}
        onClick={() => setOpen(open === null ? 0 : null)}
        onKeyDown={onButtonKey}
      >
        {title}
        <i aria-hidden="true">▾</i>
      </button>
      {open !== null && (
        <Pop anchor={button} onClose={(why) => close(why === "escape")}>
          <ul
            class="hpo-menu"
            role="menu"
            id={id}
            ref={list}
            aria-label={title}
            onKeyDown={onListKey}
          >
            {items.map((item) => (
              <li key={item.title} role="none">
                <button
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  onClick={() => {
                    close(true);
                    item.onChoose();
                  }}
                >
                  {item.title}
                  {item.help && <small>{item.help}</small>}
                </button>
              </li>
            ))}
          </ul>
        </Pop>
      )}
    </>
  );
}
