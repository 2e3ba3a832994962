/** What a writer keeps that must not be lost: its jobs, and the last records of runs, also on a disk that is full. */
import type { JobDefinition } from '../../model/job.js';
import { afterSet } from '../job-facts.js';
import { ballastOf, isFull } from './ballast.js';
import { keepDefinitions } from './definitions.js';
import { guarded } from './disk.js';
import type { JobsKept, State } from './writer-state.js';

export function keepJobs(state: State, jobs: Iterable<JobDefinition>, at: Date): JobsKept {
  const { definitions } = state.place;
  const digest = guarded('write to', definitions, () => keepDefinitions(definitions, jobs));
  return { jobs, digest, at, after: state.set && afterSet(state.set, at) };
}

/** What must be written is tried a second time with the room that was kept for it. */
export async function withBallast(state: State, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isFull(error)) throw error;
    const ballast = ballastOf(state);
    // Another record may have dropped it already.
    if (!ballast.drop() && !ballast.isDropped()) throw error;
    await write();
  }
}

export async function rewrite(state: State): Promise<void> {
  if (state.unwritten === '') return;
  await withBallast(state, async () => state.journal.appendDurable(state.unwritten));
  state.unwritten = '';
}
