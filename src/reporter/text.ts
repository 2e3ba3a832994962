/** Events for people: tasks' output as it comes, and short lines about what happens on stderr. */
import type { Event, Stream } from '../model/event.js';
import { eventLines } from './event-line.js';
import { createOutputView, type OutputMode, type OutputView, type Write } from './output-view.js';
import type { Reporter } from './reporter.js';
import { isSilent } from './silence.js';

export type TextOptions = {
  /** Takes bytes; answers a promise when it wants patience. */
  readonly write: Write;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Default: as it comes, or with the job before each line where there are several. */
  readonly output?: OutputMode | undefined;
  /** Put the local time before each line of output. */
  readonly timestamps?: boolean | undefined;
  readonly isTerminal: (stream: Stream) => boolean;
};

export function createTextReporter(options: TextOptions): Reporter {
  let isSchedule = false;
  const view = (count: number): OutputView =>
    createOutputView({
      ...options,
      mode: options.output ?? (count > 1 ? 'prefixed' : 'text'),
      timestamps: options.timestamps ?? false,
    });
  let jobs = 1;
  let output = view(jobs);
  const showFor = (count: number): void => {
    jobs = count;
    output = view(jobs);
  };

  return {
    expectJobs: showFor,
    report(event: Event) {
      if (event.type === 'run-output')
        return output.add(event.run, streamOf(event, isSchedule), event.chunk, event.at);
      if (event.type === 'run-finished') output.end(event.run, event.at);
      if (event.type === 'scheduler-started') {
        isSchedule = true;
        showFor(event.jobCount);
      }
      // From then on it has to be told whose output it is.
      if (event.type === 'timetable-reloaded' && jobs < 2 && event.change.added.length > 0) showFor(2);
      // An error is told to whoever wants to hear nothing else.
      if (options.quiet && event.type !== 'timetable-rejected') return undefined;
      if (!isSchedule && isSilent(event)) return undefined;
      for (const line of eventLines(event, { isSchedule, color: options.color }))
        void options.write('stderr', `${line}\n`);
      return undefined;
    },
  };
}

/** What actions of a one-shot print is no part of its result. */
function streamOf({ run, stream }: Extract<Event, { type: 'run-output' }>, isSchedule: boolean): Stream {
  return run.trigger === 'action' && !isSchedule ? 'stderr' : stream;
}
