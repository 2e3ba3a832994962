/** What became of a due moment of a job, for those who ask a server: they mean the job by its whole id. */
import { SupertaskError } from '../errors.js';
import { systemZone } from '../settings/zone.js';
import type { Service } from './service.js';
import { type Explanation, explainListed, explainRemoved } from './why.js';

/**
 * Explain one moment of a job, also of one that is no longer there.
 *
 * @param time - A time as `parseAskedTime` reads it; undefined: the latest due moment.
 * @throws {SupertaskError} `ID_UNKNOWN`, `USAGE`
 */
export async function explainWhyOf(
  { store, env, now }: Service,
  { namespace, job: id }: { readonly namespace: string; readonly job: string },
  time: string | undefined,
): Promise<Explanation> {
  const job = (await store.book(namespace))?.jobs.find((each) => each.id === id);
  if (job !== undefined) return explainListed(store, job, time, now());
  const [run] = await store.runs({ namespace, job: id, limit: 1 });
  if (run !== undefined)
    return explainRemoved(store, id, time, { namespace, tz: systemZone(env), now: now() });
  throw new SupertaskError('ID_UNKNOWN', `there is no job ${JSON.stringify(id)} in ${namespace}`);
}
