/** What is kept of a command line that gives a job, so that it can be run again. */
import type { KeptCommand } from '../model/job.js';
import type { Json } from '../model/json.js';
import type { SettingName, Settings } from '../settings/table.js';
import { splitEnvFlags } from './commands/env-flags.js';

/** Those that say what is run and how; the others say when, or what is shown. */
const FLAGS = [
  'when',
  'command',
  'exec',
  'name',
  'envFile',
  'secret',
  'cwd',
  'overlap',
  'missed',
  'deadline',
  'persistent',
  'retry',
  'retryDelay',
  'retryBackoff',
  'retryOn',
];
/** Wherever they come from: the files and variables that give them may be others by then. */
const SETTINGS: readonly SettingName[] = ['tz', 'timeout', 'docker'];

export function keptCommand(
  words: readonly string[],
  given: Readonly<Record<string, unknown>>,
  settings: Settings,
  cwd: string,
): KeptCommand {
  const env = given['env'] as readonly string[] | undefined;
  // Values of variables never get into the bookkeeping.
  if (env !== undefined && splitEnvFlags(env).assignments.length > 0) return { lacks: 'variables' };
  const flags: Record<string, Json> = {};
  for (const key of FLAGS) if (given[key] !== undefined) flags[key] = given[key] as Json;
  for (const key of SETTINGS) if (settings[key] !== undefined) flags[key] = settings[key];
  if (env !== undefined) flags['env'] = env;
  return { cwd, words, flags };
}
