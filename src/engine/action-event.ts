/** A run that has ended, as the actions that report it are told of it. Pure. */
import { actionInstant, type Reaction, type Row } from '../model/action.js';
import type { Run } from '../model/run.js';
import type { Task } from '../model/task.js';
import type { RunEvent } from '../model/uses/event.js';

/**
 * What an action is told.
 *
 * @param tail - The end of what the run wrote, without secrets.
 */
export function eventOf(
  run: Run,
  task: Task | undefined,
  { outage, trouble }: Pick<Reaction, 'outage' | 'trouble'>,
  host: string,
  tail: string,
): RunEvent {
  const { namespace, job, status, attempt, trigger, scheduledAt, startedAt, endedAt } = run;
  const hasRecovered = status === 'succeeded' && outage !== undefined;
  return {
    namespace,
    job,
    ...given({ task: run.task, name: task?.name, args: run.args }),
    runId: run.id,
    status,
    ...given({ reason: run.reason, exitCode: run.exitCode, signal: run.signal, message: run.message }),
    ...given({ step: failedStep(run, task) }),
    attempt,
    trigger,
    scheduledAt: scheduledAt.toISOString(),
    ...given({ startedAt: startedAt?.toISOString(), endedAt: endedAt?.toISOString() }),
    ...given({ durationMs: run.durationMs }),
    host,
    ...given({ outputs: run.outputs }),
    ...(tail === '' ? {} : { outputTail: tail }),
    ...(trouble === undefined ? {} : { failuresInRow: trouble.failures, failingSince: trouble.since }),
    ...(hasRecovered ? { recovered: { failures: outage.failures, afterMs: sinceMs(outage, run) } } : {}),
  };
}

function sinceMs({ since }: Row, run: Run): number {
  return Math.max(0, actionInstant(run).getTime() - Date.parse(since));
}

/** Without what is undefined. */
function given<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

/** The first step whose failure is the run's. */
function failedStep({ status, steps = [] }: Run, task: Task | undefined): string | undefined {
  if (status !== 'failed' && status !== 'errored') return undefined;
  const isBad = (step: string): boolean => step === 'failed' || step === 'errored';
  return steps.find((step, index) => isBad(step.status) && !task?.steps[index]?.continueOnError)?.name;
}
