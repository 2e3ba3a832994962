/** Shell lines. Text → argv, pure: nothing is looked up, for this is the hot path. */

/** `sh -c LINE`, with further words as arguments of the line. */
export function shellArgv(line: string, words: readonly string[]): { program: string; args: string[] } {
  if (words.length === 0) return { program: '/bin/sh', args: ['-c', neverAnOption(line)] };
  return { program: '/bin/sh', args: ['-c', neverAnOption(appendWords(line)), 'sh', ...words] };
}

/**
 * A line that gives its words to its last command: `echo` becomes `echo "$@"`.
 *
 * A line that speaks of its words itself (`$@`, `$*`, `$1`, `$#`) is left as it is. The words stay ahead of a
 * comment, of a here-document's text and of a closing `;` or `&`.
 */
export function appendWords(line: string): string {
  const { usesWords, end } = scan(line);
  if (usesWords) return line;
  const head = line.slice(0, end);
  const closing = /(?:;|(?<!&)&)$/.exec(head)?.[0] ?? '';
  const rest = line.slice(end);
  const command = head.slice(0, head.length - closing.length);
  return `${command} "$@"${closing === '' ? '' : ` ${closing}`}${/^[\s\\]*$/.test(rest) ? '' : rest}`;
}

/** What `sh` would take for an option is none with a blank before it. */
function neverAnOption(script: string): string {
  return /^[-+]/.test(script) ? ` ${script}` : script;
}

/** What matters of a line: whether it uses its words, and where its last command ends. */
type Scan = { readonly usesWords: boolean; readonly end: number };

/** What means something outside of quotes. The first alternative that fits wins. */
const OUTSIDE =
  /(?<skip>\s|\\\n|\\$|(?<![^\s;&|()])#[^\n]*)|(?<word>\$[@*#1-9]|\$\{(?:[@*1-9]|#\}))|(?<here><<(?!<))|(?<quote>")|\$?\(\([^\n]*?\)\)|'[^']*'|\\[\s\S]|[\s\S]/y;
/** Within double quotes only the backslash, the dollar and the end mean something. */
const INSIDE = /(?<word>\$[@*#1-9]|\$\{(?:[@*1-9]|#\}))|(?<quote>")|\\[\s\S]|[\s\S]/y;

/** Read a line as the shell does, as far as quotes, comments and here-documents go. */
function scan(line: string): Scan {
  let end = 0;
  let isQuoted = false;
  let hasHere = false;
  for (let at = 0; at < line.length; ) {
    const pattern = isQuoted ? INSIDE : OUTSIDE;
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match === null) break;
    const { skip, word, here, quote } = match.groups ?? {};
    if (word !== undefined) return { usesWords: true, end: line.length };
    at = pattern.lastIndex;
    if (quote !== undefined) isQuoted = !isQuoted;
    hasHere ||= here !== undefined;
    // The text of a here-document begins on the next line.
    if (hasHere && match[0] === '\n') return { usesWords: false, end };
    if (skip === undefined) end = at;
  }
  return { usesWords: false, end };
}
