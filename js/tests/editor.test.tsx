import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EDITS_EVENT, type EditsDetail } from "../src/board/edits";
import type { EditorChoice, EditorSpec, Reply } from "../src/core/protocol";
import { Editor } from "../src/editor/editor";
import { choice_row, editor_row, editor_settings, editor_spec } from "./editor_help";

let root: HTMLElement;
/** What was sent, and what is answered. */
let sent: [string, EditorChoice][];
let answers: Record<string, Partial<Reply> | undefined>;

const ask =
  (name: string) =>
  (choice: EditorChoice): Promise<Reply> => {
    sent.push([name, choice]);
    const reply = { id: "", ok: true, message: "", problems: [], data: null };
    return Promise.resolve({ ...reply, ...answers[name] });
  };

function draw(spec: EditorSpec = editor_spec(), more: object = {}): void {
  act(() =>
    render(
      <Editor
        spec={spec}
        label="Start"
        busyLabel="Starting…"
        submit={ask("start")}
        plan={ask("plan")}
        writeMarks={ask("write_marks")}
        {...more}
      />,
      root,
    ),
  );
}

const text = (): string => root.textContent!;
const field = (name: string, row = "lr"): HTMLInputElement =>
  root.querySelector(`[data-name="${row}"] [data-field=${name}]`)!;
const setting = (name: string): HTMLInputElement =>
  root.querySelector(`.hpo-settings [data-field=${name}]`)!;
const button = (name: string): HTMLButtonElement =>
  [...root.querySelectorAll("button")].find(
    (b) => b.textContent!.includes(name) || b.getAttribute("aria-label") === name,
  )!;
