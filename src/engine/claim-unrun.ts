/** Claims of due moments that are not run: they are only recorded, as skipped or missed. */
import type { Reason, Run } from '../model/run.js';
import type { Claim } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Gap, Planned } from './claim.js';
import { type ClaimState, newRun } from './claim-run.js';
import type { Withheld } from './sift.js';

export function claimSkipped(
  state: ClaimState,
  planned: Planned,
  reason: Reason,
  evidence: Run['evidence'],
): Claim {
  const endedAt = state.clock.now();
  const why = evidence === undefined ? {} : { evidence };
  return { run: newRun(state, planned, { status: 'skipped', reason, endedAt, ...why }) };
}

/** Moments that people want to be left out. */
export function claimWithheld(
  state: ClaimState,
  job: ScheduledTask,
  { reason, count, first, last, evidence }: Withheld,
): Claim {
  return {
    run: newRun(state, plannedFor(job, last), {
      status: 'skipped',
      reason,
      endedAt: state.clock.now(),
      ...(count === 1 ? {} : { count, firstAt: first, lastAt: last }),
      evidence,
    }),
  };
}

export function claimMissed(
  state: ClaimState,
  job: ScheduledTask,
  missed: { readonly count: number; readonly first: Date; readonly last: Date },
  gap: Gap,
  evidence: Run['evidence'],
): Claim {
  const from = gap.from(job.task.id);
  return {
    run: newRun(state, plannedFor(job, missed.last), {
      status: 'missed',
      // Who was there from the start on was not down.
      reason: gap.cause === 'down' && from === undefined ? 'late' : gap.cause,
      endedAt: state.clock.now(),
      count: missed.count,
      firstAt: missed.first,
      lastAt: missed.last,
      evidence: {
        ...(from === undefined ? {} : { from: from.toISOString() }),
        until: gap.until.toISOString(),
        ...evidence,
      },
    }),
  };
}

function plannedFor(job: ScheduledTask, dueAt: Date): Planned {
  return { job, dueAt, trigger: 'schedule', attempt: 1, isCatchUp: false };
}
