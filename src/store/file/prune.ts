/** What is not kept for ever: old runs and old output, a little at a time, never what may still matter. */
import type { Keep } from '../../model/keep.js';
import type { Run } from '../../model/run.js';
import { talliesOf } from '../tally.js';
import { readFacts } from './facts.js';
import { finishRemoval, removeSegment } from './gone.js';
import { jobCounts, listSegments, newestFirstIn, type Segment, writeSegments } from './history.js';
import { outputDirectory, type Place } from './layout.js';
import { pause, withLock } from './maintenance.js';
import { pruneDefinitions } from './prune-definitions.js';
import { pruneOutput, removeOutput } from './prune-output.js';
import { isOpen, viewNamespace } from './view.js';

/** How much is kept of each namespace. A limit that is `Infinity` is none. */
export type Retention = {
  readonly runs: number;
  readonly runAgeMs: number;
  /** Output of a job's last runs, and of its last failed ones, is kept beyond the age. */
  readonly outputsPerJob: number;
  readonly outputAgeMs: number;
  readonly outputBytes: number;
};

const DAY_MS = 86_400_000;

const RETENTION: Retention = {
  runs: 1_000_000,
  runAgeMs: 365 * DAY_MS,
  outputsPerJob: 20,
  outputAgeMs: 14 * DAY_MS,
  outputBytes: 1024 * 1024 * 1024,
};

export type PruneOptions = { readonly [Limit in keyof Retention]?: number | undefined } & {
  readonly now: Date;
  /** A claim is kept at least so long, or its moment could be run again: the longest deadline of any job, or a day. */
  readonly deadlineMs?: number;
  /** Count, remove nothing. */
  readonly dryRun?: boolean;
  /** Stop after about so many files; the rest is for the next time. */
  readonly maxFiles?: number;
  /** Stop as soon as it says so. */
  readonly isStopped?: () => boolean;
};

export type PruneReport = {
  readonly runs: number;
  /** Of output. */
  readonly files: number;
  readonly bytes: number;
  /** Whether nothing was left for the next time; false, too, while another process does this work. */
  readonly complete: boolean;
};

/** What is to be done, and how much of it is. */
export type Work = {
  readonly place: Place;
  readonly keep: Retention;
  /** What jobs say themselves. */
  readonly jobs: ReadonlyMap<string, Keep>;
  readonly nowMs: number;
  readonly isDryRun: boolean;
  /** Nothing that is younger goes. */
  readonly youngMs: number;
  /** Live runs and each job's last result. */
  readonly protectedIds: ReadonlySet<string>;
  /** Runs in journals. */
  readonly hot: readonly Run[];
  readonly report: { runs: number; files: number; bytes: number };
  readonly counted: Set<string>;
  /** Files of the history that were written anew. */
  readonly rewritten: { count: number };
  /** Whether it is time to stop. */
  readonly isOver: () => boolean;
};

/** So many files are removed without letting other work go first. */
const AT_ONCE = 100;
/** Writing a file of the history anew counts as so many files removed. */
const SEGMENT_EFFORT = 100;

/** Remove what is beyond the limits. Yields to other work; does nothing while another process does it. */
export async function pruneNamespace(place: Place, options: PruneOptions): Promise<PruneReport> {
  let complete = false;
  let lost = (): boolean => false;
  const work = createWork(place, options, () => lost());
  const pruneAll = async () => {
    complete = (await pruneOutput(work)) && (await pruneRuns(work)) && (await pruneDefinitions(work));
  };
  if (options.dryRun === true) await pruneAll();
  else
    await withLock(place, (isHeld) => {
      lost = () => !isHeld();
      return pruneAll();
    });
  return { ...work.report, complete };
}

function createWork(place: Place, options: PruneOptions, isLost: () => boolean): Work {
  const { journals } = viewNamespace(place, options.now);
  const hot = [...journals.runs.values()].map((kept) => kept.run);
  const known = [...readFacts(place, journals, options.now).jobs.values()];
  const last = known.flatMap((job) => job.lastRun?.id ?? []);
  const live = hot.filter(isOpen).map((run) => run.id);
  const deadlines = known.map(({ definition }) => definition.deadlineMs ?? 0);
  const deadlineMs = deadlines.reduce((most, ms) => Math.max(most, ms), options.deadlineMs ?? 0);
  const nowMs = options.now.getTime();
  const report = { runs: 0, files: 0, bytes: 0 };
  const rewritten = { count: 0 };
  const { maxFiles = Number.POSITIVE_INFINITY, isStopped = () => false } = options;
  return {
    place,
    keep: limitsOf(options),
    jobs: new Map(
      known.flatMap(({ definition }) => (definition.keep ? [[definition.id, definition.keep]] : [])),
    ),
    nowMs,
    isDryRun: options.dryRun === true,
    youngMs: nowMs - Math.max(DAY_MS, deadlineMs),
    protectedIds: new Set([...last, ...live]),
    hot,
    report,
    counted: new Set(),
    rewritten,
    isOver: () => report.files + rewritten.count * SEGMENT_EFFORT >= maxFiles || isStopped() || isLost(),
  };
}

