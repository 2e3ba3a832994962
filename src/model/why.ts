/** What became of a due moment, or will, in a sentence. Pure: the facts are the caller's. */
import { formatWallTime } from './asked-time.js';
import { describeEnd, MISSES, roundedDuration } from './describe.js';
import { formatDuration } from './duration.js';
import { ALL_JOBS, type Pause, type Skip } from './override.js';
import { type JsonRecord, pauseRecord, runRecord, skipRecord } from './record.js';
import { isEnded, isPlanned, plannedFor, type Run } from './run.js';

/** What is known of one moment of one job. */
export type Moment =
  /** There is a record of it; `isWithin`: it lies among several that one record stands for, but is none of them. */
  | { readonly kind: 'recorded'; readonly at: Date; readonly run: Run; readonly isWithin: boolean }
  /** It is to come, and a scheduler will attend to it. */
  | { readonly kind: 'to-come'; readonly at: Date; readonly pid: number; readonly since: Date }
  /** It is to come, and nobody is there to attend to it. */
  | {
      readonly kind: 'nobody-will';
      readonly at: Date;
      readonly attendedUntil: Date | undefined;
      /** The command that would change that. */
      readonly start: string;
    }
  /** It has passed, and nobody was there; nobody has been since. */
  | {
      readonly kind: 'unattended';
      readonly at: Date;
      readonly from: Date;
      readonly until: Date;
      readonly start: string;
    }
  /** It is due just now, and its record may be on the way. */
  | { readonly kind: 'starting'; readonly at: Date; readonly pid: number }
  | {
      readonly kind: 'not-due';
      readonly at: Date;
      readonly previous: Date | undefined;
      readonly next: Date | undefined;
    }
  | {
      readonly kind: 'not-seen-yet';
      readonly at: Date;
      readonly seenAt: Date;
      readonly next: Date | undefined;
    }
  | { readonly kind: 'disabled'; readonly at: Date | undefined }
  /** Somebody paused the job, or asked to skip it: it has not been run, or will not be. */
  | {
      readonly kind: 'paused' | 'to-skip';
      readonly at: Date;
      readonly isPast: boolean;
      readonly override: Pause | Skip;
    }
  /** No schedule names its moments; `isFromStart`: they count from the start of a scheduler, and none runs. */
  | { readonly kind: 'no-schedule'; readonly at: Date | undefined; readonly isFromStart: boolean }
  /** It runs so long after its last run has ended. */
  | {
      readonly kind: 'after-finish';
      readonly at: Date;
      readonly delayMs: number;
      readonly going: Run | undefined;
      readonly next: Date | undefined;
    }
  /** The timetable has it no more. */
  | { readonly kind: 'removed'; readonly at: Date | undefined }
  /** It was due, somebody was there, and no record is kept. */
  | { readonly kind: 'unrecorded'; readonly at: Date; readonly oldest: Date | undefined };

/** A moment as JSON: every key is always there. */
export function momentRecord(moment: Moment): JsonRecord {
  const at = (key: string): string | null => {
    const value = key in moment ? (moment as Readonly<Record<string, unknown>>)[key] : undefined;
    return value instanceof Date ? value.toISOString() : null;
  };
  return {
    at: at('at'),
    verdict: moment.kind === 'recorded' ? moment.run.status : moment.kind,
    previousDueAt: at('previous'),
    nextDueAt: at('next'),
    seenAt: at('seenAt'),
    from: at('from'),
    until: at('until'),
    attendedUntil: at('attendedUntil'),
    scheduler: 'pid' in moment ? moment.pid : null,
    start: 'start' in moment ? moment.start : null,
    run: moment.kind === 'recorded' ? runRecord(moment.run) : null,
    ...('override' in moment ? { override: overrideRecord(moment.override) } : {}),
  };
}

function overrideRecord(override: Pause | Skip): JsonRecord {
  return 'at' in override ? skipRecord(override) : pauseRecord(override);
}

/** Whose moment it is. */
export type Subject = { readonly job: string; readonly tz: string; readonly schedules: readonly string[] };

