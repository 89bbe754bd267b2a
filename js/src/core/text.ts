// Text that somebody else wrote, made fit to be shown: nothing in it moves a cursor, changes a
// colour, turns the direction of reading, or fills the page.

/** Terminal sequences (ECMA-48): CSI, OSC up to BEL or ST, and those of two characters. */
const ANSI = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]/g;
/** Control characters but tab and newline, and those that turn the direction of reading. */
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

/** What a terminal shows of a line that was written over, as progress bars do. */
const overwritten = (line: string): string => {
  const parts = line.split("\r").filter(Boolean);
  return parts[parts.length - 1] ?? "";
};

/** Terminal sequences are left out, other characters without a shape become visible. */
export function plain(text: string): string {
  let result = text.replace(ANSI, "").replaceAll("\r\n", "\n");
  if (result.includes("\r")) result = result.split("\n").map(overwritten).join("\n");
  return result.replace(UNSEEN, visible);
}

/** At most `most` characters, an ellipsis among them, and no half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 2);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 2 : most - 1)}…`;
}

/** One line of it, for a cell or a label. Cut first: a megabyte need not be read for that. */
export const line = (text: string, most = 80): string =>
  cut(plain(text.slice(0, 4 * most)).replace(/\s+/g, " "), most);
