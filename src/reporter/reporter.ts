/** The port through which events are told. Reporting never fails a run. */
import type { Event } from '../model/event.js';

export interface Reporter {
  /** A promise asks for patience: the stream whose output was told is not read until it settles. */
  report(event: Event): Promise<void> | undefined;
  /** Told before they begin: so many jobs, more than one, run once. A schedule tells how many it has by an event. */
  readonly expectJobs?: ((count: number) => void) | undefined;
}