/** A sentence or two, without a line break. */
export function explainMoment(moment: Moment, subject: Subject): string {
  const { job, tz } = subject;
  const wall = (at: Date): string => toSecond(at, tz);
  const zoned = (at: Date): string => `${formatWallTime(at, tz)} ${tz}`;
  switch (moment.kind) {
    case 'recorded':
      return explainRecord(moment, subject);
    case 'to-come':
      return `${job} is due at ${zoned(moment.at)}, and supertask (pid ${moment.pid}, running since ${wall(moment.since)}) will run it.`;
    case 'nobody-will': {
      const { attendedUntil } = moment;
      const last = attendedUntil === undefined ? '' : ` since ${wall(attendedUntil)}`;
      return `${job} is due at ${zoned(moment.at)}, but no scheduler has been running it${last}: it will not run unless one is started with ${moment.start}.`;
    }
    case 'unattended':
      return `${job} was due at ${zoned(moment.at)} and did not run: supertask was not running from ${wall(moment.from)} to ${wall(moment.until)}, and is not now. Start it with ${moment.start}.`;
    case 'starting':
      return `${job} is due at ${zoned(moment.at)}, just now: supertask (pid ${moment.pid}) is about to run it.`;
    case 'not-due':
      return explainNotDue(moment, subject);
    case 'not-seen-yet':
      return `${job} did not run at ${zoned(moment.at)}: it was first scheduled at ${wall(moment.seenAt)}, and what was before is not caught up.${nextSentence(moment.next, subject)}`;
    case 'disabled':
      return `${job} is disabled (enabled: false)${moment.at === undefined ? '' : `, so nothing happens at ${zoned(moment.at)}`}.`;
    case 'paused':
    case 'to-skip':
      return explainOverride(moment, subject);
    case 'no-schedule':
      return explainNoSchedule(moment, subject);
    case 'after-finish':
      return explainAfterFinish(moment, subject);
    case 'removed':
      return `${job} is in no timetable any more${moment.at === undefined ? '' : `, and there is no record of it at ${zoned(moment.at)}`}.`;
    case 'unrecorded': {
      const { oldest } = moment;
      const why =
        oldest !== undefined && oldest > moment.at
          ? `its oldest record is of ${wall(oldest)}, and what was before has been pruned or was never due`
          : 'supertask was running then, so its schedule was another one, it started nothing more, or the record was pruned';
      return `${job} would have been due at ${zoned(moment.at)}, and nothing is known of it: ${why}.`;
    }
  }
}

function explainOverride(
  { at, isPast, override }: Extract<Moment, { kind: 'paused' | 'to-skip' }>,
  { job, tz }: Subject,
): string {
  const head = `${job} ${isPast ? 'was' : 'is'} due at ${formatWallTime(at, tz)} ${tz}, and ${isPast ? 'did' : 'will'} not run`;
  const by = override.by === undefined ? '' : ` by ${override.by}`;
  const note = override.note === undefined ? '' : ` (${override.note})`;
  const wall = (when: Date): string => toSecond(when, tz);
  if ('at' in override)
    return `${head}: it was asked to be skipped${by} at ${wall(override.askedAt)}${note}.`;
  const until = override.until === undefined ? '' : ` until ${wall(override.until)}`;
  const who =
    override.job === ALL_JOBS ? `all jobs ${isPast ? 'were' : 'are'}` : `the job ${isPast ? 'was' : 'is'}`;
  return `${head}: ${who} paused${by} since ${wall(override.since)}${until}${note}.`;
}

function explainRecord(
  { run, at, isWithin }: Extract<Moment, { kind: 'recorded' }>,
  { job, tz }: Subject,
): string {
  const wall = (when: Date): string => toSecond(when, tz);
  const zoned = `${formatWallTime(at, tz)} ${tz}`;
  if (isWithin) {
    return `${job} was not due at ${zoned}, which lies among ${manyMoments(run, wall)} that ${run.status === 'missed' ? 'were missed' : 'were skipped'}: ${cause(run, wall)}.`;
  }
  const head = `${job} was due at ${zoned}`;
  if (run.status === 'skipped' || run.status === 'missed') {
    const span = (run.count ?? 1) > 1 ? ` It is one of ${manyMoments(run, wall)} with this record.` : '';
    return `${head} and was ${run.status}: ${cause(run, wall)}.${span}`;
  }
  const planned = isPlanned(run) ? plannedFor(run) : undefined;
  if (planned !== undefined) {
    if (!isDue(run))
      return `${job} is to start at ${formatWallTime(planned, tz)} ${tz}, as was planned by hand (run ${run.id}).`;
    const what = run.attempt > 1 ? `attempt ${run.attempt}` : 'its run';
    return `${head}, and ${what} is to start at ${wall(planned)} (run ${run.id}).`;
  }
  const how = `${isDue(run) ? head : `${job} was started by hand at ${zoned}`}${lateStart(run, wall)}`;
  if (!isEnded(run.status)) return `${how} and is ${run.status} (run ${run.id}${pidOf(run)}).`;
  return `${how} and ${describeEnd(run)} (run ${run.id}).`;
}

