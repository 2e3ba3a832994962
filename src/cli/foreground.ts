/** What `run` shows while it runs, and what signals ask of it. */
import { createReporter } from '../app/parts.js';
import type { StartedRun } from '../app/run.js';
import type { Stream } from '../model/event.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Settings } from '../settings/table.js';
import { attendSchedule, type Front } from './attendance.js';
import { useColor } from './color.js';
import type { Answers } from './signals.js';
import type { Streams } from './streams.js';
import { isTerminal } from './terminal.js';

export type Foreground = {
  readonly reporter: Reporter;
  /** A schedule runs: show its status where there is a terminal, and answer when asked for it. */
  attend(engine: StartedRun['engine']): Promise<Answers>;
  /** Leave the terminal as it was found. */
  leave(): void;
};

export function createForeground(
  streams: Pick<Streams, 'write' | 'backlog'>,
  settings: Settings,
): Foreground {
  const isJson = settings.json === true || settings.output === 'json';
  const color = useColor(settings.color, process.env, 2);
  const inner = createReporter({
    kind: isJson ? 'json' : 'text',
    write: (stream, bytes) => front.write(stream, bytes),
    quiet: settings.quiet ?? false,
    color,
    output: settings.output === 'json' ? undefined : settings.output,
    timestamps: settings.timestamps,
    isTerminal: isSeen,
  });
  const front: Front = { report: inner.report, write: streams.write, leave() {} };
  const isQuiet = isJson || settings.quiet === true || settings.statusLine === 'never';

  return {
    reporter: { report: (event) => front.report(event), expectJobs: inner.expectJobs },
    attend: (engine) => attendSchedule(engine, front, { streams, isQuiet, isTerminal: isSeen, color }),
    leave: () => front.leave(),
  };
}

function isSeen(stream: Stream): boolean {
  return isTerminal(stream === 'stdout' ? 1 : 2);
}
