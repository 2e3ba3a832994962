/** What the executor is asked to do for one step of a run. */
import type { ExecutionRequest, TaskContext } from '../executor/executor.js';
import { argVariables } from '../model/arg.js';
import type { Run } from '../model/run.js';
import type { Step, Task } from '../model/task.js';
import type { FilledStep } from '../model/template-step.js';
import type { ScheduledTask } from './agenda.js';
import { type Environment, runEnvironment } from './environment.js';
import type { Filling } from './filling.js';
import { inheritedBy } from './inherit.js';
import type { RunParts } from './run-parts.js';
import { fillingOf } from './template.js';

/** What there is to know of a step that begins. */
export type StepSubject = {
  readonly parts: RunParts;
  readonly task: Task;
  readonly run: Run;
  readonly step: Step;
  /** The step as it is to be run. */
  readonly filled: FilledStep;
  readonly namedOutput: string | undefined;
};

/**
 * A request whose environment is made when it is asked for: runs of a simulation have none, and there are millions.
 *
 * A class, because V8 makes a dictionary of each object literal with a getter, which takes three times the room.
 */
export class StepRequest implements ExecutionRequest {
  readonly runId: string;
  readonly target: ExecutionRequest['target'];
  readonly cwd: string;
  readonly timeoutMs: number | undefined;
  readonly stop: ExecutionRequest['stop'];
  readonly context: TaskContext;
  readonly started: NonNullable<ExecutionRequest['started']>;
  readonly output: ExecutionRequest['output'];
  private readonly subject: StepSubject;
  private made: Environment | undefined;

  constructor(
    subject: StepSubject,
    {
      started,
      output,
      timeoutMs,
    }: Pick<ExecutionRequest, 'output' | 'timeoutMs'> & Required<Pick<ExecutionRequest, 'started'>>,
  ) {
    const { filled, parts, run, task } = subject;
    this.runId = run.id;
    this.target = filled.target;
    this.cwd = filled.cwd ?? parts.cwd;
    this.timeoutMs = timeoutMs;
    this.stop = task.policy.stop;
    this.context = contextOf(parts, task, run);
    this.started = started;
    this.output = output;
    this.subject = subject;
  }

  get env(): Environment {
    this.made ??= environmentOf(this.subject);
    return this.made;
  }

  get ownEnv(): readonly string[] {
    const { step, task } = this.subject;
    return [...Object.keys(task.env), ...Object.keys(step.env), ...Object.keys(argVariables(task) ?? {})];
  }
}

/** A step of a task without templates. */
export function plainStep(task: Task, step: Step): FilledStep {
  return { target: step.target, env: { ...task.env, ...step.env }, cwd: task.cwd };
}

/** Undefined where templates have not been loaded. */
export function fillingFor(parts: RunParts, job: ScheduledTask, run: Run): Filling | undefined {
  const { env, host = '', cwd, told } = parts;
  const { task, about } = job;
  const {
    bounds,
    task: { schedules },
  } = about ?? job;
  const facts = { task, bounds, schedules, tz: task.tz ?? parts.tz ?? 'UTC', run, host, env };
  return fillingOf(facts, cwd, about && told);
}

/** What its process gets. */
export function environmentOf({ parts, task, run, filled, namedOutput }: StepSubject): Environment {
  const inherited = inheritedBy(parts.env, task.inherit);
  const env = runEnvironment(inherited, filled.env, argVariables(task), run, namedOutput);
  return parts.told === undefined ? env : { ...env, ...parts.told };
}

function contextOf(parts: RunParts, { args }: Task, run: Run): TaskContext {
  return {
    namespace: run.namespace,
    job: run.job,
    runId: run.id,
    attempt: run.attempt,
    trigger: run.trigger,
    scheduledAt: run.scheduledAt,
    startedAt: run.startedAt ?? run.scheduledAt,
    schedulerStartedAt: parts.schedulerStartedAt,
    ...(args === undefined ? {} : { params: args }),
  };
}
