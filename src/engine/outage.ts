/** Claims, with patience for a state that cannot be written: told once, tried again from time to time. */
import { SupertaskError } from '../errors.js';
import type { Event } from '../model/event.js';
import type { Claim, Claimed, Writer } from '../store/store.js';
import type { Gap } from './claim.js';
import type { Clock } from './clock.js';

export type PatientClaims = {
  /** @returns Nothing when the state could not be written; then nothing was claimed. */
  claim(claims: readonly Claim[]): Promise<readonly Claimed[] | undefined>;
  /** How long nothing is tried, in ms; 0 when all is well. */
  heldForMs(): number;
  /** Why due instants were passed over until now, when it was for want of the state. */
  gap(now: Date): Gap | undefined;
  /** Those instants have been dealt with. */
  closeGap(): void;
};

/** So many are claimed to start with one sync; while the next are claimed, these are on their way. */
export const START_AT_ONCE = 25;

/** How long to hold back after the state could not be written. */
const PATIENCE_MS = 10_000;

/** @param isPatient - Otherwise a state that cannot be written is an error for the caller. */
export function createPatientClaims(
  clock: Clock,
  writer: Writer,
  tell: (event: Event) => void,
  isPatient: boolean,
): PatientClaims {
  let outage: { readonly since: Date; readonly untilMs: number } | undefined;
  let gapSince: Date | undefined;

  const warn = (message: string): void => tell({ type: 'warning', at: clock.now(), message });

  return {
    async claim(claims) {
      try {
        const answers = await writer.claim(claims);
        if (outage !== undefined)
          warn(`the state can be written again; it could not since ${outage.since.toISOString()}`);
        outage = undefined;
        return answers;
      } catch (error) {
        if (!(error instanceof SupertaskError) || !isPatient) throw error;
        if (outage === undefined) warn(`${error.message}; nothing is started until it can be`);
        outage = { since: outage?.since ?? clock.now(), untilMs: clock.steadyMs() + PATIENCE_MS };
        gapSince ??= outage.since;
        return undefined;
      }
    },
    heldForMs: () => Math.max(0, (outage?.untilMs ?? 0) - clock.steadyMs()),
    gap(now) {
      const since = gapSince;
      return since === undefined ? undefined : { cause: 'storage', from: () => since, until: now };
    },
    closeGap() {
      gapSince = undefined;
    },
  };
}
