/** What of a source is secret, and how it stays out of everything that is kept or told. */
import { existsSync } from 'node:fs';
import type { OutputMask } from '../engine/run-output.js';
import { SupertaskError } from '../errors.js';
import type { KeptCommand } from '../model/job.js';
import type { Mask } from '../model/mask.js';
import { findSecrets, MIN_SECRET_BYTES, type Scope, withoutUrlSecrets } from '../model/secret.js';
import { formatTarget } from '../model/target.js';
import type { Task } from '../model/task.js';
import { inlineTaskId, type Source } from './source.js';

/** `all`: in output as it is kept and shown; `shown`: only as it is shown; `none`: output is left alone. */
export type MaskExtent = 'all' | 'shown' | 'none';

export type Hiding = {
  /** For whatever goes into the bookkeeping or a message, the extent notwithstanding. */
  readonly text: (text: string) => string;
  /** For the engine; undefined where nothing in output is to be hidden. */
  readonly output: OutputMask | undefined;
  /** Secrets that were declared and cannot be hidden. */
  readonly warnings: readonly string[];
  /** What is hidden. */
  readonly values: ReadonlySet<string>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Find the secrets of tasks and what they inherit, and prepare to hide them.
 *
 * @param earlier - Further values: what was secret a moment ago is known to runs that are going, and to files.
 */
export async function findHiding(
  tasks: readonly Task[],
  inherited: Environment,
  extent: MaskExtent = 'all',
  earlier: ReadonlySet<string> = new Set(),
): Promise<Hiding> {
  const { values: found, tooShort, unset } = findSecrets(tasks, inherited, isExistingPath);
  const values = new Set([...earlier, ...found]);
  const warnings = [
    ...tooShort.map(
      (name) => `the secret ${name} has fewer than ${MIN_SECRET_BYTES} bytes, so it cannot be hidden`,
    ),
    ...unset.map((name) => `the secret ${name} is not set, so there is nothing to hide`),
  ];
  if (values.size === 0) return { text: withoutUrlSecrets, output: undefined, warnings, values };
  const mask = await loadMask(values);
  return {
    text: (text) => withoutUrlSecrets(mask.text(text)),
    output: extent === 'none' ? undefined : { mask, extent },
    warnings,
    values,
  };
}

/** What is hidden in a scheduler that lives; more as it learns of more. */
export type Secrecy = { hiding: Hiding };

/**
 * Hide what a job brings that somebody asks for: its arguments were not known before.
 *
 * @returns Whether there is more to hide than before.
 */
export async function learnSecrets(
  secrecy: Secrecy,
  task: Task,
  inherited: Environment,
  extent: MaskExtent | undefined,
): Promise<boolean> {
  const { values } = secrecy.hiding;
  const hiding = await findHiding([task], inherited, extent, values);
  // Somebody else may have learnt of something meanwhile.
  if (secrecy.hiding.values !== values) return learnSecrets(secrecy, task, inherited, extent);
  if (hiding.values.size === values.size) return false;
  secrecy.hiding = hiding;
  return true;
}

/** The source as it may be kept: of a command line, the text and what was made from it. */
export function hideInSource(source: Source, hide: (text: string) => string): Source {
  if (source.kind !== 'inline') return source;
  const tasks = source.timetable.tasks.map((task) => {
    const { target } = task.steps[0];
    const text = formatTarget(target);
    if (task.id !== inlineTaskId(text, task.name)) return task;
    return { ...task, id: inlineTaskId(hide(text), task.name && hide(task.name)) };
  });
  const hidden = { ...source, source: hide(source.source), timetable: { ...source.timetable, tasks } };
  return source.command === undefined ? hidden : { ...hidden, command: keepPlain(source.command, hide) };
}

/** A command line in which something had to be hidden is another one. */
function keepPlain(command: KeptCommand, hide: (text: string) => string): KeptCommand {
  if ('lacks' in command) return command;
  const { cwd, words, flags } = command;
  const texts = [cwd, ...words, words.join(' '), ...Object.values(flags).flat().map(String)];
  return texts.every((text) => hide(text) === text) ? command : { lacks: 'secret' };
}

/**
 * An error as it may be printed: what was written on the command line may have been repeated in it.
 *
 * @param tasks - As far as they are known; the environment counts in any case.
 */
export async function hideInError(
  error: unknown,
  tasks: readonly Scope[],
  inherited: Environment,
): Promise<unknown> {
  if (!(error instanceof SupertaskError)) return error;
  const { values } = findSecrets(tasks, inherited, isExistingPath);
  const mask = values.size === 0 ? undefined : await loadMask(values);
  const hide = (text: string): string => withoutUrlSecrets(mask?.text(text) ?? text);
  const problems = error.problems.map((problem) => ({
    ...problem,
    message: hide(problem.message),
    hint: problem.hint && hide(problem.hint),
  }));
  const { code, location, cause } = error;
  return new SupertaskError(code, hide(error.message), {
    hint: error.hint && hide(error.hint),
    location,
    cause,
    problems,
  });
}

async function loadMask(values: ReadonlySet<string>): Promise<Mask> {
  const { createMask } = await import('../model/mask.js');
  return createMask(values);
}

function isExistingPath(value: string): boolean {
  return value.startsWith('/') && existsSync(value);
}
