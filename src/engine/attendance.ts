/** Until when somebody attended to a job before an engine started. */
import type { JobPast } from '../store/store.js';

/** Instants up to this one were handled, or lie before the job was first seen. */
export function attendedUntil(past: JobPast, first: Date): Date {
  const known = [past.seenAt, past.attendedUntil, past.lastDueAt].filter(
    (at) => at !== undefined && at <= first,
  );
  return new Date(Math.max(...known.map((at) => at?.getTime() ?? 0), 0) || first.getTime());
}
