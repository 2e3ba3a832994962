/** What `run` is to run: from words and flags to a source. */
import { resolve } from 'node:path';
import { loadSource } from '../../app/file-source.js';
import type { RemoteText } from '../../app/remote.js';
import { apiSource, inlineSource, type Source } from '../../app/source.js';
import { readText } from '../../app/text-file.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import type { Policy } from '../../model/policy.js';
import type { Target } from '../../model/target.js';
import { parseExec } from '../../model/target-scheme.js';
import { parseTarget } from '../../model/target-text.js';
import type { Task } from '../../model/task.js';
import { findTimetable } from '../../settings/load.js';
import type { Settings } from '../../settings/table.js';
import { readInput } from '../input.js';
import { parsePolicyFlags, type RunFlags, splitEnvFlags } from './run-flags.js';

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
    throw usage('both a target and --file are given', 'Give one of them.');
  }
  if (target !== undefined && flags.arg !== undefined) {
    throw usage('--arg is for the parameters of a file', 'Words after the target reach it as arguments.');
  }
  if (flags.apiJobs) {
    if (target === undefined && flags.file === undefined) return {};
    throw usage('--api-jobs has no tasks of its own', 'Leave out the target and --file, or --api-jobs.');
  }
  if (target !== undefined) return { target };
  const file = flags.file ?? (await findTimetable(cwd));
  if (file !== undefined) return { file };
  if (mayBeNothing) return {};
  throw usage(
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
  if (named.target !== undefined) return inlineSource(named.target, cwd, flags.name);
  if (named.file === undefined) return apiSource(cwd);
  return loadSource(named.file, cwd, readInput, { ...how, args: parseArgs(flags.arg) });
}

export function targetOf(words: readonly string[], flags: RunFlags): Target | undefined {
  if (flags.command !== undefined) {
    if (flags.exec) throw usage('--exec and --command exclude each other', 'Give the program after --.');
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
  if (flags.name?.trim() === '') throw usage('--name is empty', 'Give it a value, or leave it out.');
  if (flags.cwd === '') throw usage('--cwd is empty', 'Name a directory, or leave it out.');
  const fromFiles = await readEnvFiles(flags.envFile ?? [], cwd);
  const { assignments, inherit } = splitEnvFlags(flags.env);
  const fromFlags = Object.fromEntries(assignments.map(parseAssignment));
  const timeout = settings.timeout === undefined ? {} : { timeoutMs: parseDuration(settings.timeout) };
  const policy = { ...timeout, ...parsePolicyFlags(flags) };
  const secrets = (flags.secret ?? []).map(parseSecretName);
  const given = [fromFiles, fromFlags, policy, secrets].some((values) => Object.keys(values).length > 0);
  if (!given && flags.cwd === undefined && inherit === undefined) return source;
  const policies = new Map<Policy, Policy>();
  const policyOf = (base: Policy): Policy => {
    const known = policies.get(base) ?? { ...base, ...policy };
    policies.set(base, known);
    return known;
  };
  // Not spread: see `finish` in formats/task.ts.
  const change = (task: Task): Task =>
    Object.assign({}, task, {
      env: { ...plain(fromFiles, task), ...task.env, ...plain(fromFlags, task) },
      secrets: [...(task.secrets ?? []), ...secrets],
      ...(inherit === undefined ? {} : { inherit }),
      cwd: flags.cwd === undefined ? task.cwd : resolve(cwd, flags.cwd),
      policy: policyOf(task.policy),
    });
  const { tasks } = source.timetable;
  return { ...source, written: tasks, timetable: { ...source.timetable, tasks: tasks.map(change) } };
}

/** Templates are what stands in a timetable; values from elsewhere are meant as they are. */
function plain(
  env: Readonly<Record<string, string>>,
  { hasTemplates }: Task,
): Readonly<Record<string, string>> {
  if (!hasTemplates) return env;
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replaceAll('${{', () => '$${{')]),
  );
}

function parseAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  if (at < 1 || !/^[^\s=\0]+$/.test(name) || text.includes('\0')) {
    // It may be a value, and a secret one: only what looks like a name is repeated.
    const shown = /^[A-Z_]{1,32}$/.test(text) ? ` ${JSON.stringify(text)}` : '';
    throw usage(
      `--env${shown} is not NAME=value`,
      'Write --env GREETING=hello; --env=minimal and --env=all say what is inherited.',
    );
  }
  return [name, text.slice(at + 1)];
}

/** The last of a name counts. */
export function parseArgs(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw usage(`--arg ${JSON.stringify(text)} is not NAME=value`, 'Write --arg region=eu.');
    }),
  );
}

function parseSecretName(text: string): string {
  if (/^[^\s=\0]+$/.test(text)) return text;
  const hint =
    'Write --secret API_TOKEN; the value comes from the environment, --env, --env-file or the timetable.';
  throw usage('--secret takes the name of a variable, not its value', hint);
}

async function readEnvFiles(files: readonly string[], cwd: string): Promise<Record<string, string>> {
  if (files.length === 0) return {};
  const { parseEnv } = await import('node:util');
  return Object.assign({}, ...files.map((file) => parseEnv(readText(resolve(cwd, file)))));
}

function usage(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
