/** Keeps records of due moments that people want to be left out, where nothing is due beside them. */
import type { FiringState } from './firing-state.js';
import { withheldWishes } from './place.js';
import type { SiftedJob } from './sift.js';
import { submit } from './submit.js';
import { refusedOf } from './wish.js';

/** @returns Jobs for which the state could not be written. */
export async function keepWithheld(
  state: FiringState,
  some: readonly SiftedJob[],
): Promise<readonly SiftedJob[]> {
  const wishes = some.flatMap(({ job, withheld }) => withheldWishes(state, job, withheld));
  return refusedOf(some, await submit(state, wishes));
}
