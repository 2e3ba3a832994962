/**
 * Claims that nobody will ever fill: their file was made, and whoever made it died before its record was written.
 *
 * Nothing of such a run was started, and nobody may start it any more. It is recorded as lost, so that its moment is
 * explained.
 */
import { lstatSync } from 'node:fs';
import { type Run, runIdInstant, scheduledRunId } from '../../model/run.js';
import { loseRun } from '../lost-run.js';
import { listNames } from './disk.js';
import { readFacts } from './facts.js';
import { findInHistory } from './history.js';
import { isWriterAlive, type Journals } from './journals.js';
import { isRunId, outputDirectory } from './layout.js';
import { viewNamespace } from './view.js';
import type { State } from './writer-state.js';

/** A claim is journalled at once; one without a record after this time is its owner's last trace. */
const SUSPECT_MS = 5000;
/** Clocks of files are coarser than those of records. */
const COARSE_MS = 1000;

/** Note the claims that dead writers may have left, so that `forsakenClaims` judges them. */
export function suspectClaimsOf(state: State, journals: Journals, now: Date): void {
  const dead = [...journals.writers.values()].filter(
    (writer) => writer.stoppedAt === undefined && writer.name !== state.name && !isWriterAlive(writer, now),
  );
  if (dead.length === 0) return;
  // Whoever dies between a claim and its record writes nothing afterwards.
  const sinceMs = Math.min(...dead.map(({ saidAt }) => saidAt.getTime())) - COARSE_MS;
  const found = claimsSince(state, sinceMs).filter(({ id }) => !journals.runs.has(id));
  if (found.length === 0) return;
  const jobs = [...readFacts(state.place, journals, now).jobs.keys()];
  for (const { id, at } of found) {
    const run = runOf(id, state.options.namespace, jobs);
    if (run !== undefined) state.suspects.set(id, { run, at });
  }
}

/**
 * The suspects that are lost for good: they are asked about again until that is on record. Those that may yet get their
 * record are left for the next time.
 */
export function forsakenClaims(state: State, now: Date): Run[] {
  if (state.suspects.size === 0) return [];
  const { journals } = viewNamespace(state.place, now);
  const isAlone = [...journals.writers.values()].every(
    (writer) => writer.name === state.name || !isWriterAlive(writer, now),
  );
  const message = 'the supertask that claimed it was killed before it could start it';
  return [...state.suspects].flatMap(([id, { run, at }]) => {
    if (!isAlone && now.getTime() - at < SUSPECT_MS) return [];
    const isForsaken =
      !journals.runs.has(id) && isClaimed(state, id) && findInHistory(state.place.history, id) === undefined;
    if (isForsaken) return [loseRun(run, message, { claimed: 'not journalled' })];
    state.suspects.delete(id);
    return [];
  });
}

/** Claims whose files were made since, and hold nothing. */
function claimsSince({ place }: State, sinceMs: number): { id: string; at: number }[] {
  return listNames(place.output).flatMap((day) => {
    const directory = `${place.output}/${day}`;
    if ((changedAt(directory) ?? 0) < sinceMs) return [];
    return listNames(directory).flatMap((name) => {
      const id = name.slice(0, -4);
      if (!name.endsWith('.out') || !isRunId(id)) return [];
      const at = changedAt(`${directory}/${name}`);
      return at === undefined || at < sinceMs ? [] : [{ id, at }];
    });
  });
}

/** What a run's id says; undefined when nothing scheduled it. */
function runOf(id: string, namespace: string, jobs: readonly string[]): Run | undefined {
  const dueAt = runIdInstant(id);
  const job = jobs.find((each) => scheduledRunId({ namespace, job: each, dueAt, attempt: 1 }) === id);
  if (job === undefined) return undefined;
  return { id, namespace, job, status: 'starting', trigger: 'schedule', attempt: 1, scheduledAt: dueAt };
}

/** Whoever could not journal a claim has taken it back. */
function isClaimed({ place }: State, id: string): boolean {
  return changedAt(`${outputDirectory(place, id)}/${id}.out`) !== undefined;
}

function changedAt(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
