/** What taking over a timetable would change, seen from the bookkeeping: no scheduler is asked, and nothing is done. */
import { isDeepStrictEqual } from 'node:util';
import { SupertaskError } from '../errors.js';
import type { Job, JobDefinition } from '../model/job.js';
import type { ProcessId } from '../model/run.js';
import type { Timetable } from '../model/timetable.js';
import type { TimetableChange } from '../model/timetable-change.js';
import type { Store } from '../store/store.js';
import { definitionOf } from './define.js';
import { digestsOf } from './definition-digest.js';
import { expandSchedules, withSchedules } from './expand.js';
import { namespaceOf } from './identity.js';
import { findHiding } from './secret.js';
import type { Source } from './source.js';

export type ReloadPreview = {
  readonly namespace: string;
  /** The scheduler that would take it over; undefined: none runs, and it is compared with what the last one had. */
  readonly scheduler: ProcessId | undefined;
  readonly change: TimetableChange;
  /** Of changed jobs: which parts of them, as `PARTS` names them. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
};

/** Names of what can differ → what it is in a definition. */
const PARTS: Readonly<Record<string, (job: JobDefinition) => unknown>> = {
  name: ({ name, description }) => [name, description],
  labels: ({ labels }) => labels,
  enabled: ({ enabled }) => enabled,
  when: ({ schedules, scheduleForms, tz }) => [scheduleForms ?? schedules, tz],
  run: ({ target }) => target,
  keep: ({ keep }) => keep,
  settings: ({ deadlineMs, digest }) => [deadlineMs, digest],
};

/**
 * Compare a timetable with what the scheduler of its namespace has.
 *
 * @param options - `namespace`: a whole id; undefined: that of the timetable.
 * @throws {SupertaskError} `ID_UNKNOWN` when nothing is kept of it.
 */
export async function previewReload(
  store: Store,
  source: Source,
  options: {
    readonly namespace: string | undefined;
    readonly hostId: string | undefined;
    /** Undefined: that of the scheduler. */
    readonly tz: string | undefined;
    readonly systemTz: string;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<ReloadPreview> {
  const { timetable } = source;
  const namespace = options.namespace ?? (await namespaceOfSource(store, source, options.hostId));
  const schedulers = namespace === undefined ? [] : await store.schedulers(namespace);
  const before = namespace === undefined ? [] : scheduled(await store.jobs(namespace));
  if (namespace === undefined || (before.length === 0 && schedulers.length === 0))
    throw neverScheduled(source);
  const tz = options.tz ?? before[0]?.tz ?? options.systemTz;
  const after = await definitionsOf(source, timetable, tz, options.env, schedulers.length > 0);
  return { namespace, scheduler: schedulers[0]?.process, ...compareDefinitions(before, after) };
}

async function namespaceOfSource(
  store: Store,
  { kind, source, timetable }: Source,
  hostId: string | undefined,
): Promise<string | undefined> {
  const id = timetable.namespace ?? namespaceOf(source, kind, hostId);
  const all = await store.namespaces();
  return (all.find((each) => each.id === id) ?? all.find((each) => each.source === source))?.id;
}

function scheduled(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(({ scheduledSince }) => scheduledSince !== undefined);
}

async function definitionsOf(
  source: Source,
  { tasks }: Timetable,
  tz: string,
  env: Readonly<Record<string, string | undefined>>,
  isRunning: boolean,
): Promise<readonly JobDefinition[]> {
  const { text } = await findHiding(tasks, env);
  const digestOf = digestsOf(source, text);
  const wanted = await expandSchedules(isRunning ? tasks : withSchedules(tasks, undefined));
  return wanted.map((task) => ({ ...definitionOf(task, tz, text), ...digestOf(task) }));
}

function compareDefinitions(
  before: readonly JobDefinition[],
  after: readonly JobDefinition[],
): Pick<ReloadPreview, 'change' | 'parts'> {
  const known = new Map(before.map((job) => [job.id, job]));
  const ids = new Set(after.map(({ id }) => id));
  const parts: Record<string, readonly string[]> = {};
  for (const job of after) {
    const old = known.get(job.id);
    const differing = old === undefined ? [] : partsThatDiffer(old, job);
    if (differing.length > 0) parts[job.id] = differing;
  }
  const added = after.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  const changed = Object.keys(parts);
  return {
    change: {
      added,
      changed,
      removed: before.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
      unchanged: after.length - added.length - changed.length,
    },
    parts,
  };
}

function partsThatDiffer(before: JobDefinition, after: JobDefinition): string[] {
  return Object.entries(PARTS)
    .filter(([, partOf]) => !isDeepStrictEqual(plain(partOf(before)), plain(partOf(after))))
    .map(([name]) => name);
}

/** As it is kept: what is undefined is not. */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function neverScheduled({ source }: Source): SupertaskError {
  return new SupertaskError('ID_UNKNOWN', `no scheduler ever had ${source}`, {
    hint: 'Start one with supertask run --file, or name its namespace with --ns.',
  });
}
