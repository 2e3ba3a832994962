/** What happened on a day, or will: runs as they were, and what is due. Pure. */
import type { DenseJob, RunStatus, Timeline, Upcoming, UpcomingSpan } from '../../api/record.js';
import { isBad } from '../../view/outcome.js';
import type { Day } from './day.js';

const HOUR = 3_600_000;
/** What comes more often in a day stands above the calendar, not in it. */
const MOST_PER_DAY = 8;

export type Occurrence = {
  readonly key: string;
  readonly namespace: string;
  readonly job: string;
  readonly at: number;
  /** As it was, or as it is expected to be. */
  readonly lengthMs: number;
  readonly status: RunStatus | 'due';
  /** Why it will not be run. */
  readonly override: 'paused' | 'skipped' | 'no scheduler' | null;
  readonly run?: string;
};

/** A job that comes so often that it is counted. */
export type Frequent = {
  readonly namespace: string;
  readonly job: string;
  readonly count: number;
  readonly bad: number;
};

export type HourLoad = {
  /** By the clock on the wall, 0 to 23. */
  readonly hour: number;
  readonly count: number;
  readonly bad: number;
  /** How many go on at once, at most, as far as is known. */
  readonly peak: number;
};

export type DayPlan = {
  readonly day: Day;
  /** In order; without those of `frequent`. */
  readonly occurrences: readonly Occurrence[];
  readonly frequent: readonly Frequent[];
  readonly hours: readonly HourLoad[];
  readonly count: number;
  /** There is more than was told one by one. */
  readonly isPartial: boolean;
};

export type DayAnswers = {
  readonly day: Day;
  readonly now: number;
  readonly past: Timeline | undefined;
  readonly ahead: UpcomingSpan | undefined;
  /** Text in the name of a job; '' fits all. */
  readonly search: string;
};

export function planDay(answers: DayAnswers): DayPlan {
  const { day, now, past, ahead, search } = answers;
  const needle = search.toLowerCase();
  const fits = ({ job }: { readonly job: string }) => job.toLowerCase().includes(needle);
  const dense = (ahead?.dense ?? []).filter(fits);
  const isDense = new Set(dense.map(keyOf));
  const singles = [
    ...(past?.runs ?? []).filter(fits).map(ofRun),
    ...(ahead?.items ?? [])
      .filter(fits)
      .map(ofUpcoming)
      .filter(({ at }) => at >= now),
  ]
    .filter(({ at }) => at >= day.from && at < day.to)
    .sort((a, b) => a.at - b.at || (a.job < b.job ? -1 : 1));
  const often = countsOf(singles, dense);
  const occurrences = singles.filter(
    (each) => !isDense.has(keyOf(each)) && (often.get(keyOf(each))?.count ?? 0) <= MOST_PER_DAY,
  );
  const shown = new Set(occurrences.map(keyOf));
  const hours = loadOf(answers, singles, dense);
  return {
    day,
    occurrences,
    frequent: [...often.values()].filter((each) => !shown.has(keyOf(each))).sort((a, b) => b.count - a.count),
    hours,
    count: hours.reduce((sum, { count }) => sum + count, 0),
    isPartial: past?.truncated === true || ahead?.truncated === true || dense.length > 0,
  };
}

export function keyOf({ namespace, job }: { readonly namespace: string; readonly job: string }): string {
  return `${namespace} ${job}`;
}

function ofRun(run: Timeline['runs'][number]): Occurrence {
  const { id, namespace, job, status, scheduledAt, startedAt, durationMs } = run;
  const at = Date.parse(startedAt ?? scheduledAt);
  return { key: id, namespace, job, at, lengthMs: durationMs ?? 0, status, override: null, run: id };
}

function ofUpcoming({ namespace, job, at, expectedMs, override, attended }: Upcoming): Occurrence {
  return {
    key: `${namespace} ${job} ${at}`,
    namespace,
    job,
    at: Date.parse(at),
    lengthMs: expectedMs ?? 0,
    status: 'due',
    override: override === 'skip' ? 'skipped' : (override ?? (attended ? null : 'no scheduler')),
  };
}

