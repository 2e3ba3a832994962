/** `overrides.json` of a namespace: pauses and skips, replaced as a whole by whoever holds the lock. */
import { forgetOld, NO_OVERRIDES, type Overrides, type Pause, type Skip } from '../../model/override.js';
import { guarded, readObject, replaceFile } from './disk.js';
import type { Place } from './layout.js';
import { withFileLock } from './locked.js';
import { quarantine, stampOf } from './replaced-file.js';

/** Read what holds; nothing where the file is missing, `'corrupt'` where it cannot be understood. */
export function readOverrides(place: Place): Overrides | 'corrupt' {
  const found = readObject(place.overrides);
  if (found === undefined) return NO_OVERRIDES;
  return found === 'corrupt' ? found : parse(found);
}

/** The same for those who cannot do anything about it. */
export function knownOverrides(place: Place): Overrides {
  const found = readOverrides(place);
  return found === 'corrupt' ? NO_OVERRIDES : found;
}

/**
 * Change what holds, as the only one.
 *
 * @param change - Gets what holds; what it returns is durable before this settles.
 * @throws {SupertaskError} `STATE_UNAVAILABLE`, also when others hold the lock for too long.
 */
export async function changeOverrides<Result>(
  place: Place,
  now: () => Date,
  change: (overrides: Overrides, now: Date) => { readonly overrides: Overrides; readonly result: Result },
): Promise<Result> {
  return withFileLock(place.overrides, (check) => {
    const found = readOverrides(place);
    if (found === 'corrupt') quarantine(place.quarantine, place.overrides);
    const at = now();
    const { overrides, result } = change(found === 'corrupt' ? NO_OVERRIDES : found, at);
    check();
    const text = `${JSON.stringify(overridesRecord(forgetOld(overrides, at)), undefined, 2)}\n`;
    guarded('write', place.overrides, () => replaceFile(place.overrides, text));
    return result;
  });
}

/**
 * What has changed since it was asked last; undefined: nothing. One look costs one `stat`.
 *
 * @throws {SupertaskError} `STATE_UNAVAILABLE`, also the next time, until it can be read.
 */
export function createOverrideWatch(
  place: Place,
  warn: (message: string) => void,
): () => Overrides | undefined {
  let seen = 'none';
  return () => {
    const stamp = guarded('look at', place.overrides, () => stampOf(place.overrides));
    if (stamp === seen) return undefined;
    const found = readOverrides(place);
    // Not before: what could not be read is read again.
    seen = stamp;
    if (found !== 'corrupt') return found;
    warn(`${place.overrides} is unreadable: pauses and skips stay as they were`);
    return undefined;
  };
}

function overridesRecord({ pauses, skips }: Overrides): object {
  const who = ({ by, note }: { readonly by: string | undefined; readonly note: string | undefined }) => ({
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
  });
  return {
    pauses: pauses.map((pause) => ({
      job: pause.job,
      since: pause.since.toISOString(),
      until: pause.until?.toISOString() ?? null,
      ...who(pause),
    })),
    skips: skips.map((skip) => ({
      job: skip.job,
      at: skip.at.toISOString(),
      askedAt: skip.askedAt.toISOString(),
      ...who(skip),
    })),
  };
}

/** Entries that are not understood are passed over: a later version may have more kinds. */
function parse({ pauses, skips }: Readonly<Record<string, unknown>>): Overrides | 'corrupt' {
  if (!Array.isArray(pauses) || !Array.isArray(skips)) return 'corrupt';
  return { pauses: pauses.flatMap(parsePause), skips: skips.flatMap(parseSkip) };
}

function parsePause(value: unknown): Pause[] {
  const { job, since, until, by, note } = fieldsOf(value);
  const [from, to] = [dateOf(since), dateOf(until)];
  if (typeof job !== 'string' || from === undefined || (to === undefined && until !== null)) return [];
  return [{ job, since: from, until: to, by: textOf(by), note: textOf(note) }];
}

function parseSkip(value: unknown): Skip[] {
  const { job, at, askedAt, by, note } = fieldsOf(value);
  const [moment, asked] = [dateOf(at), dateOf(askedAt)];
  if (typeof job !== 'string' || moment === undefined) return [];
  return [{ job, at: moment, askedAt: asked ?? moment, by: textOf(by), note: textOf(note) }];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function dateOf(value: unknown): Date | undefined {
  const at = typeof value === 'string' ? new Date(value) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
