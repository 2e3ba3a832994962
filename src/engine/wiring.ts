/** Puts the parts of the firing together, each with what it needs of the others. */
import { createClaimMaker } from './claim.js';
import { inheritedEnvironment } from './environment.js';
import type { FiringParts, FiringState } from './firing-state.js';
import { createPatientClaims } from './outage.js';
import { createTurns } from './turn.js';
import { followingOf, gatesOf, turnParts } from './wiring-late.js';

export function createState(parts: FiringParts): FiringState {
  const { actions, clock, plan, surroundings, tell, writer } = parts;
  const state: FiringState = {
    parts,
    claims: createClaimMaker({
      clock,
      namespace: writer.namespace,
      mode: plan.mode,
      hasPools: surroundings !== undefined,
      nameRun: parts.nameRun,
    }),
    store: createPatientClaims(clock, writer, tell, plan.mode === 'schedule'),
    turns: createTurns(() => turnParts(state)),
    aside: { live: new Map(), isHurried: false, isOver: false },
    live: new Set(),
    prepared: new Map(),
    held: undefined,
    following: undefined,
    gates: undefined,
    runParts: {
      ...parts,
      env: inheritedEnvironment(plan.env),
      cwd: plan.cwd,
      host: plan.host,
      tz: plan.tz,
      schedulerStartedAt: plan.startedAt,
    },
    hasOtherJobs: false,
    closed: undefined,
    claiming: 0,
    arriving: 0,
    informing: 0,
  };
  if (actions !== undefined) state.following = followingOf(state, actions);
  if (surroundings !== undefined) state.gates = gatesOf(state, surroundings);
  return state;
}
