/** What happened on a day, or will: runs as they were, and what is due. Pure. */
import type { RunStatus, Timeline, Upcoming, UpcomingPage } from '../../api/record.js';
import { isBad } from '../../view/outcome.js';
import type { Day } from './day.js';

const HOUR = 3_600_000;
/** What comes more often in a day stands above the calendar, not in it. */
export const MOST_PER_DAY = 8;

export type Occurrence = {
  readonly key: string;
  readonly namespace: string;
  readonly job: string;
  readonly at: number;
  /** As it was, or as it is expected to be. */
  readonly lengthMs: number;
  readonly status: RunStatus | 'due';
  /** Why it will not be run: `paused` or `skipped`. */
  readonly override: string | null;
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
  readonly ahead: UpcomingPage | undefined;
  /** Text in the name of a job; '' fits all. */
  readonly search: string;
};

export function planDay(answers: DayAnswers): DayPlan {
  const { day, now, past, ahead, search } = answers;
  const needle = search.toLowerCase();
  const fits = ({ job }: { readonly job: string }) => job.toLowerCase().includes(needle);
  const dense = (ahead?.hours ?? []).filter(fits);
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
    isPartial: past?.truncated === true || ahead?.truncated === true || Boolean(ahead?.next),
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

function ofUpcoming({ namespace, job, at, expectedMs, override }: Upcoming): Occurrence {
  return {
    key: `${namespace} ${job} ${at}`,
    namespace,
    job,
    at: Date.parse(at),
    lengthMs: expectedMs ?? 0,
    status: 'due',
    override,
  };
}

type DenseHour = NonNullable<UpcomingPage['hours']>[number];

/** How often each job comes, whether it was told one by one or by the hour. */
function countsOf(singles: readonly Occurrence[], dense: readonly DenseHour[]): Map<string, Frequent> {
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
  const told = new Set(dense.map((each) => `${Date.parse(each.at)} ${keyOf(each)}`));
  for (const each of dense) add(each, each.count, 0);
  for (const each of singles) {
    if (isTold(each, told)) continue;
    add(each, 1, isWrong(each) ? 1 : 0);
  }
  return found;
}

/** Whether it is in the sum of its hour already. */
function isTold(each: Occurrence, told: ReadonlySet<string>): boolean {
  return each.status === 'due' && told.has(`${Math.floor(each.at / HOUR) * HOUR} ${keyOf(each)}`);
}

function isWrong({ status }: Occurrence): boolean {
  return status !== 'due' && isBad(status);
}

function loadOf(
  { day, now, past, ahead, search }: DayAnswers,
  singles: readonly Occurrence[],
  dense: readonly DenseHour[],
): HourLoad[] {
  const hours = Array.from({ length: 24 }, () => ({ count: 0, bad: 0, steady: 0 }));
  const enter = (at: number, count: number, bad: number) => {
    const hour = hours[new Date(at).getHours()];
    if (hour === undefined || at < day.from || at >= day.to) return;
    hour.count += count;
    hour.bad += bad;
  };
  const told = new Set(dense.map((each) => `${Date.parse(each.at)} ${keyOf(each)}`));
  // The sums of the server are complete, but it does not know what is searched for here.
  const pastSums = search === '' ? past?.hours : undefined;
  const aheadSums = search === '' ? ahead?.load : undefined;
  for (const { at, counts } of pastSums ?? [])
    for (const [status, count] of Object.entries(counts))
      enter(Date.parse(at), count, isBad(status as RunStatus) ? count : 0);
  for (const { at, count } of aheadSums ?? []) enter(withinDay(Date.parse(at), day), count, 0);
  if (aheadSums === undefined)
    for (const { at, count } of dense) enter(withinDay(Date.parse(at), day), count, 0);
  for (const each of singles) {
    const sums = each.status === 'due' ? aheadSums : pastSums;
    if (sums === undefined && !isTold(each, told)) enter(each.at, 1, isWrong(each) ? 1 : 0);
  }
  for (const { at, count, expectedMs } of dense) {
    const hour = hours[new Date(Date.parse(at)).getHours()];
    if (hour !== undefined) hour.steady += (count * (expectedMs ?? 0)) / HOUR;
  }
  const peaks = peaksOf(
    singles.filter((each) => each.override === null && !isTold(each, told)),
    now,
  );
  return hours.map(({ count, bad, steady }, hour) => ({
    hour,
    count,
    bad,
    peak: Math.max((peaks[hour] ?? 0) + Math.floor(steady), count > 0 ? 1 : 0),
  }));
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
