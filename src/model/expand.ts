/** Tasks → jobs: a task for each set of arguments that its schedules bring. */
import { type Problem, SupertaskError } from '../errors.js';
import { HIDDEN, isSecretArg } from './arg.js';
import { jobId } from './job-id.js';
import { type Args, bindArgs, type Params } from './param.js';
import type { Run } from './run.js';
import type { Schedule } from './schedule.js';
import { suggest } from './suggest.js';
import type { Task } from './task.js';

/**
 * Put a task for each distinct set of arguments in the place of each task.
 *
 * A task whose schedules bring none, or that has no schedule, stays one. Where no schedule names it, and an argument is
 * missing, it stays as it is: whoever triggers it brings its arguments.
 *
 * @param given - For every task that has such a parameter; they take the place of those in schedules.
 * @throws {SupertaskError} `ARGS_INVALID` with all that is wrong.
 */
export function expandTasks(tasks: readonly Task[], given: Args = {}): readonly Task[] {
  checkGiven(tasks, given);
  const problems: Problem[] = [];
  const expanded = tasks.flatMap((task) => {
    try {
      return expandTask(task, given);
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      const { location } = task;
      problems.push(
        ...error.problems.map((problem) => ({ ...problem, location: problem.location ?? location })),
      );
      return [];
    }
  });
  const [first] = problems;
  if (first === undefined) return expanded;
  throw new SupertaskError(first.code, first.message, { ...first, problems });
}

/**
 * A task with arguments, as one job.
 *
 * @param task - As defined, or a job of it.
 * @param schedules - Of this job; those of the task otherwise.
 * @throws {SupertaskError} `ARGS_INVALID`
 */
export function withArgs(task: Task, given: Args, schedules: readonly Schedule[] = task.schedules): Task {
  const { params = {}, taskId = task.id, taskName = task.name } = task;
  const args = bindArgs(taskId, params, given);
  const shown = withoutSecretArgs(task, given);
  const id = jobId(taskId, shown);
  const pairs = Object.entries(shown).map(([name, value]) => `${name}=${value}`);
  if (id === taskId) return { ...task, id, name: taskName, schedules, args };
  const name = taskName === undefined ? undefined : `${taskName} (${pairs.join(', ')})`;
  return { ...task, id, name, schedules, args, taskId, ...(taskName === undefined ? {} : { taskName }) };
}

/**
 * The job that somebody asks for by the id of a task, or of one of its jobs.
 *
 * @param tasks - As defined, or jobs of them.
 * @param given - With the id of a job, beside the arguments that make it.
 * @throws {SupertaskError} `ARGS_INVALID`
 */
export function jobByHand(tasks: readonly Task[], id: string, given: Args): Task | undefined {
  const isAsIs = Object.keys(given).length === 0;
  const exact = tasks.find((task) => task.id === id && task.args !== undefined);
  if (exact !== undefined && isAsIs) return exact;
  const task = tasks.find(({ id: own, taskId = own }) => taskId === id);
  if (task !== undefined) return task.params === undefined && isAsIs ? task : made(tasks, task, given);
  const job = exact ?? expandTasks(tasks).find((one) => one.id === id);
  return job === undefined || isAsIs ? job : made(tasks, job, { ...ownArgs(job), ...given });
}

/** The job that schedules make with these arguments, else one that nothing schedules. */
function made(tasks: readonly Task[], task: Task, given: Args): Task {
  const job = withArgs(inOwnZone(task), given, []);
  const isSame = ({ id, args }: Task): boolean =>
    id === job.id && JSON.stringify(args) === JSON.stringify(job.args);
  return [...tasks, ...expandTasks([task])].find(isSame) ?? job;
}

/**
 * The job of a run, made again of what its record says.
 *
 * @param tasks - As defined, or jobs of them.
 * @returns Undefined where its task is gone, or its arguments were secret or do not fit it any more.
 */
export function remakeJob(
  tasks: readonly Task[],
  { job, task: taskId = job, args = {} }: Pick<Run, 'job' | 'task' | 'args'>,
): Task | undefined {
  const task = tasks.find(({ id, taskId: own = id }) => own === taskId);
  if (task === undefined || Object.values(args).includes(HIDDEN)) return undefined;
  const texts = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const given: Args = Object.fromEntries(texts);
  try {
    const zoned = inOwnZone(task);
    const all = [ownArgs({ ...task, args: given }), given].map((some) => withArgs(zoned, some, []));
    // Defaults may have changed: its name is what other runs of it know it by.
    return all.find(({ id }) => id === job) ?? { ...withArgs(zoned, given, []), id: job, taskId };
  } catch (error) {
    if (error instanceof SupertaskError) return undefined;
    throw error;
  }
}

/** A job without schedules keeps the zone of the first one that its task has. */
function inOwnZone(task: Task): Task {
  const tz = task.tz ?? task.schedules.find(({ enabled }) => enabled)?.tz;
  return tz === undefined ? task : { ...task, tz };
}

/** The arguments of a job that are more than defaults. */
function ownArgs({ args = {}, params = {} }: Task): Args {
  return Object.fromEntries(Object.entries(args).filter(([name, value]) => params[name]?.default !== value));
}

function expandTask(task: Task, given: Args): readonly Task[] {
  const { params, schedules } = task;
  const own = ofTask(given, params);
  const bring = schedules.some(({ args }) => args !== undefined && Object.keys(args).length > 0);
  if (params === undefined && !bring) return [task];
  if (schedules.length === 0) {
    const isComplete = Object.entries(params ?? {}).every(
      ([name, param]) => param.default !== undefined || Object.hasOwn(own, name),
    );
    return [isComplete ? withArgs(task, own) : task];
  }
  const jobs = new Map<string, { readonly args: Args; readonly schedules: Schedule[] }>();
  for (const schedule of schedules) {
    const args = { ...schedule.args, ...own };
    const key = JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
    const job = jobs.get(key) ?? { args, schedules: [] };
    job.schedules.push(schedule);
    jobs.set(key, job);
  }
  const expanded = [...jobs.values()].map((job) => withArgs(task, job.args, job.schedules));
  checkDistinct(task, expanded);
  return expanded;
}

function ofTask(given: Args, params: Params = {}): Args {
  return Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(params, name)));
}

function checkGiven(tasks: readonly Task[], given: Args): void {
  const known = new Set(tasks.flatMap(({ params }) => Object.keys(params ?? {})));
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    const near = suggest(name, [...known]);
    const names =
      known.size === 0 ? 'No task has any: declare them under params.' : `There is ${[...known].join(', ')}.`;
    throw new SupertaskError('ARGS_INVALID', `no task has a parameter ${JSON.stringify(name)}`, {
      hint: near === undefined ? names : `Did you mean ${near}?`,
    });
  }
}

/** Ids name files, where capitals may not count. */
function checkDistinct(task: Task, jobs: readonly Task[]): void {
  const seen = new Set<string>();
  for (const { id } of jobs) {
    if (!seen.has(id.toLowerCase())) {
      seen.add(id.toLowerCase());
      continue;
    }
    throw new SupertaskError('ARGS_INVALID', `two jobs of task "${task.id}" would be called ${id}`, {
      hint: 'Their arguments differ only in secrets or in capitals; add a parameter that tells them apart.',
    });
  }
}

/** Ids and names stand everywhere. */
function withoutSecretArgs(task: Task, given: Args): Args {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !isSecretArg(task, name)));
}
