/** What is other about a run than it was when its job succeeded last. */
import { isDeepStrictEqual } from 'node:util';
import type { JobDefinition } from '../model/job.js';
import type { Json } from '../model/json.js';
import { runRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import type { HeldDefinition } from '../store/store.js';
import { findRun } from './run-page.js';
import type { Service } from './service.js';

export type RunChanges = {
  readonly run: Run;
  /** The run of the job before it that succeeded; undefined: none is known. */
  readonly lastSuccess: Run | undefined;
  /** Between the two. */
  readonly failures: number;
  /** What became another in the timetable between the two, in order. */
  readonly definition: readonly (Difference & { readonly at: Date })[];
  /** Whether that is known from the last success on. */
  readonly isRemembered: boolean;
  /** Between the records. */
  readonly differences: readonly Difference[];
};

/** `field`: a key of the record; of definitions, `other` is what the bookkeeping does not keep in words. */
export type Difference = { readonly field: string; readonly before: Json; readonly after: Json };

const MOST_FAILURES = 1_000;

/** What belongs to every run alone says nothing. */
const OWN_FIELDS = new Set([
  'id',
  'namespace',
  'job',
  'task',
  'scheduledAt',
  'startedAt',
  'endedAt',
  'pid',
  'cause',
  'outage',
  'evidence',
  'message',
  'steps',
  'attempt',
]);

const DEFINITION_FIELDS = [
  'target',
  'schedules',
  'tz',
  'enabled',
  'name',
  'description',
  'labels',
  'deadlineMs',
  'keep',
] as const;

/** @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS` */
export async function changesOf(service: Service, namespace: string, text: string): Promise<RunChanges> {
  const run = await findRun(service, namespace, text);
  const { store } = service;
  const { job } = run;
  const before = { namespace, job, after: run };
  const [lastSuccess] = await store.runs({ ...before, status: ['succeeded'], limit: 1 });
  const failed = await store.runs({
    ...before,
    status: ['failed', 'errored'],
    since: lastSuccess?.scheduledAt,
    limit: MOST_FAILURES,
  });
  const held = lastSuccess === undefined ? [] : await store.definitions(namespace, job);
  return {
    run,
    lastSuccess,
    failures: failed.length,
    definition: lastSuccess === undefined ? [] : definitionChanges(held, lastSuccess, run),
    isRemembered: lastSuccess !== undefined && held.some(({ at }) => at <= instantOf(lastSuccess)),
    differences: lastSuccess === undefined ? [] : differencesOf(lastSuccess, run),
  };
}

/** When it took what held. */
function instantOf({ startedAt, scheduledAt }: Run): Date {
  return startedAt ?? scheduledAt;
}

function definitionChanges(
  held: readonly HeldDefinition[],
  from: Run,
  to: Run,
): readonly (Difference & { readonly at: Date })[] {
  const first = held.findLast(({ at }) => at <= instantOf(from));
  let known = first?.definition;
  return held
    .filter(({ at }) => at > instantOf(from) && at <= instantOf(to))
    .flatMap(({ at, definition }) => {
      const found = known && definition ? compareDefinitions(known, definition) : [];
      known = definition ?? known;
      return found.map((each) => ({ at, ...each }));
    });
}

function compareDefinitions(before: JobDefinition, after: JobDefinition): Difference[] {
  const found = DEFINITION_FIELDS.flatMap((field) =>
    compare(field, fieldOf(before, field), fieldOf(after, field)),
  );
  const isOther = before.digest !== undefined && after.digest !== undefined && before.digest !== after.digest;
  return found.length === 0 && isOther ? [{ field: 'other', before: null, after: null }] : found;
}

function fieldOf(definition: object, field: string): Json {
  return (definition as Readonly<Record<string, Json | undefined>>)[field] ?? null;
}

function differencesOf(before: Run, after: Run): Difference[] {
  const [old, now] = [runRecord(before), runRecord(after)];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => !OWN_FIELDS.has(key),
  );
  return fields.flatMap((field) => compare(field, old[field] ?? null, now[field] ?? null));
}

function compare(field: string, before: Json, after: Json): Difference[] {
  return isDeepStrictEqual(before, after) ? [] : [{ field, before, after }];
}
