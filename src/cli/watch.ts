/** What `run` does about changes of its timetable. */
import { isatty } from 'node:tty';
import type { Reloader } from '../app/reload.js';
import { type Watching, watchFiles } from '../app/watch.js';
import { watchUrl } from '../app/watch-url.js';
import { SupertaskError } from '../errors.js';
import { parseDuration } from '../model/duration.js';
import type { Reporter } from '../reporter/reporter.js';
import { isHangupIgnored } from './hangup.js';

export type WatchOptions = {
  readonly engine: { stop(reason: string, signal: NodeJS.Signals): void };
  readonly reloader: Reloader;
  readonly reporter: Reporter;
  /** As it was given: a path or a URL. */
  readonly file: string;
  readonly watch: boolean | undefined;
  /** Undefined: the default. */
  readonly pollMs: number | undefined;
};

export type Attending = {
  /** What is done about SIGHUP. */
  hangup(): void;
  close(): Promise<void>;
};

const DEFAULT_POLL_MS = 60_000;
const MIN_POLL_MS = 1_000;

/** @throws {SupertaskError} `DURATION_INVALID`, `SETTING_INVALID` */
export function parsePoll(text: string): number {
  const ms = parseDuration(text);
  if (ms >= MIN_POLL_MS) return ms;
  throw new SupertaskError('SETTING_INVALID', `--poll is ${JSON.stringify(text)}`, {
    hint: 'Leave the server a second at least, as in --poll=10s.',
  });
}

const STREAMS = [0, 1, 2];

/** Take over changes of the timetable as they happen, and when SIGHUP asks for it. */
export function attend(options: WatchOptions): Attending {
  const { engine, reloader } = options;
  const watching = watchTimetable(options);
  // A terminal that was closed sends SIGHUP, too, and is no terminal any more by then.
  const endsWithTerminal = STREAMS.some(isatty) && !isHangupIgnored();
  return {
    hangup() {
      if (endsWithTerminal && !STREAMS.some(isatty)) engine.stop('SIGHUP', 'SIGTERM');
      else void reloader.reloadNow('signal');
    },
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
