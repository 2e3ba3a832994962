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

/** The words of one command so far. Each is looked at once: a line may have thousands. */
export class CommandWords {
  /** Without what stands before the command, without quotes, and programs without their directories. */
  private readonly command: string[] = [];
  private interpreter: string | undefined;
  private awk: AwkWords | undefined;
  private isBegun = false;

  /** Whether there is no word yet, not even one that stands before the command. */
  isEmpty(): boolean {
    return !this.isBegun;
  }

  add(text: string): void {
    this.isBegun = true;
    const plain = text.replace(/["'\\]/g, '');
    const isBefore = LEADING.has(plain) || /^[A-Za-z_]\w*=/.test(plain);
    if (this.command.length === 0 && isBefore) return;
    const word = plain.replace(/^.*\//s, '');
    this.command.push(word);
    if (INTERPRETER.test(word)) this.interpreter ??= word;
    if (this.awk !== undefined) this.awk.add(word);
    else if (AWK.test(word)) this.awk = new AwkWords(word);
  }

  /** Whether the command has just begun with this word. */
  isJust(name: string): boolean {
    return this.command.length === 1 && this.command[0] === name;
  }

  /** The program that would read the next word as code; undefined: none. */
  readerOfNext(): string | undefined {
    const [first = ''] = this.command;
    if (EVALUATING.has(first)) return first;
    if (this.awk?.isProgramNext()) return this.awk.name;
    return /^-[A-Za-z]*[ce]$/.test(this.command.at(-1) ?? '') ? this.interpreter : undefined;
  }

  /** The program that would read its standard input as code; undefined: none. */
  readerOfInput(): string | undefined {
    const [first = '', ...others] = this.command.filter((word) => !WRAPPERS.has(word));
    const given = others.filter((word) => !word.startsWith('-'));
    if (first === 'ssh') return given.length <= 1 ? first : undefined;
    if (!INTERPRETER.test(first)) return undefined;
    return given.length === 0 || others.includes('-s') ? first : undefined;
  }
}

/** What follows awk, as far as it may be before its program. */
class AwkWords {
  readonly name: string;
  private last = '';
  private areOptions = true;

  constructor(name: string) {
    this.name = name;
  }

  add(word: string): void {
    const isOption = word.startsWith('-') || AWK_VALUE.test(this.last);
    // With -f its program is in a file.
    this.areOptions &&= isOption && !word.startsWith('-f');
    this.last = word;
  }

  isProgramNext(): boolean {
    return this.areOptions && !AWK_VALUE.test(this.last);
  }
}
