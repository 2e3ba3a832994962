/** Runs that take the place of others of their job: those that wait give way, those that are going are stopped. */
import type { Planned } from './claim.js';
import { drop } from './drop.js';
import type { FiringState } from './firing-state.js';
import type { Wish } from './wish.js';

/** Those that wait for what is about to be claimed now are recorded as skipped. */
export async function replaceWaiting(state: FiringState, wishes: readonly Wish[]): Promise<void> {
  for (const planned of replacing(wishes)) {
    const { job, dueAt } = planned;
    const evidence = { replacedBy: dueAt.toISOString() };
    // One that had to wait may come after later ones: those stay.
    const replaced = [
      ...state.turns.takeQueue(state.turns.of(job), dueAt),
      ...(state.held?.takeAttempts(job, dueAt) ?? []),
    ];
    await drop(state, replaced, 'overlap', evidence);
    await state.gates?.replace(planned, evidence);
  }
}

/** What took their place is claimed. */
export function stopReplaced({ turns }: FiringState, wishes: readonly Wish[]): void {
  for (const { job, dueAt } of replacing(wishes)) {
    for (const run of turns.of(job).live) if (!run.isStopping() && run.run.scheduledAt <= dueAt) run.stop();
  }
}

function replacing(wishes: readonly Wish[]): readonly Planned[] {
  return wishes.flatMap(({ planned }) =>
    planned !== undefined && planned.job.task.policy.overlap === 'replace' ? [planned] : [],
  );
}
