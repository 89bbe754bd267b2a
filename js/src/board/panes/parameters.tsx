// The pane of the parameters: which mattered, and how.
import { useMemo, useRef, useState } from "preact/hooks";
import { ofObjective, ofParam, type Dimension } from "../../core/dimensions";
import { settled } from "../../core/axis";
import { hundredths } from "../../core/curves";
import { ended } from "../header";
import type { Session } from "../session";
import { Contour } from "./contour";
import { finishedOf } from "./data";
import { Choose, TickBox } from "./figure";
import { Importance } from "./importance";
import { useImportances } from "./importances";
import { Parallel } from "./parallel";
import { Slices } from "./slices";

export function Parameters({ session }: { session: Session }) {
  session.version.value;
  const header = session.store.header!;
  const [index, setIndex] = useState(0);
  const [pruned, setPruned] = useState(true);
  const [asked, setAsked] = useState<readonly string[]>([]);
  const found = useImportances(session);
  const { complete, pruned: early, era } = finishedOf(session, index);

  // Values outside of the ranges are rare, and looked for when there are half as many trials more.
  const grown = Math.floor(Math.log(complete.length + early.length + 1) / Math.log(1.5));
  const shape = header.params.map((p) => `${p.name} ${p.kind} ${p.log} ${p.low} ${p.high} ${p.choices?.join()}`).join();
  const dimensions = useMemo(
    () => header.params.map((info) => ofParam(info, [...complete, ...early])),
    [shape, era, grown],
  );
  const objective = useObjective(session, index, pruned);

  const shares = found?.of[index]?.values;
  const ranked = [...dimensions].sort((a, b) => (shares?.[b.title] ?? 0) - (shares?.[a.title] ?? 0));
  const known = asked.filter((name) => dimensions.some((d) => d.title === name));
  const names = [...new Set([...known, ...ranked.map((d) => d.title)])].slice(0, 2);
  const pair = names.map((name) => dimensions.find((d) => d.title === name)!);
  const choose = (name: string): void => {
    if (!names.includes(name)) setAsked([name, names[0]!]);
  };
  if (!complete.length && !(pruned && early.length)) {
    const text = ended(header) ? "No trial is complete." : "Appears with the first complete trial.";
    return <p class="hpo-empty hpo-single">{text}</p>;
  }
  return (
    <>
      <div class="hpo-controls hpo-bar-of-controls">
        {header.objectives.length > 1 && (
          <Choose
            label="Objective"
            value={String(index)}
            options={header.objectives.map((o, i) => ({ value: String(i), text: o.name }))}
            onChange={(value) => setIndex(Number(value))}
          />
        )}
        {early.length > 0 && <TickBox label="show pruned trials, at their last report" value={pruned} onChange={setPruned} />}
      </div>
      <div class="hpo-params">
        <Importance found={found} index={index} count={header.n_complete + header.n_pruned} chosen={pair.length > 1 ? names : []} onChoose={choose} />
        {pair.length > 1 && (
          <Contour
            session={session}
            dimensions={dimensions}
            pair={[pair[0]!, pair[1]!]}
            objective={objective}
            index={index}
            pruned={pruned}
            onPair={setAsked}
          />
        )}
        <Parallel session={session} dimensions={dimensions} objective={objective} index={index} pruned={pruned} />
        <Slices session={session} dimensions={ranked} objective={objective} index={index} pruned={pruned} />
      </div>
    </>
  );
}

/** The objective's axis, that moves only when it has to. */
function useObjective(session: Session, index: number, pruned: boolean): Dimension {
  const kept = useRef<{ key: string; found: Dimension } | null>(null);
  const header = session.store.header!;
  const finished = finishedOf(session, index);
  const { complete, era } = finished;
  const early = pruned ? finished.pruned : [];
  const size = hundredths(complete.length + early.length);
  return useMemo(() => {
    const next = ofObjective(header, index, complete, early);
    const key = `${index} ${era} ${pruned}`;
    const before = kept.current?.key === key ? kept.current.found : null;
    const found = before && settled(before.axis, next.axis) === before.axis ? before : next;
    kept.current = { key, found };
    return found;
  }, [index, era, size, pruned]);
}
