// Tabs as assistive technology knows them: one is in the tab order, arrows move between them.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export interface Tab {
  key: string;
  title: string;
}

interface Props {
  tabs: readonly Tab[];
  chosen: string;
  onChoose: (key: string) => void;
  children: ComponentChildren;
}

/** See the tabs pattern of the ARIA Authoring Practices Guide. */
export function Tabs({ tabs, chosen, onChoose, children }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The chosen one comes into view; sideways only, the page stays where it is.
    const strip = list.current!;
    const tab = strip.querySelector<HTMLElement>('[aria-selected="true"]');
    if (!tab) return;
    const [at, wide] = [tab.offsetLeft - strip.offsetLeft, strip.clientWidth];
    if (at < strip.scrollLeft) strip.scrollLeft = at - 24;
    else if (at + tab.offsetWidth > strip.scrollLeft + wide)
      strip.scrollLeft = at + tab.offsetWidth - wide + 24;
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ key }) => key === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    onChoose(tabs[next]!.key);
    list.current!.querySelectorAll("button")[next]!.focus();
  };
  return (
    <>
      <div class="hpo-tabs" role="tablist" ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`${id}-${key}`}
            aria-selected={key === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={key === chosen ? 0 : -1}
            onClick={() => onChoose(key)}
          >
            {title}
          </button>
        ))}
      </div>
      <div
        class="hpo-tabpanel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen}`}
      >
        {children}
      </div>
    </>
  );
}
