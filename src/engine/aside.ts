/** Runs that are actions: they go on while all else is stopped, but not for ever. */
import type { ScheduledTask } from './agenda.js';
import type { FiringState } from './firing-state.js';
import type { LiveRun } from './live-run.js';

export type Aside = {
  /** Those that are going. */
  readonly live: Map<LiveRun, ScheduledTask>;
  isHurried: boolean;
  /** None is started any more. */
  isOver: boolean;
};

export function addAside(state: FiringState, run: LiveRun, job: ScheduledTask): void {
  const { aside } = state;
  aside.live.set(run, job);
  const forget = (): void => void aside.live.delete(run);
  run.ended.then(forget, forget);
  if (aside.isHurried) limit(state, run, job);
}

/** Those that are going, and those to come, are asked to end when the grace of their task has passed. */
export function hurryAside(state: FiringState): void {
  const { aside } = state;
  if (aside.isHurried) return;
  aside.isHurried = true;
  for (const [run, job] of aside.live) limit(state, run, job);
}

function limit({ parts }: FiringState, run: LiveRun, { task }: ScheduledTask): void {
  const cancel = parts.clock.after(task.policy.stop.graceMs, () => run.stop());
  run.ended.then(cancel, cancel);
}
