/** Runs in plain words. Pure. */
import { formatDuration } from './duration.js';
import type { Mark, Run } from './run.js';

/** What became of a run: `succeeded in 1.2s`, `failed: exit code 3 after 10ms`, `missed 12 times while …`. */
export function describeEnd(run: Run): string {
  if (run.marked !== undefined) return describeMark(run, run.marked);
  switch (run.status) {
    case 'succeeded':
      return `succeeded in ${took(run)}${leftovers(run)}`;
    case 'failed':
      return `failed: ${describeFailure(run)} after ${took(run)}${leftovers(run)}`;
    case 'errored':
      return `errored: ${run.message ?? run.reason ?? 'unknown cause'}`;
    case 'skipped':
      return `skipped${times(run)}: ${describeSkip(run)}`;
    case 'missed':
      return `missed${times(run)}: ${describeMiss(run)}`;
    default:
      return run.status;
  }
}

/** `succeeded, as ann@box said (copied by hand); by itself it failed: exit code 3 after 10ms` */
function describeMark({ marked: _, ...run }: Run, { status, by, note, original }: Mark): string {
  const { reason: _reason, ...measured } = run;
  const found = describeEnd({ ...measured, ...original });
  const said = by === undefined ? 'as somebody said' : `as ${by} said`;
  return `${status}, ${said}${note === undefined ? '' : ` (${note})`}; by itself it ${found}`;
}

/** Which attempt a run is: `2`, or `2/3` where it is known how many there are at most. */
export function attemptOf({ attempt, attempts }: Run): string {
  return attempts === undefined ? String(attempt) : `${attempt}/${Math.max(attempt, attempts)}`;
}

function describeFailure(run: Run): string {
  const prefix = run.message === undefined ? '' : `${run.message}: `;
  switch (run.reason) {
    case 'exit-code':
      return `${prefix}exit code ${run.exitCode}`;
    case 'signal':
      return `${prefix}ended by ${run.signal}`;
    case 'timeout':
      return `${prefix}timed out`;
    case 'expectation':
      return run.message ?? 'it did not do what was expected';
    case 'stopped':
      return `${prefix}stopped${run.sent?.length ? ` with ${run.sent.join(', ')}` : ''}`;
    default:
      return `${prefix}${run.reason ?? 'unknown cause'}`;
  }
}

function describeSkip(run: Run): string {
  const { evidence } = run;
  if (run.reason === 'paused') return describePause(run);
  if (run.reason === 'condition' && evidence?.['condition'] !== undefined)
    return `${evidence['condition']} does not hold: ${evidence['found']}`;
  if (run.reason !== 'overlap' && run.reason !== 'duplicate')
    return String(evidence?.['cause'] ?? run.reason ?? '');
  if (evidence?.['replacedBy'] !== undefined)
    return `a later one, due ${evidence['replacedBy']}, took its place`;
  const pid = evidence?.['pid'] === undefined ? '' : ` (pid ${evidence['pid']})`;
  if (evidence?.['plannedFor'] !== undefined)
    return `run ${evidence['run']} waits for its next attempt, at ${evidence['plannedFor']}`;
  const age = evidence?.['runningMs'];
  const since = typeof age === 'number' ? `, going for ${roundedDuration(age)}` : '';
  return `run ${evidence?.['run'] ?? 'before it'}${pid} is in the way${since}`;
}

function describePause({ evidence = {} }: Run): string {
  const part = (word: string, key: string): string => {
    const value = evidence[key];
    return value === undefined ? '' : ` ${word} ${value}`;
  };
  const note = evidence['note'] === undefined ? '' : ` (${evidence['note']})`;
  return `the job was paused${part('by', 'by')}${part('since', 'since')}${part('until', 'until')}${note}`;
}

/** Why moments were missed, by reason. */
export const MISSES: Readonly<Record<string, string>> = {
  down: 'supertask was not running',
  asleep: 'the machine was asleep',
  clock: 'the clock was set forward',
  late: 'supertask could not keep up',
  storage: 'the state could not be written',
  capacity: 'too many runs were going',
};

function describeMiss(run: Run): string {
  const { evidence, firstAt, lastAt } = run;
  const span =
    firstAt !== undefined && lastAt !== undefined && firstAt.getTime() !== lastAt.getTime()
      ? `, due from ${firstAt.toISOString()} to ${lastAt.toISOString()}`
      : `, due ${run.scheduledAt.toISOString()}`;
  const from = evidence?.['from'];
  const gap = from === undefined ? '' : ` from ${from} to ${evidence?.['until'] ?? 'then'}`;
  const deadline = evidence?.['deadlineMs'];
  const late =
    typeof deadline === 'number' ? `, past the deadline of ${formatDuration(deadline)} when noticed` : '';
  return `${MISSES[run.reason ?? ''] ?? run.reason}${gap}${span}${late}`;
}

function times(run: Run): string {
  return run.count === undefined || run.count === 1 ? '' : ` ${run.count} times`;
}

function took(run: Run): string {
  return roundedDuration(run.durationMs ?? 0);
}

/** A duration for people: milliseconds for short spans only. */
export function roundedDuration(ms: number): string {
  return formatDuration(rounded(ms));
}

/** Milliseconds for short spans only. */
function rounded(ms: number): number {
  if (ms < 1_000) return Math.round(ms);
  if (ms < 60_000) return Math.round(ms / 100) * 100;
  return Math.round(ms / 1_000) * 1_000;
}

function leftovers(run: Run): string {
  return run.leftovers ? `, leaving ${run.leftovers} process${run.leftovers === 1 ? '' : 'es'} behind` : '';
}
