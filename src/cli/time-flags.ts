/** Flags that name zones, instants and counts. */
import { SupertaskError } from '../errors.js';
import { parseInstantIn } from '../model/instant.js';
import { parseZone } from '../model/zone.js';
import type { Settings } from '../settings/table.js';
import { systemZone } from '../settings/zone.js';
import { readSetting } from './setting-place.js';

/** `--tz`, else the system's zone. @throws {SupertaskError} `ZONE_UNKNOWN` */
export function zoneOf(settings: Settings): string {
  return readSetting(settings, 'tz', parseZone) ?? parseZone(systemZone(process.env));
}

/** An instant; what has no zone of its own is a wall time in `tz`. Undefined when the flag was not given. */
export function parseInstantFlag(name: string, value: unknown, tz: string): Date | undefined {
  if (typeof value !== 'string') return undefined;
  return named(name, () => parseInstantIn(value, tz));
}

/** A whole number from 1. Undefined when the flag was not given. */
export function parseCountFlag(name: string, value: unknown, most: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^[1-9]\d{0,8}$/.test(value) && Number(value) <= most) return Number(value);
  throw new SupertaskError('USAGE', `${name} is "${value}"`, {
    hint: `Give a whole number from 1 to ${most}.`,
  });
}

/** What cannot be read is told with the flag's name. @throws {SupertaskError} `USAGE` */
export function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    throw new SupertaskError('USAGE', `${name}: ${error.message}`, { hint: error.hint, cause: error });
  }
}
