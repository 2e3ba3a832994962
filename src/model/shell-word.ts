/** The words of a command in a shell line: which of them are read as code by the command itself. */

/** Words after which a command begins. */
const LEADING = new Set(['then', 'do', 'else', 'elif', 'if', 'while', 'until', '!', '{', 'time', 'in']);
/** Programs that run what follows them. */
const WRAPPERS = new Set(['exec', 'command', 'builtin', 'nohup', 'sudo', 'env', 'nice', 'xargs']);
const INTERPRETER = /^(?:(?:ba|da|z|k|a|fi)?sh|su|python[0-9.]*|perl|ruby|node|php|lua)$/;
const AWK = /^[gmn]?awk$/;
/** Options of awk with a value of their own. */
const AWK_VALUE = /^-[vFf]$/;
/** They read their words, or evaluate them as arithmetic, which may run commands. */
const EVALUATING = new Set(['eval', 'trap', 'alias', 'let', '[[', 'declare', 'typeset']);

/** Whether a command has just begun with this word. */
export function beginsWith(words: readonly string[], name: string): boolean {
  const [first, ...others] = commandOf(words);
  return first === name && others.length === 0;
}

/** The program that would read the next word of a command as code; undefined: none. */
export function readerOfWord(words: readonly string[]): string | undefined {
  const command = commandOf(words);
  const [first = ''] = command;
  if (EVALUATING.has(first)) return first;
  const awk = command.findIndex((word) => AWK.test(word));
  if (awk !== -1 && isProgramNext(command.slice(awk + 1))) return command[awk];
  if (!/^-[A-Za-z]*[ce]$/.test(command.at(-1) ?? '')) return undefined;
  return command.slice(0, -1).find((word) => INTERPRETER.test(word));
}

/** Whether the next word of awk is its program, after these. */
function isProgramNext(words: readonly string[]): boolean {
  if (AWK_VALUE.test(words.at(-1) ?? '') || words.some((word) => /^-f/.test(word))) return false;
  return words.every((word, index) => word.startsWith('-') || AWK_VALUE.test(words[index - 1] ?? ''));
}

/** The program that would read its standard input as code; undefined: none. */
export function readerOfInput(words: readonly string[]): string | undefined {
  const [first = '', ...others] = commandOf(words).filter((word) => !WRAPPERS.has(word));
  const given = others.filter((word) => !word.startsWith('-'));
  if (first === 'ssh') return given.length <= 1 ? first : undefined;
  if (!INTERPRETER.test(first)) return undefined;
  return given.length === 0 || others.includes('-s') ? first : undefined;
}

/** Without what stands before a command, without quotes, and programs without their directories. */
function commandOf(words: readonly string[]): readonly string[] {
  const plain = words.map((word) => word.replace(/["'\\]/g, ''));
  const start = plain.findIndex((word) => !LEADING.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  return start === -1 ? [] : plain.slice(start).map((word) => word.replace(/^.*\//s, ''));
}
