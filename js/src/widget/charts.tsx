// The two pictures: learning curves of all trials, and the best value so far.
import { metric } from "../core/format";
import { robustRange, type Range } from "../core/scale";
import { history, type Curve } from "../core/store";
import type { Session } from "./session";
import { WORDS } from "./states";
import { dot, Plot, type Frame, type Hit } from "./plot";

const REACH = 24;
/** Past this many, finished curves are sampled: more could not be told apart. */
const DRAWN = 800;

/** Thinner ink the more there is to draw, so that density still shows. */
const ink = (base: number, count: number): number =>
  Math.max(0.08, base * Math.min(1, (80 / count) ** 0.6));

function trace(frame: Frame, curve: Curve): void {
  const { context } = frame;
  context.beginPath();
  let pen = false;
  for (let i = 0; i < curve.steps.length; i++) {
    const value = curve.values[i]!;
    if (!Number.isFinite(value)) {
      pen = false;
      continue;
    }
    const [x, y] = [frame.x(curve.steps[i]!), frame.y(value)];
    if (pen) context.lineTo(x, y);
    else context.moveTo(x, y);
    pen = true;
  }
  context.stroke();
}

function end(frame: Frame, curve: Curve, radius: number, color: string): void {
  const last = curve.steps.length - 1;
  if (last < 0 || !Number.isFinite(curve.values[last]!)) return;
  dot(frame, frame.x(curve.steps[last]!), frame.y(curve.values[last]!), radius, color);
}

export function Curves({ session, height }: { session: Session; height: number }) {
  session.version.value;
  const hovered = session.hovered.value;
  const { store } = session;
  const header = store.header!;
  const maximize = header.objectives[0]?.direction === "maximize";
  const all: number[] = [];
  let [first, last] = [Infinity, -Infinity];
  for (const curve of store.curves.values()) {
    for (const value of curve.values) all.push(value);
    first = Math.min(first, curve.steps[0]!);
    last = Math.max(last, curve.steps[curve.steps.length - 1]!);
  }
  const y = robustRange(all, maximize);
  const x: Range | null = y && { low: first, high: Math.max(last, first + 1), cut: false };
  const best = header.best?.number;
  const lit = hovered ?? session.opened.value;

  const stride = Math.ceil(store.curves.size / DRAWN);
  const shown = store.curves.size / stride;

  const draw = (frame: Frame): void => {
    const { context, ink: colors } = frame;
    const passes: ((number: number, state: string | undefined) => boolean)[] = [
      (n, s) => s === "PRUNED" || (s === "FAIL" && n !== lit),
      (_, s) => s === "COMPLETE" || s === undefined,
      (_, s) => s === "RUNNING" || s === "PAUSED" || s === "WAITING",
    ];
    passes.forEach((belongs, pass) => {
      for (const [number, curve] of store.curves) {
        const state = store.rows.get(number)?.state;
        if (number === best || number === lit || !belongs(number, state)) continue;
        if (pass < 2 && number % stride) continue;
        context.lineWidth = pass === 2 ? 1.5 : 1.2;
        const base = [0.5, 0.7, 0.95][pass]!;
        context.globalAlpha = pass === 2 ? base : ink(base, shown);
        context.strokeStyle = pass === 2 ? colors.brand : colors.faint;
        context.setLineDash(pass === 0 ? [3, 3] : []);
        trace(frame, curve);
        context.setLineDash([]);
        if (pass === 2) end(frame, curve, 2.5, colors.brand);
      }
    });
    context.globalAlpha = 1;
    for (const [number, color] of [
      [best, colors.good],
      [lit, colors.text],
    ] as const) {
      const curve = number === undefined || number === null ? null : store.curves.get(number);
      if (!curve) continue;
      context.lineWidth = 2.25;
      context.strokeStyle = number === best ? colors.good : color;
      trace(frame, curve);
      end(frame, curve, 3.5, number === best ? colors.good : color);
    }
  };

  const find = (frame: Frame, px: number, py: number): Hit | null => {
    let found: Hit | null = null;
    let nearest = REACH ** 2;
    for (const [number, curve] of store.curves) {
      for (let i = 0; i < curve.steps.length; i++) {
        if (!Number.isFinite(curve.values[i]!)) continue;
        const [cx, cy] = [frame.x(curve.steps[i]!), frame.y(curve.values[i]!)];
        const distance = (cx - px) ** 2 + (cy - py) ** 2;
        if (distance >= nearest) continue;
        nearest = distance;
        const state = store.rows.get(number)?.state;
        const word = number === best ? "best" : state ? WORDS[state] : "";
        const text = `Trial ${number} · step ${curve.steps[i]} · ${metric(curve.values[i]!)} · ${word}`;
        found = { x: cx, y: cy, text, number };
      }
    }
    return found;
  };

  return (
    <figure class="hpo-panel">
      <figcaption>
        Learning curves
        <span class="hpo-key" hidden={!y}>
          {best !== undefined && <b class="hpo-key-best">best</b>}
          <b class="hpo-key-running">running</b>
          <b class="hpo-key-complete">complete</b>
          <b class="hpo-key-pruned">pruned</b>
        </span>
      </figcaption>
      <Plot
        label={`Learning curves of ${store.curves.size} trials`}
        height={height}
        x={x}
        y={y}
        xTitle={y?.cut ? "step (wild values drawn at the edge)" : "step"}
        draw={draw}
        find={find}
        onHover={(number) => (session.hovered.value = number)}
        onPick={(number) => session.open(number)}
        empty={
          header.state === "finished" || header.n_complete
            ? "No trial reported intermediate values."
            : "Curves appear with the first report."
        }
      />
    </figure>
  );
}

