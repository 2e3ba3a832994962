/** How much of a job's past is kept. */

/** What is absent is limited as for any job. A job's last result, live runs and young claims are always kept. */
export type Keep = {
  /** So many runs. */
  readonly runs?: number;
  /** Runs that were due within this time, in ms. */
  readonly ageMs?: number;
  /** Output of so many bytes, the newest. */
  readonly bytes?: number;
};
