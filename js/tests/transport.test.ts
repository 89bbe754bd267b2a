import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Decoded } from "../src/core/decode";
import type { Packed } from "../src/core/protocol";
import { FOLLOW_MS, KernelTransport, REST_MS, SnapshotTransport, WidgetTransport } from "../src/core/transport";
import { FakeKernel, FakeModel } from "./fake";
import { header } from "./help";

const nothing = { n: 0, columns: [], texts: {} };
const packed = (seq: number, more: Partial<Packed["message"]> = {}): Packed => ({
  message: {
    kind: "update",
    seq,
    version: seq,
    reset: seq === 1,
    more: false,
    header: header(),
    rows: nothing,
    points: { ...nothing, columns: ["number", "step", "value"].map((name) => ({ name, type: "f8", offset: 0, labels: null, exact: null })) },
    ...more,
  },
  buffer: "",
});

describe("KernelTransport", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const asked = (kernel: FakeKernel): (number | null)[] =>
    kernel.messages.map(({ content }) => content.number);
  const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(FOLLOW_MS);

  it("asks anew first, then for news, and anew after a gap", async () => {
    const kernel = new FakeKernel();
    let seq = 0;
    kernel.answer = () => ({ data: packed(++seq) });
    const transport = new KernelTransport(() => kernel, "s");
    const taken: number[] = [];
    transport.listen((update: Decoded) => {
      taken.push(update.seq);
      return update.seq !== 3; // as if one before it were missing
    });
    for (let i = 0; i < 4; i++) await turn();
    transport.dispose();
    expect(taken.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(asked(kernel).slice(0, 4)).toEqual([1, 0, 0, 1]);
  });

  it("fetches the rest of a big update at once", async () => {
    const kernel = new FakeKernel();
    let seq = 0;
    kernel.answer = () => ({ data: packed(++seq, { more: seq < 3 }) });
    const transport = new KernelTransport(() => kernel, "s");
    transport.listen(() => true);
    await vi.advanceTimersByTimeAsync(FOLLOW_MS / 2);
    expect(kernel.messages.length).toBe(3);
    transport.dispose();
    await turn();
    expect(kernel.messages.length).toBe(3);
  });

  it("begins anew with a kernel that was away", async () => {
    const kernel = new FakeKernel();
    let here: FakeKernel | null = kernel;
    kernel.answer = () => ({ data: packed(1) });
    const transport = new KernelTransport(() => here, "s");
    const said: string[] = [];
    transport.listen(() => true, (sentence) => said.push(sentence));
    await turn();
    here = null;
    await turn();
    expect(said.at(-1)).toContain("has ended");
    here = kernel;
    await turn();
    expect(asked(kernel)).toEqual([1, 0]); // a refusal is not asked about again at once
    await vi.advanceTimersByTimeAsync(REST_MS);
    transport.dispose();
    expect(said.at(-1)).toBe("");
    expect(asked(kernel).slice(0, 3)).toEqual([1, 0, 1]);
  });

  it("says what became of the study, and asks a kernel that was restarted no more", async () => {
    const kernel = new FakeKernel();
    kernel.answer = () => ({ data: packed(1) });
    const said: string[] = [];
    const transport = new KernelTransport(() => kernel, "s");
    transport.listen(() => true, (sentence) => void (said.at(-1) !== sentence && said.push(sentence)));
    await turn();
    kernel.answer = () => ({ ok: false, message: "It has none of it." });
    await turn();
    kernel.answer = () => ({ data: packed(1) });
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect(said).toEqual(["", "It has none of it.", ""]);
    kernel.statusChanged.emit("busy");
    kernel.statusChanged.emit("restarting");
    expect(said.at(-1)).toMatch(/was restarted\. Run the notebook again/);
    const before = kernel.messages.length;
    await vi.advanceTimersByTimeAsync(10 * REST_MS);
    expect(kernel.messages.length).toBe(before);
    expect(said.length).toBe(4);
  });

  it("asks nothing of a kernel that does not know us", async () => {
    const kernel = new FakeKernel();
    kernel.knows = false;
    const said: string[] = [];
    new KernelTransport(() => kernel, "s").listen(() => true, (sentence) => said.push(sentence));
    await vi.advanceTimersByTimeAsync(10 * REST_MS);
    expect(said).toEqual([expect.stringContaining("was restarted")]);
    expect(kernel.messages).toEqual([]);
  });

  it("asks less often once the study has ended, and as often when it goes on", async () => {
    const kernel = new FakeKernel();
    let state: "finished" | "running" = "finished";
    kernel.answer = () => ({ data: packed(1, { header: { ...header(), state } }) });
    const transport = new KernelTransport(() => kernel, "s");
    transport.listen(() => true);
    await turn();
    await turn();
    expect(kernel.messages.length).toBe(1);
    state = "running";
    await vi.advanceTimersByTimeAsync(REST_MS);
    const before = kernel.messages.length;
    await vi.advanceTimersByTimeAsync(4 * FOLLOW_MS);
    expect(kernel.messages.length).toBe(before + 4);
    transport.dispose();
  });
});

describe("WidgetTransport", () => {
  it("says that its kernel is gone, where the front end tells", () => {
    const model = new FakeModel(new FakeKernel());
    const said: string[] = [];
    const transport = new WidgetTransport(model);
    transport.listen(() => true, (sentence) => said.push(sentence));
    model.kernel!.statusChanged.emit("idle");
    expect(said).toEqual([]);
    model.kernel!.statusChanged.emit("dead");
    model.kernel!.disposed.emit();
    const ended = expect.stringContaining("has ended. Run the notebook again");
    expect(said).toEqual([ended, ended]);
    transport.dispose();
    model.kernel!.statusChanged.emit("restarting");
    expect(said.length).toBe(2);
  });
});

describe("SnapshotTransport", () => {
  const detail = { number: 3, params: {}, traceback: "", log: "hello", figures: {} };
  const snapshot = {
    format: 1,
    study: "s",
    updates: [packed(1)],
    details: [detail],
    importances: null,
    apply: [],
    left_out: "",
  };

  it("gives what was saved, and refuses the rest with a sentence", async () => {
    const transport = new SnapshotTransport(snapshot);
    const taken: number[] = [];
    transport.listen((update) => taken.push(update.seq) > 0);
    expect(taken).toEqual([1]);
    expect((await transport.send({ command: "detail", number: 3 })).data).toEqual(detail);
    expect((await transport.send({ command: "detail", number: 9 })).data).toBeNull();
    expect((await transport.send({ command: "apply" })).data).toEqual([]);
    expect(await transport.send({ command: "stop" })).toMatchObject({ ok: false });
  });
});
