import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandClient } from "../src/core/commands";
import type { EditorSpec } from "../src/core/protocol";
import { Editor } from "../src/editor/editor";
import { FakeKernel, FakeModel } from "./fake";

const base = { place: "line 1", code: "", value: "1", condition: "", declared: false, why: "" };
const spec: EditorSpec = {
  study: "digits",
  notices: [],
  found: [
    { title: "Every trial runs again", rows: [["In[2], line 3", "builds model", "model = Net()"]] },
  ],
  rows: [
    {
      ...base,
      name: "lr",
      value_kind: "float",
      kind: "float",
      low: "1e-5",
      high: "1e-1",
      log: true,
      step: "",
      choices: [],
      ticked: true,
      problems: [],
    },
    {
      ...base,
      name: "act",
      value_kind: "str",
      kind: "categorical",
      low: "",
      high: "",
      log: false,
      step: "",
      choices: ["relu", "tanh"],
      ticked: false,
      problems: [],
    },
  ],
  settings: {
    objectives: [{ name: "acc", direction: "maximize", why: "assigned in the loop at line 3" }],
    trials: "40",
    timeout: "",
    jobs: "auto",
    sampler: "",
    pruner: "",
    device: "",
    samplers: [],
    pruners: [],
    devices: [],
  },
};

let root: HTMLElement;
let model: FakeModel;
const text = (): string => root.textContent!;
const inputs = (): HTMLInputElement[] => [...root.querySelectorAll("input")];
const start = (): Promise<void> =>
  act(async () => {
    root.querySelector<HTMLButtonElement>("button[type=submit]")!.click();
    await Promise.resolve();
    await Promise.resolve();
  });
const type = (input: HTMLInputElement, value: string): void => {
  void act(() => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
};

beforeEach(() => {
  model = new FakeModel(new FakeKernel());
  root = document.createElement("div");
  document.body.append(root);
  act(() => render(<Editor spec={spec} client={new CommandClient(model)} />, root));
});
afterEach(() => {
  act(() => render(null, root));
  root.remove();
});

describe("Editor", () => {
  it("sends the ticked rows and the settings", async () => {
    await start();
    expect(model.kernel!.messages[0]!.content).toMatchObject({
      command: "start",
      choice: {
        objective: "acc",
        direction: "maximize",
        trials: "40",
        rows: [{ name: "lr", kind: "float", low: "1e-5", high: "1e-1", log: true }],
      },
    });
  });

  it("shows what was found besides, closed until asked for, and why of the objective", () => {
    const details = root.querySelector("details")!;
    expect(details.open).toBe(false);
    expect([...details.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual([
      "In[2], line 3",
      "builds model",
      "model = Net()",
    ]);
    expect(text()).toContain("acc: assigned in the loop at line 3");
  });

  it("shows a bad range beside its row at once, and does not start", async () => {
    type(inputs()[1]!, "5");
    expect(text()).toContain("Low 5 is greater than high 1e-1.");
    await start();
    expect(model.kernel!.messages).toEqual([]);
    expect(text()).toContain("Not started: one thing to put right.");
    type(inputs()[1]!, "1e-6");
    expect(text()).not.toContain("greater than high");
  });

  it("shows the kernel's problems beside their rows until they are edited", async () => {
    model.kernel!.answer = () => ({
      ok: false,
      message: "Not started: one thing to put right.",
      problems: [{ name: "lr", message: "lr is never read." }],
    });
    await start();
    expect(root.querySelector(".hpo-row .hpo-problems")!.textContent).toContain("never read");
    expect(root.querySelector<HTMLButtonElement>("button[type=submit]")!.disabled).toBe(false);
    type(inputs()[1]!, "1e-4");
    expect(text()).not.toContain("never read");
  });

  it("needs something ticked", async () => {
    act(() => inputs()[0]!.click());
    await start();
    expect(text()).toContain("Nothing is ticked.");
  });

  it("Enter in a field does not start, Ctrl+Enter does", async () => {
    const press = (ctrlKey: boolean): Promise<void> =>
      act(async () => {
        const event = new KeyboardEvent("keydown", { key: "Enter", ctrlKey, bubbles: true });
        inputs()[1]!.dispatchEvent(event);
        await Promise.resolve();
      });
    await press(false);
    expect(model.kernel!.messages).toEqual([]);
    await press(true);
    expect(model.kernel!.messages.length).toBe(1);
  });
});
