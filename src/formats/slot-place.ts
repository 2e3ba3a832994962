/** Where in a file the templates stand that were found in its texts. Pure. */
import { slotsIn, type WrittenSlot } from '../model/template.js';
import { type Node, textsIn } from './node.js';

/** What stands before a text: a quote, or `|` and `>` of YAML with all that is on their line. */
const OPENING = /["']|[|>][^\n]*\n/y;

/**
 * The offsets of the templates of a text in the file. Where what is before one is written otherwise than it reads, as with
 * escapes, it is that of the whole text.
 *
 * @param at - Where the text begins in the file.
 */
export function offsetsOf(text: string, slots: readonly WrittenSlot[], at: number, file: string): number[] {
  OPENING.lastIndex = at;
  let reached: number | undefined = OPENING.test(file) ? OPENING.lastIndex : at;
  let index = 0;
  return slots.map((slot) => {
    reached = reached === undefined ? undefined : after(text.slice(index, slot.at), file, reached);
    index = slot.at;
    if (reached !== undefined && !file.startsWith(slot.source, reached)) reached = undefined;
    return reached ?? at;
  });
}

/** Where a file goes on after a text; undefined where something else stands there. Lines are indented, and joined. */
function after(text: string, file: string, from: number): number | undefined {
  let at = from;
  for (const char of text) {
    if (isSpace(char)) continue;
    while (isSpace(file[at])) at++;
    if (!file.startsWith(char, at)) return undefined;
    at += char.length;
  }
  while (isSpace(file[at])) at++;
  return at;
}

function isSpace(char: string | undefined): boolean {
  return char !== undefined && /\s/.test(char);
}

/** The templates in the texts of a part of the file, each with the offsets at which it stands. */
export function slotPlaces(node: Node, file: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { text, at } of textsIn(node)) {
    const slots = slotsIn(text);
    for (const [index, offset] of offsetsOf(text, slots, at, file).entries()) {
      const { source } = slots[index] as WrittenSlot;
      const known = found.get(source);
      if (known === undefined) found.set(source, [offset]);
      else known.push(offset);
    }
  }
  return found;
}
