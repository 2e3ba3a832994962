/** All jobs of a namespace that were made through the API, as one set that takes the place of another. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Problem, SupertaskError } from '../../errors.js';
import { type KeptJob, type KeptJobs, type TaskForm, twinOf } from '../../model/kept-job.js';
import { parseId } from '../../model/task.js';
import { type Condition, checkKept, isMet, type KeptPlace, keptIn, tagOf } from './change.js';

export type KeptSet = {
  readonly jobs: KeptJobs;
  /** Another one after each change of any of them. */
  readonly tag: string;
  /** Those of which the source has the name. */
  readonly shadowed: readonly string[];
};

/** Ids, in the order of the new set; the removed ones in that of the old. */
export type Replaced = KeptSet & {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
};

export async function showSet(place: KeptPlace): Promise<KeptSet> {
  return setOf(place, await keptIn(place));
}

/**
 * Put a set of tasks in the place of what there is: what is the same stays as it is.
 *
 * @param options.isDry - Only say what would become of it; it is refused for the same reasons.
 * @throws {SupertaskError} `CHANGED`, `CONFLICT` where the source has a name, `ID_INVALID`, `TIMETABLE_INVALID`
 */
export async function replaceSet(
  place: KeptPlace,
  tasks: ReadonlyMap<string, TaskForm>,
  { condition, isDry }: { readonly condition: Condition; readonly isDry: boolean },
): Promise<Replaced> {
  for (const id of tasks.keys()) parseId(id, 'task');
  const replace = async (before: KeptJobs, now: Date): Promise<Replaced> => {
    if (!isMet(setOf(place, before).tag, condition))
      throw new SupertaskError('CHANGED', `the jobs of ${place.namespace} have been changed since`, {
        hint: 'Read them again, and decide anew.',
      });
    const replaced = compare(place, before, tasks, now);
    const touched = [...replaced.added, ...replaced.changed];
    refuseTaken(place, replaced.added);
    if (touched.length + replaced.removed.length === 0) return { ...replaced, ...setOf(place, before) };
    await checkKept(before, replaced.jobs, touched, place.surroundings);
    return replaced;
  };
  if (isDry) {
    const before = await keptIn(place);
    // With the tag of what there is, the same can be asked for in earnest.
    return { ...(await replace(before, new Date())), tag: setOf(place, before).tag };
  }
  return place.store.changeKeptJobs(place.namespace, async (before, now) => {
    const result = await replace(before, now);
    return { jobs: result.jobs, result };
  });
}

function compare(
  place: KeptPlace,
  before: KeptJobs,
  tasks: ReadonlyMap<string, TaskForm>,
  now: Date,
): Replaced {
  const [added, changed, unchanged]: [string[], string[], string[]] = [[], [], []];
  const jobs = new Map<string, KeptJob>();
  for (const [id, task] of tasks) {
    const known = before.get(id);
    if (known === undefined) added.push(id);
    else if (isDeepStrictEqual(known.task, task)) unchanged.push(id);
    else changed.push(id);
    jobs.set(
      id,
      known !== undefined && isDeepStrictEqual(known.task, task) ? known : made(known, task, place, now),
    );
  }
  const removed = [...before.keys()].filter((id) => !tasks.has(id));
  return { ...setOf(place, jobs), added, changed, removed, unchanged };
}

function made(known: KeptJob | undefined, task: TaskForm, { by }: KeptPlace, now: Date): KeptJob {
  if (known === undefined) return { task, createdAt: now, changedAt: now, by };
  // Of two changes within a millisecond, too, each has its own tag.
  const changedAt = new Date(Math.max(now.getTime(), known.changedAt.getTime() + 1));
  return { ...known, task, changedAt, by };
}

/** What is kept already and has lost its name to the source is told as shadowed; nothing new begins that way. */
function refuseTaken({ taken }: KeptPlace, added: readonly string[]): void {
  const problems = added.flatMap((id): Problem[] => {
    const twin = twinOf(taken, id);
    if (twin === undefined) return [];
    const message = `the timetable of the scheduler has a job "${twin}"`;
    const hint = 'Choose another name: what the timetable says goes first.';
    return [{ code: 'CONFLICT', message, hint, location: { file: id, path: 'task' } }];
  });
  const [first] = problems;
  if (first !== undefined)
    throw new SupertaskError('CONFLICT', first.message, { hint: first.hint, problems });
}

function setOf({ taken }: KeptPlace, jobs: KeptJobs): KeptSet {
  const text = JSON.stringify([...jobs].map(([id, job]) => [id, tagOf(job)]).sort());
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  return { jobs, tag, shadowed: [...jobs.keys()].filter((id) => twinOf(taken, id) !== undefined) };
}
