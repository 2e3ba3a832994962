/** What is not kept for ever: old runs and old output, a little at a time, never what may still matter. */
import { closeSync, lstatSync, openSync, rmdirSync } from 'node:fs';
import type { Run } from '../../model/run.js';
import { listNames, removeFile } from './disk.js';
import { readFacts } from './facts.js';
import { indexPath, listSegments, type Segment, writeSegments } from './history.js';
import { dayName, outputDirectory, type Place } from './layout.js';
import { eachLine } from './lines.js';
import { pause, withLock } from './maintenance.js';
import { MAX_LINE_BYTES, parseRunLine } from './record.js';
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

export const RETENTION: Retention = {
  runs: 1_000_000,
  runAgeMs: 365 * DAY_MS,
  outputsPerJob: 20,
  outputAgeMs: 14 * DAY_MS,
  outputBytes: 1024 * 1024 * 1024,
};

export type PruneOptions = Partial<Retention> & {
  readonly now: Date;
  /** A claim is kept at least so long, or its moment could be run again: the longest deadline of any job, or a day. */
  readonly deadlineMs?: number;
  /** Count, remove nothing. */
  readonly dryRun?: boolean;
  /** Stop after so many files; the rest is for the next time. */
  readonly maxFiles?: number;
};

export type PruneReport = { readonly runs: number; readonly files: number; readonly bytes: number };

type Work = {
  readonly place: Place;
  readonly keep: Retention;
  readonly options: PruneOptions;
  /** Nothing that is younger goes. */
  readonly youngMs: number;
  /** Live runs and each job's last result. */
  readonly protectedIds: ReadonlySet<string>;
  /** Runs in journals. */
  readonly hot: readonly Run[];
  readonly report: { runs: number; files: number; bytes: number };
  readonly counted: Set<string>;
};

/** Remove what is beyond the limits. Yields to other work between files; does nothing while another process does it. */
export async function pruneNamespace(place: Place, options: PruneOptions): Promise<PruneReport> {
  const work = createWork(place, options);
  if (options.dryRun === true) {
    await pruneAll(work, () => true);
    return work.report;
  }
  await withLock(place, (isHeld) => pruneAll(work, isHeld));
  return work.report;
}

function createWork(place: Place, options: PruneOptions): Work {
  const { journals } = viewNamespace(place, options.now);
  const hot = [...journals.runs.values()].map((kept) => kept.run);
  const last = [...readFacts(place, journals).jobs.values()].flatMap((job) => job.lastRun?.id ?? []);
  const live = hot.filter(isOpen).map((run) => run.id);
  return {
    place,
    keep: { ...RETENTION, ...withoutUndefined(options) },
    options,
    youngMs: options.now.getTime() - Math.max(DAY_MS, options.deadlineMs ?? 0),
    protectedIds: new Set([...last, ...live]),
    hot,
    report: { runs: 0, files: 0, bytes: 0 },
    counted: new Set(),
  };
}

async function pruneAll(work: Work, isHeld: () => boolean): Promise<void> {
  await pruneOutput(work, isHeld);
  await pruneRuns(work, isHeld);
}

async function pruneRuns(work: Work, isHeld: () => boolean): Promise<void> {
  const { place, keep, options } = work;
  const oldMs = Math.min(options.now.getTime() - keep.runAgeMs, work.youngMs);
  let newer = work.hot.length;
  for (const segment of listSegments(place.history)) {
    const room = Math.max(0, keep.runs - newer);
    newer += segment.runs;
    if (segment.firstMs >= oldMs && segment.runs <= room) continue;
    if (!isHeld() || isTired(work)) return;
    pruneSegment(work, segment, room, oldMs);
    await pause();
  }
}

/** Newest first, `room` runs stay; those that stay are written anew before the old file goes. */
function pruneSegment(work: Work, segment: Segment, room: number, oldMs: number): void {
  const runs = runsOf(segment).reverse();
  const goes = (run: Run, index: number) => {
    const at = run.scheduledAt.getTime();
    return at < work.youngMs && (index >= room || at < oldMs) && !work.protectedIds.has(run.id);
  };
  const gone = runs.filter(goes);
  if (gone.length === 0) return;
  work.report.runs += gone.length;
  for (const run of gone) {
    const base = outputBase(work.place, run.id);
    if (base !== undefined) removeOutput(work, base);
  }
  if (work.options.dryRun === true) return;
  const left = runs.filter((run, index) => !goes(run, index));
  const written = left.length === 0 ? [] : writeSegments(work.place.history, left);
  if (written.includes(segment.path)) return;
  removeFile(segment.path);
  removeFile(indexPath(segment.path));
}

