/** Reads a command line as far as it is typed, by the command tree: what stands at the cursor. Pure. */
import type { Argument, Command, Option } from 'commander';

/** What is to be completed. `text` is what stands there already. */
export type Gap =
  | { readonly kind: 'command'; readonly command: Command; readonly text: string }
  | { readonly kind: 'flag'; readonly options: readonly Option[]; readonly text: string }
  /** A value of a flag; `head` is what belongs to the word and not to the value: `--ns=`. */
  | { readonly kind: 'value'; readonly option: Option; readonly head: string; readonly text: string }
  | { readonly kind: 'argument'; readonly argument: Argument; readonly text: string }
  /** A word of a command that is to be run. */
  | { readonly kind: 'words' };

export type Line = {
  readonly command: Command;
  /** Flags that were given, as commander would hand them over; the last one counts. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly gap: Gap;
};

/**
 * Read what is typed.
 *
 * @param before - The words before the one at the cursor, without the program.
 * @param text - The word at the cursor, up to it.
 */
export function readLine(program: Command, before: readonly string[], text: string): Line {
  const flags: Record<string, unknown> = {};
  const given = new Set<Option>();
  let command = program;
  let operands = 0;
  let isPlain = false;
  for (let at = 0; at < before.length; at++) {
    const word = before[at] ?? '';
    if (!isPlain && word === '--') {
      isPlain = true;
      continue;
    }
    if (isPlain || !isFlag(word)) {
      const below = operands === 0 && !isPlain ? commandOf(command, word) : undefined;
      if (below === undefined) operands++;
      command = below ?? command;
      continue;
    }
    const option = optionOf(command, word);
    if (option === undefined) continue;
    given.add(option);
    if (!takesValue(option)) {
      flags[option.attributeName()] = !option.negate;
      continue;
    }
    const inline = inlineValue(word);
    if (inline === undefined && at + 1 === before.length) {
      return { command, flags, gap: { kind: 'value', option, head: '', text } };
    }
    flags[option.attributeName()] = inline ?? before[++at];
  }
  return { command, flags, gap: gapAt(command, { given, operands, isPlain }, text) };
}

/** The commands below one that are shown, `help` among them where there is one. */
export function shownCommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

type Position = {
  readonly given: ReadonlySet<Option>;
  readonly operands: number;
  readonly isPlain: boolean;
};

function gapAt(command: Command, { given, operands, isPlain }: Position, text: string): Gap {
  if (!isPlain && text.startsWith('-') && text !== '-') {
    const option = optionOf(command, text);
    const [head = ''] = text.split('=', 1);
    if (text.includes('=') && option !== undefined && takesValue(option))
      return { kind: 'value', option, head: `${head}=`, text: text.slice(head.length + 1) };
  }
  if (!isPlain && text.startsWith('-')) {
    const options = command
      .createHelp()
      .visibleOptions(command)
      .filter((option) => !given.has(option) || isRepeatable(option));
    return { kind: 'flag', options, text };
  }
  if (command.commands.length > 0) {
    // `help` takes the name of a command as well.
    return operands < 2 && !isPlain ? { kind: 'command', command, text } : { kind: 'words' };
  }
  const known = command.registeredArguments;
  const last = known.at(-1);
  const argument = known[operands] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return { kind: 'words' };
  // What follows the first word after `--` are arguments of a program.
  if (isPlain && operands >= known.length) return { kind: 'words' };
  return { kind: 'argument', argument, text };
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

function inlineValue(word: string): string | undefined {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at === -1 ? undefined : word.slice(at + 1);
}

function optionOf(command: Command, word: string): Option | undefined {
  const [name = ''] = word.split('=', 1);
  return command.options.find(({ long, short }) => long === name || short === name);
}

function commandOf(command: Command, word: string): Command | undefined {
  return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** Those that collect their values have a reader of their own. */
function isRepeatable(option: Option): boolean {
  return option.variadic || option.parseArg !== undefined;
}
