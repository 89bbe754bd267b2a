// A second connection to a kernel, for when the first one's control channel falls silent.
//
// After a restart of the kernel the server gives a page its channels again under the name they
// had before, and now and then the kernel's end of the control channel goes on with the old ones:
// then nothing that is sent there ever arrives, while the rest of the connection works, and only
// a connection under another name helps. Seen with jupyter-server 2 and ipykernel 7.
import type { Kernel } from "./commands";

type Slot = (sender: unknown, status: string) => void;

/** What of a JupyterLab kernel connection is needed for it; elsewhere there is none of this. */
interface Connection extends Kernel {
  clone?: (options: { handleComms: boolean }) => Connection;
  dispose?: () => void;
  isDisposed?: boolean;
  status?: string;
  connectionStatus?: string;
  statusChanged?: { connect(slot: Slot): unknown; disconnect(slot: Slot): unknown };
  disposed?: { connect(slot: () => void): unknown };
}

interface Spare {
  connection: Connection;
  /** It has answered what the first one had not. */
  proven: boolean;
}

const spares = new WeakMap<Kernel, Spare>();
/** While a kernel comes or goes its silence says nothing of the channel. */
const PASSING = new Set(["starting", "restarting", "autorestarting", "terminating", "dead"]);

/** The connections to send to now. */
export function connections(kernel: Kernel): Kernel[] {
  const spare = spares.get(kernel);
  if (spare?.connection.isDisposed) drop(kernel);
  if (!spare || spare.connection.isDisposed) return [kernel];
  const connected = (spare.connection.connectionStatus ?? "connected") === "connected";
  return spare.proven && connected ? [spare.connection] : [kernel, spare.connection];
}

/** One of the kernel's connections has brought a reply. */
export function answered(kernel: Kernel, by: Kernel): void {
  const spare = spares.get(kernel);
  if (!spare) return;
  if (by === spare.connection) spare.proven = true;
  else if (!spare.proven) drop(kernel);
}

/** The connection to ask instead of one whose control channel is silent; null: there is none. */
export function instead(kernel: Kernel): Kernel | null {
  const first = kernel as Connection;
  const known = spares.get(kernel);
  if (known) return known.connection;
  if (!first.clone || first.isDisposed || first.connectionStatus !== "connected") return null;
  if (PASSING.has(first.status ?? "")) return null;
  let connection: Connection;
  try {
    connection = first.clone({ handleComms: false });
  } catch {
    return null; // a front end that only looks like JupyterLab
  }
  spares.set(kernel, { connection, proven: false });
  const end: Slot = (_, status) => {
    if (!PASSING.has(status)) return;
    first.statusChanged?.disconnect(end);
    drop(kernel); // the first one begins anew
  };
  first.statusChanged?.connect(end);
  first.disposed?.connect(() => drop(kernel));
  return connection;
}

function drop(kernel: Kernel): void {
  const spare = spares.get(kernel);
  spares.delete(kernel);
  spare?.connection.dispose?.();
}
