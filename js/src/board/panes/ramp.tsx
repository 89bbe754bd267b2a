// The bar that says which colour is which value.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { css, ramp } from "../../core/colours";
import { metric } from "../../core/format";
import { inkOf } from "../frame";

interface Props {
  title: string;
  low: number;
  high: number;
  /** 0 the worst, 1 the best. */
  good: (value: number) => number;
}

const STOPS = 12;

export function Ramp({ title, low, high, good }: Props) {
  const bar = useRef<HTMLElement>(null);
  const [dark, setDark] = useState(false);
  useLayoutEffect(() => {
    const look = (): void => {
      if (bar.current) setDark(inkOf(bar.current).dark);
    };
    look();
    const themes = new MutationObserver(look);
    themes.observe(document.body, { attributes: true });
    themes.observe(document.documentElement, { attributes: true });
    return () => themes.disconnect();
  }, [high > low]);
  const values = Array.from({ length: STOPS + 1 }, (_, i) => low + (i / STOPS) * (high - low));
  const colours = values.map((value) => css(ramp(good(value), dark)));
  if (!(high > low)) return null; // one value, and nothing to tell apart
  return (
    <div class="hpo-ramp">
      <span>{title}</span>
      <div>
        <i ref={bar} style={{ background: `linear-gradient(to right, ${colours.join(", ")})` }} />
        <small>
          {[0, 0.25, 0.5, 0.75, 1].map((at) => (
            <b key={at}>{metric(low + at * (high - low))}</b>
          ))}
        </small>
      </div>
    </div>
  );
}
