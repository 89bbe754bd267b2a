// Parameter importance as bars: text and lengths, so that it reads without the picture.
import type { Importances } from "../../core/protocol";
import { Figure } from "./figure";

interface Props {
  found: Importances | null;
  index: number;
  complete: number;
  chosen: readonly string[];
  onChoose: (name: string) => void;
}

/** With fewer trials it goes by chance: the best tenth is one or two of them. */
const FEW = 20;

export function Importance({ found, index, complete, chosen, onChoose }: Props) {
  const values = Object.entries(found?.of[index]?.values ?? {}).sort((a, b) => b[1] - a[1]);
  const most = values[0]?.[1] || 1;
  const empty =
    complete < 2
      ? "Needs two complete trials."
      : found?.why || (found && !found.busy ? "No parameter can be compared yet." : "Being computed…");
  const from = found ? `from ${found.n} complete trials` : "";
  const says = found?.of[index]?.says ?? [];
  const note = found && found.n < FEW ? `${from}: too few to rely on` : from;
  return (
    <Figure title="Importance" class="hpo-importance">
      {values.length === 0 ? (
        <p class="hpo-empty">{empty}</p>
      ) : (
        <>
          <table aria-label="Share of each parameter in what makes trials good">
            <tbody>
              {values.map(([name, value]) => (
                <tr key={name} class={chosen.includes(name) ? "hpo-chosen" : ""}>
                  <th scope="row">
                    <button type="button" title={`Show ${name} in the contour`} onClick={() => onChoose(name)}>
                      {name}
                    </button>
                  </th>
                  <td>
                    <i style={{ width: `${(100 * value) / most}%` }} />
                  </td>
                  <td class="hpo-num">{percent(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {says.map((sentence) => (
            <p key={sentence} class="hpo-said">
              {sentence}
            </p>
          ))}
          <p class="hpo-note-below">{`PED-ANOVA, ${note}${found?.busy ? "; newer ones on their way" : ""}`}</p>
        </>
      )}
    </Figure>
  );
}

const percent = (value: number): string => (value > 0 && value < 0.005 ? "<1%" : `${Math.round(100 * value)}%`);
