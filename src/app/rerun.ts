/** Runs jobs again as they ran before: with the same arguments, and the instant that templates saw. */
import type { RunDetail } from '../engine/claim.js';
import { SupertaskError } from '../errors.js';
import { HIDDEN } from '../model/arg.js';
import { jobByHand, remakeJob } from '../model/expand.js';
import type { JobDefinition } from '../model/job.js';
import type { Json } from '../model/json.js';
import { isEnded, type Run } from '../model/run.js';
import type { Task } from '../model/task.js';
import type { Store } from '../store/store.js';
import { argTexts } from './arg-text.js';

export type RerunOptions = {
  /** In the place of those that the run had. */
  readonly args?: Readonly<Record<string, Json>> | undefined;
  readonly note?: string | undefined;
  readonly by?: string | undefined;
};

/**
 * The job that a run was of, as it is defined now, with the arguments of the run.
 *
 * @param tasks - As defined, or jobs of them.
 * @throws {SupertaskError} `CONFLICT` where it cannot be made again, `ARGS_INVALID`
 */
export function jobAgain(tasks: readonly Task[], run: Run, { args }: RerunOptions = {}): Task {
  refuseLive(run);
  const taskId = run.task ?? run.job;
  if (!tasks.some(({ id, taskId: own = id }) => own === taskId))
    throw new SupertaskError('CONFLICT', `there is no task ${taskId} any more, of which ${short(run)} was`, {
      hint: 'supertask list-jobs shows what there is.',
    });
  if (Object.values(args ?? run.args ?? {}).includes(HIDDEN))
    throw new SupertaskError('CONFLICT', `${short(run)} had an argument that is secret, and not kept`, {
      hint: 'Give all arguments anew with --edit.',
    });
  const made = args === undefined ? remakeJob(tasks, run) : jobByHand(tasks, taskId, argTexts(args));
  if (made === undefined)
    throw new SupertaskError('CONFLICT', `the arguments of ${short(run)} do not fit ${taskId} any more`, {
      hint: 'Change them with --edit.',
    });
  // What its schedules say of it holds, too.
  return (args === undefined && tasks.find((task) => isSame(task, made))) || made;
}

function isSame(task: Task, made: Task): boolean {
  return task.id === made.id && JSON.stringify(task.args ?? {}) === JSON.stringify(made.args ?? {});
}

/** What the record of the new run says beside. */
export function detailOfRerun({ id }: Run, { note, by }: RerunOptions): RunDetail {
  return {
    cause: { run: id, kind: 'rerun' },
    ...(note === undefined ? {} : { note }),
    ...(by === undefined ? {} : { by }),
  };
}

/** @throws {SupertaskError} `CONFLICT` */
export function refuseLive(run: Run): void {
  if (isEnded(run.status)) return;
  throw new SupertaskError('CONFLICT', `${short(run)} of ${run.job} is ${run.status}`, {
    hint: 'It can be run again when it has ended: supertask wait, or supertask stop.',
  });
}

/**
 * Make sure that a job is defined as it was when it ran. Of a definition the bookkeeping keeps words and a digest, which
 * tell whether it is the same, and are not enough to run it.
 *
 * @param today - Undefined: as its scheduler has it.
 * @throws {SupertaskError} `CONFLICT` where it is another one, or cannot be told.
 */
export async function refuseChanged(store: Store, run: Run, today?: JobDefinition): Promise<void> {
  const held = await store.definitions(run.namespace, run.job);
  const at = run.startedAt ?? run.scheduledAt;
  const then = held.findLast((each) => each.at <= at)?.definition;
  const now = today ?? held.at(-1)?.definition;
  if (then?.command !== undefined && !('lacks' in then.command)) {
    if (JSON.stringify(then.command) === JSON.stringify(now?.command)) return;
    throw changed(run, then);
  }
  if (then?.digest === undefined || now?.digest === undefined)
    throw new SupertaskError('CONFLICT', `how ${run.job} was defined when ${short(run)} began is not kept`, {
      hint: 'Without --exact it runs as it is defined now.',
    });
  if (then.digest === now.digest && then.target === now.target && then.tz === now.tz) return;
  throw changed(run, then);
}

function changed(run: Run, then: JobDefinition): SupertaskError {
  return new SupertaskError('CONFLICT', `${run.job} has been changed since ${short(run)} began`, {
    hint: `Only its words are kept: it ran ${then.target}. Without --exact it runs as it is defined now.`,
  });
}

function short({ id }: Run): string {
  return `run ${id.slice(0, 18)}`;
}
