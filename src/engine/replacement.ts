/** Runs that take the place of others of their job: those that wait give way, those that are going are stopped. */
import type { Planned } from './claim.js';
import { drop } from './drop.js';
import type { FiringState } from './firing-state.js';
import { placesOf } from './overlap.js';
import type { Wish } from './wish.js';

/** A run for which others make place, and how many of its job come before it at the same time. */
type Replacing = { readonly planned: Planned; readonly before: number };

/** Those that wait for what is about to be claimed now are recorded as skipped, as far as they are in its way. */
export async function replaceWaiting(state: FiringState, wishes: readonly Wish[]): Promise<void> {
  for (const each of replacing(wishes)) {
    const { job, dueAt } = each.planned;
    const evidence = { replacedBy: dueAt.toISOString() };
    // One that had to wait may come after later ones: those stay.
    const replaced = [
      ...state.turns.takeQueue(state.turns.of(job), dueAt),
      ...(state.held?.takeAttempts(job, dueAt, excess(state, each)) ?? []),
    ];
    await drop(state, replaced, 'overlap', evidence);
    await state.gates?.replace(each.planned, evidence, excess(state, each));
  }
}

/** What took their place is claimed. */
export function stopReplaced(state: FiringState, wishes: readonly Wish[]): void {
  for (const each of replacing(wishes)) {
    const { job, dueAt } = each.planned;
    const going = state.turns
      .of(job)
      .live.filter((run) => !run.isStopping() && run.run.scheduledAt <= dueAt)
      .sort((one, other) => one.run.scheduledAt.getTime() - other.run.scheduledAt.getTime());
    for (const run of going.slice(0, excess(state, each))) run.stop();
  }
}

function replacing(wishes: readonly Wish[]): readonly Replacing[] {
  return wishes.flatMap(({ planned, isReplacing }, index) => {
    if (planned === undefined || !isReplacing) return [];
    const before = wishes.slice(0, index).filter((wish) => wish.planned?.job === planned.job).length;
    return [{ planned, before }];
  });
}

/** How many runs of the job have to make place for one more; those that are being stopped do so already. */
function excess({ turns }: FiringState, { planned: { job }, before }: Replacing): number {
  const { live, reserved, held } = turns.of(job);
  const going = live.filter((run) => !run.isStopping()).length;
  return Math.max(0, going + reserved + held + before + 1 - placesOf(job.task.policy));
}
