/** The same use cases for programs: no terminal, no exit codes. */
import type { Event } from '../model/event.js';
import { occurrences as occurrencesIn } from '../model/schedule.js';
import type { Timetable } from '../model/timetable.js';
import { stateDirectory } from '../settings/load.js';
import { systemZone } from '../settings/zone.js';
import { openStore } from './parts.js';
import { DEFAULT_MAX_RUNNING, startSource } from './run.js';
import { nameCalendars } from './source.js';

/**
 * The next instants of a schedule strictly after `after`.
 *
 * @param when - Any schedule string: `*\/5 * * * *`, `every 10s`, `daily at 09:30` …
 * @param options.tz - IANA zone, default the system's. `after`: default now. `count`: default 5.
 * @throws {SupertaskError} `SCHEDULE_INVALID`, `ZONE_UNKNOWN`
 */
export function occurrences(
  when: string,
  options: { readonly tz?: string; readonly after?: Date; readonly count?: number } = {},
): Date[] {
  return occurrencesIn(when, { ...options, tz: options.tz ?? systemZone(process.env) });
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
 * @throws {SupertaskError} `SCHEDULE_INVALID` for calendars that cannot be read, `ALREADY_RUNNING`, `STATE_UNAVAILABLE`, `STATE_NEWER`
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
  } = {},
): Promise<TimetableResult> {
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
          options.onEvent?.(event);
          return undefined;
        },
      },
      namespace: options.namespace,
      tz: options.tz ?? systemZone(process.env),
      env,
      beside: 'refuse',
      onStop: 'stop',
      maxRunning: DEFAULT_MAX_RUNNING,
    },
  );
  if (started === undefined) return { reason: 'aborted', ended: 0, unsuccessful: 0 };
  const { engine, close } = started;
  const abort = (): void => engine.stop('aborted');
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  const { reason, ended, unsuccessful, attendedUntil } = await engine.done;
  options.signal?.removeEventListener('abort', abort);
  await close(reason, attendedUntil);
  return { reason, ended, unsuccessful };
}
