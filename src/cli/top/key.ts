/** Bytes of a keyboard → names of keys. Pure. */

const NAMED: Readonly<Record<string, string>> = {
  '\u0003': 'ctrl-c',
  '\u001a': 'ctrl-z',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u001b': 'escape',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001b[5~': 'pageup',
  '\u001b[6~': 'pagedown',
  '\u001b[H': 'home',
  '\u001b[F': 'end',
  '\u001b[1~': 'home',
  '\u001b[4~': 'end',
};

// A sequence of a special key, an escape alone, or one character.
const KEY = /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])|./gsu;

/** Characters stand for themselves; keys that have no name and no character are left out. */
export function decodeKeys(text: string): string[] {
  return [...text.matchAll(KEY)].flatMap(([key]) => {
    const name = NAMED[key];
    if (name !== undefined) return [name];
    return key >= ' ' && !key.startsWith('\u001b') ? [key] : [];
  });
}
