/** Says that a scheduler lives, and looks after the runs of those that do not. */
import { SupertaskError } from '../errors.js';
import { isEnded } from '../model/run.js';
import { attended, type EngineState } from './engine-state.js';

const NEVER = new Date(0);

export async function beat(state: EngineState): Promise<void> {
  const { firing, parts, tell } = state;
  const { clock, writer } = parts;
  state.beatAt = clock.steadyMs();
  try {
    const found = await writer.heartbeat(clock.now(), attended(state) ?? NEVER);
    state.isBeatFailing = false;
    const lost = found.filter(({ status }) => isEnded(status));
    for (const run of lost) tell({ type: 'run-finished', at: clock.now(), run });
    if (found.length > lost.length && state.stopping === undefined)
      await firing.resume(found.filter(({ status }) => !isEnded(status)));
    if (lost.length > 0 && state.stopping === undefined) await firing.recover(lost);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    if (!state.isBeatFailing) tell({ type: 'warning', at: clock.now(), message: error.message });
    state.isBeatFailing = true;
  }
}
