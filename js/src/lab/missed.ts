// What a page did not see of a study, because it was reloaded: worked out on outputs alone.
import { SNAPSHOT_TYPE, VIEW_TYPE, type Snapshot, type StudySummary, type View } from "../core/protocol";
import { over } from "./studies";

/** An output's MIME bundle, as it stands in the notebook. */
export type Data = Readonly<Record<string, unknown>>;

const WIDGET_TYPE = "application/vnd.jupyter.widget-view+json";

/** The display id of an output of ours; empty for any other. */
export const viewIn = (data: Data): string => (data[VIEW_TYPE] as Partial<View> | null)?.output ?? "";

/** The saved result in an output, which may be damaged. */
const savedIn = (data: Data): Partial<Snapshot> | null => (data[SNAPSHOT_TYPE] as Snapshot) ?? null;

/** Whether an output shows a study, or did so when it was saved. */
export const concerns = (data: Data): boolean => viewIn(data) !== "" || !!savedIn(data)?.study;

/** Whether a saved result is of an earlier end of its study. A study's clock stands when it ends. */
const behind = ({ updates }: Partial<Snapshot>, { elapsed_s }: StudySummary): boolean =>
  updates?.at?.(-1)?.message?.header?.elapsed_s !== elapsed_s;

/**
 * What becomes of an output while a study is as it is. Data: put that there. "result": the study
 * has ended, and its result belongs there. "wait": not yet. Null: nothing. came: the dashboards
 * that came with the file; those of this page's own cells the kernel replaces itself.
 */
export function mended(
  data: Data,
  study: StudySummary,
  came: ReadonlySet<string>,
): Data | "result" | "wait" | null {
  const [saved, view] = [savedIn(data), viewIn(data)];
  if (saved) {
    // Elsewhere than where it was shown last stands what it was like before.
    if (saved.study !== study.id || (view && view !== study.output)) return null;
    return !over(study) ? "wait" : behind(saved, study) ? "result" : null;
  }
  if (!view || view !== study.output || !came.has(view)) return null;
  if (over(study)) return "result";
  if (!(WIDGET_TYPE in data)) return "wait";
  // The widget can't be found before the cell has ended, and not at all after it.
  const { [WIDGET_TYPE]: _, ...rest } = data;
  return rest;
}
