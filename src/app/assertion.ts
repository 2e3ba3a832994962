/** What may be asserted of a simulation, and which moments break it. Pure. */
import type { Moment } from './moment.js';

export const ASSERTIONS = ['no-overlap', 'no-missed'] as const;

export type Assertion = (typeof ASSERTIONS)[number];

/**
 * Whether a moment breaks an assertion.
 *
 * `no-overlap`: a run was due while an earlier run of its job was going, whatever the policy made of it.
 * `no-missed`: due instants were not run because nothing could run them.
 */
export function breaks(assertion: Assertion, moment: Moment): boolean {
  if (assertion === 'no-missed') return moment.what === 'missed';
  if (moment.what === 'fired') return moment.overlaps;
  return moment.what === 'skipped' && moment.reason === 'overlap';
}
