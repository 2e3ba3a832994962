/** Events for people: tasks' output as it comes, and short lines about what happens on stderr. */
import kleur from 'kleur';
import { attemptOf, describeEnd, roundedDuration } from '../model/describe.js';
import { type Event, type JobPreview, type Stream, unreachable } from '../model/event.js';
import { ALL_JOBS, type OverrideChange, type Pause } from '../model/override.js';
import { printable } from '../model/printable.js';
import { formatProblem } from '../model/problem.js';
import type { Run } from '../model/run.js';
import { createOutputView, type OutputMode, type OutputView, type Write } from './output-view.js';
import type { Reporter } from './reporter.js';

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
  const paint = (kind: keyof typeof COLORS, text: string): string =>
    options.color ? COLORS[kind](text) : text;
  const say = (text: string): void => {
    if (!options.quiet) void options.write('stderr', `${text}\n`);
  };
  const shout = (text: string): void => void options.write('stderr', `${text}\n`);
  const sayOf = (
    event: { readonly at: Date; readonly run: Run },
    kind: keyof typeof COLORS,
    text: string,
  ): void =>
    say(`${paint('dim', clockTime(event.at))} ${printable(event.run.job)} ${paint(kind, printable(text))}`);

  return {
    report(event: Event) {
      switch (event.type) {
        case 'scheduler-started':
          isSchedule = true;
          jobs = event.jobCount;
          output = view(jobs);
          for (const line of startLines(event)) say(line);
          for (const warning of event.warnings) say(`${paint('bad', 'warning:')} ${printable(warning)}`);
          return undefined;
        case 'scheduler-stopping':
          if (isSchedule) say(`supertask: ${event.reason}, ${stoppingText(event.running)}`);
          return undefined;
        case 'scheduler-stopped':
          if (isSchedule) say(`supertask: stopped (${event.reason})`);
          return undefined;
        case 'run-started':
          if (isSchedule) sayOf(event, 'dim', `started (run ${event.run.id.slice(0, 18)})`);
          return undefined;
        case 'run-output':
          return output.add(event.run, streamOf(event, isSchedule), event.chunk, event.at);
        case 'run-finished':
          output.end(event.run, event.at);
          return finished(event, isSchedule, sayOf);
        case 'run-planned':
          sayOf(event, 'odd', plannedText(event, isSchedule));
          return undefined;
        case 'run-skipped':
        case 'run-missed':
          sayOf(event, 'odd', describeEnd(event.run));
          return undefined;
        case 'clock-jumped':
          say(`${paint('odd', 'clock:')} ${clockText(event)}`);
          return undefined;
        case 'overrides-changed':
          for (const line of overrideLines(event.change)) say(`${paint('dim', clockTime(event.at))} ${line}`);
          return undefined;
        case 'timetable-reloaded':
          // From then on it has to be told whose output it is.
          if (jobs < 2 && event.change.added.length > 0) {
            jobs = 2;
            output = view(jobs);
          }
          for (const line of reloadLines(event)) say(line);
          for (const warning of event.warnings) say(`${paint('bad', 'warning:')} ${printable(warning)}`);
          return undefined;
        case 'timetable-rejected':
          // An error, so told to whoever wants to hear nothing else.
          for (const line of event.problems.flatMap((problem) => formatProblem(problem).split('\n')))
            shout(printable(line));
          shout('supertask: the timetable was not taken over; the last good one goes on');
          return undefined;
        case 'warning':
          say(`${paint('bad', 'warning:')} ${printable(event.message)}`);
          return undefined;
        default:
          return unreachable(event);
      }
    },
  };
}

const COLORS = {
  dim: (text: string) => kleur.dim(text),
  good: (text: string) => kleur.green(text),
  bad: (text: string) => kleur.red(text),
  odd: (text: string) => kleur.yellow(text),
};

/** The exit code is not that of an action. */
function speaksForItself({ status, reason, trigger }: Run): boolean {
  if (status === 'succeeded') return true;
  return trigger !== 'action' && (reason === 'exit-code' || reason === 'signal');
}

/** What actions of a one-shot print is no part of its result. */
function streamOf({ run, stream }: Extract<Event, { type: 'run-output' }>, isSchedule: boolean): Stream {
  return run.trigger === 'action' && !isSchedule ? 'stderr' : stream;
}

/** A one-shot speaks only when the exit code does not say it all. */
function finished(
  event: { readonly at: Date; readonly run: Run },
  isSchedule: boolean,
  sayOf: (event: { readonly at: Date; readonly run: Run }, kind: keyof typeof COLORS, text: string) => void,
): undefined {
  const { run } = event;
  if (!isSchedule && speaksForItself(run)) return;
  sayOf(event, run.status === 'succeeded' ? 'good' : 'bad', describeEnd(run));
}

