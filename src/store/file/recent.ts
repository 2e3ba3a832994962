/** The newest runs of several jobs, found in one walk through the history. */
import { closeSync, fstatSync } from 'node:fs';
import { isPlanned, type Run } from '../../model/run.js';
import { isLost } from '../lost-run.js';
import { compareNewest } from '../run-query.js';
import { isAbsent, openToRead } from './disk.js';
import { jobCounts, listSegments, type Segment } from './history.js';
import type { Journals } from './journals.js';
import { linesBackwards } from './lines.js';
import { pause } from './maintenance.js';
import { MAX_LINE_BYTES } from './record.js';
import { parseRunLine } from './record-reader.js';

/** What sealed files say of jobs, by path and then by job; at most `MOST_KEPT` runs. Such files never change. */
export type Found = { readonly files: Map<string, Map<string, readonly Run[]>>; runs: number };

/** So many of each job. */
const COUNT = 20;

type Walk = {
  readonly found: Found;
  readonly isKnown: (id: string) => boolean;
  /** Newest first. */
  readonly runs: Map<string, Run[]>;
  readonly until: number;
};

const MOST_KEPT = 20_000;
/** Of jobs that ran long ago among many others only so much is looked for at once; next time goes on from there. */
const LONGEST_MS = 400;
/** So many lines are read without letting other work go first. */
const AT_ONCE = 1_000;
/** More jobs are looked for in one pass. */
const FEW = 4;
/** How a line begins, mostly: the job is told without reading all of it. */
const HEAD = /^\{"id":"[0-9a-f-]{36}","namespace":"[^"\\]*","job":("(?:[^"\\]|\\.)*")/;
const HEAD_BYTES = 400;

/**
 * The newest 20 runs of each job, newest first; what is planned is none of them.
 *
 * @param found - What was found before, which is added to.
 */
export async function newestOfJobs(
  history: string,
  journals: Journals,
  jobs: ReadonlySet<string>,
  found: Found,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const isKnown = (id: string): boolean => journals.runs.has(id);
  const until = performance.now() + LONGEST_MS;
  for (;;) {
    const runs = new Map([...jobs].map((job) => [job, [] as Run[]]));
    for (const { run } of journals.runs.values()) if (!isPlanned(run)) runs.get(run.job)?.push(run);
    for (const own of runs.values()) own.sort(compareNewest).splice(COUNT);
    try {
      await walk(listSegments(history), { found, isKnown, runs, until });
      return runs;
    } catch (error) {
      // Merged into another one while this was looking: the other is there already.
      if (!isAbsent(error)) throw error;
    }
  }
}

async function walk(segments: readonly Segment[], state: Walk): Promise<void> {
  for (const segment of segments) {
    const open = [...state.runs].filter(([, runs]) => isOpen(runs, segment));
    if (open.length === 0 || performance.now() > state.until) return;
    const counts = jobCounts(segment);
    const held = open.flatMap(([job]) => (counts === undefined || Object.hasOwn(counts, job) ? [job] : []));
    if (held.length === 0) continue;
    const inFile = await look(segment, held, counts, state);
    for (const [job, runs] of inFile) merge(state, job, runs);
    await pause();
  }
}

/** Whether older files may hold some of the newest. */
function isOpen(runs: readonly Run[], { lastMs }: Segment): boolean {
  const oldest = runs[COUNT - 1]?.scheduledAt.getTime();
  return oldest === undefined || lastMs >= oldest;
}

function merge({ runs, isKnown }: Walk, job: string, added: readonly Run[]): void {
  const all = new Map<string, Run>();
  for (const run of [...(runs.get(job) ?? []), ...added.filter(({ id }) => !isKnown(id))]) {
    const known = all.get(run.id);
    if (known === undefined || isLost(known)) all.set(run.id, run);
  }
  // Those of journals are among them already.
  runs.set(job, [...all.values()].sort(compareNewest).slice(0, COUNT));
}

async function look(
  segment: Segment,
  jobs: readonly string[],
  counts: ReturnType<typeof jobCounts>,
  { found }: Walk,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const known = found.files.get(segment.path) ?? new Map<string, readonly Run[]>();
  const missing = new Set(jobs.filter((job) => !known.has(job)));
  const limitOf = (job: string): number => {
    const held = counts?.[job];
    return typeof held === 'number' ? Math.min(held, COUNT) : COUNT;
  };
  if (missing.size > 0) {
    const runs =
      missing.size > FEW ? await readAll(segment, missing, limitOf) : readEach(segment, missing, limitOf);
    for (const [job, own] of runs) known.set(job, own);
    keep(found, segment.path, known, [...runs.values()].flat().length);
  }
  return new Map(jobs.map((job) => [job, known.get(job) ?? []]));
}

function keep(found: Found, path: string, known: Map<string, readonly Run[]>, added: number): void {
  found.files.set(path, known);
  found.runs += added;
  if (found.runs <= MOST_KEPT) return;
  found.files.clear();
  found.runs = 0;
}

type Limit = (job: string) => number;

/** One pass for many jobs; other work goes on meanwhile. */
async function readAll(
  segment: Segment,
  jobs: ReadonlySet<string>,
  limitOf: Limit,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const runs = new Map([...jobs].map((job) => [job, [] as Run[]]));
  const open = new Set(jobs);
  const fd = openToRead(segment.path);
  try {
    let read = 0;
    for (const line of linesBackwards(fd, fstatSync(fd).size, MAX_LINE_BYTES)) {
      if (++read % AT_ONCE === 0) await pause();
      const job = jobOf(line);
      if (job !== undefined && !open.has(job)) continue;
      const run = parseRunLine(line);
      const own = run && runs.get(run.job);
      if (run === undefined || own === undefined || own.length >= limitOf(run.job)) continue;
      own.push(run);
      if (own.length < limitOf(run.job)) continue;
      open.delete(run.job);
      if (open.size === 0) break;
    }
  } finally {
    closeSync(fd);
  }
  return runs;
}

/** A search for each of a few jobs. */
function readEach(
  segment: Segment,
  jobs: ReadonlySet<string>,
  limitOf: Limit,
): ReadonlyMap<string, readonly Run[]> {
  const found = new Map<string, readonly Run[]>();
  const fd = openToRead(segment.path);
  try {
    const { size } = fstatSync(fd);
    for (const job of jobs) {
      const runs: Run[] = [];
      const needle = Buffer.from(`"job":${JSON.stringify(job)}`);
      for (const line of linesBackwards(fd, size, MAX_LINE_BYTES, needle)) {
        const run = parseRunLine(line);
        if (run?.job === job) runs.push(run);
        if (runs.length >= limitOf(job)) break;
      }
      found.set(job, runs);
    }
  } finally {
    closeSync(fd);
  }
  return found;
}

/** Undefined where the line has to be read. */
function jobOf(line: Buffer): string | undefined {
  const [, written] = HEAD.exec(line.toString('utf8', 0, HEAD_BYTES)) ?? [];
  return written === undefined ? undefined : (JSON.parse(written) as string);
}
