/** Dates as APScheduler takes them → ISO 8601. */
import { SupertaskError } from '../../errors.js';
import type { Boundary } from '../../model/schedule.js';
import { parseInstant } from '../../model/schedule-instant.js';
import { placeWall } from '../../model/zone.js';

const FORM =
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?:[ Tt](?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})(?:\.(?<part>\d{1,6}))?)?\s*(?<zone>[Zz]|[+-]\d\d:\d\d)?$/;

/**
 * Read a date: `2026-12-24`, which is its midnight, `2026-12-24 18:00:00`, with an offset if it has one.
 *
 * @param tz - The zone of dates without an offset; undefined: it is not known yet.
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseDate(text: string, tz: string | undefined): Boundary {
  const parts = FORM.exec(text.trim())?.groups;
  if (parts === undefined) {
    throw invalid(
      `"${text}" is not a date of APScheduler`,
      'Write 2026-12-24 or 2026-12-24 18:00:00, with +01:00 or Z behind it.',
    );
  }
  const { year, month = '', day = '', hour = '', minute = '', second = '', part = '', zone = '' } = parts;
  // APScheduler reads .5 as five microseconds: only six digits mean the same to everybody.
  if (!/^(?:\d{3}000)?$/.test(part)) {
    throw invalid(
      `the part of a second in "${text}" is not in six digits, or finer than a millisecond`,
      'Write .500000 for half a second.',
    );
  }
  const two = (digits: string): string => digits.padStart(2, '0');
  const time = `${two(hour)}:${two(minute)}:${two(second)}${part === '' ? '' : `.${part}`}`;
  const date = parseInstant(`${year}-${two(month)}-${two(day)}T${time}${zone.toUpperCase()}`);
  if (date.local && tz !== undefined) checkPlace(text, date, tz);
  return date;
}

/** As `parseInstant` reads it. */
export function formatDate({ ms, local }: Boundary): string {
  const iso = new Date(ms).toISOString();
  return local ? iso.slice(0, -1) : iso;
}

/** APScheduler and supertask place times of a clock change differently; so nobody places them by guessing. */
function checkPlace(text: string, { ms }: Boundary, tz: string): void {
  const place = placeWall(tz, ms);
  if (place.kind === 'exact' && !place.repeated) return;
  const why = place.kind === 'gap' ? 'does not exist' : 'comes twice';
  throw invalid(
    `"${text}" ${why} in ${tz}, where the clock changes then`,
    `Write it with an offset, such as ${text.trim()}+01:00.`,
  );
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', message, { hint });
}
