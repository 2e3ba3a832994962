/**
 * Reads the plain forms of `run` by the tables of its flags.
 *
 * Loading commander and its tree of commands would cost a one-shot run a tenth of its time. Whatever is not plain is
 * left to it: abbreviations, values that look like flags, help, and everything that is wrong.
 */
import { SETTINGS } from '../settings/table.js';
import { RUN_OPTIONS, RUN_SETTINGS } from './run-option.js';

/** What commander hands to the action of a command. */
export type CommandLine = {
  readonly words: string[];
  readonly flags: Readonly<Record<string, unknown>>;
};

type Flag = {
  /** The name of its value: `stateDir` for `--state-dir`. */
  readonly key: string;
  readonly takesValue: boolean;
  /** What it says without a value: `--no-watch` says false. */
  readonly says: boolean;
  readonly isRepeatable: boolean;
  readonly isOnceOnly: boolean;
  readonly choices: readonly string[] | undefined;
};

/**
 * Read `run FLAG… -- WORD…`, or `run FLAG… WORD…` where no word looks like a flag.
 *
 * @returns The same as commander would; undefined when it should be asked.
 */
export function readRun(argv: readonly string[]): CommandLine | undefined {
  if (argv[0] !== 'run') return undefined;
  let known: ReadonlyMap<string, Flag> | undefined;
  const flags: Record<string, unknown> = {};
  let at = 1;
  for (; argv[at]?.startsWith('-') && argv[at] !== '--'; at++) {
    const [name = '', ...parts] = argv[at]?.split('=') ?? [];
    known ??= knownFlags();
    const flag = known.get(name);
    if (flag === undefined || (parts.length > 0 && !name.startsWith('--'))) return undefined;
    const value = plainValue(flag, parts.length > 0 ? parts.join('=') : flag.takesValue ? argv[++at] : true);
    if (value === undefined || flag.takesValue === (value === true)) return undefined;
    if (flag.isOnceOnly && flags[flag.key] !== undefined) return undefined;
    const said = value === true ? flag.says : value;
    flags[flag.key] = flag.isRepeatable ? [...asList(flags[flag.key]), said] : said;
  }
  const words = argv.slice(at);
  if (words[0] === '--') return { words: words.slice(1), flags };
  return words.some((word) => word.startsWith('-')) ? undefined : { words, flags };
}

/** Undefined for what is no plain value of the flag. */
function plainValue(flag: Flag, given: string | true | undefined): string | true | undefined {
  if (given === true || given === undefined) return given;
  if (given === '' || given.startsWith('-')) return undefined;
  return flag.choices === undefined || flag.choices.includes(given) ? given : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function knownFlags(): ReadonlyMap<string, Flag> {
  const known = new Map<string, Flag>();
  for (const { flag, isRepeatable = false, onceOnly } of RUN_OPTIONS)
    add(known, flag, { isRepeatable, isOnceOnly: onceOnly !== undefined, choices: undefined });
  for (const name of RUN_SETTINGS) {
    const setting = SETTINGS[name];
    const choices = 'choices' in setting ? setting.choices : undefined;
    add(known, setting.flag, { isRepeatable: false, isOnceOnly: false, choices });
  }
  return known;
}

function add(
  known: Map<string, Flag>,
  text: string,
  rules: Pick<Flag, 'isRepeatable' | 'isOnceOnly' | 'choices'>,
): void {
  // With and without a value: commander knows which.
  if (text.endsWith(']')) return;
  const [names = '', value] = text.split(' <');
  const all = names.split(', ');
  const long = all.at(-1) ?? '';
  const says = !long.startsWith('--no-');
  const key = long.slice(says ? 2 : 5).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  for (const name of all) known.set(name, { key, takesValue: value !== undefined, says, ...rules });
}
