/** Which output goes: what is too old, except of the last runs of each job, and the oldest of what is too much. */
import { lstatSync, rmdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Run } from '../../model/run.js';
import { isAbsent, removeFile } from './disk.js';
import { jobCounts, listSegments, newestFirstIn } from './history.js';
import { dayName, outputDirectory } from './layout.js';
import { pause } from './maintenance.js';
import type { Work } from './prune.js';
import { unavailable } from './refusal.js';

/** What a run has named is there as long as it goes, and stays when its supertask is killed. The claim goes last. */
const ENDINGS = ['.named', '.tl', '.err', '.out'] as const;
/** So many files are looked at without letting other work go first. */
const AT_ONCE = 200;

/** @returns Whether it was done to the end. */
export async function pruneOutput(work: Work): Promise<boolean> {
  const { place, keep } = work;
  const days = (await namesIn(place.output)).filter((name) => /^\d{8}$/.test(name)).sort();
  if (!(await pruneBytesOfJobs(work, new Set(days)))) return false;
  const oldDay = dayName(new Date(Math.min(work.nowMs - keep.outputAgeMs, work.youngMs)));
  const youngDay = dayName(new Date(work.youngMs));
  const alreadyGone = work.isDryRun ? work.report.bytes : 0;
  let excess = (await sizeOf(work, days)) - alreadyGone - keep.outputBytes;
  const kept = days.some((day) => day < oldDay) ? await outputsToKeep(work) : work.protectedIds;
  // What was looked up may be a part only.
  if (work.isOver()) return false;
  for (const day of days) {
    if (day >= youngDay || (day >= oldDay && excess <= 0)) return true;
    const before = work.report.bytes;
    for (const [index, id] of (await idsIn(work, day)).entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await pause();
      if (work.isOver()) return false;
      const isEnough = excess - (work.report.bytes - before) <= 0;
      if (day >= oldDay && isEnough) break;
      const isKept = isEnough ? kept : work.protectedIds;
      if (!isKept.has(id)) removeOutput(work, `${place.output}/${day}/${id}`);
    }
    excess -= work.report.bytes - before;
    if (!work.isDryRun) removeIfEmpty(`${place.output}/${day}`);
    await pause();
  }
  return true;
}

/** Jobs may say how much output of theirs is kept: the newest. */
async function pruneBytesOfJobs(work: Work, days: ReadonlySet<string>): Promise<boolean> {
  const rooms = new Map(
    [...work.jobs].flatMap(([job, { bytes }]) => (bytes === undefined ? [] : [[job, bytes]])),
  );
  if (rooms.size === 0) return true;
  for await (const run of newestFirst(work, new Set(rooms.keys()))) {
    const directory = outputDirectory(work.place, run.id);
    const room = rooms.get(run.job);
    if (directory === undefined || room === undefined || !days.has(directory.slice(-8))) continue;
    if (work.isOver()) return false;
    const base = `${directory}/${run.id}`;
    const left = room - ENDINGS.reduce((sum, ending) => sum + sizeOfFile(base + ending), 0);
    rooms.set(run.job, left);
    if (left < 0 && !work.protectedIds.has(run.id)) removeOutput(work, base);
  }
  return true;
}

/** Runs of some jobs, or of all, about newest first. */
async function* newestFirst(work: Work, jobs?: ReadonlySet<string>): AsyncGenerator<Run> {
  const isWanted = (run: Run) => jobs === undefined || jobs.has(run.job);
  yield* [...work.hot].filter(isWanted).sort((a, b) => b.scheduledAt.getTime() - a.scheduledAt.getTime());
  for (const segment of listSegments(work.place.history)) {
    const counts = jobs === undefined ? undefined : jobCounts(segment);
    if (counts !== undefined && ![...(jobs ?? [])].some((job) => Object.hasOwn(counts, job))) continue;
    for await (const run of newestFirstIn(segment)) if (isWanted(run)) yield run;
    await pause();
    if (work.isOver()) return;
  }
}

/** The last runs of each job, and the last that failed, have their output kept whatever its age. */
async function outputsToKeep(work: Work): Promise<ReadonlySet<string>> {
  const kept = new Set(work.protectedIds);
  const counts = new Map<string, number>();
  for await (const run of newestFirst(work)) {
    if (run.startedAt === undefined) continue;
    const kinds = run.status === 'failed' || run.status === 'errored' ? ['any', 'failed'] : ['any'];
    for (const kind of kinds) {
      const key = `${kind} ${run.job}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      if (count < work.keep.outputsPerJob) kept.add(run.id);
    }
  }
  return kept;
}

/** The oldest first: ids begin with the instant. */
async function idsIn(work: Work, day: string): Promise<readonly string[]> {
  const names = await namesIn(`${work.place.output}/${day}`);
  return [...new Set(names.map((name) => name.slice(0, 36)))].sort();
}

async function sizeOf(work: Work, days: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const day of days) {
    const directory = `${work.place.output}/${day}`;
    for (const [index, name] of (await namesIn(directory)).entries()) {
      bytes += sizeOfFile(`${directory}/${name}`);
      if (index % AT_ONCE === AT_ONCE - 1) await pause();
    }
    await pause();
    if (work.isOver()) break;
  }
  return bytes;
}

/** Remove the output of a run, its claim included. */
export function removeOutput(work: Work, base: string): void {
  // An old moment that was caught up just now has an old name and a young file.
  const claimed = lstatSync(`${base}.out`, { throwIfNoEntry: false });
  if ((claimed?.mtimeMs ?? 0) > work.youngMs) return;
  for (const ending of ENDINGS) {
    const path = base + ending;
    const size = lstatSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined || work.counted.has(path)) continue;
    work.counted.add(path);
    work.report.files += 1;
    work.report.bytes += size;
    if (!work.isDryRun) removeFile(path);
  }
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

/** There may be many: listing them does not hold up what is due. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unavailable('list', directory, error);
  }
}
