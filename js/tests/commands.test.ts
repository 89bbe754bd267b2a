import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, CommandClient, FALLBACK_MS, knowsUs, PATIENCE_MS } from "../src/core/commands";
import { FakeKernel, FakeModel } from "./fake";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("CommandClient", () => {
  it("goes by the control channel, and not by the comm when that answers", async () => {
    const model = new FakeModel(new FakeKernel());
    const reply = await new CommandClient(model).send({ command: "stop_trial", number: 3 });
    expect(reply.ok).toBe(true);
    const [message] = model.kernel!.messages;
    expect(message!.channel).toBe("control");
    expect(message!.header.msg_type).toBe("jupyter_hpo_request");
    expect(message!.content).toMatchObject({ study: "s", command: "stop_trial", number: 3 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(model.sent).toEqual([]);
  });

  it("sends the same id over the comm when the control channel is silent", async () => {
    const model = new FakeModel(new FakeKernel());
    model.kernel!.answer = () => undefined;
    const promise = new CommandClient(model).send({ command: "pause" });
    await vi.advanceTimersByTimeAsync(FALLBACK_MS - 1);
    expect(model.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(model.sent[0]!.id).toBe(model.kernel!.messages[0]!.content.id);
    const { id } = model.sent[0]!;
    model.receive({ kind: "reply", reply: { id, ok: true, message: "late", problems: [] } });
    expect((await promise).message).toBe("late");
  });

  it.each([
    ["without a kernel object", null],
    ["when the kernel is not connected", new FakeKernel()],
  ])("uses the comm at once %s", async (_, kernel) => {
    if (kernel) kernel.answer = () => null;
    const model = new FakeModel(kernel);
    void new CommandClient(model).send({ command: "pause" });
    expect(model.sent.map((c) => c.command)).toEqual(["pause"]);
  });

  it("says so when nobody answers", async () => {
    const promise = new CommandClient(new FakeModel(null)).send({ command: "pause" });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await promise).toMatchObject({ ok: false });
  });
});

describe("a control channel that has fallen silent", () => {
  const silent = (): [FakeKernel, FakeKernel] => {
    const [kernel, spare] = [new FakeKernel(), new FakeKernel()];
    [kernel.answer, kernel.knows, kernel.next] = [() => undefined, undefined, spare];
    return [kernel, spare];
  };

  it("is gone around by a connection of our own, until the kernel restarts", async () => {
    const [kernel, spare] = silent();
    const reply = ask(kernel, "s", { command: "stop" });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(spare.messages).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await reply).ok).toBe(true);
    expect(spare.messages[0]!.content.id).toBe(kernel.messages[0]!.content.id);
    expect((await ask(kernel, "s", { command: "pause" })).ok).toBe(true);
    expect(await knowsUs(kernel)).toBe(true);
    expect([kernel.messages.length, spare.messages.length]).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([kernel.messages.length, spare.messages.length]).toEqual([1, 2]);

    kernel.answer = () => ({});
    kernel.statusChanged.emit("restarting");
    expect(spare.isDisposed).toBe(true);
    expect((await ask(kernel, "s", { command: "stop" })).ok).toBe(true);
    expect([kernel.messages.length, spare.messages.length]).toEqual([2, 2]);
  });

  it("needs none when it was only late", async () => {
    const [kernel, spare] = silent();
    spare.answer = () => undefined;
    void ask(kernel, "s", { command: "studies" });
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(spare.messages.length).toBe(1);
    kernel.answer = () => ({});
    expect((await ask(kernel, "s", { command: "stop" })).ok).toBe(true);
    expect(spare.isDisposed).toBe(true);
  });

  it.each([
    ["a kernel that restarts", { status: "restarting" }],
    ["one that is not connected", { connectionStatus: "connecting" }],
    ["a front end that can't", { next: null }],
  ])("is waited for with %s", async (_, how) => {
    const [kernel, spare] = silent();
    Object.assign(kernel, how);
    const reply = ask(kernel, "s", { command: "stop" });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await reply).toMatchObject({ ok: false });
    expect(spare.messages).toEqual([]);
  });
});
