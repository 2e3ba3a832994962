/** Runs of a part of time: the newest as they were, and all by outcome and hour. */
import { SupertaskError } from '../errors.js';
import { isEnded, isPlanned, type Run, type RunStatus } from '../model/run.js';
import { createBreath } from './breath.js';
import { namespaceIds } from './job-page.js';
import type { Part } from './occurrence.js';
import { liveRunsOf } from './run-page.js';
import { walkRuns } from './run-walk.js';
import type { Service } from './service.js';

export type Timeline = Part & {
  /** The newest first. Those that began before and still go on are among them, and those that are planned. */
  readonly runs: readonly Run[];
  /** Of UTC; hours without any are left out. A record that stands for several moments counts as many, what is planned not. */
  readonly hours: readonly HourOutcomes[];
  /** There are runs that are not among `runs`. */
  readonly isTruncated: boolean;
  /** There are even more than were counted. */
  readonly isUncounted: boolean;
};

export type HourOutcomes = {
  readonly at: Date;
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
};

const HOUR_MS = 3_600_000;
const LONGEST_PART_MS = 35 * 86_400_000;
const MOST_BARS = 2_000;
const MOST_COUNTED = 200_000;
const LIVE: readonly RunStatus[] = ['waiting', 'starting', 'running', 'stopping'];

/** @throws {SupertaskError} `USAGE` */
export async function readTimeline(
  service: Service,
  { namespace, from, to }: Part & { readonly namespace: string | undefined },
): Promise<Timeline> {
  if (to <= from) throw new SupertaskError('USAGE', 'to is not after from');
  if (to.getTime() - from.getTime() > LONGEST_PART_MS)
    throw new SupertaskError(
      'USAGE',
      `from and to are more than ${LONGEST_PART_MS / 86_400_000} days apart`,
      {
        hint: 'Ask for a part of it.',
      },
    );
  const query = { since: from, until: new Date(to.getTime() - 1) };
  const { hours, counted } = await countByHour(service, namespace, query);
  const runs: Run[] = [];
  for await (const run of walkRuns(service, { namespace, ...query }, MOST_BARS)) runs.push(run);
  return {
    from,
    to,
    runs: [...runs, ...(await stillGoing(service, namespace, from))],
    hours,
    isTruncated: counted > runs.length,
    isUncounted: counted > MOST_COUNTED,
  };
}

async function countByHour(
  service: Service,
  namespace: string | undefined,
  query: { readonly since: Date; readonly until: Date },
): Promise<{ readonly hours: readonly HourOutcomes[]; readonly counted: number }> {
  const live = liveRunsOf(service);
  const hours = new Map<number, Partial<Record<RunStatus, number>>>();
  const breath = createBreath();
  let counted = 0;
  for (const id of await namespaceIds(service, namespace)) {
    for await (const run of service.store.eachRun(id, query)) {
      counted += 1;
      if (counted > MOST_COUNTED) break;
      const known = live.get(run.id) ?? run;
      if (isPlanned(known)) continue;
      const { status } = known;
      const at = Math.floor(run.scheduledAt.getTime() / HOUR_MS) * HOUR_MS;
      const counts = hours.get(at) ?? {};
      counts[status] = (counts[status] ?? 0) + (run.count ?? 1);
      hours.set(at, counts);
      await breath();
    }
  }
  const sorted = [...hours].sort(([a], [b]) => a - b);
  return { hours: sorted.map(([ms, counts]) => ({ at: new Date(ms), counts })), counted };
}

/** Runs that were due before, and have not ended. */
async function stillGoing(service: Service, namespace: string | undefined, from: Date): Promise<Run[]> {
  const until = new Date(from.getTime() - 1);
  const found: Run[] = [];
  for await (const run of walkRuns(service, { namespace, until, status: LIVE }, MOST_BARS))
    if (!isEnded(run.status)) found.push(run);
  return found;
}
