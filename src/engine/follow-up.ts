/** What is claimed before a run is on record as ended: its next attempt, and the actions that follow on it. */
import type { Planned } from './claim.js';
import { type FiringState, isGone } from './firing-state.js';
import type { RunParts } from './run-parts.js';
import { holdingOf } from './wiring-holding.js';

export function followedParts(state: FiringState, { job, isAside, env }: Planned): RunParts {
  const { following, runParts } = state;
  return {
    ...runParts,
    ...(env === undefined ? {} : { told: env }),
    beforeEnd: async (ended) => {
      if (state.closed !== 'end' && (isAside || !isGone(state, job)))
        await holdingOf(state).retry(ended, job, isAside);
      return following?.beforeEnd(ended, job);
    },
  };
}
