/** Makes what holds runs until their instants, when something is planned for the first time: few one-shots need it. */
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import { endPlanned } from './drop.js';
import type { FiringState } from './firing-state.js';
import { createHolding, type Holding } from './holding.js';

export function holdingOf(state: FiringState): Holding {
  const { claims, parts, store, turns } = state;
  const tell = (event: Event): void => void parts.tell(event);
  const end = (run: Run, change: Partial<Run>): Promise<void> => endPlanned(state, run, change);
  const { clock, noticeJump } = parts;
  state.held ??= createHolding({ clock, claims, store, turns, noticeJump, tell, end });
  return state.held;
}
