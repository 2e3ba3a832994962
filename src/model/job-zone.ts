/** The zones of a kept job. */
import type { JobDefinition } from './job.js';
import type { Json } from './json.js';

/**
 * Of each schedule, in order, as far as it can be told without reading it; undefined where all have that of the job.
 */
export function zonesOf({
  schedules,
  scheduleForms = schedules,
  tz,
}: Pick<JobDefinition, 'schedules' | 'scheduleForms' | 'tz'>): readonly string[] | undefined {
  const zones = scheduleForms.map((form) => zoneIn(form) ?? tz);
  return zones.every((zone) => zone === tz) ? undefined : zones;
}

function zoneIn(form: Json): string | undefined {
  if (typeof form === 'string') return /^(?:CRON_)?TZ=(\S+)/.exec(form)?.[1];
  if (typeof form !== 'object' || form === null || Array.isArray(form)) return undefined;
  const { tz, when } = form as Readonly<Record<string, Json>>;
  if (typeof tz === 'string') return tz;
  return typeof when === 'string' ? zoneIn(when) : undefined;
}
