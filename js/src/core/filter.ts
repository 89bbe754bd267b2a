// Filter expressions over trials: `lr < 1e-3 and state == complete`.
import {
  namesOf,
  STATE_WORDS,
  stateOf,
  unitOf,
  type Name,
  type Space,
  type Value,
} from "./filter_names";
import {
  comparing,
  containing,
  example,
  fail,
  has,
  meant,
  show,
  type Compare,
  type Side,
  type Test,
} from "./filter_tests";
import { FilterProblem, words, written, type Word } from "./filter_words";
import { nearest } from "./nearest";
import { cut } from "./text";

/** from, to: the part of the text that is wrong. */
export interface Problem {
  message: string;
  from: number;
  to: number;
}

/** test: null for an empty text, which lets everything through. */
export type Filter = { test: Test | null; problem: null } | { test: null; problem: Problem };

/** Names, as a filter writes them: the study's own first. */
export const filterNames = (space: Space): string[] => {
  const own = [...space.params, ...space.objectives].map(({ name }) => name);
  return [...new Set([...own, ...namesOf(space).keys()])].map(written);
};

/**
 * Read a filter. Comparisons (`<`, `<=`, `==`, `!=`, chained as in `1e-4 < lr < 1e-2`),
 * `in (a, b)`, `contains`, joined by `and`, `or`, `not` and brackets. A state stands for itself
 * (`failed or pruned`), a quoted text alone is looked for everywhere. Times and memory take
 * units (`time > 2m`, `memory > 1GB`). What a trial does not have passes no comparison but `!=`.
 */
export function parseFilter(text: string, space: Space): Filter {
  const names = namesOf(space);
  try {
    const parser = new Parser(words(text, [...names.keys()]), names);
    return { test: parser.whole(), problem: null };
  } catch (error) {
    if (!(error instanceof FilterProblem)) throw error;
    const { message, from, to } = error;
    return { test: null, problem: { message, from, to } };
  }
}

const COMPARES = new Map<string, Compare>(
  Object.entries({
    "=": "==",
    "==": "==",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
  } as const),
);
const JOINS = new Map<string, "and" | "or" | "not">(
  Object.entries({
    and: "and",
    "&&": "and",
    "&": "and",
    or: "or",
    "||": "or",
    "|": "or",
    not: "not",
    "!": "not",
  } as const),
);
const CLOSES = new Map(Object.entries({ "(": ")", "[": "]", "{": "}" }));
const CONSTANTS = new Map<string, Value>(
  Object.entries({ true: true, false: false, none: null, nan: NaN, inf: Infinity }),
);

