/** What a run of a job would find — its environment and its directory — without a run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inheritedEnvironment, runEnvironment } from '../engine/environment.js';
import { inheritedBy } from '../engine/inherit.js';
import { SupertaskError } from '../errors.js';
import type { Command } from '../executor/command.js';
import { type ForegroundEnd, runForeground } from '../executor/process-foreground.js';
import { PYTHON_ENV } from '../executor/python.js';
import { shellArgv } from '../executor/shell.js';
import { argVariables } from '../model/arg.js';
import { freshRunId, type Run } from '../model/run.js';
import type { Step, Task } from '../model/task.js';
import { NotYet, runScope } from '../model/template-scope.js';
import { evaluateIn, type FilledStep, fillStep } from '../model/template-step.js';
import { hostName } from '../store/file/host.js';

type Environment = Readonly<Record<string, string | undefined>>;

export type JobPlace = {
  readonly task: Task;
  readonly step: Step;
  readonly namespace: string;
  /** Where tasks run that name no directory, absolute. */
  readonly directory: string;
  /** What tasks inherit. */
  readonly env: Environment;
  /** Where templates see dates when nothing else says. */
  readonly tz: string;
};

/** What is run there: a shell for people, a shell that reads its input, or a shell line with its words. */
export type JobCommand =
  | { readonly kind: 'interactive'; readonly shell: string }
  | { readonly kind: 'input' }
  | { readonly kind: 'line'; readonly line: string; readonly words: readonly string[] };

/**
 * What shells read when they start would change the environment that is to be looked at.
 *
 * Other shells, `sh` among them, read nothing unless ENV says so.
 */
const WITHOUT_FILES: Readonly<Record<string, readonly string[]>> = {
  bash: ['--noprofile', '--norc'],
  zsh: ['-f'],
  fish: ['--no-config'],
};

/**
 * Run something in the place of a job, on this terminal. Nothing of it is recorded.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID`; `CONFLICT` for what depends on earlier steps.
 */
export async function runInPlace(place: JobPlace, what: JobCommand): Promise<ForegroundEnd> {
  const outputs = mkdtempSync(join(tmpdir(), 'supertask-shell-'));
  try {
    const run = runOf(place);
    const filled = fill(place, run);
    const env = environmentOf(place, run, filled, join(outputs, 'outputs'));
    return await runForeground({ ...argvOf(what), env, cwd: resolve(place.directory, filled.cwd ?? '') });
  } finally {
    rmSync(outputs, { recursive: true, force: true });
  }
}

function argvOf(what: JobCommand): Pick<Command, 'program' | 'args'> {
  switch (what.kind) {
    case 'interactive': {
      const name = what.shell.replace(/^.*\//, '');
      return { program: what.shell, args: [...(WITHOUT_FILES[name] ?? []), '-i'] };
    }
    case 'input':
      return { program: '/bin/sh', args: [] };
    case 'line':
      return shellArgv(what.line, what.words);
  }
}

/** A run that there is not. */
function runOf({ task, namespace }: JobPlace): Run {
  const now = new Date();
  return {
    id: freshRunId(now),
    namespace,
    job: task.id,
    status: 'running',
    trigger: 'manual',
    attempt: 1,
    scheduledAt: now,
    startedAt: now,
  };
}

/** Environment and directory with their templates evaluated; what the target says is left alone. */
function fill({ task, step, env, tz }: JobPlace, run: Run): Omit<FilledStep, 'target'> {
  if (!task.hasTemplates) return { env: { ...task.env, ...step.env }, cwd: task.cwd };
  const facts = { task, bounds: [], tz: task.tz ?? tz, run, host: hostName(), env };
  try {
    const target = { kind: 'cmd', line: '', words: [] } as const;
    return fillStep(task, { ...step, target }, evaluateIn(runScope(facts, step)));
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
    throw new SupertaskError('CONFLICT', 'what this step finds depends on the steps before it', {
      hint: 'Choose another one with --step.',
    });
  }
}

/** Complete: also what says which run it is. */
function environmentOf(
  { task, step, env }: JobPlace,
  run: Run,
  filled: Pick<FilledStep, 'env'>,
  namedOutput: string,
): Environment {
  const inherited = inheritedBy(inheritedEnvironment(env), task.inherit);
  const complete = runEnvironment(inherited, filled.env, argVariables(task), run, namedOutput);
  return /^(?:python|uv)/.test(step.target.kind) ? { ...PYTHON_ENV, ...complete } : complete;
}
