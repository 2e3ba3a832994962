/** What a job was before a reload changed it. */
import { isDeepStrictEqual } from 'node:util';
import { formatWallTime } from '../model/asked-time.js';
import type { Job, JobDefinition } from '../model/job.js';
import type { Store } from '../store/store.js';

/** What held at a time before a reload brought the definition that holds now, and until when. */
export type Before = { readonly definition: JobDefinition; readonly until: Date };

/** @returns Nothing where the present definition held then already, or where it is not remembered. */
export async function definitionBefore(
  store: Store,
  job: Job,
  at: Date | undefined,
): Promise<Before | undefined> {
  if (at === undefined || job.since === undefined || at >= new Date(job.since)) return undefined;
  const held = await store.definitions(job.namespace, job.id);
  const index = held.findLastIndex((each) => each.at <= at);
  const definition = held[index]?.definition;
  const until = held.slice(index + 1).find((each) => !isDeepStrictEqual(each.definition, definition))?.at;
  return definition === undefined || until === undefined ? undefined : { definition, until };
}

export function explainChange({ definition, until }: Before, job: Job, tz: string): string {
  const texts = ({ schedules }: JobDefinition): string => schedules.join(', ') || 'no schedule';
  const isOther = texts(definition) !== texts(job);
  const what = isOther ? `until then it was due ${texts(definition)}` : 'its schedule stayed as it was';
  return `a reload changed the job at ${formatWallTime(until, tz)}: ${what}`;
}
