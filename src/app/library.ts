/** The same use cases for programs: no terminal, no exit codes. */
import { SupertaskError } from '../errors.js';
import type { ParseOptions } from '../formats/detect.js';
import { parseTimetable as parse } from '../formats/timetable.js';
import type { Event } from '../model/event.js';
import { occurrences as occurrencesIn } from '../model/schedule-occurrence.js';
import type { Timetable } from '../model/timetable.js';
import { parseZone } from '../model/zone.js';
import { stateDirectory } from '../settings/load.js';
import { systemZone } from '../settings/zone.js';
import { nameCalendars } from './calendar-name.js';
import { openStore } from './parts.js';
import { DEFAULT_MAX_RUNNING, startSource } from './run.js';

/**
 * The next instants of a schedule strictly after `after`.
 *
 * What counts from the start of a scheduler (`once`, `in 10m`, `every 10s from start`) counts from `after`, and what
 * happens at once on start has this very instant as its first.
 *
 * @param when - Any schedule string: `*\/5 * * * *`, `every 10s`, `daily at 09:30` …
 * @param options.tz - IANA zone, default the system's. `after`: default now. `count`: default 5.
 * @throws {SupertaskError} `SCHEDULE_INVALID`, `DURATION_INVALID`, `ZONE_UNKNOWN`; `USAGE` for a count that is not a
 *   whole number from 0, or an `after` that is no valid date.
 */
export function occurrences(
  when: string,
  options: { readonly tz?: string; readonly after?: Date; readonly count?: number } = {},
): Date[] {
  const { tz = systemZone(process.env), after = new Date(), count = 5 } = options;
  // Callers without types, and dates made from text that was not one.
  if (typeof when !== 'string') throw misused('a schedule', when, 'Give text, such as "*/5 * * * *".');
  if (!(after instanceof Date) || Number.isNaN(after.getTime()))
    throw misused('after', after, 'Give a valid Date.');
  if (!Number.isInteger(count) || count < 0) throw misused('count', count, 'Give a whole number from 0.');
  return occurrencesIn(when, { tz, after, count });
}

/**
 * Read a timetable: YAML 1.2, JSON, or a Python file with an inline block. Nothing is opened and no code is run.
 *
 * @param options.file - What messages call it, and what its extension says about the notation; without it the text
 *   tells the notation.
 * @throws {SupertaskError} `USAGE` for what is no text; `TIMETABLE_INVALID`, with every problem of the text in `problems`.
 */
export function parseTimetable(text: string, options: Partial<ParseOptions> = {}): Timetable {
  if (typeof text !== 'string') throw misused('the text of a timetable', text, 'Give text, not bytes.');
  return parse(text, { ...options, file: options.file ?? 'timetable' });
}

function misused(what: string, value: unknown, hint: string): SupertaskError {
  return new SupertaskError('USAGE', `${what} cannot be ${String(value)}`, { hint });
}

export type TimetableResult = {
  /** `finished` when nothing was to come, `aborted` when the signal said so. */
  readonly reason: string;
  /** How many runs ended, and how many of them did not succeed. */
  readonly ended: number;
  readonly unsuccessful: number;
};

/**
 * Run a timetable in this process until nothing is to come or `signal` aborts.
 *
 * What happens is kept in the same bookkeeping as the command line's, under the namespace of `source`.
 *
 * @param options.source - What the namespace is made from, default the working directory. `stateDir`: default the
 *   user's state directory. `onEvent`: called with everything that happens.
 *   `spareMemory`: collect garbage when no run is near and a large timetable has left much of it behind; the event loop
 *   stands still meanwhile, for a tenth of a second or two where there are 100,000 jobs.
 * @throws What `onEvent` threw first: it does no harm to the runs, so it is thrown when all is over.
 * @throws {SupertaskError} `USAGE`, `ZONE_UNKNOWN`, `SCHEDULE_INVALID` for calendars that cannot be read, `ALREADY_RUNNING`, `STATE_UNAVAILABLE`, `STATE_NEWER`
 */
export async function runTimetable(
  timetable: Timetable,
  options: {
    readonly source?: string;
    readonly namespace?: string;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly tz?: string;
    readonly stateDir?: string;
    readonly signal?: AbortSignal;
    readonly onEvent?: (event: Event) => void;
    readonly spareMemory?: boolean;
  } = {},
): Promise<TimetableResult> {
  if (!Array.isArray((timetable as Timetable | undefined)?.tasks))
    throw misused('a timetable', timetable, 'Give what parseTimetable returns.');
  const tz = options.tz === undefined ? systemZone(process.env) : parseZone(options.tz);
  let thrown: { readonly error: unknown } | undefined;
  const env = options.env ?? process.env;
  const cwd = options.cwd ?? process.cwd();
  const started = await startSource(
    {
      kind: 'inline',
      source: options.source ?? cwd,
      timetable: await nameCalendars(timetable, cwd),
      directory: cwd,
    },
    {
      store: openStore(stateDirectory(options.stateDir, env, cwd)),
      reporter: {
        report(event) {
          try {
            options.onEvent?.(event);
          } catch (error) {
            thrown ??= { error };
          }
          return undefined;
        },
      },
      namespace: options.namespace,
      tz,
      env,
      beside: 'refuse',
      onStop: 'stop',
      maxRunning: DEFAULT_MAX_RUNNING,
    },
  );
  if (started === undefined) return { reason: 'aborted', ended: 0, unsuccessful: 0 };
  const { engine, close } = started;
  if (options.spareMemory) (await import('./spare-memory.js')).spareMemory(engine);
  const abort = (): void => engine.stop('aborted');
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  try {
    const { reason, ended, unsuccessful, attendedUntil } = await engine.done;
    await close(reason, attendedUntil);
    if (thrown !== undefined) throw thrown.error;
    return { reason, ended, unsuccessful };
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}
