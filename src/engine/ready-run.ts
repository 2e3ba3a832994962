/** Runs that are made ready before their instant. */
import type { ScheduledTask } from './agenda.js';
import type { FiringState } from './firing-state.js';
import { prepareRun } from './live-run.js';
import { isBusy } from './place.js';

/** Get the run of a job ready that is due at an instant to come, where that can be done. */
export function prepare(state: FiringState, job: ScheduledTask, dueAt: Date): void {
  const { claims, live, parts, prepared, runParts, turns } = state;
  const mayOverlap = job.task.policy.overlap === 'parallel';
  const isFull = live.size + state.claiming + prepared.size >= parts.plan.maxRunning || turns.isCrowded;
  if (state.closed !== undefined || isFull || (!mayOverlap && isBusy(turns.of(job)))) return;
  const run = claims.foresee({ job, dueAt, trigger: 'schedule', attempt: 1, isCatchUp: false });
  const ready = run && !prepared.has(run.id) ? prepareRun(runParts, job, run) : undefined;
  if (run !== undefined && ready !== undefined) prepared.set(run.id, ready);
}

/** Send away what was made ready and is not needed. */
export function dismissAll({ prepared }: FiringState): void {
  for (const each of prepared.values()) each.discard();
  prepared.clear();
}
