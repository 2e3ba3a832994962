/** Instants as ISO 8601 in UTC, without the time zone of the machine. */

/**
 * What `toISOString` gives. Its first call in a process looks for the machine's time zone, though it has no use for it:
 * a third of a millisecond, and more where TZ is not set.
 *
 * @throws {RangeError} for an invalid date.
 */
export function isoText(date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 1000 && year <= 9999)) return date.toISOString();
  const day = `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const ms = date.getUTCMilliseconds();
  return `${day}T${time}.${ms < 100 ? '0' : ''}${two(ms)}Z`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}
