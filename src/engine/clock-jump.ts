/** What becomes of instants when time has not passed as it should: the clock was set, or nothing ran for a while. */
import type { JobPast } from '../store/store.js';
import type { ClockJump } from './clock-watch.js';
import { dismissStandby, type EngineState } from './engine-state.js';
import { highestAhead, isHeldBack } from './set-back.js';

/** To be called before an instant is worked out from what the wall clock shows: no earlier jump moves it later. */
export function noticeJump(state: EngineState): void {
  if (state.watch?.hasJumped()) lookAtClocks(state);
}

/** The clock was set back while nobody was there to notice: the records of the jobs tell. */
export function noteSetBackBefore({ firing, plan, tell }: EngineState, past: Iterable<JobPast>): void {
  const { startedAt } = plan;
  const highest = highestAhead(past, startedAt);
  if (highest === undefined) return;
  const byMs = startedAt.getTime() - highest.getTime();
  tell({ type: 'clock-jumped', at: startedAt, cause: 'clock', byMs });
  firing.noteSetBack(highest, startedAt);
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
  for (const job of agenda.jobs()) {
    if (!isHeldBack(job, -jump.byMs)) agenda.rearm(job.task.id, new Date(now.getTime() - 1));
  }
}