/** How often each job comes, whether it was told one by one or by the hour. */
function countsOf(singles: readonly Occurrence[], dense: readonly DenseJob[]): Map<string, Frequent> {
  const found = new Map<string, Frequent>();
  const add = (of: { readonly namespace: string; readonly job: string }, count: number, bad: number) => {
    const known = found.get(keyOf(of));
    const { namespace, job } = of;
    found.set(keyOf(of), {
      namespace,
      job,
      count: (known?.count ?? 0) + count,
      bad: (known?.bad ?? 0) + bad,
    });
  };
  for (const each of dense) add(each, each.count, 0);
  for (const each of singles) add(each, 1, isWrong(each) ? 1 : 0);
  return found;
}

function isWrong({ status }: Occurrence): boolean {
  return status !== 'due' && isBad(status);
}

type Sum = { count: number; bad: number; steady: number };

function loadOf(answers: DayAnswers, singles: readonly Occurrence[], dense: readonly DenseJob[]): HourLoad[] {
  const { day, now, past, ahead, search } = answers;
  const sums = Array.from({ length: 24 }, (): Sum => ({ count: 0, bad: 0, steady: 0 }));
  const enter = (time: number, { count = 0, bad = 0, steady = 0 }: Partial<Sum>) => {
    const at = withinDay(time, day);
    const sum = at < day.from || at >= day.to ? undefined : sums[new Date(at).getHours()];
    if (sum === undefined) return;
    sum.count += count;
    sum.bad += bad;
    sum.steady += steady;
  };
  // The sums of the server are complete, but it does not know what is searched for here.
  const hasSums = search === '';
  if (hasSums) {
    for (const { at, counts } of past?.hours ?? []) enter(Date.parse(at), sumOf(counts));
    for (const { at, count, held } of ahead?.hours ?? []) enter(Date.parse(at), { count: count - held });
  } else for (const each of singles) enter(each.at, { count: 1, bad: isWrong(each) ? 1 : 0 });
  for (const { hours, expectedMs } of dense) {
    for (const { at, count } of hours)
      enter(Date.parse(at), { count: hasSums ? 0 : count, steady: (count * (expectedMs ?? 0)) / HOUR });
  }
  const peaks = peaksOf(
    singles.filter(({ override }) => override === null),
    now,
  );
  return sums.map(({ count, bad, steady }, hour) => ({
    hour,
    count,
    bad,
    peak: Math.max((peaks[hour] ?? 0) + Math.floor(steady), count > 0 ? 1 : 0),
  }));
}

function sumOf(counts: Readonly<Partial<Record<RunStatus, number>>>): Pick<Sum, 'count' | 'bad'> {
  const all = Object.entries(counts) as [RunStatus, number][];
  return {
    count: all.reduce((sum, [, count]) => sum + count, 0),
    bad: all.reduce((sum, [status, count]) => sum + (isBad(status) ? count : 0), 0),
  };
}

/** An hour of UTC may begin before midnight where zones are half an hour apart. */
function withinDay(at: number, day: Day): number {
  return at < day.from && at + HOUR > day.from ? day.from : at;
}

/** How many go on at once, at most, in each hour of the day. */
export function peaksOf(occurrences: readonly Occurrence[], now: number): number[] {
  const peaks = Array.from({ length: 24 }, () => 0);
  const ends: number[] = [];
  for (const { at, lengthMs, status } of [...occurrences].sort((a, b) => a.at - b.at)) {
    const end = status === 'running' ? now : at + lengthMs;
    for (let index = ends.length - 1; index >= 0; index--)
      if ((ends[index] ?? 0) <= at) ends.splice(index, 1);
    ends.push(end);
    // Those of before are still there in the hours in which nothing begins.
    for (let hour = new Date(at).getHours(); hour < 24; hour++) {
      const begin = new Date(at).setHours(hour, 0, 0, 0);
      const going =
        ends.filter((each) => each > Math.max(begin, at)).length + (end <= at && begin <= at ? 1 : 0);
      if (going === 0) break;
      peaks[hour] = Math.max(peaks[hour] ?? 0, going);
    }
  }
  return peaks;
}
