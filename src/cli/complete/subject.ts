/** What the values of flags and arguments are, by the words that stand for them in the help. Pure. */
import type { Argument, Command, Option } from 'commander';
import { MISSED_POLICIES, OVERLAP_POLICIES } from '../../model/policy.js';

/** What a value may be. The ids are asked of the bookkeeping; `live`: of runs that are going. */
export type Subject =
  | 'directory'
  | 'file'
  | 'job'
  | 'live'
  | 'namespace'
  | 'run'
  | 'schema'
  | 'scheme'
  | 'signal'
  | 'status'
  | 'task'
  | 'variable'
  | 'zone';

/** `<run-or-job>` is a run or a job. A word that is not here says nothing about its values. */
const WORDS: Readonly<Record<string, Subject>> = {
  dir: 'directory',
  file: 'file',
  job: 'job',
  line: 'file',
  namespace: 'namespace',
  old: 'namespace',
  run: 'run',
  status: 'status',
  target: 'scheme',
  task: 'task',
  zone: 'zone',
};

/** Where the word alone does not say it: `COMMAND WORD`. */
const OF_COMMAND: Readonly<Record<string, readonly Subject[]>> = {
  'attach run-or-job': ['live', 'job'],
  'doctor job-or-file': ['task', 'job', 'file'],
  'kill what': ['live'],
  'next what': ['job', 'file'],
  'run target': ['scheme', 'file'],
  'schema name': ['schema'],
  'shell job': ['task', 'job'],
  'stop what': ['live'],
  'wait run-or-job': ['live', 'job'],
};

const OF_FLAG: Readonly<Record<string, readonly Subject[]>> = {
  '--ns': ['namespace'],
  '--secret': ['variable'],
  '--signal': ['signal'],
};

export function subjectsOfArgument(command: Command, argument: Argument): readonly Subject[] {
  return OF_COMMAND[`${command.name()} ${argument.name()}`] ?? subjectsOfWord(argument.name());
}

/** Of `--env-file <file>` the word in the brackets tells. */
export function subjectsOfOption(option: Option): readonly Subject[] {
  const word = /[<[]([\w-]+)[.\w-]*[>\]]/.exec(option.flags)?.[1] ?? '';
  return OF_FLAG[option.long ?? ''] ?? subjectsOfWord(word);
}

/** Values that are one of a few words, though others may be allowed, too. */
export function wordsOf(option: Option): readonly string[] {
  return option.argChoices ?? LISTED[option.long ?? ''] ?? [];
}

const LISTED: Readonly<Record<string, readonly string[]>> = {
  '--assert': ['no-missed', 'no-overlap'],
  '--deadline': ['none'],
  '--env': ['minimal', 'all'],
  '--missed': MISSED_POLICIES,
  '--overlap': OVERLAP_POLICIES,
  '--until': ['success', 'failure'],
  '--when': ['once', '@hourly', '@daily', '@weekly', '@monthly', '@yearly', '@reboot'],
};

function subjectsOfWord(word: string): readonly Subject[] {
  return word.split('-or-').flatMap((part) => WORDS[part] ?? []);
}
