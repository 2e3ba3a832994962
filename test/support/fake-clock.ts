import { createVirtualClock, type VirtualClock } from '../../src/engine/virtual-clock.ts';

/** A clock turned by hand. */
export type FakeClock = VirtualClock;

/** As in a simulation, but with patience for what needs more than promises. */
export function createFakeClock(start: Date): FakeClock {
  return createVirtualClock(start, { whenSettled: setImmediate });
}