/** Brackets and `not`s within each other; more than these nobody reads, nor any stack holds. */
const DEEPEST = 100;

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly words: readonly Word[],
    private readonly names: ReadonlyMap<string, Name>,
  ) {}

  whole(): Test | null {
    if (this.word().kind === "end") return null;
    const test = this.any();
    const word = this.word();
    if (word.kind === "end") return test;
    if (")]}".includes(word.text)) fail(`${show(word)} closes nothing.`, word);
    return fail(`Expected “and”, “or” or the end, found ${show(word)}.`, word);
  }

  private word(): Word {
    return this.words[this.at]!;
  }

  /** The word, in lower case, where it is one of the language: not in quotes. */
  private said(): string {
    const word = this.word();
    if (word.kind === "sign") return word.text;
    return word.kind === "name" && !word.quoted ? word.text.toLowerCase() : "";
  }

  private next(): Word {
    return this.words[this.at++]!;
  }

  private joined(join: "and" | "or"): boolean {
    if (JOINS.get(this.said()) !== join) return false;
    this.next();
    return true;
  }

  private any(): Test {
    const tests = [this.all()];
    while (this.joined("or")) tests.push(this.all());
    return tests.length === 1 ? tests[0]! : (row) => tests.some((test) => test(row));
  }

  private all(): Test {
    const tests = [this.one()];
    while (this.joined("and")) tests.push(this.one());
    return tests.length === 1 ? tests[0]! : (row) => tests.every((test) => test(row));
  }

  private one(): Test {
    if (this.depth >= DEEPEST) {
      const what = "brackets and “not”s are within each other";
      return fail(`More than ${DEEPEST} ${what}: write it with fewer.`, this.word());
    }
    this.depth += 1;
    const test = this.single();
    this.depth -= 1;
    return test;
  }

  private single(): Test {
    if (JOINS.get(this.said()) === "not") {
      this.next();
      const test = this.one();
      return (row) => !test(row);
    }
    if (this.said() !== "(") return this.comparison();
    const open = this.next();
    const test = this.any();
    if (this.said() !== ")")
      fail(`The bracket is not closed: expected “)”, found ${show(this.word())}.`, open);
    this.next();
    return test;
  }

  private comparison(): Test {
    const first = this.word();
    if (this.alone(first)) return this.itself(this.next());
    const left = this.side(null);
    const negated = JOINS.get(this.said()) === "not";
    if (negated) this.next();
    if (this.said() === "in") {
      this.next();
      const test = this.among(left);
      return negated ? (row) => !test(row) : test;
    }
    if (this.said() === "contains") {
      this.next();
      const test = containing(left, this.part());
      return negated ? (row) => !test(row) : test;
    }
    if (negated)
      fail(`Expected “in” or “contains” after “not”, found ${show(this.word())}.`, this.word());
    return this.compared(left);
  }

  /** Whether a word is a test by itself: nothing is compared with it. */
  private alone(word: Word): boolean {
    const follows = this.words[this.at + 1];
    if (!follows) return false; // it is the end
    const text =
      follows.kind === "name" && !follows.quoted ? follows.text.toLowerCase() : follows.text;
    const ends = follows.kind === "end" || text === ")" || JOINS.has(text);
    const notIn = text === "not"; // `lr not in (...)`
    return ends && !notIn && (word.kind === "text" || word.kind === "name");
  }

  private itself(word: Word): Test {
    if (word.kind === "text") {
      const part = word.value.toLowerCase();
      return (row) => [...this.names.values()].some(({ of }) => has(of(row), part));
    }
    const text = (word as { value: string }).value;
    const name = this.names.get(text);
    if (name?.kind === "any") return (row) => name.of(row) === true;
    if (name)
      return fail(
        `Expected a comparison after ${show(word)}, such as ${written(text)} ${example(name)}.`,
        word,
      );
    const state = stateOf(text);
    if (state) return (row) => row.state === STATE_WORDS.get(state);
    return this.unknown(word, text);
  }

  private unknown(word: Word, text: string): never {
    const known = [...this.names.keys(), ...STATE_WORDS.keys()];
    const found = nearest(text, known);
    const hint = ` To look for it as text, write "${cut(text, 32)}".`;
    return fail(`This study has no ${show(word)}.${meant(found && written(found)) || hint}`, word);
  }

  /** What stands there. Beside a name (`of`) a word that is no name is a text. */
  private side(of: Name | null): Side {
    const word = this.next();
    if (word.kind === "number") return { word, ...measured(word) };
    if (word.kind === "text") return { word, value: word.value };
    if (word.text === "-" || word.text === "+") {
      const number = this.next();
      const named = number.kind === "name" && number.text.toLowerCase() === "inf";
      if (number.kind !== "number" && !named)
        fail(`Expected a number after “${word.text}”, found ${show(number)}.`, number);
      const { value } = number.kind === "number" ? number : { value: Infinity };
      return { word: number, value: word.text === "-" ? -value : value };
    }
    if (word.kind !== "name") {
      const what = of ? `a value to compare ${written(of.name)} with` : "a name, such as state";
      return fail(`Expected ${what}, found ${show(word)}.`, word);
    }
    const lower = word.value.toLowerCase();
    if (of?.words && !word.quoted) {
      const same =
        of.words.find((text) => text === word.value) ??
        of.words.find((text) => text.toLowerCase() === lower);
      if (same !== undefined) return { word, value: same };
    }
    const name = this.names.get(word.value);
    if (name) return { word, name };
    if (!word.quoted && CONSTANTS.has(lower)) return { word, value: CONSTANTS.get(lower) };
    if (of && of.kind !== "number" && of.kind !== "time" && of.kind !== "memory")
      return { word, value: word.value };
    const choice = stateOf(lower) ?? [...this.names.values()].some((n) => n.words?.includes(lower));
    if (!of && choice && COMPARES.has(this.said())) return { word, value: word.value };
    return this.unknown(word, word.value);
  }

  /** What is looked for in a text: a word there needs no quotes. */
  private part(): Side {
    const word = this.word();
    if (word.kind !== "name" || word.quoted) return this.side(null);
    return { word: this.next(), value: word.value };
  }

  private compared(left: Side): Test {
    if (!COMPARES.get(this.said())) {
      const name = left.name ? `${written(left.name.name)} ${example(left.name)}` : "lr < 0.1";
      return fail(
        `Expected a comparison after ${show(left.word)}, such as ${name}, found ${show(this.word())}.`,
        left.word,
        this.word(),
      );
    }
    const tests: Test[] = [];
    for (let from = left; COMPARES.get(this.said());) {
      const sign = COMPARES.get(this.next().text)!;
      const to = this.side(from.name ?? null);
      tests.push(comparing(from, sign, to));
      from = to;
    }
    return tests.length === 1 ? tests[0]! : (row) => tests.every((test) => test(row));
  }

  private among(left: Side): Test {
    const open = this.word();
    const close = CLOSES.get(this.said());
    // `"memory" in error`, as in Python.
    if (!close) return containing(this.side(null), left);
    this.next();
    const tests: Test[] = [];
    do {
      tests.push(comparing(left, "==", this.side(left.name ?? null)));
      if (this.said() === ",") this.next();
      else if (this.said() !== close)
        fail(
          `Expected “,” or “${close}” in the list, found ${show(this.word())}.`,
          open,
          this.word(),
        );
    } while (this.said() !== close);
    this.next();
    return (row) => tests.some((test) => test(row));
  }
}

/** A number in seconds or bytes, when it was written with a unit of those. */
function measured(word: Word & { kind: "number" }): { value: number; unit?: "time" | "memory" } {
  if (!word.unit) return { value: word.value };
  for (const unit of ["time", "memory"] as const) {
    const factor = unitOf(unit, word.unit);
    if (factor !== null) return { value: word.value * factor, unit };
  }
  const how = "Times are written 90s or 2m, memory 500MB or 2GB.";
  return fail(`${show(word)} is no number. ${how}`, word);
}