/** Why a due moment was skipped or missed. */
export function cause(run: Run, wall: (at: Date) => string): string {
  const { evidence = {} } = run;
  const time = (key: string): string | undefined => {
    const at = new Date(String(evidence[key] ?? ''));
    return Number.isNaN(at.getTime()) ? undefined : wall(at);
  };
  if (run.status === 'missed') return missCause(run, time);
  switch (run.reason) {
    case 'overlap':
    case 'duplicate':
      return overlapCause(run, time);
    case 'paused': {
      const by = evidence['by'] === undefined ? '' : ` by ${evidence['by']}`;
      const since = time('since') === undefined ? '' : ` since ${time('since')}`;
      const until = time('until') === undefined ? '' : ` until ${time('until')}`;
      const note = evidence['note'] === undefined ? '' : ` (${evidence['note']})`;
      return `the job was paused${by}${since}${until}${note}`;
    }
    default: {
      const by = run.reason === 'operator' && evidence['by'] !== undefined ? `, by ${evidence['by']}` : '';
      const note = evidence['note'] === undefined ? '' : ` (${evidence['note']})`;
      return `${describeEnd(run).replace(/^skipped[^:]*: /, '')}${by}${note}`;
    }
  }
}

type TimeOf = (key: string) => string | undefined;

function overlapCause({ evidence = {} }: Run, time: TimeOf): string {
  if (evidence['replacedBy'] !== undefined) return `a later one, due ${time('replacedBy')}, took its place`;
  if (time('plannedFor') !== undefined)
    return `run ${evidence['run'] ?? 'before it'} had failed and waited for its next attempt, at ${time('plannedFor')}`;
  const pid = evidence['pid'] === undefined ? '' : ` (pid ${evidence['pid']})`;
  const age = evidence['runningMs'];
  const since = time('since');
  const going = [
    ...(typeof age === 'number' ? [`for ${roundedDuration(age)}`] : []),
    ...(since === undefined ? [] : [`since ${since}`]),
  ].join(', ');
  return `run ${evidence['run'] ?? 'before it'}${pid} was still going${going === '' ? '' : `, ${going}`}`;
}

function missCause(run: Run, time: TimeOf): string {
  const [from, until] = [time('from'), time('until')];
  const span = `${from === undefined ? '' : ` from ${from}`}${until === undefined ? '' : ` until ${until}`}`;
  const deadline = run.evidence?.['deadlineMs'];
  const late =
    typeof deadline === 'number' ? `, and its deadline of ${formatDuration(deadline)} had passed` : '';
  return `${MISSES[run.reason ?? ''] ?? run.reason}${span}${late}`;
}

function manyMoments(run: Run, wall: (at: Date) => string): string {
  const { count = 1, firstAt = run.scheduledAt, lastAt = run.scheduledAt } = run;
  return `${count} moments from ${wall(firstAt)} to ${wall(lastAt)}`;
}

function isDue(run: Run): boolean {
  return run.trigger !== 'manual' && run.trigger !== 'once';
}

function lateStart({ scheduledAt, startedAt, trigger }: Run, wall: (at: Date) => string): string {
  const lateMs = startedAt === undefined ? 0 : startedAt.getTime() - scheduledAt.getTime();
  if (startedAt === undefined || lateMs <= 1_000) return '';
  const caughtUp = trigger === 'catch-up' ? ', caught up' : '';
  return `${caughtUp}, started ${roundedDuration(lateMs)} later at ${wall(startedAt)},`;
}

function pidOf(run: Run): string {
  return run.process === undefined ? '' : `, pid ${run.process.pid}`;
}

function explainNotDue(
  { at, previous, next }: Extract<Moment, { kind: 'not-due' }>,
  { job, tz, schedules }: Subject,
): string {
  const near = [
    ...(previous === undefined ? [] : [`before that at ${formatWallTime(previous, tz)}`]),
    ...(next === undefined ? [] : [`after that at ${formatWallTime(next, tz)}`]),
  ].join(', and ');
  const never = near === '' ? 'it is never due' : `it is due ${near}`;
  return `${job} is not due at ${formatWallTime(at, tz)} ${tz} by its schedule (${schedules.join(' | ')}): ${never}.`;
}

function explainNoSchedule(
  { at, isFromStart }: Extract<Moment, { kind: 'no-schedule' }>,
  { job, tz, schedules }: Subject,
): string {
  const record = at === undefined ? '' : `, and there is no record of it at ${formatWallTime(at, tz)} ${tz}`;
  if (!isFromStart) return `${job} has no schedule and runs only when it is started by hand${record}.`;
  return `${job} counts from the start of a scheduler (${schedules.join(' | ')}), and none is running${record}.`;
}

function explainAfterFinish(
  { delayMs, going, next }: Extract<Moment, { kind: 'after-finish' }>,
  subject: Subject,
): string {
  const { job } = subject;
  const rule = `${job} runs ${formatDuration(delayMs)} after its last run has ended`;
  if (going !== undefined) return `${rule}, and run ${going.id}${pidOf(going)} is still going.`;
  return `${rule}.${nextSentence(next, subject)}`;
}

/** Of what is no due instant, the milliseconds say nothing. */
function toSecond(at: Date, tz: string): string {
  return formatWallTime(at, tz).replace(/\.\d+$/, '');
}

function nextSentence(next: Date | undefined, { tz }: Subject): string {
  return next === undefined ? '' : ` It is due next at ${formatWallTime(next, tz)} ${tz}.`;
}
