/** The system's time zone, without loading zone data where the system names it plainly. */
import { existsSync, readlinkSync } from 'node:fs';
import { SupertaskError } from '../errors.js';

const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;
const DATABASE = '/usr/share/zoneinfo/';

/**
 * IANA name of the zone this process runs in.
 *
 * `TZ` and the link `/etc/localtime` are read first: asking `Intl` costs 10 to 20 ms, as much as the rest of a
 * one-shot run. What the C library takes beside names is understood where it stands for a name.
 *
 * @throws {SupertaskError} `ZONE_UNKNOWN` when `TZ` stands for none, as the rule `CET-1CEST,M3.5.0,M10.5.0/3`: Node takes
 *   such text for UTC, programs that are run do not.
 */
export function systemZone(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['TZ'];
  if (given === undefined) return linkedZone('/etc/localtime') ?? ownZone() ?? 'UTC';
  return (isInDatabase(given) ? given : zoneMeant(given)) ?? refuse(given);
}

function isInDatabase(name: string): boolean {
  return NAME.test(name) && !IN_DATABASE_ONLY.test(name) && existsSync(DATABASE + name);
}

/** Names of the database that say how or where, not which. */
const IN_DATABASE_ONLY = /^(?:(?:posix|right)\/|localtime$|posixrules$|Factory$)/;

function zoneMeant(given: string): string | undefined {
  const text = given.replace(/^:/, '');
  if (text === '' || /^(?:UTC|GMT)[+-]?0?$/i.test(text)) return 'UTC';
  if (text === 'localtime') return linkedZone('/etc/localtime');
  const path = text.startsWith('/') ? (namedBy(text) ?? linkedZone(text)) : text;
  const name = path?.replace(/^(?:posix|right)\//, '');
  if (name === undefined || !NAME.test(name)) return undefined;
  return isInDatabase(name) ? name : knownZone(name);
}

function linkedZone(path: string): string | undefined {
  try {
    return namedBy(readlinkSync(path));
  } catch {
    return undefined;
  }
}

/** The name that a path of the database has in it. */
function namedBy(path: string): string | undefined {
  const [, name] = path.split('/zoneinfo/');
  return name !== undefined && NAME.test(name) ? name : undefined;
}

function ownZone(): string | undefined {
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === 'Etc/Unknown' ? undefined : zone;
}

function knownZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function refuse(given: string): never {
  throw new SupertaskError('ZONE_UNKNOWN', `TZ is ${JSON.stringify(given)}, which is no time zone name`, {
    hint: 'Set TZ to an IANA name such as Europe/Berlin, or use --tz.',
  });
}
