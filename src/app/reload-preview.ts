/** What taking over a timetable would change, seen from the bookkeeping: no scheduler is asked, and nothing is done. */
import { isDeepStrictEqual } from 'node:util';
import { SupertaskError } from '../errors.js';
import type { Job, JobDefinition } from '../model/job.js';
import type { Args } from '../model/param.js';
import type { ProcessId } from '../model/run.js';
import type { TimetableChange } from '../model/timetable-change.js';
import type { NamespaceSummary, Store } from '../store/store.js';
import { definitionOf } from './define.js';
import { digestsOf } from './definition-digest.js';
import { type Given, givenWith } from './definition-given.js';
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
  // Flags of the scheduler may say another deadline; the digest is of what is written.
  settings: ({ deadlineMs, digest }) => digest ?? deadlineMs,
};

/** A timetable that is to be read with the arguments of its scheduler. */
export type Candidate = {
  /** As `Source` calls it. */
  readonly source: string;
  readonly load: (args: Args | undefined) => Promise<Source>;
};

/**
 * Compare a timetable with what the scheduler of its namespace has, which flags of that scheduler hold for as well.
 *
 * @param options - `namespace`: a whole id; undefined: that of the timetable.
 * @throws {SupertaskError} `ID_UNKNOWN` when nothing is kept of it.
 */
export async function previewReload(
  store: Store,
  candidate: Candidate,
  options: {
    readonly namespace: string | undefined;
    readonly hostId: string | undefined;
    /** Undefined: that of the scheduler. */
    readonly tz: string | undefined;
    readonly systemTz: string;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<ReloadPreview> {
  const guess = options.namespace ?? (await liveFirst(store, ({ source }) => source === candidate.source));
  const guessed = await scheduledJobs(store, guess);
  const source = await candidate.load(givenWith(guessed).args);
  const namespace = options.namespace ?? (await namespaceOfSource(store, source, options.hostId));
  const schedulers = namespace === undefined ? [] : await store.schedulers(namespace);
  const before = namespace === guess ? guessed : await scheduledJobs(store, namespace);
  if (namespace === undefined || (before.length === 0 && schedulers.length === 0))
    throw neverScheduled(source);
  const tz = options.tz ?? before[0]?.tz ?? options.systemTz;
  const given = givenWith(before);
  const known = namespace === guess ? source : await candidate.load(given.args);
  const after = await definitionsOf(known, given, tz, options.env, schedulers.length > 0);
  return { namespace, scheduler: schedulers[0]?.process, ...compareDefinitions(before, after) };
}

async function namespaceOfSource(
  store: Store,
  { kind, source, timetable }: Source,
  hostId: string | undefined,
): Promise<string | undefined> {
  const id = timetable.namespace ?? namespaceOf(source, kind, hostId);
  return liveFirst(store, (each) => each.id === id || each.source === source, id);
}

/** Of the namespaces that are meant: one that has a scheduler, else this one, else the newest. */
async function liveFirst(
  store: Store,
  isMeant: (each: NamespaceSummary) => boolean,
  id?: string,
): Promise<string | undefined> {
  const found = (await store.namespaces()).filter(isMeant).map((each) => each.id);
  const all = found.includes(id ?? '') ? [id ?? '', ...found] : found;
  for (const each of all) if ((await store.schedulers(each)).length > 0) return each;
  return all[0];
}

async function scheduledJobs(store: Store, namespace: string | undefined): Promise<readonly Job[]> {
  const jobs = namespace === undefined ? [] : await store.jobs(namespace);
  return jobs.filter(({ scheduledSince }) => scheduledSince !== undefined);
}

async function definitionsOf(
  source: Source,
  { when, args }: Given,
  tz: string,
  env: Readonly<Record<string, string | undefined>>,
  isRunning: boolean,
): Promise<readonly JobDefinition[]> {
  const { tasks } = source.timetable;
  const { text } = await findHiding(tasks, env);
  const digestOf = digestsOf(source, text);
  const scheduled = isRunning && when === undefined ? tasks : withSchedules(tasks, when);
  const wanted = await expandSchedules(scheduled, args);
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
  // Jobs made through the API stay, whatever the timetable says.
  const others = before.filter(({ id }) => !ids.has(id));
  const removed = others.filter(({ origin }) => origin !== 'api').map(({ id }) => id);
  const added = after.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  const changed = Object.keys(parts);
  return {
    change: {
      added,
      changed,
      removed,
      unchanged: after.length - added.length - changed.length + others.length - removed.length,
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
