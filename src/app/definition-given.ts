/** What flags of a scheduler say in the place of its timetable: kept with its jobs, for who looks at a change beforehand. */
import type { JobDefinition } from '../model/job.js';
import type { Args } from '../model/param.js';
import type { Schedule } from '../model/schedule.js';
import { parseSchedule } from '../model/schedule-text.js';
import type { Task } from '../model/task.js';
import { digestsOf } from './definition-digest.js';
import type { Source } from './source.js';

/** Flags of `run` that decide which jobs there are, and when they are due. */
export type Given = { readonly when?: Schedule | undefined; readonly args?: Args | undefined };

/**
 * What definitions keep of where they come from: what their file says, as a digest, and what flags say in its place.
 *
 * @param hide - For what may hold a secret.
 */
export function originsOf(
  source: Source,
  given: Given,
  hide: (text: string) => string,
): (task: Task) => Pick<JobDefinition, 'digest' | 'given'> {
  const digestOf = digestsOf(source, hide);
  const givenOf = givenTo(given);
  return (task) => ({ ...digestOf(task), ...givenOf(task) });
}

/** Of arguments the names: a job keeps the values beside them, without those that are secret. */
function givenTo({ when, args = {} }: Given): (task: Task) => Pick<JobDefinition, 'given'> {
  if (when === undefined && Object.keys(args).length === 0) return () => ({});
  return ({ origin, params = {} }) => {
    const names = Object.keys(args).filter((name) => Object.hasOwn(params, name));
    if (origin === 'api' || (when === undefined && names.length === 0)) return {};
    return {
      given: {
        ...(when === undefined ? {} : { when: when.text }),
        ...(names.length === 0 ? {} : { args: names }),
      },
    };
  };
}

/** The flags of the scheduler that had these jobs; in the place of secret arguments `***`. */
export function givenWith(jobs: readonly JobDefinition[]): Given {
  const when = jobs.find(({ given }) => given?.when !== undefined)?.given?.when;
  const args = jobs.flatMap(({ given, args: known = {} }) =>
    (given?.args ?? []).flatMap((name): [string, string][] => {
      const value = known[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return {
    ...(when === undefined ? {} : { when: parseSchedule(when) }),
    args: Object.fromEntries(args),
  };
}
