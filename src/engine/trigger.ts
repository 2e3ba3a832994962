/** Runs that somebody asks for, rather than a schedule. */
import type { Run } from '../model/run.js';
import type { Claimed } from '../store/store.js';
import type { Planned } from './claim.js';
import type { Triggered } from './door.js';
import type { FiringState } from './firing-state.js';
import { place } from './place.js';
import { submit } from './submit.js';
import { holdingOf } from './wiring-holding.js';
import { triggered } from './wish.js';

/** Run a job now, as its overlap policy allows. */
export function trigger(state: FiringState, planned: Planned): Promise<Triggered> {
  if (state.closed !== undefined) return Promise.resolve(STOPPING);
  return new Promise((resolve, reject) => {
    const wishes = place(state, planned).map((wish) => ({
      ...wish,
      answered: (claimed: Claimed | undefined, run: Run) => resolve(triggered(claimed, run)),
    }));
    if (wishes.length === 0) resolve({ kind: 'refused', message: 'enough runs have been started' });
    submit(state, wishes).then(state.parts.listen.settled, reject);
  });
}

/** Run a job at an instant to come. */
export async function runAt(state: FiringState, planned: Planned, at: Date): Promise<Triggered> {
  if (state.closed !== undefined) return STOPPING;
  const answer = await holdingOf(state).plan(planned, at);
  state.parts.listen.planned();
  return answer;
}

const STOPPING: Triggered = { kind: 'refused', message: 'the scheduler is stopping' };
