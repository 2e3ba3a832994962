/** Starts runs that were recorded as waiting for an instant, when it has come. */
import { dropHeld } from './drop.js';
import type { FiringState } from './firing-state.js';
import type { Held } from './later.js';
import { wishesForHeld } from './place.js';
import { gateFor } from './planned-gate.js';
import { submit } from './submit.js';
import { holdingOf } from './wiring-holding.js';

/** Start those that are due. */
export async function startDue(state: FiringState, now: Date): Promise<void> {
  const { held, parts } = state;
  const at = held?.nextAt();
  if (held === undefined || at === undefined || at > now.getTime()) return;
  await startHeld(state, held.takeDue(now));
  parts.listen.settled();
}

export async function startHeld(state: FiringState, due: readonly Held[]): Promise<void> {
  const { following } = state;
  const uninformed = following === undefined ? [] : due.filter(following.isUninformed);
  await admit(
    state,
    due.filter((each) => !uninformed.includes(each)),
  );
  if (following === undefined || uninformed.length === 0) return;
  state.informing += uninformed.length;
  const informed = await following.inform(uninformed).finally(() => {
    state.informing -= uninformed.length;
  });
  await admit(state, informed);
}

/** Nothing holds these back any more. */
export async function submitHeld(state: FiringState, due: readonly Held[]): Promise<void> {
  if (state.closed !== undefined && state.aside.isOver) return dropHeld(state, due);
  const refused = await submit(
    state,
    due.flatMap((each) => wishesForHeld(state, each)),
  );
  for (const { held } of refused)
    if (held !== undefined && state.closed === undefined) holdingOf(state).putBack(held);
}

/** What something may hold back is looked at first. */
async function admit(state: FiringState, due: readonly Held[]): Promise<void> {
  const { gates } = state;
  const isGated = ({ planned, run }: Held): boolean =>
    gates !== undefined && run !== undefined && gateFor(planned) !== undefined;
  for (const each of due) if (isGated(each)) gates?.examine(each);
  await submitHeld(
    state,
    due.filter((each) => !isGated(each)),
  );
}
