// Parallel coordinates: a line is a trial, an axis a parameter or the objective; drag on an axis
// to keep only the trials that pass there.
import { useMemo, useRef } from "preact/hooks";
import { axis, share, ticksOf } from "../../core/axis";
import { between, dragged, grip } from "../../core/brush";
import { css, ramp } from "../../core/colours";
import { ofObjective, type Dimension } from "../../core/dimensions";
import { metric } from "../../core/format";
import { awayFrom, partOf, polyline, rangeOf, sampled, stridesOf, UNUSED, type Polyline } from "../../core/parallel";
import type { Row } from "../../core/protocol";
import { brushed, fitted, line, steps, thin, type Frame } from "../frame";
import { Plot, type Drag, type Hit } from "../plot";
import type { Session } from "../session";
import { finishedOf, narrowedOf, useBrush, useGrown, within, type Ranges } from "./data";
import { Figure } from "./figure";
import { edge } from "./history";
import { Ramp } from "./ramp";
import { RangeFields } from "./ranges";
import { said } from "./slices";

interface Props {
  session: Session;
  dimensions: readonly Dimension[];
  objective: Dimension;
  index: number;
  pruned: boolean;
}

const HEIGHT = 340;
/** Room above the axes for their names, below for their ends. */
const [ABOVE, BELOW] = [26, 8];
/** Below that again, where some trials don't have all values. */
const UNDER = 26;
const APART = 84;
const DRAWN = 1000;
const REACH = 8;
const HALF = 12;

