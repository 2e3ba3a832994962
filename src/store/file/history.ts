/** Finished runs in sealed files, sorted by time, found again without reading what cannot hold them. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync } from 'node:fs';
import { join } from 'node:path';
import { isMarkedAfter } from '../../model/mark.js';
import { type Run, runIdInstant } from '../../model/run.js';
import { isLost } from '../lost-run.js';
import { compareNewest, matchesQuery } from '../run-query.js';
import type { RunQuery } from '../store.js';
import { parseTallies, type Tallies, talliesOf } from '../tally.js';
import {
  createFile,
  ensureDirectory,
  isAbsent,
  listNames,
  moveFile,
  openToRead,
  parseObject,
  readText,
  removeFile,
  syncDirectory,
  writeAll,
} from './disk.js';
import { dayName, isRunId } from './layout.js';
import { eachLine, linesBackwards } from './lines.js';
import { MAX_LINE_BYTES } from './record.js';
import { parseRunLine } from './record-reader.js';
import { unavailable } from './refusal.js';

/** A file `<first>-<last>-<runs>-<digest>.jsonl`: its name alone says whether it can hold what is looked for. */
export type Segment = {
  readonly path: string;
  readonly month: string;
  /** Milliseconds since the Unix epoch; no run in it is outside. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly runs: number;
};

const NAME = /^(?<first>[0-9a-f]{12})-(?<last>[0-9a-f]{12})-(?<runs>\d+)-[0-9a-f]{16}\.jsonl$/;

/** Latest first. */
export function listSegments(history: string): Segment[] {
  return listNames(history)
    .filter((month) => /^\d{6}$/.test(month))
    .flatMap((month) => listNames(`${history}/${month}`).flatMap((name) => segmentOf(history, month, name)))
    .sort((left, right) => right.lastMs - left.lastMs);
}

function segmentOf(history: string, month: string, name: string): Segment[] {
  const groups = NAME.exec(name)?.groups;
  if (groups === undefined) return [];
  const hex = (key: string) => Number.parseInt(groups[key] ?? '0', 16);
  const path = `${history}/${month}/${name}`;
  return [{ path, month, firstMs: hex('first'), lastMs: hex('last'), runs: Number(groups['runs']) }];
}

/**
 * The newest runs that fit, newest first.
 *
 * @param isKnown - Runs of which something newer is known elsewhere; they are left out.
 */
export function newestInHistory(history: string, query: RunQuery, isKnown: (id: string) => boolean): Run[] {
  for (;;) {
    try {
      return searchSegments(listSegments(history), query, isKnown);
    } catch (error) {
      // Merged into another one while this was looking: the other is there already.
      if (!isAbsent(error)) throw error;
    }
  }
}

function searchSegments(
  segments: readonly Segment[],
  query: RunQuery,
  isKnown: (id: string) => boolean,
): Run[] {
  const range = rangeOf(query);
  let found: Run[] = [];
  for (const segment of segments) {
    const oldest = found.length < query.limit ? undefined : found.at(-1)?.scheduledAt.getTime();
    if (oldest !== undefined && segment.lastMs < oldest) break;
    if (segment.lastMs < range.fromMs || segment.firstMs > range.toMs) continue;
    if (query.job !== undefined && !mayHoldJob(segment, query.job)) continue;
    const runs = newestInSegment(segment, query, isKnown, oldest);
    if (runs.length > 0) found = mergeNewest(found, runs, query.limit);
  }
  return found;
}

function rangeOf(query: RunQuery): { fromMs: number; toMs: number } {
  const hex = /^[0-9a-f-]*$/.test(query.idPrefix ?? '')
    ? (query.idPrefix ?? '').replace('-', '').slice(0, 12)
    : '';
  return {
    fromMs: Math.max(
      Number.parseInt(hex.padEnd(12, '0'), 16),
      query.since?.getTime() ?? 0,
      query.covering?.getTime() ?? 0,
    ),
    toMs: Math.min(
      Number.parseInt(hex.padEnd(12, 'f'), 16),
      query.until?.getTime() ?? Infinity,
      query.after?.scheduledAt.getTime() ?? Infinity,
    ),
  };
}

function newestInSegment(
  segment: Segment,
  query: RunQuery,
  isKnown: (id: string) => boolean,
  oldestMs: number | undefined,
): Run[] {
  const runs: Run[] = [];
  const fd = openToRead(segment.path);
  try {
    for (const line of linesBackwards(fd, fstatSync(fd).size, MAX_LINE_BYTES, needleOf(query))) {
      const run = parseRunLine(line);
      if (run === undefined) continue;
      if (run.scheduledAt.getTime() < Math.max(oldestMs ?? 0, query.since?.getTime() ?? 0)) break;
      if (!matchesQuery(run, query) || isKnown(run.id)) continue;
      runs.push(run);
      if (runs.length >= query.limit) break;
    }
  } finally {
    closeSync(fd);
  }
  return runs;
}

/** Bytes that every line which fits holds, the rarest first. */
function needleOf(query: RunQuery): Buffer | undefined {
  const [status] = query.status ?? [];
  // Only a record that stands for several moments has this key.
  if (query.covering !== undefined) return Buffer.from('"firstAt":');
  if (query.idPrefix !== undefined && query.idPrefix.length > 12)
    return Buffer.from(`"id":"${query.idPrefix}`);
  if (query.job !== undefined) return Buffer.from(`"job":${JSON.stringify(query.job)}`);
  if (status !== undefined && query.status?.length === 1) return Buffer.from(`"status":"${status}"`);
  return undefined;
}

/** The same run may stand in two files after a crash, or once as lost and once as ended after all. */
function mergeNewest(left: readonly Run[], right: readonly Run[], limit: number): Run[] {
  const runs = new Map<string, Run>();
  for (const run of [...left, ...right]) {
    const known = runs.get(run.id);
    const isBetter = known === undefined || isLost(known) || isMarkedAfter(run, known);
    if (isBetter && !(known !== undefined && isMarkedAfter(known, run))) runs.set(run.id, run);
  }
  return [...runs.values()].sort(compareNewest).slice(0, limit);
}

/** One run by its id. */
export function findInHistory(history: string, id: string): Run | undefined {
  const query = { idPrefix: id, limit: 1 };
  return isRunId(id) ? newestInHistory(history, query, () => false)[0] : undefined;
}

/**
 * Keep runs as sealed files, one for each month that they are in. Durable on return.
 *
 * @returns Paths of the files.
 */
export function writeSegments(history: string, runs: readonly Run[]): string[] {
  const months = new Map<string, Run[]>();
  for (const run of runs) {
    const month = dayName(run.scheduledAt).slice(0, 6);
    const inMonth = months.get(month) ?? [];
    inMonth.push(run);
    months.set(month, inMonth);
  }
  return [...months].map(([month, inMonth]) => writeSegment(history, month, inMonth));
}

/**
 * Take older records of runs out that are kept anew, of which somebody has said something. Each file is written without
 * them before it goes, so this may be cut off and done again.
 */
export function dropOlder(history: string, marked: readonly Run[]): void {
  if (marked.length === 0) return;
  const byId = new Map(marked.map((run) => [run.id, run]));
  const instants = marked.map(({ scheduledAt }) => scheduledAt.getTime());
  for (const segment of listSegments(history)) {
    if (!instants.some((ms) => segment.firstMs <= ms && ms <= segment.lastMs)) continue;
    const all = runsIn(segment);
    const left = all.filter((run) => {
      const newer = byId.get(run.id);
      return newer === undefined || !isMarkedAfter(newer, run);
    });
    if (left.length === all.length) continue;
    if (left.length > 0) writeSegments(history, left);
    removeFile(segment.path);
    removeFile(indexPath(segment.path));
  }
}

function writeSegment(history: string, month: string, runs: Run[]): string {
  const sorted = runs.sort((left, right) => -compareNewest(left, right));
  const bytes = Buffer.from(sorted.map((run) => `${JSON.stringify(run)}\n`).join(''));
  const instants = sorted.flatMap((run) => [run.scheduledAt.getTime(), runIdInstant(run.id).getTime()]);
  const [first, last] = [minimum(instants), maximum(instants)].map((ms) => ms.toString(16).padStart(12, '0'));
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const path = join(history, month, `${first}-${last}-${sorted.length}-${digest}.jsonl`);
  ensureDirectory(history);
  ensureDirectory(join(history, month));
  writeJobIndex(path, sorted);
  writeWhole(path, bytes);
  return path;
}

/** How often each job is in the file, and what its runs sum up to. A cache: without it, or if it cannot be read, the file itself is searched. */
export function writeJobIndex(path: string, runs: readonly Run[]): void {
  const jobs: Record<string, number> = Object.create(null);
  for (const run of runs) jobs[run.job] = (jobs[run.job] ?? 0) + 1;
  const tallies = Object.fromEntries(talliesOf(runs));
  writeWhole(indexPath(path), Buffer.from(`${JSON.stringify({ jobs, tallies })}\n`));
}

/** What its runs sum up to, by job; undefined when its index does not say. */
export function talliesIn(segment: Segment): Tallies | undefined {
  return parseTallies(parseObject(readText(indexPath(segment.path)) ?? '')?.['tallies']);
}

function mayHoldJob(segment: Segment, job: string): boolean {
  const counts = jobCounts(segment);
  return counts === undefined || Object.hasOwn(counts, job);
}

/** How often each job is in a file; undefined when its index cannot be read. */
export function jobCounts(segment: Segment): Readonly<Record<string, unknown>> | undefined {
  const index = parseObject(readText(indexPath(segment.path)) ?? '');
  const jobs = index?.['jobs'];
  return typeof jobs === 'object' && jobs !== null ? { ...jobs } : undefined;
}

/** So many lines are read without letting other work go first. */
const AT_ONCE = 1_000;

/** All runs of a file, newest first, while other work goes on; lines that cannot be read are left out. */
export async function* newestFirstIn(segment: Segment): AsyncGenerator<Run> {
  const fd = openToRead(segment.path);
  let count = 0;
  try {
    for (const line of linesBackwards(fd, fstatSync(fd).size, MAX_LINE_BYTES)) {
      const run = parseRunLine(line);
      if (run !== undefined) yield run;
      if (++count % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    closeSync(fd);
  }
}

/** All runs of a file, oldest first; lines that cannot be read are left out. */
export function runsIn(segment: Segment): Run[] {
  const runs: Run[] = [];
  const fd = openToRead(segment.path);
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

export function indexPath(segmentPath: string): string {
  return segmentPath.replace(/\.jsonl$/, '.idx.json');
}

/** The name is a digest of the bytes: a file that is there already is the same one. */
function writeWhole(path: string, bytes: Buffer): void {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  const fd = createFile(temporary);
  try {
    writeAll(fd, bytes);
    fsyncSync(fd);
  } catch (error) {
    throw unavailable('write', temporary, error);
  } finally {
    closeSync(fd);
  }
  moveFile(temporary, path);
  syncDirectory(join(path, '..'));
}

function minimum(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.MAX_SAFE_INTEGER);
}

function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
