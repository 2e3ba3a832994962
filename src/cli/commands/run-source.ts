/** What `run` is to run: from words and flags to a source. */
import { resolve } from 'node:path';
import { loadSource } from '../../app/file-source.js';
import type { RemoteText } from '../../app/remote.js';
import { apiSource, inlineSource, type Source } from '../../app/source.js';
import type { Target } from '../../model/target.js';
import { parseExec } from '../../model/target-scheme.js';
import { parseTarget } from '../../model/target-text.js';
import type { Settings } from '../../settings/table.js';
import { findTimetable } from '../../settings/timetable.js';
import { readInput } from '../input.js';
import { usageError } from '../usage-error.js';
import { parseArgs } from './arg-flags.js';
import { haveTaskFlags, type RunFlags } from './run-flags.js';
import { withTaskFlags } from './task-flags.js';

/** What the user named: a target, a path or URL, or jobs that are made through the API. */
export type Named =
  | { readonly target: Target }
  | { readonly target?: undefined; readonly file: string }
  | { readonly target?: undefined; readonly file?: undefined };

/**
 * What is to be run: words, `--command`, `--file`, or the timetable found here or above.
 *
 * @param mayBeNothing - Jobs can come from elsewhere.
 */
export async function findNamed(
  words: readonly string[],
  flags: RunFlags,
  cwd: string,
  mayBeNothing: boolean,
): Promise<Named> {
  const target = targetOf(words, flags);
  if (target !== undefined && flags.file !== undefined) {
    throw usageError('both a target and --file are given', 'Give one of them.');
  }
  if (target !== undefined && flags.arg !== undefined) {
    throw usageError(
      '--arg is for the parameters of a file',
      'Words after the target reach it as arguments.',
    );
  }
  if (flags.apiJobs) {
    if (target === undefined && flags.file === undefined) return {};
    throw usageError('--api-jobs has no tasks of its own', 'Leave out the target and --file, or --api-jobs.');
  }
  if (target !== undefined) return { target };
  const file = flags.file ?? (await findTimetable(cwd));
  if (file !== undefined) return { file };
  if (mayBeNothing) return {};
  throw usageError(
    `there is nothing to run: no target, no --file, and no supertask.yaml in ${cwd} or above`,
    "Try: supertask run -- 'cmd:echo hello'. For jobs through the API only: supertask run --ns NAME --http",
  );
}

export function fileOf(named: Named): string {
  return named.target === undefined ? (named.file ?? '') : '';
}

export async function loadNamed(
  named: Named,
  cwd: string,
  flags: RunFlags,
  how: { readonly remote: RemoteText | undefined; readonly files: Map<string, string> | undefined },
): Promise<Source> {
  if (named.target !== undefined) return targetSource(named.target, cwd, flags);
  if (named.file === undefined) return apiSource(cwd);
  return loadSource(named.file, cwd, readInput, { ...how, args: parseArgs(flags.arg) });
}

async function targetSource(target: Target, cwd: string, flags: RunFlags): Promise<Source> {
  const source = inlineSource(target, cwd, flags.name);
  if (target.kind !== 'python-file') return source;
  const { passedOverBlock } = await import('../../app/task-block.js');
  const warning = passedOverBlock(target.path, resolve(cwd, flags.cwd ?? ''), cwd);
  return warning === undefined ? source : { ...source, warnings: [warning] };
}

export function targetOf(words: readonly string[], flags: RunFlags): Target | undefined {
  if (flags.command !== undefined) {
    if (flags.exec) throw usageError('--exec and --command exclude each other', 'Give the program after --.');
    return parseTarget(flags.command, words);
  }
  if (flags.exec) return parseExec(words);
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  return parseTarget(first, rest);
}

/** Flags that hold for every task of the source. */
export async function withFlags(
  source: Source,
  flags: RunFlags,
  settings: Settings,
  cwd: string,
): Promise<Source> {
  if (flags.name?.trim() === '') throw usageError('--name is empty', 'Give it a value, or leave it out.');
  return haveTaskFlags(flags, settings) ? withTaskFlags(source, flags, settings, cwd) : source;
}
