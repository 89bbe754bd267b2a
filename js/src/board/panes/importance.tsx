// Parameter importance as bars: text and lengths, so that it reads without the picture.
import type { Importances } from "../../core/protocol";
import { Figure } from "./figure";

interface Props {
  found: Importances | null;
  index: number;
  /** Trials that ended with a value. */
  count: number;
  chosen: readonly string[];
  onChoose: (name: string) => void;
}

export function Importance({ found, index, count, chosen, onChoose }: Props) {
  const values = Object.entries(found?.of[index]?.values ?? {}).sort((a, b) => b[1] - a[1]);
  const most = values[0]?.[1] || 1;
  const empty =
    count < 2
      ? "Needs two trials that ended with a value."
      : found?.why || (found && !found.busy ? "No parameter can be compared yet." : "Being computed…");
  const says = found?.of[index]?.says ?? [];
  const note = `from ${found?.of[index]?.rests || `${found?.n} trials`}`;
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
