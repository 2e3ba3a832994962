/** Puts what the flags of `run` say into every task of a source: variables, secrets, directory and policy. */
import { resolve } from 'node:path';
import type { Source } from '../../app/source.js';
import { parseDuration } from '../../model/duration.js';
import type { Policy } from '../../model/policy.js';
import type { Task } from '../../model/task.js';
import type { Settings } from '../../settings/table.js';
import { readSetting } from '../setting-place.js';
import { usageError } from '../usage-error.js';
import { splitEnvFlags } from './env-flags.js';
import { parsePolicyFlags } from './policy-flags.js';
import type { RunFlags } from './run-flags.js';

/** @throws {SupertaskError} `USAGE`, `SETTING_INVALID`, `DURATION_INVALID`, or when a file of variables cannot be read. */
export async function withTaskFlags(
  source: Source,
  flags: RunFlags,
  settings: Settings,
  cwd: string,
): Promise<Source> {
  if (flags.cwd === '') throw usageError('--cwd is empty', 'Name a directory, or leave it out.');
  const { variables: fromFiles, warnings } = await readEnvFiles(flags.envFile ?? [], cwd);
  const { assignments, inherit } = splitEnvFlags(flags.env);
  const fromFlags = Object.fromEntries(assignments.map(parseAssignment));
  const timeoutMs = readSetting(settings, 'timeout', parseDuration);
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  const policy = { ...timeout, ...parsePolicyFlags(flags) };
  const secrets = (flags.secret ?? []).map(parseSecretName);
  const given = [fromFiles, warnings, fromFlags, policy, secrets].some(
    (values) => Object.keys(values).length > 0,
  );
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
  return {
    ...source,
    written: tasks,
    warnings: [...(source.warnings ?? []), ...warnings],
    timetable: { ...source.timetable, tasks: tasks.map(change) },
  };
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
    throw usageError(
      `--env${shown} is not NAME=value`,
      'Write --env GREETING=hello; --env=minimal and --env=all say what is inherited.',
    );
  }
  return [name, text.slice(at + 1)];
}

function parseSecretName(text: string): string {
  if (/^[^\s=\0]+$/.test(text)) return text;
  const hint =
    'Write --secret API_TOKEN; the value comes from the environment, --env, --env-file or the timetable.';
  throw usageError('--secret takes the name of a variable, not its value', hint);
}

type FromFiles = {
  readonly variables: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
};

/** More mistakes of a file are only counted: it is another kind of file. */
const MOST_MISTAKES = 10;

async function readEnvFiles(files: readonly string[], cwd: string): Promise<FromFiles> {
  if (files.length === 0) return { variables: {}, warnings: [] };
  const { readEnvFile } = await import('../../app/env-file.js');
  const read = files.map((file) => readEnvFile(file, cwd));
  return {
    variables: Object.assign({}, ...read.map(({ variables }) => variables)),
    warnings: read.flatMap(({ file, mistakes }) => [
      ...mistakes
        .slice(0, MOST_MISTAKES)
        .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`),
      ...(mistakes.length > MOST_MISTAKES
        ? [
            `${file}: ${mistakes.length - MOST_MISTAKES} more lines are not as they should be; is it a file of variables?`,
          ]
        : []),
    ]),
  };
}
