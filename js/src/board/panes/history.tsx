// The value of each finished trial in the order they finished, and the best so far.
import { useMemo, useRef, useState } from "preact/hooks";
import { axis, roomy, settled, type Axis } from "../../core/axis";
import { hundredths, loggable } from "../../core/curves";
import { metric, number } from "../../core/format";
import { focus, type Past } from "../../core/history";
import type { Frame } from "../frame";
import { ended } from "../header";
import type { Session } from "../session";
import { finishedOf, useGrown } from "./data";
import { Choose, Figure, TickBox } from "./figure";
import { Scatter, staircase, type Spot } from "./scatter";

export function History({ session, height }: { session: Session; height: number }) {
  session.version.value;
  const [index, setIndex] = useState(0);
  const [log, setLog] = useState(false);
  const kept = useRef<{ key: string; y: Axis | null }>({ key: "", y: null });
  const header = session.store.header!;
  const objective = header.objectives[index];
  const name = objective?.name ?? "value";
  const { past, complete, places, era, maximize } = finishedOf(session, index);
  const spots = useGrown(past, `${index} ${era}`, (p: Past): Spot => ({ number: p.number, x: p.at, y: p.value, hollow: !p.complete }));
  const led = useGrown(past, `${index} ${era}`, (p: Past) => (p.improved ? p : null));
  // Of thousands, another one does not change the range, unless it is the best.
  const size = hundredths(past.length);
  const [range, least, positive] = useMemo(() => {
    const values = past.map((p) => p.value);
    const core = past.filter((p) => p.complete).map((p) => p.value);
    const found = loggable(values);
    return [focus(values, core, maximize), found.least, found.positive] as const;
  }, [index, era, size, led.length]);

  const key = `${index} ${log} ${era}`;
  let y: Axis | null = null;
  if (range) {
    const low = log && positive && range.low <= 0 ? least * 0.9 : range.low;
    const next = axis(log && positive ? "log" : "linear", low, range.high, range.cut);
    y = settled(kept.current.key === key ? kept.current.y : null, next);
  }
  kept.current = { key, y };
  const last = past[past.length - 1]?.at ?? 1;
  // While it goes on there is room for more, so that the picture stands still.
  const x = y && axis("whole", 1, Math.max(2, ended(header) ? last : roomy(last)));

  const improved = new Set(led.map((p) => p.number));
  const over = (frame: Frame): void => {
    const { context, ink } = frame;
    context.strokeStyle = ink.good;
    context.lineWidth = 2;
    const points = led.map((p): [number, number] => [frame.x(p.at), frame.y(p.value)]);
    const final = points[points.length - 1];
    if (final) staircase(frame, [...points, [frame.x(last), final[1]]]);
  };
  const text = (spot: Spot): string => {
    const word = improved.has(spot.number) ? "best so far" : spot.hollow ? "pruned" : "complete";
    return `Trial ${spot.number} · ${metric(spot.y)} · ${word}`;
  };
  const best = led[led.length - 1];
  const gist = best ? `; the best is ${metric(best.value)}, of trial ${best.number}` : "";
  return (
    <Figure
      title="History"
      keys={
        y
          ? [
              led.length > 0 && { mark: "best", text: "best so far" },
              complete.length > 0 && { mark: "dot", text: "complete" },
              complete.length < past.length && { mark: "ring", text: "pruned" },
            ]
          : []
      }
      controls={
        <>
          {header.objectives.length > 1 && (
            <Choose
              label="Objective"
              value={String(index)}
              options={header.objectives.map((o, i) => ({ value: String(i), text: o.name }))}
              onChange={(value) => setIndex(Number(value))}
            />
          )}
          {positive && y && <TickBox label="log" value={log} onChange={setLog} />}
        </>
      }
    >
      <Scatter
        session={session}
        label={`History: ${name} of ${past.length} finished trials${gist}`}
        height={height}
        x={x}
        y={y}
        xTitle={y?.cut ? "finished trials (far values at the edge)" : "finished trials"}
        yTitle={name}
        spots={spots}
        era={key}
        text={text}
        good={improved}
        over={over}
        brush="history"
        axes={[
          { key: "at", title: "finished", of: (row) => places.get(row.number) ?? null, say: (v) => number(Math.round(v)) },
          { key: `value:${index}`, title: name, of: (row) => row.values?.[index] ?? null, say: edge },
        ]}
        empty={ended(header) ? "No trial finished with a value." : "Appears with the first finished trial."}
      />
    </Figure>
  );
}

/** An end of a range, in words; of one that is open nothing. */
export const edge = (value: number): string => (Math.abs(value) === Number.MAX_VALUE ? "" : metric(value));