function limitsOf(options: PruneOptions): Retention {
  const given = Object.keys(RETENTION).filter((key) => options[key as keyof Retention] !== undefined);
  return {
    ...RETENTION,
    ...Object.fromEntries(given.map((key) => [key, options[key as keyof Retention]])),
  };
}

/** How many more runs of one file may stay, and from which instant on. */
type Limits = { readonly room: number; readonly oldMs: number };

async function pruneRuns(work: Work): Promise<boolean> {
  if (!work.isDryRun) finishRemoval(work.place.history);
  const all = { newer: work.hot.length, keep: { runs: work.keep.runs, ageMs: work.keep.runAgeMs } };
  const newerOf = new Map<string, number>();
  for (const { job } of work.hot) newerOf.set(job, (newerOf.get(job) ?? 0) + 1);
  for (const segment of listSegments(work.place.history)) {
    const limits = limitsWithin(work, all.keep, all.newer);
    const ofJobs = jobLimits(work, segment, newerOf);
    all.newer += segment.runs;
    const isWithin = segment.firstMs >= limits.oldMs && segment.runs <= limits.room;
    if (isWithin && ofJobs.size === 0) continue;
    if (work.isOver()) return false;
    if (!(await pruneSegment(work, segment, limits, ofJobs))) return false;
    await pause();
  }
  return true;
}

function limitsWithin(work: Work, keep: Keep, newer: number): Limits {
  return {
    room: Math.max(0, (keep.runs ?? Number.POSITIVE_INFINITY) - newer),
    oldMs: Math.min(work.nowMs - (keep.ageMs ?? Number.POSITIVE_INFINITY), work.youngMs),
  };
}

/** The limits of those jobs of which something in the file may have to go; counts its runs as newer than the next file's. */
function jobLimits(work: Work, segment: Segment, newerOf: Map<string, number>): Map<string, Limits> {
  const found = new Map<string, Limits>();
  if (work.jobs.size === 0) return found;
  const counts = jobCounts(segment);
  for (const [job, keep] of work.jobs) {
    const newer = newerOf.get(job) ?? 0;
    const count = counts === undefined ? segment.runs : Number(counts[job] ?? 0);
    const limits = limitsWithin(work, keep, newer);
    newerOf.set(job, newer + count);
    if (count > 0 && (count > limits.room || segment.firstMs < limits.oldMs)) found.set(job, limits);
  }
  return found;
}

/** What stays is written anew before the old file goes. Returns whether it was done to the end. */
async function pruneSegment(
  work: Work,
  segment: Segment,
  limits: Limits,
  ofJobs: ReadonlyMap<string, Limits>,
): Promise<boolean> {
  const runs: Run[] = [];
  for await (const run of newestFirstIn(segment)) runs.push(run);
  const counts = new Map<string, number>();
  const gone = new Set<Run>();
  for (const [index, run] of runs.entries()) {
    const atMs = run.scheduledAt.getTime();
    const own = ofJobs.get(run.job);
    const indexOfJob = counts.get(run.job) ?? 0;
    counts.set(run.job, indexOfJob + 1);
    const isBeyond = (limit: Limits, at: number) => at >= limit.room || atMs < limit.oldMs;
    const isOut = isBeyond(limits, index) || (own !== undefined && isBeyond(own, indexOfJob));
    if (isOut && atMs < work.youngMs && !work.protectedIds.has(run.id)) gone.add(run);
  }
  if (gone.size === 0) return true;
  if (!(await removeOutputs(work, gone))) return false;
  work.report.runs += gone.size;
  if (work.isDryRun) return true;
  work.rewritten.count += 1;
  const left = runs.filter((run) => !gone.has(run));
  const written = left.length === 0 ? [] : writeSegments(work.place.history, left);
  if (written.includes(segment.path)) return true;
  removeSegment(work.place.history, segment.path, { left: written, tallies: talliesOf(gone) });
  return true;
}

async function removeOutputs(work: Work, runs: ReadonlySet<Run>): Promise<boolean> {
  let count = 0;
  for (const { id } of runs) {
    const directory = outputDirectory(work.place, id);
    if (directory !== undefined) removeOutput(work, `${directory}/${id}`);
    if (++count % AT_ONCE !== 0) continue;
    await pause();
    if (work.isOver()) return false;
  }
  return true;
}
