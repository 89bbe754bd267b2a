// Learning curves of all trials, with the rungs at which the pruner compares.
import { useRef, useState } from "preact/hooks";
import { before, crosses, extentOf, strideFor, type Extent } from "../../core/curves";
import { count, metric } from "../../core/format";
import type { Header, RowState } from "../../core/protocol";
import { stepWord } from "../../core/rounds";
import type { Curve } from "../../core/store";
import { arrow, dot, line, thin, type Frame } from "../frame";
import { ended } from "../header";
import { Plot, type Hit } from "../plot";
import type { Session } from "../session";
import { isPopulation, WORDS } from "../states";
import { useBox } from "./box";
import { narrowedOf } from "./data";
import { Figure, TickBox } from "./figure";
import { edge } from "./history";

const REACH = 24;
/** Past this many, finished curves are sampled: more could not be told apart. */
const DRAWN = 600;

const LIVE: ReadonlySet<RowState | undefined> = new Set(["RUNNING", "WAITING", "PAUSED"] as const);

function trace({ context, x, beyond: y }: Frame, curve: Curve): void {
  context.beginPath();
  let pen = false;
  for (let i = 0; i < curve.steps.length; i++) {
    const value = curve.values[i]!;
    if (!Number.isFinite(value)) {
      pen = false;
      continue;
    }
    if (pen) context.lineTo(x(curve.steps[i]!), y(value));
    else context.moveTo(x(curve.steps[i]!), y(value));
    pen = true;
  }
  context.stroke();
}

/** The curve; of one report a short dash: a dot would say more than there is. parent: of a copy,
 * the curve that it comes from. */
function draw(frame: Frame, curve: Curve, parent: Curve | undefined): void {
  const from = parent && before(parent, curve.steps[0]!);
  if (from && Number.isFinite(curve.values[0]!)) {
    const [x, y] = [frame.x(curve.steps[0]!), frame.beyond(curve.values[0]!)];
    line(frame.context, frame.x(from.step), frame.beyond(from.value), x, y);
    if (curve.steps.length === 1) return;
  }
  if (curve.steps.length > 1) return trace(frame, curve);
  const value = curve.values[0]!;
  const [x, y] = [frame.x(curve.steps[0]!), frame.beyond(value)];
  if (Number.isFinite(value)) line(frame.context, x, y, x + 6, y);
}

function end(frame: Frame, curve: Curve, radius: number, color: string): void {
  const last = curve.steps.length - 1;
  const value = curve.values[last];
  if (value === undefined || !Number.isFinite(value)) return;
  const [x, y] = [frame.x(curve.steps[last]!), frame.y(value)];
  const { low, high } = frame.yAxis;
  if (value < low || value > high) arrow(frame, x, y, value < low ? 1 : -1, color, true);
  else dot(frame, x, y, radius, color);
}

/** The steps at which trials are compared, behind everything. */
function rungs({ context, ink, x, left, right, top, bottom }: Frame, header: Header): void {
  context.save();
  context.strokeStyle = ink.faint;
  context.globalAlpha = 0.75;
  context.setLineDash([1, 3]);
  for (const rung of header.rungs) {
    const at = Math.round(x(rung)) + 0.5;
    if (at < left - 1 || at > right + 1) continue;
    line(context, at, top - 5, at, bottom);
  }
  context.restore();
}

