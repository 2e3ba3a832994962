/**
 * Claims that nobody will ever fill: their file was made, and whoever made it died before its record was written.
 *
 * Nothing of such a run was started, and nobody may start it any more. It is recorded as lost, so that its moment is
 * explained.
 */
import { lstatSync } from 'node:fs';
import { type Run, runIdInstant, scheduledRunId } from '../../model/run.js';
import { loseRun } from '../lost-run.js';
import { keptInHistory } from './count.js';
import { listNames } from './disk.js';
import { readFacts } from './facts.js';
import { findInHistory } from './history.js';
import { isWriterAlive, type Journals, type WriterState } from './journals.js';
import { isRunId, outputDirectory } from './layout.js';
import { viewNamespace } from './view.js';
import type { State, Suspect } from './writer-state.js';

/** A claim is journalled at once; one without a record after this time is its owner's last trace. */
const SUSPECT_MS = 5000;
/** Clocks of files are coarser than those of records. */
const COARSE_MS = 1000;

/** Note the claims that dead writers may have left, so that `judgeSuspects` judges them. Once for each death. */
export function suspectClaimsOf(state: State, journals: Journals, now: Date): void {
  const dead = [...journals.writers.values()].filter(
    (writer) => writer.stoppedAt === undefined && writer.name !== state.name && !isWriterAlive(writer, now),
  );
  const fresh = dead.filter(({ name }) => state.searched?.has(name) !== true);
  if (fresh.length > 0) noteClaimsOf(state, fresh, journals, now);
  state.searched = new Set(dead.map(({ name }) => name));
}

function noteClaimsOf(state: State, dead: readonly WriterState[], journals: Journals, now: Date): void {
  // Whoever dies between a claim and its record writes nothing afterwards.
  const sinceMs = Math.min(...dead.map(({ saidAt }) => saidAt.getTime())) - COARSE_MS;
  const open = claimsSince(state, sinceMs).filter(({ id }) => !journals.runs.has(id));
  const kept = keptInHistory(
    state.place.history,
    open.map(({ id }) => id),
  );
  const found = open.filter(({ id }) => !kept.has(id));
  if (found.length === 0) return;
  const jobs = [...readFacts(state.place, journals, now).jobs.keys()];
  for (const { id, at } of found) {
    const run = runOf(id, state.options.namespace, jobs);
    if (run !== undefined) state.suspects.set(id, { run, at, isOfDead: true });
  }
}

/** Whether the journals of the dead have to stay as they are: who comes next would not look for their claims. */
export function isAnyUnjudged({ suspects }: State): boolean {
  return [...suspects.values()].some(({ isOfDead }) => isOfDead === true);
}

/** What is known of the suspects by now. */
export type Judgement = {
  /** Those that are lost for good, as they are to be recorded. */
  readonly lost: readonly Run[];
  /** Ids of all that need not be looked at again once the lost ones are on record. */
  readonly judged: readonly string[];
};

/** Judge the suspects. Those that may yet get their record are left for the next time. */
export function judgeSuspects(state: State, now: Date): Judgement {
  if (state.suspects.size === 0) return { lost: [], judged: [] };
  const { journals } = viewNamespace(state.place, now);
  const isAlone = [...journals.writers.values()].every(
    (writer) => writer.name === state.name || !isWriterAlive(writer, now),
  );
  // Whatever was done to the clock meanwhile.
  const isRipe = ({ at }: Suspect): boolean => isAlone || Math.abs(now.getTime() - at) >= SUSPECT_MS;
  const ripe = [...state.suspects].filter(([, suspect]) => isRipe(suspect));
  const lost = ripe.filter(
    ([id]) =>
      !journals.runs.has(id) && isClaimed(state, id) && findInHistory(state.place.history, id) === undefined,
  );
  const message = 'the supertask that claimed it was killed before it could start it';
  return {
    lost: lost.map(([, { run }]) => loseRun(run, message, { claimed: 'not journalled' })),
    judged: ripe.map(([id]) => id),
  };
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
