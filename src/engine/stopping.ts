/** Stops the engine: because it was told to, because its campaign is over, or because something broke. */
import type { EngineState } from './engine-state.js';
import type { EnginePlan } from './plan.js';
import { finishIfIdle } from './rest.js';

export function stop(
  state: EngineState,
  reason: string,
  signal: NodeJS.Signals | undefined,
  onStop: EnginePlan['onStop'],
): void {
  const { firing, parts, plan, tell } = state;
  if (state.isToldToStop) {
    if (state.isDraining && onStop === 'stop') stopAll(state, signal);
    state.isDraining &&= onStop === 'drain';
    return;
  }
  state.isToldToStop = true;
  state.isDraining = onStop === 'drain';
  state.isCutShort = firing.attempts > 0;
  state.stopping = reason;
  state.cancelTimer?.();
  tell({ type: 'scheduler-stopping', at: parts.clock.now(), reason, running: firing.size });
  // Only a scheduler has a next one.
  firing.close(plan.mode === 'schedule' ? 'leave' : 'end');
  if (onStop === 'stop') stopAll(state, signal);
  finishIfIdle(state);
}

function stopAll({ firing }: EngineState, signal: NodeJS.Signals | undefined): void {
  firing.stopAll(signal);
  firing.hurryActions();
}

export function failWith(state: EngineState, error: unknown): void {
  state.failure ??= { error };
  state.stopping ??= 'failed';
  state.cancelTimer?.();
  state.firing.close('leave');
  state.firing.killAll();
  finishIfIdle(state);
}
