// The learning curve of one trial, the best one's behind it.
import { useMemo } from "preact/hooks";
import { metric } from "../core/format";
import { usable } from "../core/history";
import { stepWord } from "../core/rounds";
import { part } from "../core/scale";
import { thinned, type Curve } from "../core/store";
import { line } from "../core/text";
import type { Session } from "./session";

const [WIDTH, HEIGHT] = [100, 60];
const POINTS = 300;

interface Box {
  x: [number, number];
  y: [number, number];
}

function boxOf(curves: readonly Curve[]): Box | null {
  const values = curves.flatMap((c) => thinned(c, POINTS).values).filter(usable);
  if (!values.length) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = curves.flatMap(({ steps: s }) => [s[0]!, s[s.length - 1]!]);
  return { x: [Math.min(...steps), Math.max(...steps)], y: [low, high] };
}

function pathOf(curve: Curve, { x: [first, last], y: [low, high] }: Box): string {
  const { steps, values } = thinned(curve, POINTS);
  let pen = "M";
  return values
    .map((value, i) => {
      if (!usable(value)) {
        pen = "M";
        return "";
      }
      const x = (WIDTH * (steps[i]! - first)) / (last - first || 1);
      const y = HEIGHT - 3 - (HEIGHT - 6) * (high > low ? part(value, low, high) : 0);
      const piece = `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
      pen = "L";
      return piece;
    })
    .join("");
}

export function OwnCurve({ session, number }: { session: Session; number: number }) {
  const { store } = session;
  const best = store.header!.best?.number;
  const [own, other] = [
    store.curves.get(number),
    best === undefined ? undefined : store.curves.get(best),
  ];
  const drawn = useMemo(() => {
    if (!own || own.steps.length < 2) return null;
    const behind = best !== number && other && other.steps.length > 1 ? other : null;
    const box = boxOf(behind ? [own, behind] : [own]);
    return box && { box, own: pathOf(own, box), behind: behind && pathOf(behind, box) };
  }, [own?.steps.length, other?.steps.length, number, best]);
  if (!drawn) return null;
  const { box } = drawn;
  const name = line(store.header!.objectives[0]?.name ?? "", 40);
  const [from, to] = [own!.values[0], own!.values.at(-1)];
  return (
    <figure class="hpo-own">
      <figcaption>
        Learning curve
        {drawn.behind && <span class="hpo-own-key">{`best: trial ${best}`}</span>}
      </figcaption>
      <div class="hpo-own-box">
        <span class="hpo-own-high">{metric(box.y[1])}</span>
        <span class="hpo-own-low">{metric(box.y[0])}</span>
        <svg
          role="img"
          aria-label={`${name} of trial ${number}, from ${metric(from)} to ${metric(to)}`}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
        >
          {drawn.behind && (
            <path class="hpo-own-best" d={drawn.behind} vector-effect="non-scaling-stroke" />
          )}
          <path d={drawn.own} vector-effect="non-scaling-stroke" />
        </svg>
        <span class="hpo-own-steps">{`${stepWord(session.store.header!)} ${box.x[0]} to ${box.x[1]}`}</span>
      </div>
    </figure>
  );
}
