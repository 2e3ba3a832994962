/** Runs of a part of time: the newest as they were, and all by outcome and hour. */
import { SupertaskError } from '../errors.js';
import { isEnded, type Run, type RunStatus } from '../model/run.js';
import { createBreath } from './breath.js';
import type { Part } from './occurrence.js';
import { walkRuns } from './run-walk.js';
import type { Service } from './service.js';

export type Timeline = Part & {
  /** The newest first. Those that began before and still go on are among them. */
  readonly runs: readonly Run[];
  /** Of UTC; hours without any are left out. A record that stands for several moments counts as many. */
  readonly hours: readonly HourOutcomes[];
  /** There are runs that are not among `runs`. */
  readonly isTruncated: boolean;
  /** There are even more than were counted: the oldest are not. */
  readonly isUncounted: boolean;
};

export type HourOutcomes = {
  readonly at: Date;
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
};

const HOUR_MS = 3_600_000;
const LONGEST_PART_MS = 35 * 86_400_000;
const MOST_BARS = 2_000;
const MOST_COUNTED = 50_000;
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
  const until = new Date(to.getTime() - 1);
  const runs: Run[] = [];
  const hours = new Map<number, Partial<Record<RunStatus, number>>>();
  let counted = 0;
  const walk = walkRuns(service, { namespace, since: from, until }, MOST_COUNTED);
  const breath = createBreath();
  let step = await walk.next();
  for (; !step.done; step = await walk.next()) {
    const run = step.value;
    const at = Math.floor(run.scheduledAt.getTime() / HOUR_MS) * HOUR_MS;
    const counts = hours.get(at) ?? {};
    counts[run.status] = (counts[run.status] ?? 0) + (run.count ?? 1);
    hours.set(at, counts);
    counted += 1;
    if (runs.length < MOST_BARS) runs.push(run);
    await breath();
  }
  return {
    from,
    to,
    runs: [...runs, ...(await stillGoing(service, namespace, from))],
    hours: [...hours].sort(([a], [b]) => a - b).map(([ms, counts]) => ({ at: new Date(ms), counts })),
    isTruncated: step.value || counted > MOST_BARS,
    isUncounted: step.value,
  };
}

/** Runs that were due before, and have not ended. */
async function stillGoing(service: Service, namespace: string | undefined, from: Date): Promise<Run[]> {
  const until = new Date(from.getTime() - 1);
  const found: Run[] = [];
  for await (const run of walkRuns(service, { namespace, until, status: LIVE }, MOST_BARS))
    if (!isEnded(run.status)) found.push(run);
  return found;
}
