/** The store on disk: JSON lines below one directory, that many processes write to without a lock. */
import { lstatSync } from 'node:fs';
import { SupertaskError } from '../../errors.js';
import type { Job } from '../../model/job.js';
import type { KeptChange } from '../../model/kept-job.js';
import type { Namespace, Origin } from '../../model/namespace.js';
import type { Overrides } from '../../model/override.js';
import type { Run } from '../../model/run.js';
import { compareNewest } from '../ledger.js';
import type { NamespaceSummary, SchedulerInfo, Store } from '../store.js';
import type { AdoptReport } from './adopt.js';
import type { Book, Books } from './book.js';
import type { ControlAddress, ControlPlace } from './control.js';
import { countRuns } from './count.js';
import { listNames, refuseFile } from './disk.js';
import type { Stretch } from './each.js';
import { describeShared, sharedFileSystem } from './file-system.js';
import type { Finding } from './finding.js';
import type { FollowOptions } from './follow.js';
import { ensureNamespace, ensureRoot, loadNamespace, makeDirectories } from './format.js';
import { ownIdentity } from './identity.js';
import { isWriterAlive } from './journals.js';
import { namespacesIn, outputDirectory, type Place, placeAt, placeOf } from './layout.js';
import { jobsListed, schedulersAlive, withOverrides } from './listing.js';
import { readOutput } from './output.js';
import type { OutputReader, OutputReading } from './output-reader.js';
import type { PruneOptions, PruneReport } from './prune.js';
import type { Repair } from './repair.js';
import type { NamespaceTally, TallyReader } from './tally.js';
import type { Usage } from './usage.js';
import { findRuns, viewNamespace } from './view.js';
import { openWriter } from './writer.js';

export type { StoreChange } from './follow.js';
export type { OutputPiece, OutputPosition, OutputReader } from './output-reader.js';

export type FileStoreOptions = {
  /** Absolute path of the state directory; made when something is first written. */
  readonly root: string;
  /** Of supertask; kept with what is created. */
  readonly version: string;
  /** The wall clock, for tests. */
  readonly now?: () => Date;
};

/** What only a store on disk can do. */
export type FileStore = Store & {
  /**
   * A place for the control socket of this process, which schedules a namespace.
   *
   * @param runtime - `$XDG_RUNTIME_DIR`
   * @throws {SupertaskError} `STATE_UNAVAILABLE`
   */
  placeControl(namespace: string, runtime: string | undefined): Promise<ControlPlace>;
  /** Where live schedulers of a namespace answer. */
  controls(namespace: string): Promise<readonly ControlAddress[]>;
  /**
   * What a server tells of a namespace again and again: read once for all of it, and remembered for a moment. Undefined
   * where there is no such namespace.
   */
  book(namespace: string): Promise<Book | undefined>;
  /** All runs of a namespace that were due in a part of time, in no order. */
  eachRun(namespace: string, stretch: Stretch): AsyncIterable<Run>;
  /** Pauses and skips of a namespace. */
  overrides(namespace: string): Promise<Overrides>;
  /**
   * Change them, as the only one; `change` gets what holds then, and when that is.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE`
   */
  changeOverrides<Result>(
    namespace: string,
    change: (overrides: Overrides, now: Date) => { readonly overrides: Overrides; readonly result: Result },
  ): Promise<Result>;
  /** Read the captured output of a run in the order in which it came; what is opened has to be closed. */
  openOutput(
    run: { readonly id: string; readonly namespace: string },
    reading?: OutputReading,
  ): Promise<OutputReader>;
  /** Tell what changes, whoever writes it down. */
  follow(options: FollowOptions): Promise<void>;
  /**
   * Change the jobs of a namespace that were made through the API, as the only one; what `change` returns is durable
   * when this settles.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE`, `STATE_NEWER`; `ID_UNKNOWN` for a namespace that is not there
   */
  changeKeptJobs<Result>(namespace: string, change: KeptChange<Result>): Promise<Result>;
  /** Sums over all runs of a namespace that there ever were, and those that go on. */
  tally(namespace: string): Promise<NamespaceTally>;
  /** Remove what is beyond the limits, in one namespace or in all. */
  prune(options: PruneOptions & { readonly namespace?: string | undefined }): Promise<PruneReport>;
  /** What is wrong with the state of one namespace, or of all; nothing is changed. */
  check(namespace?: string): Promise<readonly Finding[]>;
  /** How much room one namespace takes, or each. */
  usage(namespace?: string): Promise<readonly Usage[]>;
  /**
   * Make the past of one namespace part of another, which is made where it is not there.
   *
   * @throws {SupertaskError} `ALREADY_RUNNING` while the first one is in use.
   */
  adopt(from: string, into: { readonly id: string; readonly origin: Origin }): Promise<AdoptReport>;
  /** Namespaces whose id starts so and whose adoption was cut off, and what they were to become part of. */
  halfAdopted(prefix: string): Promise<readonly { readonly namespace: Namespace; readonly into: string }[]>;
  /** Mend what can be mended without losing anything; tells what was done. */
  repair(namespace?: string): Promise<readonly Repair[]>;
};

