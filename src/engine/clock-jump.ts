/** What becomes of instants when time has not passed as it should: the clock was set, or nothing ran for a while. */
import { scheduleClass } from '../model/schedule-class.js';
import type { ClockJump } from './clock-watch.js';
import { dismissStandby, type EngineState } from './engine-state.js';

/** A clock that is set back further is held to be right from now on; nothing is held until it catches up. */
const CORRECTION_MS = 3 * 3_600_000;

/** To be called before an instant is worked out from what the wall clock shows: no earlier jump moves it later. */
export function noticeJump(state: EngineState): void {
  if (state.watch?.hasJumped()) lookAtClocks(state);
}

/** Compare the clocks with the last look, and act on what they say. */
export function lookAtClocks(state: EngineState): void {
  const jump = state.watch?.look(state.wakeAtMs);
  if (jump === undefined) return;
  state.jump ??= jump;
  noteJump(state, jump);
}

function noteJump(state: EngineState, jump: ClockJump): void {
  const { agenda, firing, parts, takenUntil, tell } = state;
  const { clock } = parts;
  tell({ type: 'clock-jumped', at: clock.now(), cause: jump.cause, byMs: jump.byMs });
  dismissStandby(state);
  if (jump.cause !== 'clock' || agenda === undefined) return;
  const now = clock.now();
  agenda.shiftStarts(jump.byMs);
  firing.noteSet(jump.byMs);
  if (jump.byMs > 0) {
    // What an earlier pass has handled is not missed because the clock leaps over it.
    const { highest } = firing;
    if (highest !== undefined) agenda.raise(highest < now ? highest : now);
    return;
  }
  firing.noteSetBack(takenUntil > jump.before ? takenUntil : jump.before);
  const isSmall = -jump.byMs <= CORRECTION_MS;
  for (const job of agenda.jobs()) {
    const isHeld = isSmall && job.bounds.every((bound) => scheduleClass(bound.schedule) === 'fixed-time');
    if (!isHeld) agenda.rearm(job.task.id, new Date(now.getTime() - 1));
  }
}
