/** What is asked of a namespace again and again by those who look at a page: read once, and remembered for a moment. */
import { lstatSync } from 'node:fs';
import type { Job, JobDefinition } from '../../model/job.js';
import type { Overrides } from '../../model/override.js';
import type { Run } from '../../model/run.js';
import { usualDuration } from '../../model/sparkline.js';
import { compareNewest } from '../run-query.js';
import type { SchedulerInfo } from '../store.js';
import { loadDefinitions } from './definition-reader.js';
import { listNames } from './disk.js';
import { factFiles } from './facts.js';
import type { Journals } from './journals.js';
import type { Place } from './layout.js';
import { jobsListed, schedulersAlive, withOverrides } from './listing.js';
import { type Found, newestOfJobs } from './recent.js';
import { viewNamespace } from './view.js';

/** A namespace at one moment. */
export type Book = {
  readonly jobs: readonly Job[];
  readonly schedulers: readonly SchedulerInfo[];
  /** How long runs of a job took lately, in ms; undefined where none has succeeded, as far as is known without a search. */
  usualMs(job: Job): number | undefined;
  /** The last 20 runs of each job, newest first. */
  recent(jobs: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly Run[]>>;
};

export type Books = {
  open(namespace: string, place: Place, overrides: Overrides, now: Date): Book;
};

type Read = {
  readonly stamp: string;
  /** By the wall clock that is asked, and by the steady one. */
  readonly now: Date;
  readonly atMs: number;
  readonly journals: Journals;
  readonly jobs: readonly Job[];
  readonly schedulers: readonly SchedulerInfo[];
  readonly usual: () => ReadonlyMap<string, number>;
};

/** So long a process that has died may be told to live. */
const FRESH_MS = 1_000;
/** Nobody asks any more: the memory is for others. */
const FORGET_MS = 10_000;
const USUAL_OF = 20;

export function createBooks(): Books {
  const known = new Map<string, Read>();
  const found = new Map<string, Found>();
  const sets = new Map<string, JobDefinition[]>();
  const load = (directory: string, set: string): JobDefinition[] => {
    const key = `${directory}/${set}`;
    const definitions = sets.get(key) ?? loadDefinitions(directory, set);
    // One that is not there may be made yet.
    if (definitions.length > 0) sets.set(key, definitions);
    return definitions;
  };
  let forgetting: NodeJS.Timeout | undefined;
  const forgetLater = (): void => {
    clearTimeout(forgetting);
    forgetting = setTimeout(() => {
      known.clear();
      found.clear();
      sets.clear();
    }, FORGET_MS);
    forgetting.unref();
  };
  return {
    open(namespace, place, overrides, now) {
      const read = freshOf(known.get(namespace), place, now) ?? readBook(namespace, place, now, load);
      known.set(namespace, read);
      forgetLater();
      const { journals, jobs, schedulers } = read;
      return {
        jobs: withOverrides(jobs, overrides, now),
        schedulers,
        usualMs: (job) => read.usual().get(job.id) ?? lastMs(job),
        recent(wanted) {
          const files = found.get(namespace) ?? { files: new Map(), runs: 0 };
          found.set(namespace, files);
          return newestOfJobs(place.history, journals, wanted, files);
        },
      };
    },
  };
}

/** What was read, if nothing has been written since and it is not long ago. */
function freshOf(read: Read | undefined, place: Place, now: Date): Read | undefined {
  if (read === undefined) return undefined;
  const isYoung =
    performance.now() - read.atMs < FRESH_MS && Math.abs(now.getTime() - read.now.getTime()) < FRESH_MS;
  return isYoung && read.stamp === stampOf(place) ? read : undefined;
}

function readBook(namespace: string, place: Place, now: Date, load: typeof loadDefinitions): Read {
  // Before it is read: what is written meanwhile makes it old.
  const stamp = stampOf(place);
  const { journals } = viewNamespace(place, now);
  let usual: ReadonlyMap<string, number> | undefined;
  return {
    stamp,
    now,
    atMs: performance.now(),
    journals,
    jobs: jobsListed(place, journals, namespace, now, load),
    schedulers: schedulersAlive(place, journals, now, load),
    usual() {
      usual ??= usualIn(journals);
      return usual;
    },
  };
}

/** Of the last runs in the journals. */
function usualIn({ runs }: Journals): ReadonlyMap<string, number> {
  const succeeded = new Map<string, Run[]>();
  for (const { run } of runs.values()) {
    if (run.status !== 'succeeded') continue;
    const own = succeeded.get(run.job);
    if (own === undefined) succeeded.set(run.job, [run]);
    else own.push(run);
  }
  const usual = [...succeeded].map(([job, own]) => {
    const durationMs = usualDuration(own.sort(compareNewest).slice(0, USUAL_OF));
    return durationMs === undefined ? [] : [[job, durationMs] as const];
  });
  return new Map(usual.flat());
}

function lastMs({ lastRun }: Job): number | undefined {
  return lastRun?.status === 'succeeded' ? lastRun.durationMs : undefined;
}

/** Journals only grow, and what is summed up of them is in files that are named by what is in them. */
function stampOf({ journals, history }: Place): string {
  const names = listNames(journals).sort();
  const sizes = names.map((name) => lstatSync(`${journals}/${name}`, { throwIfNoEntry: false })?.size ?? 0);
  return JSON.stringify([names, sizes, factFiles(history).sort()]);
}
