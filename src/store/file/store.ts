/** The store on disk: JSON lines below one directory, that many processes write to without a lock. */
import { SupertaskError } from '../../errors.js';
import type { KeptChange } from '../../model/kept-job.js';
import type { Namespace, Origin } from '../../model/namespace.js';
import type { Overrides } from '../../model/override.js';
import type { ProcessId, Run } from '../../model/run.js';
import type { Store } from '../store.js';
import type { AdoptReport } from './adopt.js';
import type { Book } from './book.js';
import { type Contents, createContents } from './contents.js';
import type { ControlAddress, ControlPlace } from './control.js';
import type { Stretch } from './each.js';
import type { Finding } from './finding.js';
import type { FollowOptions } from './follow.js';
import { ensureNamespace, ensureRoot } from './format.js';
import { placeOf } from './layout.js';
import { refuseOtherHost } from './other-host.js';
import type { OutputReader, OutputReading } from './output-reader.js';
import type { PruneOptions, PruneReport } from './prune.js';
import type { Repair } from './repair.js';
import type { NamespaceTally } from './tally.js';
import { createUpkeep, type Upkeep } from './upkeep.js';
import type { Usage } from './usage.js';
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
  /** The process that watches a run to its end; undefined where none lives, or on another host or in another container. */
  watcher(run: { readonly id: string; readonly namespace: string }): Promise<ProcessId | undefined>;
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
  let opened: Contents | undefined;
  let kept: Upkeep | undefined;
  // Whoever only records runs needs neither.
  const contents = (): Contents => {
    opened ??= createContents(root, now);
    return opened;
  };
  const upkeep = (): Upkeep => {
    kept ??= createUpkeep(root, version, now);
    return kept;
  };
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
      if (mode === 'schedule') refuseOtherHost(root, place, now(), warn);
      return { ...openWriter(place, { mode, startedAt, namespace: id, version, now, restore, warn }), isNew };
    },
    namespaces: (isWanted) => contents().namespaces(isWanted),
    jobs: (namespace) => contents().jobs(namespace),
    book: (namespace) => contents().book(namespace),
    eachRun: (namespace, stretch) => contents().eachRun(namespace, stretch),
    definitions: (namespace, job) => contents().definitions(namespace, job),
    runs: (query) => contents().runs(query),
    schedulers: (namespace) => contents().schedulers(namespace),
    output: (run, stream, how) => contents().output(run, stream, how),
    openOutput: (run, reading) => contents().openOutput(run, reading),
    placeControl: (namespace, runtime) => upkeep().placeControl(namespace, runtime),
    controls: (namespace) => contents().controls(namespace),
    watcher: (run) => contents().watcher(run),
    overrides: (namespace) => contents().overrides(namespace),
    changeOverrides: (namespace, change) => upkeep().changeOverrides(namespace, change),
    follow: (how) => contents().follow(how),
    keptJobs: (namespace, seen) => contents().keptJobs(namespace, seen),
    changeKeptJobs: (namespace, change) => upkeep().changeKeptJobs(namespace, change),
    tally: (namespace) => contents().tally(namespace),
    prune: (how) => upkeep().prune(how),
    check: (namespace) => upkeep().check(namespace),
    adopt: (from, into) => upkeep().adopt(from, into),
    halfAdopted: (prefix) => upkeep().halfAdopted(prefix),
    usage: (namespace) => contents().usage(namespace),
    repair: (namespace) => upkeep().repair(namespace),
  };
}
