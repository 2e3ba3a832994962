/** What `run` does about changes of its timetable. */
import type { Reloader } from '../app/reload.js';
import { type Watching, watchFiles } from '../app/watch.js';
import { watchUrl } from '../app/watch-url.js';
import { SupertaskError } from '../errors.js';
import { parseDuration } from '../model/duration.js';
import type { Reporter } from '../reporter/reporter.js';

export type WatchOptions = {
  readonly reloader: Reloader;
  readonly reporter: Reporter;
  /** As it was given: a path or a URL. */
  readonly file: string;
  readonly watch: boolean | undefined;
  /** Undefined: the default. */
  readonly pollMs: number | undefined;
};

export type Attending = {
  /** What SIGHUP asks for. */
  reload(): void;
  close(): Promise<void>;
};

const DEFAULT_POLL_MS = 60_000;
const MIN_POLL_MS = 1_000;

/** @throws {SupertaskError} `DURATION_INVALID`, `SETTING_INVALID` */
export function parsePoll(text: string, place: string): number {
  const ms = parseDuration(text);
  if (ms >= MIN_POLL_MS) return ms;
  throw new SupertaskError('SETTING_INVALID', `${place} is ${JSON.stringify(text)}`, {
    hint: 'Leave the server a second at least, as in --poll=10s.',
  });
}

/** Take over changes of the timetable as they happen, and when SIGHUP asks for it. */
export function attend(options: WatchOptions): Attending {
  const watching = watchTimetable(options);
  return {
    reload: () => void options.reloader.reloadNow('signal'),
    close: async () => watching?.close(),
  };
}

function watchTimetable({ reloader, reporter, file, watch, pollMs }: WatchOptions): Watching | undefined {
  if (watch === false) return undefined;
  const warn = (message: string): void => void reporter.report({ type: 'warning', at: new Date(), message });
  const parts = { reloader, warn };
  const files = watchFiles(parts);
  if (reloader.source.kind !== 'url') return files;
  const url = watchUrl(file, pollMs ?? DEFAULT_POLL_MS, parts);
  return { close: async () => void (await Promise.all([files.close(), url.close()])) };
}
