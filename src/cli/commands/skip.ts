/** `skip`: a due moment that is not to be run. */
import { checkSkipped, momentToSkip, skipMoment } from '../../app/override.js';
import { meantBy } from '../../app/override-request.js';
import { findJobs } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { formatWallTime } from '../../model/asked-time.js';
import type { Job } from '../../model/job.js';
import type { Skip } from '../../model/override.js';
import { summarize } from '../cells.js';
import type { Exit } from '../exit.js';
import { type Flags, openSteering, type Steering } from '../steering.js';
import { answer, askedOf, tellDry, tellSchedulers } from './pause.js';

export async function skipCommand(text: string, time: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const jobs = await findJobs(steering.store, text, steering.namespace);
  const moments = await momentsOf(steering, jobs, time ?? 'next');
  const { target } = meantBy(jobs, text);
  if (steering.isDry) {
    const lines = moments.map(({ job, when }) => `would skip ${summarize(job.id)} at ${when}`);
    return tellDry(steering, target, lines.join('\n'));
  }
  const skips: Skip[] = [];
  const lines: string[] = [];
  let kind: 'skip' | 'skip-already' = 'skip-already';
  for (const { job, at, when } of moments) {
    const one = { namespace: job.namespace, job: job.id };
    const { skip, isNew } = await skipMoment(steering.store, one, at, askedOf(steering, flags));
    if (isNew) kind = 'skip';
    skips.push(skip);
    lines.push(`${summarize(job.id)} skips ${when}${isNew ? '' : ', as was asked for before'}`);
  }
  const reached = await tellSchedulers(steering, target.namespace);
  for (const { job, at } of moments)
    await checkSkipped(steering.store, { namespace: job.namespace, job: job.id }, at, new Date());
  return answer(steering, { target, kind, pauses: [], skips }, lines.join('\n'), reached);
}

type Moment = { readonly job: Job; readonly at: Date; readonly when: string };

/**
 * When each job is due; of several, those that are not due then are left out.
 *
 * @throws {SupertaskError} `CONFLICT` where none of them is; `USAGE`
 */
async function momentsOf(
  steering: Steering,
  jobs: readonly Job[],
  wanted: string,
): Promise<readonly Moment[]> {
  const now = new Date();
  const { askNextDue } = await import('../../http/next-due.js');
  const found: Moment[] = [];
  let refused: SupertaskError | undefined;
  for (const job of jobs) {
    const known = wanted === 'next' ? await askNextDue(steering.store, job, steering.by) : undefined;
    try {
      const at = await momentToSkip(steering.store, job, wanted, known, now);
      found.push({ job, at, when: `${formatWallTime(at, job.tz)} ${job.tz}` });
    } catch (error) {
      if (!(error instanceof SupertaskError) || error.code !== 'CONFLICT') throw error;
      refused ??= error;
    }
  }
  if (found.length === 0 && refused !== undefined) throw refused;
  return found;
}