export function createFileStore(options: FileStoreOptions): FileStore {
  const { root, version } = options;
  const now = options.now ?? (() => new Date());
  let books: Books | undefined;
  let tallies: Promise<TallyReader> | undefined;
  return {
    async open(id, origin, writer) {
      const place = placeOf(root, id);
      if (place === undefined)
        throw new SupertaskError('ID_INVALID', `${JSON.stringify(id)} is not a namespace id`);
      const warn = writer.warn ?? (() => undefined);
      const restore = () => {
        ensureRoot(root, warn);
        return ensureNamespace(place, { id, origin, at: writer.startedAt, version }, warn);
      };
      const isNew = restore();
      const { mode, startedAt } = writer;
      const shared = mode === 'schedule' ? sharedFileSystem(root) : undefined;
      if (shared !== undefined) {
        warn(describeShared(root, shared));
        refuseOtherHost(place, now());
      }
      return { ...openWriter(place, { mode, startedAt, namespace: id, version, now, restore, warn }), isNew };
    },
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
    async placeControl(namespace, runtime) {
      const place = placeOf(root, namespace);
      if (place === undefined)
        throw new SupertaskError('ID_INVALID', `${JSON.stringify(namespace)} is not a namespace id`);
      const { prepareControl } = await import('./control.js');
      return prepareControl(root, place, runtime);
    },
    async controls(namespace) {
      const place = placeOf(root, namespace);
      if (place === undefined) return [];
      const { findControls } = await import('./control.js');
      return findControls(place);
    },
    async overrides(namespace) {
      const place = placeOf(root, namespace);
      return place === undefined ? { pauses: [], skips: [] } : overridesIn(place);
    },
    async changeOverrides(namespace, change) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) throw noNamespace(namespace);
      ensureRoot(root, () => undefined);
      const { changeOverrides } = await import('./overrides.js');
      return changeOverrides(place, now, change);
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
    async changeKeptJobs(namespace, change) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) throw noNamespace(namespace);
      ensureRoot(root, () => undefined);
      const { changeKeptJobs } = await import('./kept-jobs.js');
      return changeKeptJobs(place, now, change);
    },
    async tally(namespace) {
      const place = placeOf(root, namespace);
      if (place === undefined || !exists(place)) return { ended: new Map(), live: [] };
      tallies ??= import('./tally.js').then(({ createTallyReader }) => createTallyReader());
      return (await tallies).read(place, now());
    },
    async prune(how) {
      const { pruneNamespace } = await import('./prune.js');
      const total = { runs: 0, files: 0, bytes: 0, complete: true };
      for (const { place } of places(root, how.namespace)) {
        const report = await pruneNamespace(place, how);
        total.runs += report.runs;
        total.files += report.files;
        total.bytes += report.bytes;
        total.complete &&= report.complete;
      }
      return total;
    },
    async check(namespace) {
      const { checkNamespace, checkRoot } = await import('./check.js');
      const inside = places(root, namespace).flatMap(({ id, place }) => checkNamespace(place, id, now()));
      return [...checkRoot(root), ...inside];
    },
    async adopt(from, { id, origin }) {
      const { adoptNamespace } = await import('./adopt.js');
      const [old, place] = [placeOf(root, from), placeOf(root, id)];
      if (old === undefined || place === undefined || from === id)
        throw new SupertaskError(
          'ID_INVALID',
          `${JSON.stringify(from)} cannot be made part of ${JSON.stringify(id)}`,
        );
      ensureRoot(root, () => undefined);
      ensureNamespace(place, { id, origin, at: now(), version }, () => undefined);
      return adoptNamespace({ place: old, id: from }, { place, id, now: now() });
    },
    async halfAdopted(prefix) {
      return places(root).flatMap(({ place, id: into }) =>
        listNames(place.adopting)
          .filter((id) => id.startsWith(prefix))
          .map((id) => ({ into, namespace: loadNamespace(placeAt(`${place.adopting}/${id}`), id) })),
      );
    },
    async usage(namespace) {
      const { usageOf } = await import('./usage.js');
      return places(root, namespace).map(({ id, place }) => usageOf(place, id));
    },
    async repair(namespace) {
      const { repairNamespace, repairRoot } = await import('./repair.js');
      const done = repairRoot(root);
      for (const { id, place } of places(root, namespace)) {
        const restore = () => makeDirectories(place);
        const warn = () => undefined;
        const options = {
          mode: 'once',
          startedAt: now(),
          namespace: id,
          version,
          now,
          restore,
          warn,
        } as const;
        done.push(...(await repairNamespace(place, options)));
      }
      return done;
    },
  };
}

/** Claims are exclusive on one machine; over a network they may not be. */
function refuseOtherHost(place: Place, now: Date): void {
  const { journals } = viewNamespace(place, now);
  const { boot } = ownIdentity();
  const other = [...journals.writers.values()].find(
    (writer) =>
      writer.mode === 'schedule' &&
      writer.identity !== undefined &&
      writer.identity.boot !== boot &&
      isWriterAlive(writer, now),
  );
  if (other === undefined) return;
  throw new SupertaskError(
    'STATE_UNAVAILABLE',
    `${place.directory} is in use by a scheduler on ${other.identity?.host}, and shared over a network`,
    { hint: 'Stop that one first, or set SUPERTASK_STATE_DIR to a local disk.' },
  );
}

function places(root: string, only?: string): { id: string; place: Place }[] {
  const ids = only === undefined ? listNames(namespacesIn(root)).sort() : [only];
  if (ids.length === 0) refuseFile(root);
  return ids.flatMap((id) => {
    const place = placeOf(root, id);
    return place === undefined || !exists(place) ? [] : [{ id, place }];
  });
}

function exists(place: Place): boolean {
  return lstatSync(place.directory, { throwIfNoEntry: false })?.isDirectory() === true;
}

function noNamespace(namespace: string): SupertaskError {
  return new SupertaskError('ID_UNKNOWN', `there is no namespace ${JSON.stringify(namespace)}`);
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
