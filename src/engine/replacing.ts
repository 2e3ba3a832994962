/** Puts another set of jobs in the place of the one that an engine has. */
import type { ScheduledTask } from './agenda.js';
import type { Engine } from './engine.js';
import { dismissStandby, type EngineState } from './engine-state.js';

export function replaceJobs(
  state: EngineState,
  jobs: readonly ScheduledTask[],
  { at = state.parts.clock.now(), hiding }: NonNullable<Parameters<Engine['replaceJobs']>[1]> = {},
): void {
  const { agenda, firing, plan } = state;
  if (hiding !== undefined) firing.hide(hiding);
  if (agenda === undefined) {
    state.early = () => replaceJobs(state, jobs, { at });
    return;
  }
  dismissStandby(state);
  agenda.replace(jobs, new Date(at.getTime() - 1));
  firing.noteOtherJobs();
  state.isKeptOpen = plan.isOpenEnded === true || agenda.nextAt() === undefined;
  state.rest();
}
