/** Turns what is due now into runs. */
import type { Run, Trigger } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import { delayOf } from './agenda-entry.js';
import type { Gap } from './claim.js';
import { noticeJump } from './clock-jump.js';
import { dismissStandby, type EngineState, rearm } from './engine-state.js';
import { heedOverrides } from './override-watch.js';
import type { SiftedJob } from './sift.js';

export async function fireDue(state: EngineState, gap: Gap): Promise<void> {
  const { campaign, firing, parts, sieve } = state;
  await (parts.sieve && heedOverrides(state));
  const now = parts.clock.now();
  const { agenda } = state;
  if (agenda === undefined || state.stopping !== undefined) return;
  if (firing.heldForMs() > 0 || !campaign.mayStart(0)) return dismissStandby(state);
  const due = sieve.sift(agenda.takeDue(now));
  state.takenUntil = now;
  state.hasTaken = true;
  if (due.length === 0) {
    state.openFrom = undefined;
    return;
  }
  state.openFrom ??= firstOf(due);
  for (const { job, backlogs } of due) if (backlogs.length === 0) armAfterFinish(state, job);
  const refused = await firing.fire(due, now, gap);
  dismissStandby(state);
  state.openFrom = refused.length === 0 ? undefined : firstOf(refused);
  rearm(state, refused);
}

/** A job that waits for a while after each run is due after that while. */
export function armAfterFinish(state: EngineState, job: ScheduledTask | undefined): void {
  if (job === undefined) return;
  const delayMs = delayOf(job.bounds);
  if (delayMs === undefined) return;
  noticeJump(state);
  state.agenda?.arm(job.task.id, new Date(state.parts.clock.now().getTime() + delayMs));
}

/** So it is after a moment that came to nothing: no run will end that it could be due after. */
export function armAfterUnrun(state: EngineState, { job: jobId, trigger }: Run): void {
  const { agenda, firing, parts } = state;
  const job = agenda?.jobOf(jobId);
  const delayMs = job && delayOf(job.bounds);
  if (agenda === undefined || delayMs === undefined || !isDue(trigger)) return;
  noticeJump(state);
  const at = new Date(parts.clock.now().getTime() + delayMs);
  const next = agenda.nextAtOf(jobId);
  if ((next !== undefined && next <= at) || [...firing.live()].some(({ run }) => run.job === jobId)) return;
  agenda.arm(jobId, at);
  state.rest();
}

function isDue(trigger: Trigger): boolean {
  return trigger === 'schedule' || trigger === 'catch-up';
}

function firstOf(due: readonly SiftedJob[]): number {
  return due.reduce((first, each) => Math.min(first, each.first.getTime()), Number.POSITIVE_INFINITY);
}
