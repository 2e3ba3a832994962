/** What a schedule shows beside its events: how it stands, on a terminal's last line and where a signal asks. */
import type { StartedRun } from '../app/run.js';
import type { Stream } from '../model/event.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Answers } from './signals.js';
import { NOBODY_READS, noteLoss, type Streams } from './streams.js';

/** What is between a run and who sees it, and may be changed while it runs. */
export type Front = {
  report: Reporter['report'];
  write: Streams['write'];
  /** Leave the terminal as it was found. */
  leave: () => void;
};

export async function attendSchedule(
  engine: StartedRun['engine'],
  front: Front,
  how: {
    readonly streams: Pick<Streams, 'write' | 'backlog'>;
    readonly isQuiet: boolean;
    readonly isTerminal: (stream: Stream) => boolean;
    readonly color: boolean;
  },
): Promise<Answers> {
  const { isTerminal, color } = how;
  const { createTally, runAllNow, statusOf } = await import('../app/live-status.js');
  const { createOnlooker } = await import('./onlooker.js');
  const counting = createTally({ report: front.report });
  front.report = counting.report;
  const look = () => statusOf(engine, counting.tally());
  const onlooker = createOnlooker(how.streams, (stream, bytes) => {
    if (!isTerminal(stream)) noteLoss(stream, NOBODY_READS);
    const message = `${bytes} bytes were not written to ${stream}, which nobody read; supertask logs has what runs wrote`;
    front.report({ type: 'warning', at: new Date(), message });
  });
  front.write = onlooker.write;
  if (!how.isQuiet && isTerminal('stderr') && process.env['TERM'] !== 'dumb') {
    const { createStatusLine } = await import('./status-line.js');
    const { isInForeground } = await import('./terminal-group.js');
    const columns = () => process.stderr.columns || 80;
    const line = createStatusLine({ ...onlooker, isTerminal, isInForeground, columns, color });
    front.write = line.write;
    front.leave = line.hide;
    line.show(look);
  }
  return {
    SIGUSR1: () =>
      void import('../model/status-text.js').then(({ statusLines }) =>
        front.write('stderr', `supertask: pid ${process.pid}\n${statusLines(look()).join('\n')}\n`),
      ),
    SIGALRM: () =>
      runAllNow(engine, 'SIGALRM', (message) => void front.write('stderr', `supertask: ${message}\n`)),
  };
}
