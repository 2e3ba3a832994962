/** Waits for what comes next, and ends when nothing does. */
import { attended, type EngineState } from './engine-state.js';
import { keepCounted } from './override-watch.js';
import { sleep } from './wait.js';

/** Wait for what comes next. */
export function rest(state: EngineState): void {
  if (state.isRecovering && state.stopping === undefined) return;
  state.cancelTimer?.();
  if (finishIfIdle(state) || state.stopping !== undefined || state.agenda === undefined) return;
  // Nobody looks after a one-shot; what is left of it says by itself when it ends.
  if (state.plan.mode === 'once' && isAllBegun(state)) return;
  sleep(state, state.agenda);
}

/** @returns Whether it has ended, or is about to. */
export function finishIfIdle(state: EngineState): boolean {
  const { agenda, campaign, failure, firing, isCutShort, stopping, tally } = state;
  const hasEnded = agenda !== undefined && !state.isKeptOpen && agenda.nextAt() === undefined;
  const isOver = stopping !== undefined || hasEnded;
  if (!isOver || firing.size > 0) return false;
  // A pause whose scheduler fails is told by the next one.
  if (failure === undefined && settleSieve(state)) return true;
  state.cancelTimer?.();
  firing.close('end');
  if (failure !== undefined) state.giveUp(failure.error);
  state.settle({
    reason: stopping ?? 'finished',
    ...tally,
    verdict: campaign.verdict(),
    attendedUntil: attended(state),
    isCutShort,
  });
  return true;
}

function isAllBegun({ agenda, campaign, firing, parts, startedMs }: EngineState): boolean {
  const { clock } = parts;
  return (
    agenda?.nextAt() === undefined &&
    firing.plannedAt() === undefined &&
    campaign.msUntilOver(clock.steadyMs() - startedMs, clock.now()) === undefined &&
    firing.heldForMs() === 0
  );
}

/** Record what was counted of pauses. @returns Whether there was anything. */
function settleSieve(state: EngineState): boolean {
  const left = state.sieve.takeAll();
  if (left.length === 0) return state.isSettlingSieve;
  keepCounted(state, left);
  return true;
}
