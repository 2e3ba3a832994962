/** What `run` shows while it runs, and what signals ask of it. */
import { isatty } from 'node:tty';
import { createReporter } from '../app/parts.js';
import type { StartedRun } from '../app/run.js';
import type { Stream } from '../model/event.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Settings } from '../settings/table.js';
import { useColor } from './color.js';
import type { Answers } from './signals.js';
import type { Streams } from './streams.js';

export type Foreground = {
  readonly reporter: Reporter;
  /** A schedule runs: show its status where there is a terminal, and answer when asked for it. */
  attend(engine: StartedRun['engine']): Promise<Answers>;
  /** Leave the terminal as it was found. */
  leave(): void;
};

export function createForeground(plain: Streams['write'], settings: Settings): Foreground {
  const isJson = settings.json === true || settings.output === 'json';
  let write = plain;
  let leave = (): void => {};
  const color = useColor(settings.color, process.env, 2);
  const inner = createReporter({
    kind: isJson ? 'json' : 'text',
    write: (stream, bytes) => write(stream, bytes),
    quiet: settings.quiet ?? false,
    color,
    output: settings.output === 'json' ? undefined : settings.output,
    timestamps: settings.timestamps,
    isTerminal,
  });
  let report = inner.report;
  const isQuiet = isJson || settings.quiet === true || settings.statusLine === 'never';

  return {
    reporter: { report: (event) => report(event) },
    async attend(engine) {
      const { createTally, runAllNow, statusOf } = await import('../app/live-status.js');
      const counting = createTally(inner);
      report = counting.report;
      const look = () => statusOf(engine, counting.tally());
      if (!isQuiet && isTerminal('stderr') && process.env['TERM'] !== 'dumb') {
        const { createStatusLine } = await import('./status-line.js');
        const columns = () => process.stderr.columns || 80;
        const line = createStatusLine({ write: plain, isTerminal, columns, color });
        write = line.write;
        leave = line.hide;
        line.show(look);
      }
      return {
        SIGUSR1: () =>
          void import('../model/status-text.js').then(({ statusLines }) =>
            write('stderr', `supertask: pid ${process.pid}\n${statusLines(look()).join('\n')}\n`),
          ),
        SIGALRM: () =>
          runAllNow(engine, 'SIGALRM', (message) => void write('stderr', `supertask: ${message}\n`)),
      };
    },
    leave: () => leave(),
  };
}

function isTerminal(stream: Stream): boolean {
  return isatty(stream === 'stdout' ? 1 : 2);
}