function startLines({ jobCount, jobs, namespace }: Extract<Event, { type: 'scheduler-started' }>): string[] {
  return [
    `supertask: ${jobCount} job${jobCount === 1 ? '' : 's'} in namespace ${namespace}`,
    ...previewLines(jobs, jobCount),
  ];
}

function reloadLines({ at, cause, change, jobs }: Extract<Event, { type: 'timetable-reloaded' }>): string[] {
  const { added, changed, removed, unchanged } = change;
  const parts = [
    ...amount(added, 'added'),
    ...amount(changed, 'changed'),
    ...amount(removed, 'removed'),
    ...(unchanged > 0 ? [`${unchanged} as before`] : []),
  ];
  const what = cause === 'api' ? 'jobs changed' : 'timetable reloaded';
  return [`${clockTime(at)} supertask: ${what}: ${parts.join(', ')}`, ...previewLines(jobs)];
}

/** `2 added (a, b)` */
function amount(ids: readonly string[], what: string): string[] {
  const shown = ids.slice(0, 10).map((id) => printable(id));
  const rest = ids.length > shown.length ? ['…'] : [];
  return ids.length === 0 ? [] : [`${ids.length} ${what} (${[...shown, ...rest].join(', ')})`];
}

function previewLines(jobs: readonly JobPreview[], count = jobs.length): string[] {
  const shown = jobs.slice(0, 20);
  const lines = shown.flatMap((job) =>
    job.schedules.flatMap((schedule) => [
      `${printable(job.name ?? job.id)}: ${printable(schedule.meaning)} — ${printable(job.target).slice(0, 80)}`,
      ...(schedule.next.length === 0
        ? []
        : [`  next ${schedule.next.map(localTime(schedule.tz)).join(', ')}`]),
      ...schedule.warnings.map((warning) => `  note: ${printable(warning)}`),
    ]),
  );
  const rest = count > shown.length ? [`… and ${count - shown.length} more jobs`] : [];
  return [...lines, ...rest];
}

/** @param isTold - How the attempt before it ended was said. */
function plannedText(event: Extract<Event, { type: 'run-planned' }>, isTold: boolean): string {
  const { at, run, plannedFor, before } = event;
  const inMs = Math.max(0, plannedFor.getTime() - at.getTime());
  const head = before === undefined || isTold || !speaksForItself(before) ? '' : `${describeEnd(before)}; `;
  const what = run.attempt > 1 ? `attempt ${attemptOf(run)}` : 'planned';
  return `${head}${what} in ${roundedDuration(inMs < 500 ? inMs : Math.round(inMs / 100) * 100)}${inMs < 60_000 ? '' : `, at ${plannedFor.toISOString()}`}`;
}

function stoppingText(running: number): string {
  if (running === 0) return 'nothing is running';
  return `waiting for ${running} run${running === 1 ? '' : 's'} to end (again to kill)`;
}

function clockText(event: Extract<Event, { type: 'clock-jumped' }>): string {
  const seconds = Math.abs(Math.round(event.byMs / 1_000));
  if (event.cause === 'asleep') return `the machine was asleep for ${seconds} s`;
  if (event.cause === 'late') return `supertask stood still for ${seconds} s`;
  return `it was set ${event.byMs < 0 ? 'back' : 'forward'} by ${seconds} s`;
}

/** A line for each job that was paused or resumed, and for each moment. */
function overrideLines({ paused, resumed, skips, unskipped }: OverrideChange): readonly string[] {
  const name = (job: string): string => (job === ALL_JOBS ? 'all jobs' : job);
  const who = ({ by, note }: Pick<Pause, 'by' | 'note'>): string =>
    `${by === undefined ? '' : ` by ${by}`}${note === undefined ? '' : ` (${note})`}`;
  const until = ({ until }: Pause): string => (until === undefined ? '' : ` until ${until.toISOString()}`);
  return [
    ...paused.map((pause) => `${name(pause.job)} paused${until(pause)}${who(pause)}`),
    ...resumed.map((pause) => `${name(pause.job)} not paused any more`),
    ...skips.map((skip) => `${skip.job} skips ${skip.at.toISOString()}${who(skip)}`),
    ...unskipped.map((skip) => `${skip.job} does not skip ${skip.at.toISOString()} any more`),
  ].map(printable);
}

function clockTime(at: Date): string {
  return at.toTimeString().slice(0, 8);
}

function localTime(tz: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: tz,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (at) => format.format(at);
}
