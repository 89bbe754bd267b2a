// An exported report: the board over the result that stands in the page itself. No network.
import { mount } from "../board/board";
import { Session } from "../board/session";
import { revive } from "../core/decode";
import { SNAPSHOT_FORMAT, type Snapshot } from "../core/protocol";
import { SnapshotTransport } from "../core/transport";

export function show(page: Document): void {
  const place = page.getElementById("hpo-report");
  const data = page.getElementById("hpo-snapshot");
  if (!place || !data) return;
  try {
    const snapshot = revive(JSON.parse(data.textContent ?? "")) as Snapshot;
    if (snapshot.format !== SNAPSHOT_FORMAT) throw new TypeError(`format ${snapshot.format}`);
    mount(place, new Session(new SnapshotTransport(snapshot)));
  } catch (error) {
    console.warn("jupyter_hpo: the report is damaged", error);
    place.textContent = "This report is damaged and can't be shown. Export it again.";
  }
}

show(document);
