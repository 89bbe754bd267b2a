// Two objectives against each other; the front is what no other trial beats.
import { useMemo, useState } from "preact/hooks";
import { hundredths } from "../../core/curves";
import { ofObjective } from "../../core/dimensions";
import { front } from "../../core/front";
import { goal } from "../../core/format";
import type { Row } from "../../core/protocol";
import { dot, type Frame } from "../frame";
import type { Session } from "../session";
import { finishedOf, useGrown } from "./data";
import { Choose, Figure } from "./figure";
import { edge } from "./history";
import { Scatter, staircase, type Spot } from "./scatter";

export function Pareto({ session }: { session: Session }) {
  session.version.value;
  const header = session.store.header!;
  const { objectives } = header;
  const [chosen, setChosen] = useState<[number, number]>([0, 1]);
  const { complete, era } = finishedOf(session);
  const size = complete.length;
  const length = hundredths(size);
  const [x, y] = useMemo(() => {
    const made = chosen.map((index) => ofObjective(header, index, complete));
    return [made[0]!, made[1]!] as const;
  }, [chosen, era, length]);
  const best = useMemo(() => {
    const sound = complete.filter((row) => !row.infeasible);
    const of = front(sound.map((row) => row.values!), objectives.map((o) => o.direction));
    return sound.filter((_, i) => of[i]);
  }, [era, size]);
  const key = `${era} ${chosen.join()}`;
  const spots = useGrown(complete, key, (row: Row): Spot | null => {
    const [vx, vy] = [x.of(row), y.of(row)];
    const hollow = row.infeasible !== "";
    return vx === null || vy === null ? null : { number: row.number, x: vx, y: vy, hollow };
  });
  const good = new Set(best.map((row) => row.number));
  const over = (frame: Frame): void => {
    if (objectives.length !== 2 || !best.length) return;
    const line = best
      .map((row): [number, number] => [frame.x(x.of(row)!), frame.y(y.of(row)!)])
      .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    // The corner between two trials is on the side that is worse in both.
    const rising = objectives[chosen[0]]!.direction === "maximize";
    frame.context.strokeStyle = frame.ink.good;
    frame.context.lineWidth = 1.5;
    frame.context.globalAlpha = 0.7;
    staircase(frame, rising ? [...line].reverse() : line);
    frame.context.globalAlpha = 1;
    for (const [px, py] of line) dot(frame, px, py, 3.5, frame.ink.good);
  };
  const options = objectives.map((o, i) => ({ value: String(i), text: o.name }));
  const choose = (at: 0 | 1, index: number): void => {
    const next: [number, number] = [...chosen];
    if (next[1 - at] === index) next[(1 - at) as 0 | 1] = next[at];
    next[at] = index;
    setChosen(next);
  };
  const titles = chosen.map((index) => `${objectives[index]!.name} (${objectives[index]!.direction})`);
  const text = (spot: Spot): string => {
    const row = session.store.rows.get(spot.number)!;
    const values = objectives.map((o, i) => `${o.name} ${goal(row.values?.[i], o)}`).join(" · ");
    const broken = row.infeasible && ` · infeasible: ${row.infeasible}`;
    return `Trial ${spot.number} · ${values}${good.has(spot.number) ? " · on the front" : broken}`;
  };
  const some = spots.length > 0;
  const broken = spots.reduce((sum, { hollow }) => sum + Number(hollow), 0);
  return (
    <div class="hpo-single">
      <Figure
        title="Pareto front"
        keys={
          some
            ? [
                { mark: "front", text: "front" },
                good.size + broken < spots.length && { mark: "dot", text: "beaten by another trial" },
                broken > 0 && { mark: "ring", text: "infeasible" },
              ]
            : []
        }
        controls={
          objectives.length > 2 && (
            <>
              <Choose label="x" value={String(chosen[0])} options={options} onChange={(v) => choose(0, Number(v))} />
              <Choose label="y" value={String(chosen[1])} options={options} onChange={(v) => choose(1, Number(v))} />
            </>
          )
        }
      >
        <Scatter
          session={session}
          label={`Pareto front: ${good.size} of ${spots.length} complete trials, ${titles.join(" against ")}`}
          height={440}
          x={some ? x.axis : null}
          y={y.axis}
          xTitle={titles[0]!}
          yTitle={titles[1]!}
          spots={spots}
          era={key}
          text={text}
          good={good}
          over={over}
          brush="pareto"
          axes={[
            { ...x, say: edge },
            { ...y, say: edge },
          ]}
          empty="Appears with the first complete trial."
        />
      </Figure>
    </div>
  );
}
