/** Tasks as their next runs will see them: with arguments, and with templates evaluated as far as that can be known. */
import { resolve } from 'node:path';
import { SupertaskError } from '../../errors.js';
import { expandTasks } from '../../model/expand.js';
import { freshRunId, type Run } from '../../model/run.js';
import { bindSchedule } from '../../model/schedule-bind.js';
import type { Step, Task } from '../../model/task.js';
import { NotYet, type RunFacts, runScope } from '../../model/template-scope.js';
import { evaluateIn, type FilledStep, fillStep } from '../../model/template-step.js';
import type { RunEvent } from '../../model/uses/event.js';
import { hostName } from '../../store/file/host.js';
import type { CheckContext } from './context.js';

/** The jobs of a task; none where arguments are wrong, or missing: whoever runs it brings them. */
export function jobsOf(task: Task): readonly Task[] {
  const { params = {} } = task;
  try {
    const jobs = expandTasks([task]);
    return jobs.filter(({ args }) => args !== undefined || Object.keys(params).length === 0);
  } catch (error) {
    // Told as an error of loading.
    if (error instanceof SupertaskError) return [];
    throw error;
  }
}

/** What the next run by each schedule of a job will know; of a job that nothing schedules, a run by hand now. */
export function occurrencesOf(job: Task, { now, tz }: CheckContext, env: RunFacts['env']): RunFacts[] {
  const options = { jobId: job.id, startedAt: now, tz };
  const bounds = job.schedules.flatMap((each) => (each.enabled ? [bindSchedule(each, options)] : []));
  const instants = bounds.flatMap((bound) => bound.next(now) ?? []);
  const facts = { task: job, bounds, tz: job.tz ?? tz, host: hostName(), env };
  return (instants.length === 0 ? [now] : instants).map((at) => ({ ...facts, run: runAt(job, at) }));
}

/**
 * A step with the values that all its runs have alike: arguments, tables and variables. What depends on a run stays a
 * template: what is there then may not be there now.
 *
 * @returns Undefined where it cannot be put together, which is told otherwise.
 */
export function fillKnown(
  job: Task,
  step: Step,
  { directory, env, tz }: CheckContext,
  isAction = false,
): FilledStep | undefined {
  const facts = { task: job, bounds: [], tz: job.tz ?? tz, host: hostName(), env, run: asked<Run>() };
  const event = isAction ? { event: asked<RunEvent>() } : {};
  const evaluate = evaluateIn(runScope({ ...facts, ...event }, step));
  try {
    const filled = fillStep(job, step, (slot) => known(() => evaluate(slot)) ?? slot.source);
    return { ...filled, cwd: filled.cwd === undefined ? undefined : resolve(directory, filled.cwd) };
  } catch (error) {
    if (error instanceof SupertaskError) return undefined;
    throw error;
  }
}

/** Undefined where it asks for what is not known before. */
export function known<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof NotYet) return undefined;
    throw error;
  }
}

/** Stands for what is not known before: asking it for anything throws `NotYet`. */
export function asked<T extends object>(): T {
  return new Proxy({} as T, {
    get() {
      throw new NotYet();
    },
  });
}

function runAt(job: Task, at: Date): Run {
  return {
    id: freshRunId(at),
    namespace: 'check',
    job: job.id,
    status: 'starting',
    trigger: 'schedule',
    attempt: 1,
    scheduledAt: at,
  };
}
