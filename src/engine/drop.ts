/** Runs that are not started after all: they are recorded and told, and count until that is done. */
import type { Run } from '../model/run.js';
import type { Planned } from './claim.js';
import { type FiringState, isGone } from './firing-state.js';
import type { Held } from './later.js';
import { GONE } from './retry.js';
import type { Pending } from './turn.js';

/** Why it is so when all is stopped. */
export const STOPPED = { cause: 'supertask was stopped before its turn came' };

/** Record runs that waited as skipped. */
export function drop(
  state: FiringState,
  pending: readonly Pending[],
  reason: 'overlap' | 'operator',
  evidence: Run['evidence'],
): Promise<void> {
  return state.turns.giveUp(pending, (each) => skip(state, each, reason, evidence));
}

/** Those that wait for their turn, when all is stopped: the next scheduler finds the actions among them. */
export function dropTurns(state: FiringState): void {
  const all = state.turns.takeAll();
  const over = state.closed === 'leave' ? all.filter(({ planned }) => planned.isAside !== true) : all;
  void drop(state, over, 'operator', STOPPED);
}

/** Those that are planned, when all is stopped: they wait on for the next scheduler, or end here. */
export function dropPlanned(state: FiringState): void {
  dropHeld(state, state.held?.takeAll() ?? []);
}

export function dropHeld(state: FiringState, some: readonly Held[], evidence = STOPPED): void {
  if (state.closed === 'leave') return;
  void state.turns.giveUp(some, async ({ planned, run }) => {
    if (run === undefined) endBefore(state, planned);
    else await skip(state, { planned, run }, 'operator', evidence);
  });
}

/** The next attempts of jobs that are gone. */
export function dropGone(state: FiringState): void {
  const gone = state.held?.takeAttemptsIf((job) => isGone(state, job)) ?? [];
  dropHeld(state, gone, { cause: GONE });
}

/** One that was held back ends as is said. */
export function endPending(state: FiringState, pending: Pending, change: Partial<Run>): Promise<void> {
  return state.turns.giveUp([pending], async ({ planned, run }) => {
    await endWaiting(state, run, change);
    endBefore(state, planned);
  });
}

/** One that was planned by a scheduler that is gone ends as is said. */
export function endPlanned(state: FiringState, run: Run, change: Partial<Run>): Promise<void> {
  return state.turns.giveUp([run], (each) => endWaiting(state, each, change));
}

/** There is no further attempt after all: the one before was the last. */
export function endBefore({ parts, following }: FiringState, { before, job, isAside }: Planned): void {
  if (before === undefined) return;
  following?.report(before);
  parts.listen.ended(before, job, isAside === true);
}

/** Tell what is on record as having ended without a start. */
export function tellEnded({ parts, closed, gates, following }: FiringState, run: Run): void {
  const type =
    run.status === 'missed' ? 'run-missed' : run.status === 'errored' ? 'run-finished' : 'run-skipped';
  parts.tell({ type, at: parts.clock.now(), run });
  if (closed !== undefined) return;
  parts.listen.unrun(run);
  gates?.noteEnd(run);
  following?.report(run);
}

async function skip(
  state: FiringState,
  { planned, run }: Pending,
  reason: 'overlap' | 'operator',
  evidence: Run['evidence'],
): Promise<void> {
  await endWaiting(state, run, { status: 'skipped', reason, ...(evidence && { evidence }) });
  endBefore(state, planned);
}

/** Keep and tell how a run ended that was claimed and never started. */
export async function endWaiting(state: FiringState, run: Run, how: Partial<Run>): Promise<void> {
  const { clock, tell, writer } = state.parts;
  const { startedAt: _, ...rest } = run;
  const change = { ...how, endedAt: clock.now() };
  try {
    await writer.record({ ...change, id: run.id });
  } catch (error) {
    tell({ type: 'warning', at: clock.now(), message: `a record could not be kept: ${String(error)}` });
  }
  tellEnded(state, { ...rest, ...change });
}
