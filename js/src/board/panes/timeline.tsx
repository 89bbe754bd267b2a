// When each trial ran, in as many lanes as there were jobs at once.
import { useMemo, useRef } from "preact/hooks";
import { axis, choiceAxis, roomy } from "../../core/axis";
import { duration, metric } from "../../core/format";
import { lanes, pausesOf, type Span } from "../../core/lanes";
import type { RowState } from "../../core/protocol";
import { line, type Frame, type Ink } from "../frame";
import { ended } from "../header";
import { Plot, type Hit } from "../plot";
import type { Session } from "../session";
import { WORDS } from "../states";
import { narrowedOf } from "./data";
import { Figure, type Key } from "./figure";

const MARKS: readonly [RowState, Key["mark"]][] = [
  ["RUNNING", "running"],
  ["PAUSED", "paused"],
  ["COMPLETE", "complete"],
  ["PRUNED", "pruned"],
  ["STOPPED", "pruned"],
  ["FAIL", "failed"],
];

/** No trial is paused so many times. */
const PARTS = 4096;

export function Timeline({ session }: { session: Session }) {
  session.version.value;
  const { store } = session;
  const header = store.header!;
  const over = ended(header);
  const now = header.elapsed_s;
  const pauses = pausesOf(header.pauses, now);
  const { spans, count } = lanes(store.rows.values(), now);
  const numbers = useMemo(() => Array.from({ length: count }, (_, i) => String(count - i)), [count]);
  const narrowed = narrowedOf(session);
  const y = count ? choiceAxis(numbers) : null;
  const last = spans.reduce((at, span) => Math.max(at, span.to), 0);
  const x = count ? axis("time", 0, over ? Math.max(last, 1e-3) : roomy(Math.max(now, last))) : null;
  const tall = Math.min(26, Math.max(9, 380 / Math.max(1, count)));
  const height = count ? Math.round(58 + tall * count) : 180;
  const lit = session.hovered.value ?? session.opened.value;
  const best = header.best?.number;
  const states = new Set(spans.map(({ state }) => state));
  const drawn = useRef(new Set<number>());

  const box = (frame: Frame, span: Span): [number, number, number, number] => {
    const [from, to] = [frame.x(span.from), frame.x(span.to)];
    const room = (frame.bottom - frame.top) / count;
    const thick = Math.max(2, room * 0.68);
    const gap = to - from > 4 ? 0.5 : 0;
    return [from + gap, frame.y(count - 1 - span.lane) - thick / 2, Math.max(1, to - from - 2 * gap), thick];
  };
  const colour = (ink: Ink, { number, state }: Span): string => {
    if (number === best) return ink.good;
    if (state === "RUNNING" || state === "PAUSED") return ink.brand;
    if (state === "COMPLETE") return ink.text;
    return state === "FAIL" ? ink.bad : ink.faint;
  };
  const bar = (frame: Frame, span: Span): void => {
    const { context } = frame;
    const [left, top, width, thick] = box(frame, span);
    const { state } = span;
    const passes = narrowed.passes(span.number);
    context.fillStyle = context.strokeStyle = colour(frame.ink, span);
    // Pruned ones are hollow: not by the colour alone.
    const hollow = state === "PRUNED" || state === "PAUSED";
    context.globalAlpha = (passes ? 1 : 0.15) * (hollow ? 0.3 : state === "COMPLETE" && span.number !== best ? 0.65 : 0.9);
    context.fillRect(left, top, width, thick);
    if (hollow && width > 2) {
      context.globalAlpha = passes ? 0.9 : 0.15;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 0.5, width - 1, thick - 1);
    }
    if (state === "FAIL" && width > 5) {
      context.globalAlpha = passes ? 1 : 0.15;
      context.strokeStyle = frame.ink.ground;
      context.lineWidth = 1.2;
      const [x, y, r] = [left + width / 2, top + thick / 2, Math.min(3.5, width / 3, thick / 3)];
      line(context, x - r, y - r, x + r, y + r);
      line(context, x - r, y + r, x + r, y - r);
    }
  };
  const draw = (frame: Frame): void => {
    const { context, ink, top, bottom } = frame;
    context.font = `11px ${ink.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [from, to] of pauses) {
      const [x0, x1] = [frame.x(from), frame.x(to)];
      context.globalAlpha = 0.09;
      context.fillStyle = ink.text;
      context.fillRect(x0, top, Math.max(1, x1 - x0), bottom - top);
      context.globalAlpha = 1;
      if (context.measureText("paused").width + 8 < x1 - x0)
        context.fillText("paused", (x0 + x1) / 2, (top + bottom) / 2);
    }
    // What is finished keeps its lane, and so its place.
    frame.keep(`${count} ${best} ${narrowed.key}`, (sheet, fresh) => {
      if (fresh) drawn.current.clear();
      for (const span of spans) {
        if (live(span.state)) continue;
        const key = span.number * PARTS + span.part;
        if (drawn.current.has(key)) continue;
        drawn.current.add(key);
        bar(sheet, span);
      }
    });
    for (const span of spans) if (live(span.state)) bar(frame, span);
    context.globalAlpha = 1;
    if (!over) {
      const at = Math.round(frame.x(now)) + 0.5;
      context.strokeStyle = ink.brand;
      context.setLineDash([2, 3]);
      line(context, at, top, at, bottom);
      context.setLineDash([]);
    }
    if (lit === null) return;
    const own = spans.filter(({ number }) => number === lit);
    context.strokeStyle = ink.strong;
    context.lineWidth = 1.5;
    own.forEach((span, i) => {
      const [left, y, width, thick] = box(frame, span);
      context.strokeRect(left - 1, y - 1, width + 2, thick + 2);
      if (i === 0) return;
      // A pause: the same trial went on here.
      const before = box(frame, own[i - 1]!);
      context.setLineDash([2, 2]);
      line(context, before[0] + before[2], before[1] + before[3] / 2, left, y + thick / 2);
      context.setLineDash([]);
    });
  };
  const text = (number: number): string => {
    const row = store.rows.get(number)!;
    const value = row.values ? ` · ${metric(row.values[0])}` : "";
    const own = spans.filter((span) => span.number === number);
    const ran = own.reduce((sum, span) => sum + span.to - span.from, 0);
    const parts = own.length > 1 ? ` in ${own.length} parts` : "";
    return `Trial ${number} · ${WORDS[row.state]}${value} · ran ${duration(ran)}${parts}`;
  };
  const hitOf = (frame: Frame, span: Span): Hit => {
    const [left, top, width] = box(frame, span);
    const at = Math.min(frame.right, Math.max(frame.left, left + width / 2));
    return { number: span.number, x: at, y: top, text: text(span.number) };
  };
  const find = (frame: Frame, px: number, py: number): Hit | null => {
    const room = (frame.bottom - frame.top) / Math.max(1, count);
    let [found, nearest]: [Span | null, number] = [null, 6];
    const lane = Math.floor((py - frame.top) / room);
    for (const span of spans) {
      if (span.lane !== lane) continue;
      const [left, , width] = box(frame, span);
      const away = Math.max(0, left - px, px - left - width);
      if (away < nearest) [found, nearest] = [span, away];
    }
    return found && hitOf(frame, found);
  };
  const keys = MARKS.filter(([state]) => states.has(state)).map(([state, mark]) => ({
    mark,
    text: WORDS[state],
  }));
  const busy = spans.reduce((sum, span) => sum + span.to - span.from, 0);
  const paused = pauses.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, last) - from), 0);
  const part = last > paused && count ? Math.round((100 * busy) / ((last - paused) * count)) : 0;
  return (
    <div class="hpo-single">
      <Figure
        title="Timeline of workers"
        class="hpo-timeline"
        keys={[best !== undefined && { mark: "front", text: "best" }, ...keys]}
      >
        <Plot
          label={`Timeline: ${store.rows.size} trials in ${count === 1 ? "1 lane" : `${count} lanes`} over ${duration(last)}, busy ${part}% of the time`}
          height={height}
          x={x}
          y={y}
          xTitle="since the start"
          yTitle="trials side by side"
          draw={draw}
          find={find}
          walk={() => [...new Set(spans.map(({ number }) => number))]}
          spot={(frame, number) => {
            const span = spans.find((s) => s.number === number);
            return span ? hitOf(frame, span) : null;
          }}
          onHover={(number) => (session.hovered.value = number)}
          onPick={(number) => session.open(number)}
          empty={store.rows.size ? "The trials ran in an earlier session." : "Appears with the first trial."}
        />
        {count > 0 && <p class="hpo-note-below">{`${count} at most at a time; busy ${part}% of the time${paused ? " it was not paused" : ""}`}</p>}
      </Figure>
    </div>
  );
}

const live = (state: RowState): boolean => state === "RUNNING" || state === "PAUSED" || state === "WAITING";