const settle = (ms = 0): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });
const click = async (element: HTMLElement): Promise<void> => {
  void act(() => element.click());
  await settle();
};
const type = (input: HTMLInputElement, value: string): void => {
  void act(() => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
};
const choose = (select: HTMLSelectElement, value: string): void => {
  void act(() => {
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
};
const press = (element: HTMLElement, key: string, more: object = {}): void => {
  void act(() => {
    element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  });
};

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  answers = {};
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  act(() => render(null, root));
  root.remove();
  vi.useRealTimers();
});

describe("Start", () => {
  it("sends the ticked rows and the settings, once", async () => {
    draw();
    type(setting("trial_timeout"), "5m");
    choose(root.querySelector<HTMLSelectElement>(".hpo-budget select")!, "random");
    await click(button("Start"));
    await click(button("Start"));
    const started = sent.filter(([name]) => name === "start");
    expect(started.length).toBe(1);
    expect(started[0]![1]).toMatchObject({
      objective: "acc",
      direction: "maximize",
      trials: "40",
      trial_timeout: "5m",
      sampler: "random",
      rows: [{ name: "lr", kind: "float", low: "1e-5", high: "1e-1", log: true }],
    });
    expect(button("Starting…").disabled).toBe(true);
  });

  it("is refused while a range is wrong; the field that is wrong gets the focus", async () => {
    draw();
    type(field("high"), "1e-9");
    expect(text()).toContain("Low 1e-5 is greater than high 1e-9.");
    await click(button("Start"));
    expect(sent).toEqual([]);
    expect(text()).toContain("Not sent: one thing to put right.");
    expect(document.activeElement).toBe(field("low"));
    expect(field("low").getAttribute("aria-invalid")).toBe("true");
    expect(field("high").getAttribute("aria-invalid")).toBe("false");
    const describes = field("low").getAttribute("aria-describedby")!;
    expect(document.getElementById(describes)!.textContent).toContain("greater than");
    type(field("high"), "1");
    expect(text()).not.toContain("greater than high");
  });

  it("says what is still empty only once it is pressed", async () => {
    draw(editor_spec({ settings: editor_settings({ objectives: [], chosen: 0 }) }));
    expect(text()).not.toContain("Name what to optimise");
    await click(button("Start"));
    expect(text()).toContain("Name what to optimise, such as val_acc.");
    expect(document.activeElement).toBe(setting("objective"));
  });

  it("shows the kernel's problems beside their rows until they are edited", async () => {
    answers["start"] = {
      ok: false,
      message: "Not started: one thing to put right.",
      problems: [{ name: "lr", message: "lr is never read." }],
    };
    draw();
    await click(button("Start"));
    expect(root.querySelector(".hpo-row .hpo-problems")!.textContent).toContain("never read");
    expect(button("Start").disabled).toBe(false);
    expect(document.activeElement!.closest("[data-name=lr]")).not.toBeNull();
    type(field("low"), "1e-4");
    expect(text()).not.toContain("never read");
  });

  it("needs something ticked", async () => {
    draw();
    await click(field("tick"));
    await click(button("Start"));
    expect(text()).toContain("Nothing is ticked.");
    expect(sent).toEqual([]);
  });

  it("does not follow Enter in a field, but Ctrl+Enter", async () => {
    draw();
    press(field("low"), "Enter");
    await settle();
    expect(sent).toEqual([]);
    press(field("low"), "Enter", { ctrlKey: true });
    await settle();
    expect(sent.length).toBe(1);
  });
});

describe("a row", () => {
  it("says who declared its value, or why it is proposed", () => {
    const rows = [
      editor_row({ source: "mark", why: "a learning rate" }),
      editor_row({ name: "b", source: "line" }),
      editor_row({ name: "c", source: "space" }),
      editor_row({ name: "d", why: "a learning rate", place: "In[2], line 7" }),
    ];
    draw(editor_spec({ rows }));
    const where = [...root.querySelectorAll(".hpo-where")].map((e) => e.textContent);
    expect(where).toEqual([
      "line 1 · by its mark",
      "line 1 · by the magic line",
      "line 1 · by the search space",
      "In[2], line 7 · a learning rate",
    ]);
  });

  it("becomes another kind, and goes back to the proposal", async () => {
    draw();
    choose(root.querySelector<HTMLSelectElement>("[data-name=lr] select")!, "categorical");
    expect(field("choiceText").value).toBe("1e-5 | 0.001 | 1e-1");
    expect([...root.querySelectorAll(".hpo-current")].map((e) => e.textContent)).toEqual(["0.001"]);
    await click(button("Reset lr"));
    expect(field("low").value).toBe("1e-5");
    expect(button("Reset lr")).toBeUndefined();
  });

  it("has a condition", async () => {
    draw();
    type(field("condition"), "act == relu");
    await click(button("Start"));
    expect(sent[0]![1].rows[0]!.condition).toBe("act == relu");
  });

  it("that is not ticked is one line, with its range in words", async () => {
    draw();
    expect(root.querySelector("[data-name=act] .hpo-summary")!.textContent).toBe("relu | tanh");
    expect(field("choiceText", "act")).toBeNull();
    await click(field("tick", "act"));
    expect(field("choiceText", "act").value).toBe("relu | tanh");
  });

  it("says when the code's own value can't be tried", () => {
    draw(editor_spec({ rows: [editor_row({ value: "5" })] }));
    expect(text()).toContain("not in the range");
  });

  it("shows HTML and marks of direction in names and code as text", () => {
    const name = "<img src=x onerror=alert(1)>\u202egnp";
    draw(editor_spec({ rows: [editor_row({ name, code: "<b>x</b>", value: "<i>" })], study: name }));
    expect(root.querySelector("img, .hpo-code b, .hpo-own-value i")).toBeNull();
    expect(text()).toContain("<img src=x onerror=alert(1)>\\u202egnp");
  });
});

describe("many values", () => {
  const rows = Array.from({ length: 200 }, (_, i) =>
    editor_row({ name: `v${i}`, ticked: i < 20, cell: i < 100 ? 0 : 2 }),
  );
  const names = (): string[] =>
    [...root.querySelectorAll<HTMLElement>("[data-name]")].map((e) => e.dataset["name"]!);
  const search = (): HTMLInputElement => root.querySelector("input[type=search]")!;

  it("can be searched, and narrowed to the ticked ones", async () => {
    draw(editor_spec({ rows }));
    type(search(), "v19");
    expect(names()).toEqual(["v19", ...Array.from({ length: 10 }, (_, i) => `v19${i}`)]);
    type(search(), "");
    await click(root.querySelector<HTMLElement>(".hpo-search input[type=checkbox]")!);
    expect(names().length).toBe(20);
  });

  it("does not hide what is wrong", async () => {
    draw(editor_spec({ rows }));
    type(field("low", "v3"), "x");
    type(search(), "v150");
    expect(names()).toEqual(["v3", "v150"]);
  });

  it("stand by cells, which are ticked as a whole", async () => {
    draw(editor_spec({ rows }));
    const heads = [...root.querySelectorAll<HTMLElement>(".hpo-group")];
    expect(heads.map((head) => head.textContent)).toEqual([
      "This cell20 of 100 ticked",
      "Earlier cell In[2]0 of 100 ticked",
    ]);
    await click(heads[1]!.querySelector("input")!);
    expect(text()).toContain("120 of 200 ticked");
  });

  it("has no search for a few", () => {
    draw();
    expect(search()).toBeNull();
  });
});

it("moves with the arrow keys to the same field of the next row", () => {
  const spec = editor_spec({ rows: [editor_row(), choice_row(), editor_row({ name: "b" })] });
  draw(spec);
  field("low").focus();
  press(field("low"), "ArrowDown");
  expect(document.activeElement).toBe(field("low", "b"));
  press(field("low", "b"), "ArrowUp");
  expect(document.activeElement).toBe(field("low"));
  field("tick").focus();
  press(field("tick"), "ArrowDown");
  expect(document.activeElement).toBe(field("tick", "act"));
});

describe("objectives", () => {
  const objectives = [
    { name: "acc", direction: "maximize" as const, why: "assigned in the loop at line 3" },
    { name: "val_loss", direction: "minimize" as const, why: "assigned in line 9" },
  ];

  it("are offered with their reasons and directions", async () => {
    draw(editor_spec({ settings: editor_settings({ objectives, chosen: 0 }) }));
    await click(button("minimize val_loss"));
    expect(setting("objective").value).toBe("val_loss");
    expect(text()).toContain("val_loss: assigned in line 9");
    await click(button("Start"));
    expect(sent.at(-1)![1]).toMatchObject({ objective: "val_loss", direction: "minimize" });
  });

  it("may be several", async () => {
    draw(editor_spec({ settings: editor_settings({ objectives }) }));
    await click(button("+ another objective"));
    await click(button("Start"));
    expect(sent.at(-1)![1].also).toEqual([{ name: "val_loss", direction: "minimize" }]);
    act(() => render(null, root));
    draw(editor_spec({ settings: editor_settings({ objectives, chosen: 2 }) }));
    await click(button("Leave out objective 2"));
    await click(button("Start"));
    expect(sent.at(-1)![1].also).toEqual([]);
  });
});

it("offers folds where the cell reads rows, and sends what was typed", async () => {
  draw();
  expect(setting("folds")).toBe(null);
  type(setting("repeats"), "0");
  expect(text()).toContain("0 is not a whole number above 0.");
  act(() => render(null, root));
  draw(editor_spec({ settings: editor_settings({ foldable: true }) }));
  type(setting("folds"), "1");
  expect(text()).toContain("1 is neither a number of folds");
  type(setting("folds"), "5");
  type(setting("repeats"), "2");
  await settle(401);
  expect(sent.at(-1)).toMatchObject(["plan", { folds: "5", repeats: "2" }]);
  await click(button("What the folds are"));
  expect(text()).toContain("Cross-validation");
});

it("explains the samplers where one asks", async () => {
  draw();
  expect(text()).not.toContain("Learns from finished trials.");
  const what = button("What the sampler is");
  expect(what.getAttribute("aria-expanded")).toBe("false");
  await click(what);
  expect(text()).toContain("Learns from finished trials.");
  await click(what);
  expect(text()).not.toContain("Learns from finished trials.");
});

describe("what each trial does", () => {
  const found = (): HTMLDetailsElement => root.querySelector("details")!;

  it("is closed until asked for, and not asked of the kernel before a change", async () => {
    draw();
    await settle(5000);
    expect(found().open).toBe(false);
    expect([...found().querySelectorAll("td")].map((cell) => cell.textContent)).toEqual([
      "In[2], line 3",
      "builds model",
      "model = Net()",
    ]);
    expect(sent).toEqual([]);
  });

  it("is asked for a moment after the last change, again until it is known", async () => {
    draw();
    await click(field("tick", "act"));
    await settle(300);
    type(field("low"), "1e-4");
    await settle(399);
    expect(sent).toEqual([]);
    expect(found().getAttribute("aria-busy")).toBe("true");
    await settle(2);
    expect(sent.map(([name, choice]) => [name, choice.rows.length])).toEqual([["plan", 2]]);
    answers["plan"] = { data: [{ title: "Runs once", rows: [["lines 1-3"]] }] };
    await settle(301);
    expect(sent.length).toBe(2);
    expect(found().textContent).toContain("lines 1-3");
    expect(found().getAttribute("aria-busy")).toBe("false");
    await settle(5000);
    expect(sent.length).toBe(2);
  });

  it("is not asked for while a range is wrong, nor for another budget", async () => {
    draw();
    type(field("low"), "x");
    await settle(1000);
    type(field("low"), "1e-5");
    type(setting("trials"), "7");
    await settle(300);
    expect(sent).toEqual([]);
  });

  it("shows what the kernel says of a condition beside its row", async () => {
    const message = "The condition looks at 'opt', which is not tuned.";
    answers["plan"] = { ok: false, problems: [{ name: "lr", message }] };
    draw();
    type(field("condition"), "opt == sgd");
    await settle(401);
    expect(root.querySelector("[data-name=lr] .hpo-problems")!.textContent).toContain(message);
    answers["plan"] = { data: [] };
    type(field("condition"), "");
    await settle(401);
    expect(text()).not.toContain("not tuned");
  });

  it("is spoken once one stops typing", async () => {
    draw();
    type(field("low"), "x");
    const status = root.querySelector("p[role=status]")!;
    expect(status.textContent).toBe("");
    await settle(701);
    expect(status.textContent).toBe("Low is x, which is not a number.");
  });
});

describe("Write marks", () => {
  const edits = [{ cell: 0, before: "lr = 1", after: "lr = 1  # hpo: 1..2", cell_id: "" }];
  const marks = (): Promise<void> => click(button("Write marks"));

  it("gives the edits to the page that applies them", async () => {
    const got: unknown[] = [];
    const listen = (event: Event): void => {
      got.push((event as CustomEvent).detail);
      event.preventDefault();
    };
    document.body.addEventListener("jupyter-hpo-edits", listen);
    answers["write_marks"] = { data: edits };
    draw();
    await marks();
    document.body.removeEventListener("jupyter-hpo-edits", listen);
    expect(got).toEqual([{ edits, title: "Write the marks into the code" }]);
    expect(text()).not.toContain("# hpo: 1..2");
    expect(button("Start").disabled).toBe(false);
  });

  it("shows them, to be copied, where no page does", async () => {
    answers["write_marks"] = { data: edits };
    draw();
    await marks();
    expect(text()).toContain("# hpo: 1..2");
    await click(button("Close"));
    expect(text()).not.toContain("# hpo: 1..2");
  });

  it("says so when there is nothing to write", async () => {
    answers["write_marks"] = { data: [] };
    draw();
    await marks();
    expect(text()).toContain("says all of this already");
  });
});

it("of a running study has the values only, and can be left", async () => {
  let left = 0;
  const onCancel = (): void => void (left += 1);
  const values = { compact: true, label: "Change the space", plan: undefined, writeMarks: undefined };
  draw(editor_spec(), { ...values, onCancel });
  expect(root.querySelector(".hpo-settings")).toBeNull();
  expect(button("Write marks")).toBeUndefined();
  answers["start"] = { message: "The space is changed." };
  await click(button("Change the space"));
  expect(text()).toContain("The space is changed.");
  expect(button("Change the space").disabled).toBe(false);
  await click(button("Cancel"));
  expect(left).toBe(1);
});

describe("pieces", () => {
  const pieces = [
    { title: "Loss", sentence: "Of classes.", after: "loss = pieces.loss()", replaces: "" },
    { title: "Optimiser", sentence: "Of all kinds.", after: "o = pieces.optimizer()", replaces: "SGD(p)" },
  ];
  const spec = () => editor_spec({ pieces, text: "x = 1", cell_id: "abc" });
  let offered: EditsDetail[];
  const take = (event: Event): void => {
    offered.push((event as CustomEvent<EditsDetail>).detail);
    event.preventDefault();
  };
  const choose = async (title: string): Promise<void> => {
    await click(button("Insert"));
    await click([...root.querySelectorAll<HTMLElement>("[role=menuitem]")].find((i) => i.textContent!.startsWith(title))!);
  };

  beforeEach(() => {
    offered = [];
  });

  it("are offered with a sentence each, and with what they replace", async () => {
    draw(spec());
    await click(button("Insert"));
    const items = [...root.querySelectorAll("[role=menuitem]")].map((i) => i.textContent);
    expect(items).toEqual(["LossOf classes.", "OptimiserInstead of SGD(p). Of all kinds."]);
  });

  it.each([["Loss", true], ["Optimiser", false]])(
    "%s goes into the cell where somebody can write it, at once: %s", async (title, atOnce) => {
      root.addEventListener(EDITS_EVENT, take);
      draw(spec());
      await choose(title);
      root.removeEventListener(EDITS_EVENT, take);
      const after = pieces.find((p) => p.title === title)!.after;
      expect(offered).toEqual([
        { edits: [{ cell: 0, before: "x = 1", after, cell_id: "abc" }], title: `Insert into the cell: ${title}`, atOnce, tune: true },
      ]);
      expect(root.querySelector(".hpo-edits")).toBeNull();
    });

  it("are there to be copied where nobody can write them", async () => {
    draw(spec());
    await choose("Loss");
    expect(root.querySelector(".hpo-edits")!.textContent).toContain("loss = pieces.loss()");
    expect(text()).toContain("run the cell again");
  });

  it("have no button where none can be inserted", () => {
    draw();
    expect(button("Insert")).toBeUndefined();
  });
});
