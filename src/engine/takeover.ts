/** Takes over what schedulers that are gone have left: runs that were planned, and runs that were lost. */
import type { Run } from '../model/run.js';
import type { FiringState } from './firing-state.js';
import { place } from './place.js';
import { brokenOff, retriesOf } from './recovery.js';
import { withJobsOf } from './remake.js';
import { submit } from './submit.js';
import { holdingOf } from './wiring-holding.js';

/** Hold those that were planned until their instants come, or end them. */
export async function resume(state: FiringState, planned: readonly Run[]): Promise<void> {
  const { following, gates, parts } = state;
  const jobs = await withJobsOf(planned, [...parts.jobs(), ...(following?.jobsOf(planned) ?? [])]);
  // Whoever stops meanwhile leaves them to the next scheduler.
  if (state.closed !== undefined) return;
  for (const each of await holdingOf(state).resume(planned, jobs)) gates?.expect(each);
}

/** Runs that were lost are tried again, or run late where they were never started, as the policies of their jobs allow. */
export async function recover(state: FiringState, lost: readonly Run[]): Promise<void> {
  const { following, parts } = state;
  const jobs = await withJobsOf(lost, [...parts.jobs()]);
  if (state.closed !== undefined) return;
  const triedAgain = new Set<string>();
  for (const { run, job } of brokenOff(lost, jobs, parts.clock.now())) {
    await holdingOf(state).retry(run, job);
    if (holdingOf(state).holdNext(run.id)) {
      parts.listen.planned();
      triedAgain.add(run.id);
    }
  }
  const again = retriesOf(lost, jobs, parts.clock.now());
  await submit(
    state,
    again.flatMap((planned) => place(state, planned)),
  );
  for (const run of lost) {
    const isLate = again.some(({ job, dueAt }) => job.task.id === run.job && dueAt === run.scheduledAt);
    following?.report(run, !isLate && !triedAgain.has(run.id));
  }
}
