/** Heeds what people say of moments to come, and has what was withheld for it recorded. */
import { SupertaskError } from '../errors.js';
import { dismissStandby, type EngineState, rearm } from './engine-state.js';
import type { SiftedJob } from './sift.js';

/** @throws {SupertaskError} `STATE_UNAVAILABLE` when they cannot be read. */
export async function lookAtOverrides(state: EngineState): Promise<void> {
  const { firing, parts, sieve, tell } = state;
  const changed = parts.sieve && (await parts.writer.overrides?.());
  // What holds already when it begins is no news.
  const isNews = state.hasLooked;
  state.hasLooked = true;
  if (changed === undefined) return;
  const at = parts.clock.now();
  const change = isNews ? sieve.changeTo(changed, at) : undefined;
  if (change !== undefined) tell({ type: 'overrides-changed', at, change });
  const ended = sieve.replace(changed, at);
  dismissStandby(state);
  if (ended.length > 0) rearm(state, await firing.keepWithheld(ended));
}

/** The same before what is due is taken: what cannot be read ends nothing, and is read again at the next look. */
export async function heedOverrides(state: EngineState): Promise<void> {
  const { parts, tell } = state;
  try {
    await lookAtOverrides(state);
    state.overridesRefused = undefined;
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    const message = `${error.message}; pauses and skips stay as they were`;
    if (message !== state.overridesRefused) tell({ type: 'warning', at: parts.clock.now(), message });
    state.overridesRefused = message;
  }
}

/** Record what was counted of pauses. */
export function keepCounted(state: EngineState, counted: readonly SiftedJob[]): void {
  state.isSettlingSieve = true;
  state.firing
    .keepWithheld(counted)
    .finally(() => {
      state.isSettlingSieve = false;
    })
    .then(state.rest)
    .catch(state.giveUp);
}