export function History({ session, height }: { session: Session; height: number }) {
  session.version.value;
  const hovered = session.hovered.value;
  const { store } = session;
  const header = store.header!;
  const maximize = header.objectives[0]?.direction === "maximize";
  const points = history(store.rows.values(), maximize);
  const y = robustRange(
    points.map((p) => p.value),
    maximize,
  );
  const x: Range | null = y && { low: 1, high: Math.max(2, points.length), cut: false };

  const draw = (frame: Frame): void => {
    const { context, ink: colors } = frame;
    context.globalAlpha = Math.max(0.3, ink(0.7, points.length));
    const radius = points.length > 400 ? 1.6 : 2.5;
    points.forEach((p, i) => dot(frame, frame.x(i + 1), frame.y(p.value), radius, colors.faint));
    context.globalAlpha = 1;
    context.strokeStyle = colors.good;
    context.lineWidth = 2;
    context.beginPath();
    points.forEach((p, i) => {
      const [px, py] = [frame.x(i + 1), frame.y(p.best)];
      if (i) {
        context.lineTo(px, frame.y(points[i - 1]!.best));
        context.lineTo(px, py);
      } else context.moveTo(px, py);
    });
    context.stroke();
    points.forEach((p, i) => {
      if (p.improved) dot(frame, frame.x(i + 1), frame.y(p.value), 3.5, colors.good);
      if (p.number === hovered) dot(frame, frame.x(i + 1), frame.y(p.value), 4.5, colors.text);
    });
  };

  const find = (frame: Frame, px: number, py: number): Hit | null => {
    let found: Hit | null = null;
    let nearest = REACH ** 2;
    points.forEach((p, i) => {
      const [cx, cy] = [frame.x(i + 1), frame.y(p.value)];
      const distance = (cx - px) ** 2 + (cy - py) ** 2;
      if (distance >= nearest) return;
      nearest = distance;
      const text = `Trial ${p.number} · ${metric(p.value)}${p.improved ? " · best so far" : ""}`;
      found = { x: cx, y: cy, text, number: p.number };
    });
    return found;
  };

  return (
    <figure class="hpo-panel">
      <figcaption>
        History
        <span class="hpo-key" hidden={!y}>
          <b class="hpo-key-best">best so far</b>
          <b class="hpo-key-dot">trial</b>
        </span>
      </figcaption>
      <Plot
        label={`Best value so far over ${points.length} complete trials`}
        height={height}
        x={x}
        y={y}
        xTitle={y?.cut ? "complete trials (wild values drawn at the edge)" : "complete trials"}
        draw={draw}
        find={find}
        onHover={(number) => (session.hovered.value = number)}
        onPick={(number) => session.open(number)}
        empty="Appears with the first complete trial."
      />
    </figure>
  );
}