export function Parallel({ session, dimensions: params, objective, index, pruned }: Props) {
  const dimensions = useMemo(() => [...params, objective], [params, objective]);
  const finished = finishedOf(session, index);
  const narrowed = narrowedOf(session);
  const [ranges, setRanges] = useBrush(session, "parallel");
  // Only complete trials are coloured, so the colours are for their range.
  const size = steps(finished.complete.length);
  const [low, high] = useMemo((): [number, number] => {
    const shown = ofObjective(session.store.header!, index, finished.complete);
    const values = finished.complete.map((row) => shown.of(row)!);
    const inside = values.filter((v) => v >= shown.axis.low && v <= shown.axis.high);
    return inside.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  }, [finished.era, index, size]);
  const goodOf = (value: number): number => {
    const at = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
    return finished.maximize ? at : 1 - at;
  };
  const shape = dimensions.map((d) => `${d.key} ${d.axis.low} ${d.axis.high} ${d.axis.labels.join()}`).join("\n");
  const era = `${finished.era} ${shape} ${low} ${high}`;
  const unused = useRef({ era, keys: new Set<string>() });
  if (unused.current.era !== era) unused.current = { era, keys: new Set() };
  const make = (row: Row): Polyline => {
    const made = polyline(row, dimensions, (r) => goodOf(objective.of(r) ?? low));
    made.places.forEach((place, i) => place === UNUSED && unused.current.keys.add(dimensions[i]!.key));
    return made;
  };
  const lines = useGrown(pruned ? finished.rows : finished.complete, `${era} ${pruned}`, make);
  const whole = finished.complete;
  const drawn = useRef(0);
  const strides = stridesOf(lines, narrowed.passes, narrowed.any, DRAWN);
  const best = session.store.header!.best?.number;
  const lit = [session.opened.value, session.hovered.value];

  const last = dimensions.length - 1;
  const inset = 34;
  const lacks = dimensions.map(({ key }) => unused.current.keys.has(key));
  const below = BELOW + (lacks.includes(true) ? UNDER : 0);
  const at = (frame: Frame, i: number): number =>
    frame.left + inset + (last ? (i / last) * (frame.right - frame.left - 2 * inset) : 0);
  const up = (frame: Frame, place: number): number =>
    frame.bottom - below - place * (frame.bottom - below - frame.top - ABOVE);
  const placeOf = (frame: Frame, py: number): number =>
    (frame.bottom - below - py) / (frame.bottom - below - frame.top - ABOVE);

  const trace = (frame: Frame, { places }: Polyline): void => {
    const { context } = frame;
    context.beginPath();
    places.forEach((place, i) => {
      if (i) context.lineTo(at(frame, i), up(frame, place));
      else context.moveTo(at(frame, i), up(frame, place));
    });
    context.stroke();
  };
  const axes = (frame: Frame): void => {
    const { context, ink } = frame;
    dimensions.forEach((dimension, i) => {
      const x = Math.round(at(frame, i)) + 0.5;
      context.strokeStyle = ink.text;
      context.lineWidth = 1;
      line(context, x, up(frame, 0), x, up(frame, 1));
      context.font = `600 11px ${ink.font}`;
      context.fillStyle = ink.strong;
      context.textBaseline = "top";
      context.textAlign = "center";
      const room = last ? (at(frame, 1) - at(frame, 0)) * 0.95 : 200;
      const title = fitted(context, dimension.title, room);
      const half = context.measureText(title).width / 2;
      context.fillText(title, Math.min(Math.max(x, frame.left + half), frame.right - half), frame.top - 3);
      context.font = `10.5px ${ink.font}`;
      if (lacks[i]) context.fillText("unused", x, up(frame, UNUSED) + 4);
      context.fillStyle = ink.text;
      context.textBaseline = "middle";
      context.textAlign = i === last ? "right" : "left";
      for (const { value, label } of ticksOf(dimension.axis, dimension.axis.kind === "choice" ? 12 : 5)) {
        const y = up(frame, share(dimension.axis, value));
        line(context, x - 3, y, x + 3, y);
        const text = fitted(context, label, Math.max(30, room * 0.6));
        // On ground of its own: lines run behind it.
        const wide = context.measureText(text).width;
        const left = i === last ? x - 6 - wide : x + 6;
        context.globalAlpha = 0.75;
        context.fillStyle = ink.ground;
        context.fillRect(left - 1.5, y - 6.5, wide + 3, 13);
        context.globalAlpha = 1;
        context.fillStyle = ink.text;
        context.fillText(text, i === last ? x - 6 : x + 6, y + 0.5);
      }
    });
  };
  const draw = (frame: Frame): void => {
    const { context, ink } = frame;
    const alpha = thin(0.85, strides.shown);
    frame.keep(`${era} ${narrowed.key} ${pruned} ${strides.front} ${strides.back} ${alpha}`, (sheet, fresh) => {
      if (fresh) drawn.current = 0;
      const { back, front } = sampled(lines, drawn.current, narrowed.passes, strides);
      drawn.current = lines.length;
      const c = sheet.context;
      c.lineWidth = 1;
      c.strokeStyle = ink.faint;
      c.globalAlpha = 0.12;
      for (const l of back) trace(sheet, l);
      // The best on top.
      for (const l of front.sort((a, b) => Number(b.hollow) - Number(a.hollow) || a.good - b.good)) {
        c.globalAlpha = l.hollow ? alpha * 0.5 : Math.max(0.25, alpha);
        c.strokeStyle = l.hollow ? ink.faint : css(ramp(l.good, ink.dark));
        c.setLineDash(l.hollow ? [3, 3] : []);
        c.lineWidth = l.hollow ? 1 : 1.3;
        trace(sheet, l);
      }
      c.setLineDash([]);
      c.globalAlpha = 1;
    });
    for (const l of lines) {
      if (l.number !== best && !lit.includes(l.number)) continue;
      context.globalAlpha = narrowed.passes(l.number) || lit.includes(l.number) ? 1 : 0.25;
      context.lineWidth = 2.5;
      context.strokeStyle = l.number === best ? ink.good : ink.strong;
      trace(frame, l);
      context.globalAlpha = 1;
    }
    axes(frame);
    dimensions.forEach((dimension, i) => {
      const range = ranges[dimension.key];
      if (!range) return;
      const part = partOf(dimension, range);
      const x = at(frame, i);
      brushed(frame, x - HALF + 4, up(frame, part.high), x + HALF - 4, up(frame, part.low));
    });
  };

  const choose = (next: Ranges): void => {
    const of = (key: string, row: Row): number | null => dimensions.find((d) => d.key === key)?.of(row) ?? null;
    const titles = dimensions.flatMap((d) => (next[d.key] ? [`${d.title} ${inWords(d, next[d.key]!)}`] : []));
    setRanges(next, within(next, of), titles.join(", "));
  };
  const nearest = (frame: Frame, px: number): number | null => {
    for (let i = 0; i <= last; i++) if (Math.abs(px - at(frame, i)) <= HALF) return i;
    return null;
  };
  const drag = (frame: Frame, px: number, py: number): Drag | null => {
    const i = nearest(frame, px);
    if (i === null) return null;
    const dimension = dimensions[i]!;
    const from = placeOf(frame, py);
    const range = ranges[dimension.key];
    const part = range && partOf(dimension, range);
    const held = part ? grip(part, from, 0.02) : null;
    return {
      move: (_, qy) => {
        const to = placeOf(frame, qy);
        const next = part && held ? dragged(part, held, to - from) : between(from, to);
        choose({ ...ranges, [dimension.key]: rangeOf(dimension, next.low, next.high) });
      },
    };
  };
  const cursor = (frame: Frame, px: number, py: number): string => {
    const i = nearest(frame, px);
    if (i === null) return "";
    const range = ranges[dimensions[i]!.key];
    const held = range && grip(partOf(dimensions[i]!, range), placeOf(frame, py), 0.02);
    return held === "all" ? "move" : held ? "ns-resize" : "crosshair";
  };
  const text = (number: number): string => {
    const row = session.store.rows.get(number)!;
    return `Trial ${number} · ${objective.title} ${metric(objective.of(row))}`;
  };
  const hitOf = (frame: Frame, l: Polyline, px: number, py: number): Hit => ({
    number: l.number, x: px, y: Math.max(py, frame.top + ABOVE), text: text(l.number),
  }); // prettier-ignore
  const find = (frame: Frame, px: number, py: number): Hit | null => {
    if (nearest(frame, px) !== null || py < frame.top + ABOVE - 6) return null;
    let [found, away]: [Polyline | null, number] = [null, REACH];
    for (const l of lines) {
      if (narrowed.any && !narrowed.passes(l.number)) continue;
      const to = awayFrom(l.places, (i) => at(frame, i), (place) => up(frame, place), px, py);
      if (to < away) [found, away] = [l, to];
    }
    return found && hitOf(frame, found, px, py);
  };
  const rank = (): number[] =>
    [...lines].filter((l) => narrowed.passes(l.number)).sort((a, b) => b.good - a.good).map((l) => l.number);
  const wide = APART * dimensions.length;
  return (
    <Figure
      title="Parallel coordinates"
      class="hpo-parallel"
      keys={[
        best !== undefined && { mark: "front", text: "best" },
        pruned && finished.pruned.length > 0 && { mark: "pruned", text: "pruned" },
        lines.length > DRAWN && { mark: "complete", text: `a sample of ${DRAWN} of ${lines.length}` },
      ]}
    >
      <Plot
        label={`Parallel coordinates of ${whole.length} complete trials: ${dimensions.map((d) => d.title).join(", ")}`}
        height={HEIGHT}
        x={whole.length ? axis("linear", 0, 1) : null}
        y={axis("linear", 0, 1)}
        xTitle=""
        bare
        least={wide}
        draw={draw}
        find={find}
        walk={rank}
        spot={(frame, number) => {
          const l = lines.find((found) => found.number === number);
          return l ? hitOf(frame, l, at(frame, last), up(frame, l.places[last]!)) : null;
        }}
        drag={drag}
        cursor={cursor}
        onDrag={(dragged) => (session.brushing.value = dragged)}
        onHover={(number) => (session.hovered.value = number)}
        onPick={(number) => session.open(number)}
        onClear={() => choose({})}
        empty="Appears with the first complete trial."
      />
      {whole.length > 0 && (
        <>
          <Ramp title={objective.title} low={low} high={high} good={goodOf} />
          <RangeFields dimensions={dimensions} ranges={ranges} onChange={choose} />
        </>
      )}
    </Figure>
  );
}

function inWords(dimension: Dimension, [low, high]: readonly [number, number]): string {
  if (dimension.axis.kind !== "choice") {
    const say = (value: number): string => (edge(value) ? said(dimension, value) : "");
    return `${say(low)}..${say(high)}`;
  }
  return dimension.axis.labels.slice(Math.ceil(low), Math.floor(high) + 1).join(" | ");
}
