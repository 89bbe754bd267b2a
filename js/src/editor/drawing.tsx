// The small drawing of a distribution: where values can lie, and where the code's own is.
import { line } from "../core/text";
import type { EditedRow } from "../core/ranges";
import { chipsOf, stripOf } from "../core/strip";

const [LEFT, WIDE, BASE] = [7, 106, 17];
/** So many choices are drawn; of the rest it is said how many there are. */
const CHIPS = 24;
/** So many characters of choices stand beside the fields; longer lists get a line of their own. */
const BESIDE = 32;

export function Drawing({ row }: { row: EditedRow }) {
  return row.kind === "categorical" ? <Chips row={row} /> : <Strip row={row} />;
}

function Strip({ row }: { row: EditedRow }) {
  const strip = stripOf(row);
  if (!strip) return <span class="hpo-strip" />;
  const x = (at: number): number => LEFT + WIDE * at;
  const { value } = strip;
  const outside = value === null ? 0 : value < -1e-9 ? -1 : value > 1 + 1e-9 ? 1 : 0;
  return (
    <svg class="hpo-strip" viewBox="0 0 120 22" width="120" height="22" aria-hidden="true">
      {strip.grid ? (
        <line class="hpo-axis" x1={x(0)} x2={x(1)} y1={BASE - 3} y2={BASE - 3} />
      ) : (
        <rect class="hpo-band" x={x(0)} width={WIDE} y={BASE - 6} height="6" />
      )}
      {strip.ticks.map(({ at, major }) =>
        strip.grid ? (
          <circle key={at} class="hpo-dot" cx={x(at)} cy={BASE - 3} r={strip.ticks.length > 16 ? 1.2 : 2} />
        ) : (
          <line
            key={at}
            class={major ? "hpo-tick hpo-major" : "hpo-tick"}
            x1={x(at)}
            x2={x(at)}
            y1={major ? BASE - 6 : BASE - 3}
            y2={major ? BASE + 2 : BASE}
          />
        ),
      )}
      {value !== null && outside === 0 && (
        <path class="hpo-now" d={`M${x(value)} ${BASE - 6}l-3.5 -6h7z`} />
      )}
      {outside !== 0 && (
        <path
          class="hpo-now hpo-outside"
          d={outside < 0 ? "M1 14l5 -3.5v7z" : "M119 14l-5 -3.5v7z"}
        />
      )}
    </svg>
  );
}

function Chips({ row }: { row: EditedRow }) {
  const chips = chipsOf(row);
  if (!chips.length) return <span class="hpo-strip" />;
  return (
    <span class="hpo-chips" aria-hidden="true">
      {chips.slice(0, CHIPS).map(({ text, own }) => (
        <span key={text} class={own ? "hpo-bit hpo-current" : "hpo-bit"}>
          {line(text, 40)}
        </span>
      ))}
      {chips.length > CHIPS && <span class="hpo-bit">{`+${chips.length - CHIPS}`}</span>}
    </span>
  );
}

/** Whether the choices need a line of their own. */
export function isLong(row: EditedRow): boolean {
  const chips = row.kind === "categorical" ? chipsOf(row) : [];
  return chips.reduce((length, { text }) => length + text.length + 2, 0) > BESIDE;
}

/** Whether the code's own value can't be suggested: it lies outside of what is searched. */
export function isOutside(row: EditedRow): boolean {
  if (row.kind === "categorical") {
    const chips = chipsOf(row);
    return chips.length > 0 && !chips.some((chip) => chip.own);
  }
  const value = stripOf(row)?.value ?? null;
  return value !== null && (value < -1e-9 || value > 1 + 1e-9);
}
