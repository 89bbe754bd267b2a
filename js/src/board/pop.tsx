// What opens beside a button and closes when one looks elsewhere: menus, lessons, choosers.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  /** What it belongs to: it stands below it, or above where there is more room. */
  anchor: RefObject<HTMLElement | null>;
  onClose: (why: "escape" | "elsewhere") => void;
  children: ComponentChildren;
  class?: string;
}

const APART = 4;

/** In the browser's top layer, where no output area cuts it off. */
export function Pop({ anchor, onClose, children, class: more = "" }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    box.current!.showPopover?.();
    const place = (): void => {
      const [from, own] = [anchor.current, box.current];
      if (!from || !own) return;
      const at = from.getBoundingClientRect();
      const { offsetWidth: width, offsetHeight: height } = own;
      const right =
        at.right > window.innerWidth - 24 || at.left + width > window.innerWidth - APART;
      const left = right ? at.right - width : at.left;
      const below = at.bottom + APART + height <= window.innerHeight || at.top < height + APART;
      own.style.left = `${Math.max(APART, left)}px`;
      own.style.top = `${below ? at.bottom + APART : at.top - APART - height}px`;
    };
    place();
    // Scrolled anywhere: the page scrolls in an inner element in JupyterLab.
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
    };
  }, []);

  useEffect(() => {
    const elsewhere = (event: Event): void => {
      const path = event.composedPath();
      if (!path.includes(box.current!) && !path.includes(anchor.current!)) {
        close.current("elsewhere");
      }
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close.current("escape");
    };
    document.addEventListener("keydown", escape, true);
    document.addEventListener("pointerdown", elsewhere, true);
    document.addEventListener("focusin", elsewhere, true);
    return () => {
      document.removeEventListener("keydown", escape, true);
      document.removeEventListener("pointerdown", elsewhere, true);
      document.removeEventListener("focusin", elsewhere, true);
    };
  }, []);

  return (
    <div ref={box} popover="manual" class={`hpo-pop ${more}`}>
      {children}
    </div>
  );
}
