/** What a Python file says about its dependencies in a PEP 723 block. Pure. */

export type InlineScript = {
  /** Requirements as in pip: `requests<3`. */
  readonly dependencies: readonly string[];
  /** Versions of Python, such as `>=3.11`. */
  readonly requiresPython: string | undefined;
};

/** The pattern of PEP 723. */
const BLOCK =
  /^# \/\/\/ (?<type>[a-zA-Z0-9-]+)[ \t]*\r?\n(?<content>(?:^#(?:| .*)\r?\n)+?)^# \/\/\/[ \t]*$/gm;
const STRING = /"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/;

/**
 * Read the `script` block of a Python file.
 *
 * Only the two keys of the standard are read; a block that cannot be read is left to uv, which reports it.
 */
export function parseInlineScript(text: string): InlineScript | undefined {
  for (const match of text.matchAll(BLOCK)) {
    if (match.groups?.['type'] !== 'script') continue;
    const toml = (match.groups['content'] ?? '').replace(/^# ?/gm, '');
    // Later tables, such as [tool.uv], have keys of the same names.
    const top = toml.split(/^\s*\[/m)[0] ?? '';
    return {
      dependencies: readList(top, 'dependencies'),
      requiresPython: readString(top, 'requires-python'),
    };
  }
  return undefined;
}

function readString(toml: string, key: string): string | undefined {
  const match = new RegExp(`^\\s*${key}\\s*=\\s*${STRING.source}`, 'm').exec(toml);
  return match ? readQuoted(match) : undefined;
}

function readList(toml: string, key: string): string[] {
  const start = new RegExp(`^\\s*${key}\\s*=\\s*\\[`, 'm').exec(toml);
  if (start === null) return [];
  const list: string[] = [];
  // A requirement may have brackets of its own: only one outside of quotes ends the list.
  const token = new RegExp(`${STRING.source}|#[^\\n]*|\\]`, 'g');
  token.lastIndex = start.index + start[0].length;
  for (let match = token.exec(toml); match !== null && match[0] !== ']'; match = token.exec(toml)) {
    if (!match[0].startsWith('#')) list.push(readQuoted(match));
  }
  return list;
}

function readQuoted(match: RegExpExecArray): string {
  const [, basic, literal] = match;
  if (basic === undefined) return literal ?? '';
  return basic.replace(/\\(["\\])/g, '$1');
}
