/** Ends a campaign: nothing new is started. */
import type { EngineState } from './engine-state.js';

/** What runs is waited for, unless it came too late for the verdict. */
export function conclude(state: EngineState): void {
  if (state.stopping !== undefined) return;
  const { firing, plan } = state;
  state.stopping = 'finished';
  firing.close('end');
  if (plan.campaign?.until !== undefined) firing.stopAll();
}
