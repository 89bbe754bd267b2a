// The folds or repeats of an opened trial, one by one.
import { metric } from "../core/format";
import type { Row } from "../core/protocol";
import { progress, spreadText } from "../core/rounds";
import type { Session } from "./session";

/** Each as a dot on a scale of all trials' rounds would say less than its number. */
export function Rounds({ row, session }: { row: Row; session: Session }) {
  const header = session.store.header!;
  if (!row.rounds.length) return null;
  const word = header.round_word || "fold";
  const mean = row.rounds.reduce((sum, value) => sum + value, 0) / row.rounds.length;
  const apart = spreadText(row.rounds);
  return (
    <table class="hpo-rounds" aria-label={`Values by ${word}`}>
      <tbody>
        {row.rounds.map((value, i) => (
          <tr key={i}>
            <th scope="row">{`${word} ${i + 1}`}</th>
            <td>{metric(value)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{`mean of ${progress(row, header)}`}</th>
          <td>{apart ? `${metric(mean)} ${apart}` : metric(mean)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
