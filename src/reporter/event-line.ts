/** What is said of events: lines for people. */
import kleur from 'kleur';
import { attemptOf, describeEnd, roundedDuration } from '../model/describe.js';
import { type Event, type JobPreview, unreachable } from '../model/event.js';
import { ALL_JOBS, type OverrideChange, type Pause } from '../model/override.js';
import { printable } from '../model/printable.js';
import { formatProblem } from '../model/problem.js';
import type { Run } from '../model/run.js';
import { speaksForItself } from './silence.js';

type Painter = (kind: keyof typeof COLORS, text: string) => string;

/** @param how.isSchedule - What runs is said as well, not only what is wrong. */
export function eventLines(
  event: Exclude<Event, { type: 'run-output' }>,
  { isSchedule, color }: { readonly isSchedule: boolean; readonly color: boolean },
): readonly string[] {
  const paint: Painter = (kind, text) => (color ? COLORS[kind](text) : text);
  const warning = (message: string): string => `${paint('bad', 'warning:')} ${printable(message)}`;
  switch (event.type) {
    case 'scheduler-started':
      return [...startLines(event), ...event.warnings.map(warning)];
    case 'scheduler-stopping':
      return [`supertask: ${event.reason}, ${stoppingText(event.running)}`];
    case 'scheduler-stopped':
      return [`supertask: stopped (${event.reason})`];
    case 'run-started':
      return [runLine(event, paint, 'dim', `started (run ${event.run.id.slice(0, 18)})`)];
    case 'run-finished':
      return [
        runLine(event, paint, event.run.status === 'succeeded' ? 'good' : 'bad', describeEnd(event.run)),
      ];
    case 'run-planned':
      return [runLine(event, paint, 'odd', plannedText(event, isSchedule))];
    case 'run-skipped':
    case 'run-missed':
      return [runLine(event, paint, 'odd', describeEnd(event.run))];
    case 'clock-jumped':
      return [`${paint('odd', 'clock:')} ${clockText(event)}`];
    case 'overrides-changed':
      return overrideLines(event.change).map((line) => `${paint('dim', clockTime(event.at))} ${line}`);
    case 'timetable-reloaded':
      return [...reloadLines(event), ...event.warnings.map(warning)];
    case 'timetable-rejected':
      return [
        ...event.problems.flatMap((problem) => formatProblem(problem).split('\n')).map(printable),
        'supertask: the timetable was not taken over; the last good one goes on',
      ];
    case 'warning':
      return [warning(event.message)];
    default:
      return unreachable(event);
  }
}

const COLORS = {
  dim: (text: string) => kleur.dim(text),
  good: (text: string) => kleur.green(text),
  bad: (text: string) => kleur.red(text),
  odd: (text: string) => kleur.yellow(text),
};

function runLine(
  { at, run }: { readonly at: Date; readonly run: Run },
  paint: Painter,
  kind: keyof typeof COLORS,
  text: string,
): string {
  return `${paint('dim', clockTime(at))} ${printable(run.job)} ${paint(kind, printable(text))}`;
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
