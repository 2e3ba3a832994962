/** What is in the state directory, read for whoever asks. */
import { SupertaskError } from '../../errors.js';
import type { Job } from '../../model/job.js';
import type { Namespace } from '../../model/namespace.js';
import type { Overrides } from '../../model/override.js';
import { compareNewest } from '../run-query.js';
import type { NamespaceSummary, SchedulerInfo } from '../store.js';
import type { Books } from './book.js';
import { countRuns } from './count.js';
import { loadNamespace } from './described.js';
import { outputDirectory, type Place, placeOf } from './layout.js';
import { jobsListed, schedulersAlive, watcherIn, withOverrides } from './listing.js';
import { readOutput } from './output-stream.js';
import { exists, places } from './places.js';
import type { FileStore } from './store.js';
import type { TallyReader } from './tally.js';
import { findRuns, viewNamespace } from './view.js';

export type Contents = Required<
  Pick<
    FileStore,
    | 'namespaces'
    | 'jobs'
    | 'book'
    | 'eachRun'
    | 'definitions'
    | 'runs'
    | 'schedulers'
    | 'output'
    | 'openOutput'
    | 'controls'
    | 'watcher'
    | 'overrides'
    | 'follow'
    | 'keptJobs'
    | 'tally'
    | 'usage'
  >
>;

export function createContents(root: string, now: () => Date): Contents {
  let books: Books | undefined;
  let tallies: Promise<TallyReader> | undefined;
  return {
    async namespaces(isWanted = () => true) {
      return places(root).flatMap(({ id, place }) => {
        const namespace = loadNamespace(place, id);
        return isWanted(namespace) ? [summaryOf(namespace, place, now())] : [];
      });
    },
    async jobs(namespace) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) return [];
      return withOverrides(jobsIn(namespace, place, now()), await overridesIn(place), now());
    },
    async book(namespace) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) return undefined;
      const { createBooks } = await import('./book.js');
      books ??= createBooks();
      return books.open(namespace, place, await overridesIn(place), now());
    },
    async *eachRun(namespace, stretch) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) return;
      const { eachRunIn } = await import('./each.js');
      yield* eachRunIn(place, stretch, now());
    },
    async definitions(namespace, job) {
      const place = placeOf(root, namespace);
      return place === undefined || !exists(place)
        ? []
        : (await import('./held.js')).definitionsHeld(place, job);
    },
    async runs(query) {
      const found = places(root, query.namespace).flatMap(({ place }) => findRuns(place, query, now()));
      return found.sort(compareNewest).slice(0, query.limit);
    },
    async schedulers(namespace) {
      const place = placeOf(root, namespace);
      return place === undefined ? [] : schedulersIn(place, now());
    },
    async *output(run, stream, { from = 0 } = {}) {
      const base = outputBase(root, run);
      if (base !== undefined) yield* readOutput(base, stream, from);
    },
    async openOutput(run, reading) {
      const base = outputBase(root, run);
      if (base === undefined)
        throw new SupertaskError('ID_INVALID', `${JSON.stringify(run.id)} is not the id of a run`);
      const { createOutputReader } = await import('./output-reader.js');
      return createOutputReader(base, reading);
    },
    async controls(namespace) {
      const place = placeOf(root, namespace);
      if (place === undefined) return [];
      const { findControls } = await import('./control.js');
      return findControls(place);
    },
    async watcher({ id, namespace }) {
      const place = placeOf(root, namespace);
      return place && watcherIn(viewNamespace(place, now()).journals, id);
    },
    async overrides(namespace) {
      const place = placeOf(root, namespace);
      return place === undefined ? { pauses: [], skips: [] } : overridesIn(place);
    },
    async follow(how) {
      const { followNamespaces } = await import('./follow.js');
      followNamespaces(root, now, how);
    },
    async keptJobs(namespace, seen) {
      const place = placeOf(root, namespace);
      if (place === undefined) return undefined;
      const { keptJobsStamp, knownKeptJobs } = await import('./kept-jobs.js');
      const stamp = keptJobsStamp(place);
      return stamp === (seen ?? 'none') ? undefined : { stamp, jobs: knownKeptJobs(place) };
    },
    async tally(namespace) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) return { ended: new Map(), live: [] };
      tallies ??= import('./tally.js').then(({ createTallyReader }) => createTallyReader());
      return (await tallies).read(place, now());
    },
    async usage(namespace) {
      const { usageOf } = await import('./usage.js');
      return places(root, namespace).map(({ id, place }) => usageOf(place, id));
    },
  };
}

function outputBase(root: string, run: { id: string; namespace: string }): string | undefined {
  const place = placeOf(root, run.namespace);
  const directory = place && outputDirectory(place, run.id);
  return directory && `${directory}/${run.id}`;
}

function summaryOf(namespace: Namespace, place: Place, now: Date): NamespaceSummary {
  const { journals } = viewNamespace(place, now);
  const jobs = jobsListed(place, journals, namespace.id, now);
  return {
    ...namespace,
    updatedAt: lastChange(namespace, jobs),
    jobs: jobs.length,
    runs: countRuns(place.history, journals.runs.keys()),
  };
}

/** Its description is written once; what happens in it stands elsewhere. */
function lastChange({ updatedAt }: Namespace, jobs: readonly Job[]): Date {
  return jobs.reduce((latest, { seenAt, lastRun }) => {
    const ranAt = lastRun?.endedAt ?? lastRun?.startedAt ?? seenAt;
    return ranAt > latest ? ranAt : latest;
  }, updatedAt);
}

function jobsIn(namespace: string, place: Place, now: Date): Job[] {
  return jobsListed(place, viewNamespace(place, now).journals, namespace, now);
}

async function overridesIn(place: Place): Promise<Overrides> {
  const { knownOverrides } = await import('./overrides.js');
  return knownOverrides(place);
}

function schedulersIn(place: Place, now: Date): SchedulerInfo[] {
  return schedulersAlive(place, viewNamespace(place, now).journals, now);
}
