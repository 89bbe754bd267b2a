import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { KernelStudies } from "../src/lab/studies";
import { FakeKernel, FakeSignal } from "./fake";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("asks again when a cell ended while an answer of before was awaited", async () => {
  const kernel = Object.assign(new FakeKernel(), { iopubMessage: new FakeSignal<object>() });
  kernel.knows = undefined;
  kernel.answer = () => ({ data: [] });
  const studies = new KernelStudies(kernel as unknown as ConstructorParameters<typeof KernelStudies>[0]);
  studies.look(true);
  const status = (execution_state: string): void =>
    kernel.iopubMessage.emit({
      header: { msg_type: "status" },
      parent_header: { msg_type: "execute_request" },
      content: { execution_state },
    });
  status("busy");
  status("idle"); // the cell that loaded it
  await vi.advanceTimersByTimeAsync(1000);
  kernel.late(false); // it had not, when it was asked
  kernel.knows = true;
  await vi.advanceTimersByTimeAsync(1000);
  expect(studies.list.value).toEqual([]);
  studies.dispose();
});
