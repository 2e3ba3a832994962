/** Making, changing and removing jobs through the API: all that is checked before something is kept. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Problem, SupertaskError } from '../../errors.js';
import type { Json } from '../../model/json.js';
import {
  isObject,
  type KeptJob,
  type KeptJobs,
  mergePatch,
  type TaskForm,
  twinOf,
} from '../../model/kept-job.js';
import { parseId } from '../../model/task.js';
import type { FileStore } from '../../store/file/store.js';
import { inspectForms, type KeptSurroundings } from './task.js';

/** Whose jobs are changed, and by whom. */
export type KeptPlace = {
  readonly store: Pick<FileStore, 'keptJobs' | 'changeKeptJobs'>;
  readonly namespace: string;
  readonly surroundings: KeptSurroundings;
  /** Names that the source of the namespace has. */
  readonly taken: readonly string[];
  readonly by: string;
};

/** A job as it is kept. */
export type Definition = KeptJob & {
  readonly id: string;
  /** Another one after each change. */
  readonly tag: string;
  /** The source has a job of this name, which is run in its place. */
  readonly shadowed: boolean;
};

/** Tags of which one has to be that of what is changed: as in the header `If-Match`. Undefined: it does not matter. */
export type Condition = string | undefined;

/** @throws {SupertaskError} `CONFLICT` where the name is taken; `ID_INVALID`, `TIMETABLE_INVALID` */
export async function createJob(place: KeptPlace, id: string, task: TaskForm): Promise<Definition> {
  parseId(id, 'task');
  const found = await change(place, [id], (jobs, now) => {
    const twin = twinOf(place.taken, id);
    if (twin !== undefined)
      throw new SupertaskError('CONFLICT', `the timetable of the scheduler has a job "${twin}"`, {
        hint: 'Choose another name: what the timetable says goes first.',
      });
    const known = twinOf(jobs.keys(), id);
    if (known !== undefined)
      throw new SupertaskError('CONFLICT', `there is a job "${known}" already`, {
        hint: 'PUT to its definition changes it.',
      });
    return new Map(jobs).set(id, { task, createdAt: now, changedAt: now, by: place.by });
  });
  return definitionIn(place, found, id);
}

/** @throws {SupertaskError} `ID_UNKNOWN` */
export async function showJob(place: KeptPlace, id: string): Promise<Definition> {
  return definitionIn(place, await keptIn(place), id);
}

/**
 * Put another task in the place of that of a job.
 *
 * @param next - Makes it of the present one.
 * @throws {SupertaskError} `ID_UNKNOWN`, `CHANGED`, `TIMETABLE_INVALID`
 */
export async function changeJob(
  place: KeptPlace,
  id: string,
  condition: Condition,
  next: (task: TaskForm) => TaskForm,
): Promise<Definition> {
  const found = await change(place, [id], (jobs, now) => {
    const before = keptJob(place, jobs, id);
    checkTag(id, before, condition);
    const task = next(before.task);
    if (isDeepStrictEqual(task, before.task)) return jobs;
    // Of two changes within a millisecond, too, each has its own tag.
    const changedAt = new Date(Math.max(now.getTime(), before.changedAt.getTime() + 1));
    return new Map(jobs).set(id, { ...before, task, changedAt, by: place.by });
  });
  return definitionIn(place, found, id);
}

/** @throws {SupertaskError} `USAGE` where no task is left of it; else as `changeJob` */
export function patchJob(
  place: KeptPlace,
  id: string,
  condition: Condition,
  patch: Json,
): Promise<Definition> {
  return changeJob(place, id, condition, (task) => {
    const patched = mergePatch(task, patch);
    if (isObject(patched)) return patched;
    throw new SupertaskError('USAGE', 'the patch leaves no task');
  });
}

/** @throws {SupertaskError} `ID_UNKNOWN`, `CHANGED`; `CONFLICT` while others wait for it */
export async function removeJob(place: KeptPlace, id: string, condition: Condition): Promise<void> {
  await change(place, [], (jobs) => {
    checkTag(id, keptJob(place, jobs, id), condition);
    const rest = new Map(jobs);
    rest.delete(id);
    return rest;
  });
}