export function Curves({ session, height }: { session: Session; height: number }) {
  session.version.value;
  const [log, setLog] = useState(false);
  const kept = useRef<{ log: boolean; extent: Extent | null }>({ log, extent: null });
  const sheet = useRef({ drawn: new Map<number, number>(), era: 0 });
  const { store } = session;
  const header = store.header!;
  const narrowed = narrowedOf(session);
  const box = useBox(
    session,
    "curves",
    [
      { key: "step", title: stepWord(header), say: count },
      { key: "value", title: header.objectives[0]?.name ?? "value", say: edge },
    ],
    (ranges) => (row) => {
      const curve = store.curves.get(row.number);
      return curve !== undefined && crosses(curve, ranges["step"]!, ranges["value"]!, log);
    },
  );
  const best = header.best?.number ?? null;
  const stateOf = (number: number): RowState | undefined => store.rows.get(number)?.state;
  const live: number[] = [];
  const states = new Set<RowState>();
  for (const { number, state, step } of store.rows.values()) {
    if (LIVE.has(state)) live.push(number);
    if (step !== null) states.add(state);
  }

  /** Of a copy, the curve of the trial that it goes on from. */
  const parentOf = (number: number): Curve | undefined => {
    const parent = store.rows.get(number)?.parent ?? null;
    return parent === null ? undefined : store.curves.get(parent);
  };

  const extent = extentOf(
    store.curves,
    (number) => stateOf(number) === "FAIL",
    live,
    best === null ? [] : [best],
    header.objectives[0]?.direction === "maximize",
    log,
    kept.current.log === log ? kept.current.extent : null,
  );
  kept.current = { log, extent };

  const stride = strideFor(store.curves.size, DRAWN);
  const lit = [session.opened.value, session.hovered.value].filter((n) => n !== null);
  /** How many pass, to draw them all as long as they can be told apart. */
  let passing = 0;
  if (narrowed.any) for (const number of store.curves.keys()) passing += Number(narrowed.passes(number));
  const fine = narrowed.any ? strideFor(passing, DRAWN) : stride;
  const taken = (number: number, passes: boolean): boolean => number % (passes ? fine : stride) === 0;

  /** Finished curves not yet on the sheet. Says when one on it is no longer as it was drawn. */
  const settle = (frame: Frame, fresh: boolean): boolean => {
    const { drawn } = sheet.current;
    if (fresh) drawn.clear();
    const { context, ink } = frame;
    const alpha = thin(1, narrowed.any ? passing : store.curves.size / stride);
    for (const states of [["PRUNED", "FAIL"], ["COMPLETE", undefined]]) {
      const dashed = states[0] === "PRUNED";
      context.strokeStyle = ink.faint;
      context.setLineDash(dashed ? [3, 3] : []);
      context.lineWidth = 1.2;
      for (const [number, curve] of store.curves) {
        const passes = narrowed.passes(number);
        if (!taken(number, passes) || !states.includes(stateOf(number))) continue;
        const before = drawn.get(number);
        if (before === curve.steps.length) continue;
        if (before !== undefined) return false;
        drawn.set(number, curve.steps.length);
        context.globalAlpha = (dashed ? 0.55 : 0.8) * (passes ? alpha : 0.12);
        if (curve.steps.length) draw(frame, curve, parentOf(number));
      }
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
    return true;
  };

  const colorOf = (frame: Frame, number: number): string => {
    if (number === best) return frame.ink.good;
    return LIVE.has(stateOf(number)) ? frame.ink.brand : frame.ink.strong;
  };
  const bold = (frame: Frame, number: number | null): void => {
    const curve = number === null ? null : store.curves.get(number);
    if (!curve?.steps.length) return;
    const { context } = frame;
    context.globalAlpha = number === best && !narrowed.passes(best!) ? 0.35 : 1;
    context.lineWidth = 2.25;
    context.strokeStyle = colorOf(frame, number!);
    draw(frame, curve, parentOf(number!));
    end(frame, curve, 3.5, context.strokeStyle);
    context.globalAlpha = 1;
  };

  const picture = (frame: Frame): void => {
    const { context, ink } = frame;
    rungs(frame, header);
    const key = (): string =>
      [stride, fine, narrowed.key, thin(1, store.curves.size / stride), sheet.current.era].join(" ");
    let right = true;
    frame.keep(key(), (kept, fresh) => (right = settle(kept, fresh)));
    if (!right) {
      sheet.current.era += 1;
      picture(frame);
      return;
    }
    for (const number of live) {
      const curve = store.curves.get(number);
      if (!curve?.steps.length) continue;
      const paused = stateOf(number) === "PAUSED";
      context.globalAlpha = narrowed.passes(number) ? (paused ? 0.6 : 0.95) : 0.15;
      context.lineWidth = paused ? 1.2 : 1.6;
      context.strokeStyle = ink.brand;
      draw(frame, curve, parentOf(number));
      if (!paused) end(frame, curve, 2.5, ink.brand);
    }
    bold(frame, best);
    for (const number of lit) bold(frame, number);
    box.draw(frame);
  };

  const textOf = (number: number, i: number): string => {
    const curve = store.curves.get(number)!;
    const state = stateOf(number);
    const word = number === best ? "best" : state ? WORDS[state] : "";
    const parent = store.rows.get(number)?.parent ?? null;
    const from = parent === null ? "" : `, from trial ${parent}`;
    return `Trial ${number}${from} · ${stepWord(header)} ${curve.steps[i]} · ${metric(curve.values[i]!)} · ${word}`;
  };
  const find = (frame: Frame, px: number, py: number): Hit | null => {
    let [found, at, nearest] = [-1, 0, REACH ** 2];
    for (const [number, curve] of store.curves) {
      const shown = taken(number, narrowed.passes(number)) || number === best || LIVE.has(stateOf(number));
      if (!shown) continue;
      for (let i = 0; i < curve.steps.length; i++) {
        if (!Number.isFinite(curve.values[i]!)) continue;
        const distance = (frame.x(curve.steps[i]!) - px) ** 2 + (frame.beyond(curve.values[i]!) - py) ** 2;
        if (distance < nearest) [found, at, nearest] = [number, i, distance];
      }
    }
    if (found < 0) return null;
    const curve = store.curves.get(found)!;
    return { number: found, x: frame.x(curve.steps[at]!), y: frame.y(curve.values[at]!), text: textOf(found, at) };
  };
  const spot = (frame: Frame, number: number): Hit | null => {
    const curve = store.curves.get(number);
    if (!curve?.steps.length) return null;
    const i = curve.steps.length - 1;
    return { number, x: frame.x(curve.steps[i]!), y: frame.y(curve.values[i]!), text: textOf(number, i) };
  };

  const name = header.objectives[0]?.name ?? "value";
  const hint = [extent?.y.cut ? "some values lie beyond" : "", stride > 1 ? `every ${stride}th finished trial` : ""];
  const more = hint.filter(Boolean).join(", ");
  const gist = header.best ? `; the best, trial ${best}, ended at ${metric(header.best.values[0]!)}` : "";
  const early = [states.has("PRUNED") && "pruned", states.has("FAIL") && "failed"].filter(Boolean);
  return (
    <Figure
      title="Learning curves"
      keys={
        extent
          ? [
              best !== null && store.curves.has(best) && { mark: "best", text: "best" },
              states.has("RUNNING") && { mark: "running", text: "running" },
              states.has("PAUSED") && { mark: "paused", text: "paused" },
              states.has("COMPLETE") && { mark: "complete", text: "complete" },
              early.length > 0 && { mark: "pruned", text: early.join(" or ") },
              header.rungs.length > 0 &&
                (isPopulation(header)
                  ? { mark: "rung", text: "compared", teach: "PBT" }
                  : { mark: "rung", text: "rung", teach: "rung" }),
            ]
          : []
      }
      controls={extent?.positive && <TickBox label="log" value={log} onChange={setLog} />}
    >
      <Plot
        label={`Learning curves of ${store.curves.size} trials, ${name} by ${stepWord(header)}${gist}`}
        height={height}
        x={extent?.x ?? null}
        y={extent?.y ?? null}
        xTitle={more ? `${stepWord(header)} (${more})` : stepWord(header)}
        yTitle={name}
        draw={picture}
        find={find}
        walk={() => [...store.curves.keys()].sort((a, b) => a - b)}
        spot={spot}
        {...box.handlers}
        onHover={(number) => (session.hovered.value = number)}
        onPick={(number) => session.open(number)}
        empty={
          ended(header) || header.n_complete
            ? "No trial reported intermediate values."
            : "Curves appear with the first report."
        }
      />
    </Figure>
  );
}
