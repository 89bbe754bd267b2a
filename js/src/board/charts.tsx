// The two pictures: learning curves of all trials, and the best value so far.
import { metric } from "../core/format";
import { focus, history, type Past } from "../core/history";
import type { Range } from "../core/scale";
import type { Curve } from "../core/store";
import type { Session } from "./session";
import { WORDS } from "./states";
import { arrow, dot, Plot, ring, tick, type Frame, type Hit } from "./plot";

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

/** The one report of a trial that got no further: a dot would say more than there is. */
function stub(frame: Frame, curve: Curve): void {
  const value = curve.values[0]!;
  if (Number.isFinite(value)) tick(frame, frame.x(curve.steps[0]!), frame.y(value));
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
  const core: number[] = [];
  let [first, last] = [Infinity, -Infinity];
  for (const [number, curve] of store.curves) {
    const complete = store.rows.get(number)?.state === "COMPLETE";
    for (const value of curve.values) {
      all.push(value);
      if (complete) core.push(value);
    }
    first = Math.min(first, curve.steps[0]!);
    last = Math.max(last, curve.steps[curve.steps.length - 1]!);
  }
  const y = focus(all, core, maximize);
  const x: Range | null = y && { low: first, high: Math.max(last, first + 1), cut: false };
  const best = header.best?.number;
  const lit = hovered ?? session.opened.value;

  const stride = Math.ceil(store.curves.size / DRAWN);
  const shown = store.curves.size / stride;

  const draw = (frame: Frame): void => {
    const { context, ink: colors } = frame;
    const passes: readonly (string | undefined)[][] = [
      ["PRUNED", "FAIL"],
      ["COMPLETE", undefined],
      ["PAUSED"],
      ["RUNNING", "WAITING"],
    ];
    passes.forEach((states, pass) => {
      const live = pass > 1;
      for (const [number, curve] of store.curves) {
        const state = store.rows.get(number)?.state;
        if (number === best || number === lit || !states.includes(state)) continue;
        if (!live && number % stride) continue;
        context.lineWidth = pass === 3 ? 1.6 : 1.2;
        const base = [0.55, 0.8, 0.65, 0.95][pass]!;
        context.globalAlpha = live ? base : ink(base, shown);
        context.strokeStyle = live ? colors.brand : colors.faint;
        if (curve.steps.length === 1 && pass < 3) {
          stub(frame, curve);
          continue;
        }
        context.setLineDash(pass === 0 ? [3, 3] : []);
        trace(frame, curve);
        context.setLineDash([]);
        if (pass === 3) end(frame, curve, 2.5, colors.brand);
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
          {header.n_running > 0 && <b class="hpo-key-running">running</b>}
          {header.n_paused > 0 && <b class="hpo-key-paused">paused</b>}
          <b class="hpo-key-complete">complete</b>
          {header.n_pruned > 0 && <b class="hpo-key-pruned">pruned</b>}
        </span>
      </figcaption>
      <Plot
        label={`Learning curves of ${store.curves.size} trials`}
        height={height}
        x={x}
        y={y}
        xTitle={y?.cut ? "step (far values at the edge)" : "step"}
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
  const past = history(store.rows.values(), maximize);
  const complete = past.filter((p) => p.complete);
  const y = focus(
    past.map((p) => p.value),
    complete.map((p) => p.value),
    maximize,
  );
  const x: Range | null = y && {
    low: 1,
    high: Math.max(2, past[past.length - 1]!.at),
    cut: false,
  };

  const mark = (frame: Frame, p: Past, radius: number, color: string): void => {
    const [px, py] = [frame.x(p.at), frame.y(p.value)];
    if (y && (p.value < y.low || p.value > y.high)) {
      arrow(frame, px, py, p.value < y.low ? 1 : -1, color, p.complete);
    } else if (p.complete) {
      dot(frame, px, py, radius, color);
    } else {
      ring(frame, px, py, radius * 0.8, color);
    }
  };

  const draw = (frame: Frame): void => {
    const { context, ink: colors } = frame;
    const radius = past.length > 400 ? 1.6 : 2.8;
    context.globalAlpha = ink(0.75, past.length);
    for (const p of past) if (!p.complete) mark(frame, p, radius, colors.faint);
    context.globalAlpha = Math.max(0.4, ink(1, past.length));
    for (const p of complete) mark(frame, p, radius, colors.text);
    context.globalAlpha = 1;
    context.strokeStyle = colors.good;
    context.lineWidth = 2;
    context.beginPath();
    let level: number | null = null;
    for (const p of past) {
      if (p.best === null) continue;
      const [px, py] = [frame.x(p.at), frame.y(p.best)];
      if (level === null) context.moveTo(px, py);
      else {
        context.lineTo(px, level);
        context.lineTo(px, py);
      }
      level = py;
    }
    context.stroke();
    for (const p of past) {
      if (p.improved) mark(frame, p, 3.8, colors.good);
      if (p.number === hovered) mark(frame, p, 4.8, colors.text);
    }
  };

  const find = (frame: Frame, px: number, py: number): Hit | null => {
    let found: Hit | null = null;
    let nearest = REACH ** 2;
    for (const p of past) {
      const [cx, cy] = [frame.x(p.at), frame.y(p.value)];
      const distance = (cx - px) ** 2 + (cy - py) ** 2;
      if (distance >= nearest) continue;
      nearest = distance;
      const word = p.improved ? "best so far" : p.complete ? "complete" : "pruned";
      found = { x: cx, y: cy, text: `Trial ${p.number} · ${metric(p.value)} · ${word}`, number: p.number };
    }
    return found;
  };

  return (
    <figure class="hpo-panel">
      <figcaption>
        History
        <span class="hpo-key" hidden={!y}>
          <b class="hpo-key-best">best so far</b>
          <b class="hpo-key-dot">complete</b>
          {complete.length < past.length && <b class="hpo-key-ring">pruned</b>}
        </span>
      </figcaption>
      <Plot
        label={`Values of ${past.length} finished trials, and the best so far`}
        height={height}
        x={x}
        y={y}
        xTitle={y?.cut ? "finished trials (at the edge: far off)" : "finished trials"}
        draw={draw}
        find={find}
        onHover={(number) => (session.hovered.value = number)}
        onPick={(number) => session.open(number)}
        empty="Appears with the first finished trial."
      />
    </figure>
  );
}