async function pruneOutput(work: Work, isHeld: () => boolean): Promise<void> {
  const { place, keep, options } = work;
  const days = listNames(place.output)
    .filter((name) => /^\d{8}$/.test(name))
    .sort();
  const oldDay = dayName(new Date(Math.min(options.now.getTime() - keep.outputAgeMs, work.youngMs)));
  const youngDay = dayName(new Date(work.youngMs));
  let excess = (await sizeOf(place, days)) - keep.outputBytes;
  const kept = days.some((day) => day < oldDay) ? await outputsToKeep(work) : work.protectedIds;
  for (const day of days) {
    if (day >= youngDay || (day >= oldDay && excess <= 0)) return;
    const before = work.report.bytes;
    for (const id of idsIn(place, day)) {
      if (!isHeld() || isTired(work)) return;
      if (day >= oldDay && excess - (work.report.bytes - before) <= 0) break;
      const isKept = excess > 0 ? work.protectedIds : kept;
      if (!isKept.has(id)) removeOutput(work, `${place.output}/${day}/${id}`);
    }
    excess -= work.report.bytes - before;
    if (options.dryRun !== true) removeIfEmpty(`${place.output}/${day}`);
    await pause();
  }
}

/** The last runs of each job, and the last that failed, have their output kept whatever its age. */
async function outputsToKeep(work: Work): Promise<ReadonlySet<string>> {
  const { place, keep } = work;
  const kept = new Set(work.protectedIds);
  const counts = new Map<string, number>();
  const take = (run: Run) => {
    const kinds = run.status === 'failed' || run.status === 'errored' ? ['any', 'failed'] : ['any'];
    for (const kind of kinds) {
      const key = `${kind} ${run.job}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      if (count < keep.outputsPerJob) kept.add(run.id);
    }
  };
  const newestFirst = (runs: readonly Run[]) =>
    [...runs].sort((a, b) => b.scheduledAt.getTime() - a.scheduledAt.getTime());
  newestFirst(work.hot.filter((run) => run.startedAt !== undefined)).forEach(take);
  for (const segment of listSegments(place.history)) {
    for (const run of runsOf(segment).reverse()) if (run.startedAt !== undefined) take(run);
    await pause();
  }
  return kept;
}

function runsOf(segment: Segment): Run[] {
  const runs: Run[] = [];
  const fd = openSync(segment.path, 'r');
  try {
    eachLine(fd, MAX_LINE_BYTES, (line) => {
      const run = parseRunLine(line);
      if (run !== undefined) runs.push(run);
    });
  } finally {
    closeSync(fd);
  }
  return runs;
}

function idsIn(place: Place, day: string): Set<string> {
  return new Set(listNames(`${place.output}/${day}`).map((name) => name.slice(0, 36)));
}

async function sizeOf(place: Place, days: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const day of days) {
    for (const name of listNames(`${place.output}/${day}`))
      bytes += sizeOfFile(`${place.output}/${day}/${name}`);
    await pause();
  }
  return bytes;
}

function removeOutput(work: Work, base: string): void {
  // An old moment that was caught up just now has an old name and a young file.
  if ((lstatSync(`${base}.out`, { throwIfNoEntry: false })?.mtimeMs ?? 0) > work.youngMs) return;
  for (const ending of ['.tl', '.err', '.out']) {
    const path = base + ending;
    const size = lstatSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined || work.counted.has(path)) continue;
    work.counted.add(path);
    work.report.files += 1;
    work.report.bytes += size;
    if (work.options.dryRun !== true) removeFile(path);
  }
}

function outputBase(place: Place, id: string): string | undefined {
  const directory = outputDirectory(place, id);
  return directory && `${directory}/${id}`;
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Something in it is kept.
  }
}

function sizeOfFile(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function isTired(work: Work): boolean {
  return work.report.files >= (work.options.maxFiles ?? Number.POSITIVE_INFINITY);
}

function withoutUndefined(options: PruneOptions): Partial<Retention> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
