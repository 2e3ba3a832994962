/** Instants as people name them on a command line or in a question. */
import { parseInstant } from './schedule-instant.js';
import { placeWall } from './zone.js';

/**
 * Read an ISO 8601 instant; without a zone of its own it is a wall time in `tz`: the first pass of one that comes twice,
 * the end of the gap for one that does not exist. A bare date is its midnight.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseInstantIn(text: string, tz: string): Date {
  const { ms, local } = parseInstant(text);
  return new Date(local ? placeWall(tz, ms).atMs : ms);
}
