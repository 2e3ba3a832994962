/** How much of a job's past is kept. */
import { SupertaskError } from '../errors.js';

/** What is absent is limited as for any job. A job's last result, live runs and young claims are always kept. */
export type Keep = {
  /** So many runs. */
  readonly runs?: number;
  /** Runs that were due within this time, in ms. */
  readonly ageMs?: number;
  /** Output of so many bytes, the newest. */
  readonly bytes?: number;
};

/** Read a number of runs. @throws {SupertaskError} `SETTING_INVALID` */
export function parseKeepRuns(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is not a number of runs to keep`, {
    hint: 'Give a whole number from 1; the last result of a job is always kept.',
  });
}