/** Read, change and check as the only one. @returns What is kept then. */
async function change(
  { store, namespace, surroundings }: KeptPlace,
  touched: readonly string[],
  next: (jobs: KeptJobs, now: Date) => KeptJobs,
): Promise<KeptJobs> {
  return store.changeKeptJobs(namespace, async (jobs, now) => {
    const changed = next(jobs, now);
    if (changed !== jobs) await checkKept(jobs, changed, touched, surroundings);
    return { jobs: changed, result: changed };
  });
}

/**
 * Refuse what is wrong with a set; what was wrong before with others is no reason to refuse a change.
 *
 * @param touched - Those that are made or changed.
 * @throws {SupertaskError} `TIMETABLE_INVALID`, `NOT_ALLOWED`; `CONFLICT` for what would be wrong with others
 */
export async function checkKept(
  before: KeptJobs,
  after: KeptJobs,
  touched: readonly string[],
  surroundings: KeptSurroundings,
): Promise<void> {
  const problems = await problemsOf(after, surroundings);
  if (problems.length === 0) return;
  const isTouched = ({ location }: Problem): boolean => touched.includes(location?.file ?? '');
  const own = problems.filter(isTouched);
  if (own.length > 0) throw invalidTasks(own, touched.length > 1 ? 'the timetable' : 'the task');
  const known = new Set((await problemsOf(before, surroundings)).map(keyOf));
  const fresh = problems.filter((problem) => !known.has(keyOf(problem)));
  if (fresh.length === 0) return;
  const [first] = fresh;
  throw new SupertaskError('CONFLICT', `what others say would be wrong then: ${first?.message}`, {
    hint: 'Change these first.',
    problems: fresh,
  });
}

async function problemsOf(jobs: KeptJobs, surroundings: KeptSurroundings): Promise<readonly Problem[]> {
  const forms = new Map([...jobs].map(([id, { task }]) => [id, task]));
  return (await inspectForms(forms, surroundings)).problems;
}

function keyOf({ location, message }: Problem): string {
  return `${location?.file} ${location?.path} ${message}`;
}

/** All that is wrong with tasks that somebody gives, as one error. */
export function invalidTasks(problems: readonly Problem[], what: string): SupertaskError {
  const [first] = problems;
  if (first === undefined || problems.length > 1)
    return new SupertaskError('TIMETABLE_INVALID', `${what} has ${problems.length} problems`, { problems });
  const code = first.code === 'NOT_ALLOWED' ? first.code : 'TIMETABLE_INVALID';
  return new SupertaskError(code, first.message, { hint: first.hint, location: first.location, problems });
}

export async function keptIn({ store, namespace }: KeptPlace): Promise<KeptJobs> {
  return (await store.keptJobs?.(namespace))?.jobs ?? new Map();
}

function definitionIn(place: KeptPlace, jobs: KeptJobs, id: string): Definition {
  const job = keptJob(place, jobs, id);
  return { ...job, id, tag: tagOf(job), shadowed: twinOf(place.taken, id) !== undefined };
}

function keptJob({ taken }: KeptPlace, jobs: KeptJobs, id: string): KeptJob {
  const found = jobs.get(id);
  if (found !== undefined) return found;
  throw new SupertaskError('ID_UNKNOWN', `no job "${id}" was made through the API`, {
    hint: taken.includes(id) ? 'It stands in the timetable: change it there.' : undefined,
  });
}

function checkTag(id: string, job: KeptJob, condition: Condition): void {
  if (isMet(tagOf(job), condition)) return;
  throw new SupertaskError('CHANGED', `the job "${id}" has been changed since`, {
    hint: 'Read it again, and decide anew.',
  });
}

/** Whether what has this tag may be changed. */
export function isMet(tag: string, condition: Condition): boolean {
  return condition === undefined || condition.split(',').some((each) => ['*', tag].includes(each.trim()));
}

/** Another one after each change. */
export function tagOf({ task, changedAt, createdAt }: KeptJob): string {
  const text = JSON.stringify([createdAt, changedAt, task]);
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}
