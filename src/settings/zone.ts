/** The system's time zone, without loading zone data where the system names it plainly. */
import { existsSync, readlinkSync } from 'node:fs';

const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;
const DATABASE = '/usr/share/zoneinfo/';

/**
 * IANA name of the zone this process runs in.
 *
 * `TZ` and the link `/etc/localtime` are read first: asking `Intl` costs 10 to 20 ms, as much as the rest of a
 * one-shot run.
 */
export function systemZone(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['TZ'];
  const named =
    given === undefined ? linkedZone() : NAME.test(given) && existsSync(DATABASE + given) ? given : undefined;
  return named ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function linkedZone(): string | undefined {
  try {
    const [, name] = readlinkSync('/etc/localtime').split('/zoneinfo/');
    return name !== undefined && NAME.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
