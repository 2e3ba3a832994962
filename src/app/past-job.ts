/** Jobs that no timetable has any more: they are known by their runs. */
import { SupertaskError } from '../errors.js';
import type { Job, JobDefinition } from '../model/job.js';
import type { Store } from '../store/store.js';
import { latestRun } from './latest-run.js';

/**
 * A job that was taken out of its timetable, with the last definition that is kept of it.
 *
 * @param namespace - Undefined: of all.
 * @returns Nothing when no run of it is kept.
 * @throws {SupertaskError} `ID_AMBIGUOUS` when more than one namespace has runs of such a job.
 */
export async function findPastJob(
  store: Store,
  id: string,
  namespace: string | undefined,
): Promise<Job | undefined> {
  const [newest] = await store.runs({ namespace, job: id, limit: 1 });
  if (newest === undefined) return undefined;
  if (namespace === undefined) await checkOnly(store, id);
  const held = await store.definitions(newest.namespace, id);
  const known = held.findLast(({ definition }) => definition !== undefined)?.definition;
  const job: Job = {
    ...(known ?? unknown(id)),
    namespace: newest.namespace,
    isRemoved: true,
    enabled: false,
    paused: false,
    seenAt: held[0]?.at ?? newest.scheduledAt,
    nextDueAt: undefined,
    lastRun: undefined,
  };
  return { ...job, lastRun: await latestRun(store, job) };
}

async function checkOnly(store: Store, id: string): Promise<void> {
  const names: string[] = [];
  for (const { id: namespace } of await store.namespaces()) {
    const [run] = await store.runs({ namespace, job: id, limit: 1 });
    if (run !== undefined) names.push(namespace.slice(0, 12));
  }
  if (names.length < 2) return;
  throw new SupertaskError('ID_AMBIGUOUS', `"${id}" fits more than one job of the past`, {
    hint: `Name its namespace with --ns: ${names.slice(0, 5).join(', ')}.`,
  });
}

/** Of definitions less is kept than of runs. */
function unknown(id: string): JobDefinition {
  return {
    id,
    name: undefined,
    description: undefined,
    target: '',
    schedules: [],
    tz: 'UTC',
    enabled: false,
  };
}
