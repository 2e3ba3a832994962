/** How long a run has waited that something holds back, and how long it may. */
import type { Gate } from '../model/gate.js';
import type { Run } from '../model/run.js';
import type { Planned } from './claim.js';
import type { Shut } from './shut.js';

/** Since when a run waits: what it waited under an earlier scheduler counts. */
export function sinceOf({ evidence }: Run, now: Date): Date {
  const since = new Date(String(evidence?.['waitingSince']));
  return Number.isNaN(since.getTime()) ? now : since;
}

/** How long it may wait: for another task as long as a run may be late, where nothing else is said. */
export function untilOf({ waitMs }: Gate, since: Date, by: Shut['by'], { job }: Planned): Date | undefined {
  const ms = waitMs ?? (by === 'dependency' ? job.task.policy.deadlineMs : undefined);
  return ms === undefined ? undefined : new Date(since.getTime() + ms);
}
