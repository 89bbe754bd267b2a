import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Board } from "../src/board/board";
import { Session } from "../src/board/session";
import type { Row } from "../src/core/protocol";
import { WidgetTransport } from "../src/core/transport";
import { FakeKernel, FakeModel } from "./fake";
import { param, row } from "./help";
import { all, begin, button, end, press, root, session, show } from "./stage";


const numbers = (): number[] => all("tbody th").map((e) => Number(e.textContent!.slice(1)));
const click = (element: HTMLElement): Promise<void> =>
  act(async () => {
    element.click();
    await Promise.resolve();
  });
const box = (): HTMLInputElement => root.querySelector<HTMLInputElement>("[role=searchbox]")!;
function type(text: string): void {
  act(() => {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

beforeEach(() => {
  begin(new Session(new WidgetTransport(new FakeModel(new FakeKernel())), () => 0));
  act(() => render(<Board session={session} />, root));
});
afterEach(end);

const ten = (): Row[] =>
  Array.from({ length: 10 }, (_, i) => row(i, { values: [-i], params: { lr: i / 10 } }));

it("marks the front, writes counts as such, and shows no figure twice", () => {
  const objectives = [
    { name: "acc", direction: "maximize" as const, whole: false },
    { name: "size", direction: "minimize" as const, whole: true },
  ];
  const rows = [1204, 68, 90].map((size, i) =>
    row(i, { values: [0.9 - i / 10, size], figures: { n_params: size, complexity: 7 } }),
  );
  const best = { number: 1, values: [0.8, 68] };
  show(rows, { objectives, best, front: [0, 1], n_complete: 3 });
  const text = (selector: string): string[] => all(selector).map((e) => e.textContent!);
  expect(text(".hpo-value")).toEqual(expect.arrayContaining(["☆0.9000", "1,204", "★0.8000", "68"]));
  expect(text(".hpo-star")).toHaveLength(2);
  expect(root.querySelector("dl")!.textContent).toContain("Best (of a front of 2)0.8000 · 68");
  const headings = text("thead th").join(" ");
  expect(headings).toContain("Complexity");
  expect(headings).not.toContain("Parameters");
});

describe("a filter", () => {
  it("narrows the trials down, says how many pass, and is cleared", async () => {
    show(ten());
    type("lr > 0.65");
    expect(numbers()).toEqual([7, 8, 9]);
    expect(root.querySelector(".hpo-count")!.textContent).toBe("3 of 10 trials");
    await click(button("Clear all"));
    expect([numbers().length, box().value]).toEqual([10, ""]);
  });

  it("says what is wrong after a while, where, and leaves the last right one", async () => {
    show(ten());
    vi.useFakeTimers();
    try {
      type("lr > 0.65");
      type("lrr > 0.65");
      expect(root.querySelector(".hpo-filter-problem")).toBeNull();
      await act(async () => void (await vi.advanceTimersByTimeAsync(1000)));
      expect(root.querySelector(".hpo-filter-problem mark")!.textContent).toBe("lrr");
      expect(root.querySelector(".hpo-filter-problem")!.textContent).toContain("Did you mean lr?");
      expect(box().getAttribute("aria-invalid")).toBe("true");
      expect(numbers()).toEqual([7, 8, 9]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("stays from tab to tab, where a chip takes it away", async () => {
    show(ten());
    type("lr > 0.65");
    await click(button("Curves"));
    await click(button("filter: lr > 0.65, remove"));
    await click(button("Leaderboard"));
    expect([numbers().length, box().value]).toEqual([10, ""]);
  });

  it("lets nothing through and says so", () => {
    show(ten());
    type("failed");
    expect(root.textContent).toContain("No trial passes.");
  });
});

describe("a brush in a picture", () => {
  it("has a chip that takes it away", async () => {
    show(ten());
    act(() => session.narrow("parallel", (r) => r.number < 2, "Parallel coordinates"));
    expect(numbers()).toEqual([0, 1]);
    await click(button("brushed: Parallel coordinates, remove"));
    expect(numbers().length).toBe(10);
    expect(session.narrowed.value.size).toBe(0);
  });
});

describe("columns", () => {
  it("are few at first, and chosen", async () => {
    const params = Array.from({ length: 14 }, (_, i) => param(`p${i}`));
    show([row(0)], { params, n_complete: 1 });
    const titles = (): string[] => all("thead th").map((e) => e.textContent!);
    expect(titles()).toContain("p9");
    expect(titles()).not.toContain("p10");
    await click(button("Columns (11 of 15)"));
    await click(all(".hpo-columns label").find((e) => e.textContent === "p12")!);
    expect(titles()).toContain("p12");
    await click(button("Show all"));
    expect(titles().length).toBe(14 + 4);
  });
});

describe("the keyboard", () => {
  it("walks the rows, opens one and closes it", () => {
    show(ten());
    const at = (): string | undefined => (document.activeElement as HTMLElement).dataset["number"];
    expect(all("tbody th button[tabindex='0']").length).toBe(1);
    act(() => all("tbody th button")[0]!.focus());
    press("ArrowDown");
    press("ArrowDown");
    expect([at(), session.hovered.value]).toEqual(["2", 2]);
    press("End");
    expect(at()).toBe("9");
    press("ArrowDown");
    expect(at()).toBe("9");
    press("Home");
    press("ArrowUp");
    expect(at()).toBe("0");
    act(() => (document.activeElement as HTMLElement).click());
    expect(session.opened.value).toBe(0);
    press("Escape");
    expect([session.opened.value, at()]).toEqual([null, "0"]);
  });
});

describe("an opened trial", () => {
  it("is shown above the table when it does not pass the filter", () => {
    show(ten());
    type("lr > 0.65");
    act(() => session.open(1));
    expect(root.querySelector(".hpo-opened h4")!.textContent).toBe("Trial 1");
    expect(root.querySelector(".hpo-opened")!.textContent).toContain("not among those that pass");
  });

  it("is shown below a picture, and closed there", async () => {
    show(ten());
    await click(button("Curves"));
    act(() => session.open(3));
    expect(root.querySelector(".hpo-opened h4")!.textContent).toBe("Trial 3");
    await click(button("Close trial 3"));
    expect(session.opened.value).toBeNull();
  });
});

describe("copying", () => {
  it("gives the trials that pass to the clipboard", async () => {
    show(ten());
    type("lr > 0.85");
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    try {
      await click(button("Copy CSV"));
      expect(String(writeText.mock.calls[0])).toMatch(
        /^number,state,acc,lr,act.*\r\n9,COMPLETE,-9,0.9,/,
      );
      await act(async () => void (await Promise.resolve()));
      expect(button("Copied ✓")).toBeDefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("the focus", () => {
  it("stays on its row when the rows change places", () => {
    show(ten());
    act(() => all("tbody th button")[4]!.focus());
    for (const number of [9, 8, 4, 3]) {
      show(ten().map((r) => (r.number === number ? { ...r, values: [number + 100] } : r)));
      expect(numbers()[0]).toBe(number);
      expect((document.activeElement as HTMLElement).dataset["number"]).toBe("4");
    }
  });
});

describe("a trial that is open under the pointer", () => {
  const clock = vi.spyOn(performance, "now");
  afterEach(() => clock.mockReset());
  const over = (event: string): void =>
    void act(() => void root.querySelector(".hpo-scroll")!.dispatchEvent(new Event(event)));

  it("keeps its place when something is done with it, until the pointer goes", async () => {
    clock.mockReturnValue(1000);
    const other = row(0, { values: [0.9] });
    show([other, row(1, { state: "RUNNING", values: [0.1] })]);
    expect(numbers()).toEqual([1, 0]);
    await click(all("tbody th button")[0]!);
    over("pointermove");
    clock.mockReturnValue(21_000);
    show([other, row(1, { state: "PRUNED", values: [0.1] })]);
    expect(numbers()).toEqual([1, 0]);
    over("pointerleave");
    show([other, row(1, { state: "PRUNED", values: [0.1], notice: "9 of 12 at step 1" })]);
    expect(numbers()).toEqual([0, 1]);
  });

  it("has the buttons that go with its end behind those that stay", async () => {
    show([row(1, { state: "RUNNING", values: [0.1], params: { lr: 0.1 } })]);
    await click(all("tbody th button")[0]!);
    const words = all('.hpo-detail .hpo-buttons button').map((e) => e.textContent);
    expect(words.slice(0, 2)).toEqual(["Enqueue again…", "Use these values"]);
    expect(words.length).toBe(5);
  });
});

describe("the ranking's heading", () => {
  it("tells that it is more than the values, and sorts by them alone when pressed", async () => {
    show([row(0, { values: [0.9] }), row(1, { state: "PAUSED", values: [0.95] })]);
    expect(button("acc").title).toContain("running trials first");
    expect([numbers(), button("acc").textContent]).toEqual([[0, 1], "acc▽"]);
    await click(button("acc"));
    expect([numbers(), button("acc").textContent]).toEqual([[1, 0], "acc▼"]);
  });
});

it("draws the curves of those that run inside their cells, however poor the first trial was", () => {
  const curve = (number: number, ...values: number[]) => values.map((value, i) => ({ number, step: i + 1, value }));
  show(
    [row(0, { values: [0.07], step: 3 }), row(1, { state: "RUNNING", values: [0.9], step: 3 })],
    {},
    [...curve(0, 0.05, 0.06, 0.07), ...curve(1, 0.5, 0.8, 0.9)],
  );
  const heights = all(".hpo-spark path").flatMap((path) =>
    [...path.getAttribute("d")!.matchAll(/ (-?[\d.]+)/g)].map(([, y]) => Number(y)),
  );
  expect(heights.length).toBe(6);
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...heights)).toBeLessThanOrEqual(20);
});
