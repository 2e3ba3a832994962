/** The line that a finding is about, as it may be shown. */
import { isSecretName } from '../../model/secret.js';

export type Excerpt = {
  readonly text: string;
  /** Which part is meant, in UTF-16 units from the start of `text`; absent where a secret stands in the way. */
  readonly mark?: { readonly at: number; readonly length: number };
};

/** `API_TOKEN: value`, `"password": "value"`, `DSN=value`: in a file that cannot be read nobody knows the values. */
const ASSIGNMENT = /([\w.-]+)(["']?\s*[:=]\s*)("(?:\\.|[^"\\])*"?|'[^']*'?|[^\s"'{}[\],][^\s,}\]]*)/g;
const HIDDEN = '***';
/** Where a secret is in a line of this length, what stands before each finding is not gone through again. */
const LONG = 10_000;

/** @param hide - Takes secret values out of a text. */
export function createExcerpts(
  text: string,
  hide: (text: string) => string,
): (line: number | undefined, column: number | undefined) => Excerpt | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const hideLine = (line: string): string => hide(hideAssignments(line));
  const known = new Map<number, { readonly shown: string; readonly isAsWritten: boolean }>();
  return (line, column) => {
    const written = line === undefined ? undefined : lines[line - 1];
    if (line === undefined || written === undefined) return undefined;
    let of = known.get(line);
    if (of === undefined) {
      const shown = hideLine(written);
      of = { shown, isAsWritten: shown === written };
      known.set(line, of);
    }
    const { shown, isAsWritten } = of;
    if (column === undefined || (!isAsWritten && written.length > LONG)) return { text: shown };
    const head = written.slice(0, column - 1);
    const before = isAsWritten ? head : hideLine(head);
    if (!isAsWritten && !shown.startsWith(before)) return { text: shown };
    return { text: shown, mark: { at: before.length, length: markedLength(shown.slice(before.length)) } };
  };
}

function hideAssignments(line: string): string {
  return line.replace(ASSIGNMENT, (whole, name: string, sign: string) =>
    isSecretName(name) ? `${name}${sign}${HIDDEN}` : whole,
  );
}

/** A template, a quoted text, else up to the end of the word; a line that begins a block counts as one sign. */
function markedLength(rest: string): number {
  const template = /^\$\{\{.*?\}\}/.exec(rest)?.[0];
  if (template !== undefined) return template.length;
  const quoted = /^"(?:\\.|[^"\\])*"|^'(?:''|[^'])*'/.exec(rest)?.[0];
  return (quoted ?? /^[^\s,:\]}#"']+/.exec(rest)?.[0] ?? ' ').length;
}
