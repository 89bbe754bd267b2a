// The folds or repeats of an opened trial, one by one.
import { metric } from "../core/format";
import type { Row } from "../core/protocol";
import { progress, spreadText } from "../core/rounds";
import type { Session } from "./session";

/** Their values in order, and their mean with how far they lie apart. */
export function Rounds({ row, session }: { row: Row; session: Session }) {
  const header = session.store.header!;
  if (!row.rounds.length) return null;
  const word = header.round_word || "fold";
  const mean = row.rounds.reduce((sum, value) => sum + value, 0) / row.rounds.length;
  const apart = spreadText(row.rounds);
  return (
    <dl class="hpo-rounds" aria-label={`Values by ${word}`}>
      {row.rounds.map((value, i) => (
        <div key={i}>
          <dt>{`${word} ${i + 1}`}</dt>
          <dd>{metric(value)}</dd>
        </div>
      ))}
      <div>
        <dt>{`mean of ${progress(row, header)}`}</dt>
        <dd>{apart ? `${metric(mean)} ${apart}` : metric(mean)}</dd>
      </div>
    </dl>
  );
}
