/** Due moments that did not run, summed up: how many of each job, and why. */
import type { Reason, Run } from '../model/run.js';
import type { Store } from '../store/store.js';
import { listRuns } from './read.js';

/** All records of one job with the same status and reason. */
export type Unrun = {
  readonly namespace: string;
  readonly job: string;
  readonly status: 'skipped' | 'missed';
  readonly reason: Reason | undefined;
  /** Due moments; a record may stand for many. */
  readonly moments: number;
  readonly records: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** The newest record. */
  readonly latest: Run;
};

/** Summing up more would take long; the newest count. */
const MOST_RECORDS = 100_000;

/**
 * Skipped and missed moments since an instant, those of which the last is newest first.
 *
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`
 */
export async function listUnrun(
  store: Store,
  filter: {
    readonly namespace: string | undefined;
    readonly job: string | undefined;
    readonly since: Date;
  },
): Promise<readonly Unrun[]> {
  const runs = await listRuns(store, { ...filter, status: ['skipped', 'missed'], limit: MOST_RECORDS });
  const groups = new Map<string, Unrun>();
  for (const run of runs) {
    const key = JSON.stringify([run.namespace, run.job, run.status, run.reason]);
    groups.set(key, addRun(groups.get(key), run));
  }
  return [...groups.values()].sort((left, right) => right.lastAt.getTime() - left.lastAt.getTime());
}

function addRun(group: Unrun | undefined, run: Run): Unrun {
  const { namespace, job, reason, scheduledAt, firstAt = scheduledAt, lastAt = scheduledAt, count = 1 } = run;
  const status = run.status === 'missed' ? 'missed' : 'skipped';
  if (group === undefined)
    return { namespace, job, status, reason, moments: count, records: 1, firstAt, lastAt, latest: run };
  return {
    ...group,
    moments: group.moments + count,
    records: group.records + 1,
    firstAt: firstAt < group.firstAt ? firstAt : group.firstAt,
    lastAt: lastAt > group.lastAt ? lastAt : group.lastAt,
  };
}
