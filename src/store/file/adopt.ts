/**
 * Makes one namespace part of another.
 *
 * The old one is taken by one rename, so no writer can begin in it; what follows only adds to the new one until all of
 * it is durable there, and can be cut off and said again at any point.
 */

import { lstatSync, rmdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { SupertaskError } from '../../errors.js';
import { twinOf } from '../../model/kept-job.js';
import type { Adoption } from '../../model/namespace.js';
import { isEnded, type Run } from '../../model/run.js';
import type { NamespaceFacts } from '../job-facts.js';
import { loseRun } from '../lost-run.js';
import { BALLAST } from './ballast.js';
import { addAdoption, loadNamespace } from './described.js';
import { ensureDirectory, guarded, listNames, moveFile, removeFile, syncDirectory } from './disk.js';
import { readFacts, writeFacts } from './facts.js';
import { listSegments, runsIn, writeSegments } from './history.js';
import { isWriterAlive } from './journals.js';
import { changeKeptJobs, readKeptJobs } from './kept-jobs.js';
import { type Place, placeAt } from './layout.js';
import { pause } from './maintenance.js';
import { changeOverrides, knownOverrides } from './overrides.js';
import { quarantine } from './replaced-file.js';
import { viewNamespace } from './view.js';

export type AdoptReport = { readonly runs: number; readonly jobs: number; readonly outputs: number };

type Target = { readonly place: Place; readonly id: string; readonly now: Date };

/**
 * @param from - The namespace whose past is taken over; may have been taken in part by an earlier try.
 * @throws {SupertaskError} `ALREADY_RUNNING` while somebody writes to it or runs of it are going.
 */
export async function adoptNamespace(
  from: { readonly place: Place; readonly id: string },
  target: Target,
): Promise<AdoptReport> {
  const total = { runs: 0, jobs: 0, outputs: 0 };
  const taken = `${target.place.adopting}/${from.id}`;
  const add = async () => {
    const part = await takeOver(placeAt(taken), from.id, target);
    total.runs += part.runs;
    total.jobs += part.jobs;
    total.outputs += part.outputs;
  };
  // First what an earlier try left: the name may have been used again since.
  if (isThere(taken)) await add();
  if (!isThere(from.place.directory)) return total;
  refuseWhileUsed(from, from.place, target.now);
  ensureDirectory(target.place.adopting);
  guarded('move', from.place.directory, () => moveFile(from.place.directory, taken));
  try {
    refuseWhileUsed(from, placeAt(taken), target.now);
  } catch (error) {
    moveFile(taken, from.place.directory);
    throw error;
  }
  syncDirectory(target.place.adopting);
  await add();
  return total;
}

function refuseWhileUsed({ id }: { readonly id: string }, place: Place, now: Date): void {
  const { journals } = viewNamespace(place, now);
  const writer = [...journals.writers.values()].find((each) => isWriterAlive(each, now));
  if (writer !== undefined) {
    const pid = writer.identity === undefined ? '' : ` (pid ${writer.identity.pid})`;
    throw new SupertaskError('ALREADY_RUNNING', `a supertask${pid} uses namespace ${id}`, {
      hint: 'Stop it first; one of another container or host counts as gone two minutes after its last sign of life.',
    });
  }
  const going = [...journals.runs.values()].find(({ run }) => !isEnded(run.status));
  if (going === undefined) return;
  throw new SupertaskError('ALREADY_RUNNING', `run ${going.run.id} of namespace ${id} is still going`, {
    hint: 'Wait for it to end, or stop its processes.',
  });
}

/** Copy what is kept in the old place into the new one, durably, then remove it there. */
async function takeOver(old: Place, oldId: string, target: Target): Promise<AdoptReport> {
  const { place } = target;
  const origin = loadNamespace(old, oldId);
  const { journals } = viewNamespace(old, target.now);
  const own = (run: Run): Run => ({ ...run, namespace: target.id });
  const hot = [...journals.runs.values()].map(({ run }) =>
    own(isEnded(run.status) ? run : loseRun(run, 'its namespace was adopted while it had no end')),
  );
  if (hot.length > 0) writeSegments(place.history, hot);
  const facts = readFacts(old, journals, target.now);
  if (facts.jobs.size > 0) writeFacts(place.history, mapLastRuns(facts, own));
  let runs = hot.length;
  for (const segment of listSegments(old.history)) {
    await pause();
    const kept = runsIn(segment).filter(({ id }) => !journals.runs.has(id));
    if (kept.length > 0) writeSegments(place.history, kept.map(own));
    runs += kept.length;
  }
  const outputs = await moveOutput(old, place);
  moveAll(old.definitions, place.definitions);
  moveAll(old.quarantine, place.quarantine);
  const { host, user, source, createdAt } = origin;
  const adoption: Adoption = { id: oldId, host, user, source, createdAt, adoptedAt: target.now };
  addAdoption(place, adoption);
  await adoptOverrides(old, place, target.now);
  await adoptKeptJobs(old, place, target.now);
  discard(old, place);
  return { runs, jobs: facts.jobs.size, outputs };
}

/** What is said about jobs to come holds for them here, too. */
async function adoptOverrides(old: Place, place: Place, now: Date): Promise<void> {
  const { pauses, skips } = knownOverrides(old);
  if (pauses.length + skips.length === 0) return;
  await changeOverrides(
    place,
    () => now,
    (own) => {
      const known = new Set([...own.pauses, ...own.skips].map((each) => JSON.stringify(each)));
      const fresh = <Each>(all: readonly Each[]): Each[] =>
        all.filter((each) => !known.has(JSON.stringify(each)));
      const overrides = {
        pauses: [...own.pauses, ...fresh(pauses)],
        skips: [...own.skips, ...fresh(skips)],
      };
      return { overrides, result: undefined };
    },
  );
}

/** Of two jobs of one name, that of the namespace goes on; the other one is put aside with its file. */
async function adoptKeptJobs(old: Place, place: Place, now: Date): Promise<void> {
  const theirs = readKeptJobs(old);
  if (typeof theirs === 'string' || theirs.size === 0) return;
  const isWhole = await changeKeptJobs(
    place,
    () => now,
    (own) => {
      const fresh = [...theirs].filter(([id]) => twinOf(own.keys(), id) === undefined);
      const jobs = new Map([...own, ...fresh]);
      // Also where an earlier try has come so far.
      return { jobs, result: [...theirs].every(([id, job]) => isDeepStrictEqual(jobs.get(id), job)) };
    },
  );
  if (isWhole) removeFile(old.jobs);
}

function mapLastRuns(facts: NamespaceFacts, map: (run: Run) => Run): NamespaceFacts {
  const jobs = [...facts.jobs].map(([id, job]) => {
    const lastRun = job.lastRun && map(job.lastRun);
    return [id, { ...job, lastRun }] as const;
  });
  return { ...facts, jobs: new Map(jobs) };
}

/** Files are named by their runs, so none is there twice. */
async function moveOutput(old: Place, place: Place): Promise<number> {
  let count = 0;
  for (const day of listNames(old.output)) {
    count += moveAll(`${old.output}/${day}`, `${place.output}/${day}`);
    await pause();
  }
  return count;
}

function moveAll(from: string, to: string): number {
  const names = listNames(from);
  if (names.length === 0) return 0;
  ensureDirectory(to);
  for (const name of names) moveFile(`${from}/${name}`, `${to}/${name}`);
  syncDirectory(to);
  return names.length;
}

/** All of it is in the new place: what is left is removed by its name, and kept where the name is not ours. */
function discard(old: Place, place: Place): void {
  const segments = listNames(old.history).filter((name) => /^\d{6}$/.test(name));
  const ours = [
    ...listNames(old.journals).map((name) => `${old.journals}/${name}`),
    ...segments.flatMap((month) =>
      listNames(`${old.history}/${month}`).map((name) => `${old.history}/${month}/${name}`),
    ),
    ...listNames(old.history)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => `${old.history}/${name}`),
    ...[old.slots, old.control].flatMap((links) => listNames(links).map((name) => `${links}/${name}`)),
    old.origin,
    old.overrides,
    `${old.directory}/${BALLAST}`,
  ];
  for (const path of ours) removeFile(path);
  const directories = [
    ...segments.map((month) => `${old.history}/${month}`),
    ...listNames(old.output).map((day) => `${old.output}/${day}`),
    ...[
      old.history,
      old.output,
      old.journals,
      old.slots,
      old.control,
      old.definitions,
      old.quarantine,
      old.adopting,
    ],
    `${old.directory}/maintenance.lock`,
    `${old.overrides}.lock`,
    `${old.jobs}.lock`,
  ];
  for (const directory of directories) removeDirectory(directory);
  for (const name of listNames(old.directory)) quarantine(place.quarantine, `${old.directory}/${name}`);
  removeDirectory(old.directory);
  removeDirectory(place.adopting);
}

function removeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It was never there, or something in it is kept.
  }
}

function isThere(directory: string): boolean {
  return lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
}
