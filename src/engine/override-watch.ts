/** Heeds what people say of moments to come, and has what was withheld for it recorded. */
import { dismissStandby, type EngineState, rearm } from './engine-state.js';
import type { SiftedJob } from './sift.js';

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
