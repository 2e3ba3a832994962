/** Runs that are actions: they go on while all else is stopped, but not for ever. */
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';
import type { LiveRun } from './live-run.js';

export type Aside = {
  add(run: LiveRun, job: ScheduledTask): void;
  has(run: LiveRun): boolean;
  /** Those that are going, and those to come, are asked to end when the grace of their task has passed. */
  hurry(): void;
  /** None is started any more. */
  end(): void;
  readonly isOver: boolean;
};

export function createAside(clock: Clock): Aside {
  const live = new Map<LiveRun, ScheduledTask>();
  let isHurried = false;
  let isOver = false;

  const limit = (run: LiveRun, { task }: ScheduledTask): void => {
    const cancel = clock.after(task.policy.stop.graceMs, () => run.stop());
    run.ended.then(cancel, cancel);
  };

  return {
    add(run, job) {
      live.set(run, job);
      const forget = (): void => void live.delete(run);
      run.ended.then(forget, forget);
      if (isHurried) limit(run, job);
    },
    has: (run) => live.has(run),
    hurry() {
      if (isHurried) return;
      isHurried = true;
      for (const [run, job] of live) limit(run, job);
    },
    end() {
      isOver = true;
    },
    get isOver() {
      return isOver;
    },
  };
}
