/** Claims of runs that wait, and of those that have waited. */
import type { Run } from '../model/run.js';
import type { Claim } from '../store/store.js';
import type { Planned } from './claim.js';
import { limitsOf } from './claim-limit.js';
import { type ClaimState, newRun } from './claim-run.js';

/** To start a run that was claimed as waiting. */
export function claimToStart(state: ClaimState, planned: Planned, run: Run): Claim {
  const started: Run = Object.assign({}, run, { status: 'starting', startedAt: state.clock.now() } as const);
  return Object.assign({ run: started }, limitsOf(state, planned));
}

/** To wait for room in this process. */
export function claimReserve(state: ClaimState, planned: Planned): Claim {
  return { run: newRun(state, planned, { status: 'waiting' }) };
}

/** To wait for an instant; the next attempt of a run keeps that run's place among those of its job. */
export function claimLater(state: ClaimState, planned: Planned, at: Date): Claim {
  return {
    run: newRun(state, planned, { status: 'waiting', evidence: { plannedFor: at.toISOString() } }),
    ...(planned.before === undefined ? {} : { inPlaceOf: planned.before.id }),
  };
}
