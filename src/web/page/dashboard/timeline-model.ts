/** What the timeline of the dashboard draws: a lane for each of the jobs that matter most, and sums by hour. Pure. */
import type { DenseJob, LoadHour, RunStatus, TimelineHour, TimelineRun, Upcoming } from '../../api/record.js';
import { isBad, isLive, plannedFor } from '../../view/outcome.js';

const HOUR = 3_600_000;

/** Full hours around `now`, in ms. */
export type Span = { readonly from: number; readonly to: number; readonly now: number };

/** One or more runs or occurrences that fall on one spot of a lane. */
export type Mark = {
  readonly status: RunStatus | 'due';
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** How much of it is taken, where that is not all of it. */
  readonly busyMs?: number;
  /** The newest of them, where it is a run. */
  readonly run?: TimelineRun;
};

export type Lane = {
  readonly namespace: string;
  readonly job: string;
  /** In the order in which they are drawn: what is bad is on top. */
  readonly marks: readonly Mark[];
};

export type HourSum = {
  readonly at: number;
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
  /** How many runs have ended or go on in it. */
  readonly ran: number;
  readonly due: number;
};

/** 24 full hours before that of `now`, and as many after it. */
export function spanAround(now: number): Span {
  const hour = Math.floor(now / HOUR) * HOUR;
  return { from: hour - 23 * HOUR, to: hour + 25 * HOUR, now };
}

/** Each hour of the span: what became of its runs, and how many are due in the rest of it. */
export function hourSums(span: Span, past: readonly TimelineHour[], ahead: readonly LoadHour[]): HourSum[] {
  const counts = new Map(past.map((hour) => [Date.parse(hour.at), hour.counts]));
  const due = new Map(ahead.map(({ at, count, held }) => [Date.parse(at), count - held]));
  return Array.from({ length: Math.round((span.to - span.from) / HOUR) }, (_, index) => {
    const at = span.from + index * HOUR;
    const own = counts.get(at) ?? {};
    const ran = Object.values(own).reduce((sum, count) => sum + count, 0);
    return { at, counts: own, ran, due: due.get(at) ?? 0 };
  });
}

function floorHour(at: string): number {
  return Math.floor(Date.parse(at) / HOUR) * HOUR;
}

export type LaneOption = {
  readonly runs: readonly TimelineRun[];
  readonly items: readonly Upcoming[];
  readonly dense: readonly DenseJob[];
  readonly span: Span;
  readonly most: number;
  /** What is nearer than this is one mark. */
  readonly nearMs: number;
};

/** What runs comes first, then what went wrong, then what keeps the machine busy; among themselves by name. */
export function lanesOf(option: LaneOption): Lane[] {
  const { span, most, nearMs } = option;
  const jobs = new Map<string, { namespace: string; job: string; marks: Mark[] }>();
  for (const [{ namespace, job }, mark] of marksOf(option)) {
    const key = `${namespace} ${job}`;
    const lane = jobs.get(key) ?? { namespace, job, marks: [] };
    jobs.set(key, lane);
    if (mark.to > span.from && mark.from < span.to) lane.marks.push(mark);
  }
  return [...jobs.values()]
    .map((lane) => ({ ...lane, weight: weightOf(lane.marks) }))
    .filter(({ marks }) => marks.length > 0)
    .sort((a, b) => b.weight - a.weight || byName(a, b))
    .slice(0, most)
    .sort(byName)
    .map(({ namespace, job, marks }) => ({ namespace, job, marks: merged(marks, nearMs) }));
}

function* marksOf(option: LaneOption): Generator<[{ namespace: string; job: string }, Mark]> {
  const { runs, items, dense, span } = option;
  for (const run of runs) yield [run, markOf(run, span.now)];
  for (const item of items) {
    const at = Date.parse(item.at);
    if (at < span.now || item.override !== null) continue;
    yield [item, { status: 'due', from: at, to: at + (item.expectedMs ?? 0), count: 1 }];
  }
  for (const job of dense) {
    for (const hour of job.hours) {
      const [at, count] = [Date.parse(hour.at), hour.count - hour.held];
      const busyMs = count * (job.expectedMs ?? 0);
      if (count > 0)
        yield [job, { status: 'due', from: Math.max(span.now, at), to: at + HOUR, count, busyMs }];
    }
  }
}

function markOf(run: TimelineRun, now: number): Mark {
  const planned = plannedFor(run);
  if (planned !== undefined) {
    const at = Date.parse(planned);
    return { status: 'due', from: at, to: at, count: 1 };
  }
  const from = Date.parse(run.startedAt ?? run.scheduledAt);
  const to = isLive(run.status) ? now : run.endedAt === null ? from : Date.parse(run.endedAt);
  // What was skipped or missed takes no time, however late that was noticed.
  const length = run.status === 'skipped' || run.status === 'missed' ? 0 : Math.max(0, to - from);
  return { status: run.status, from, to: from + length, count: 1, run };
}

/** One run that went wrong counts as much as so long a good one. */
const BAD_MS = 10 * 60_000;

function weightOf(marks: readonly Mark[]): number {
  const runs = marks.filter(({ run }) => run !== undefined);
  const live = runs.some(({ run }) => run !== undefined && isLive(run.status));
  const last = runs.reduce<Mark | undefined>(
    (a, b) => (a === undefined || b.from > a.from ? b : a),
    undefined,
  );
  const fails = last?.run !== undefined && isBad(last.run.status);
  const wrong = runs.filter(({ run }) => run !== undefined && isBad(run.status)).length;
  const busyMs = marks.reduce((sum, { from, to, busyMs = to - from }) => sum + busyMs, 0);
  return (live ? 2e12 : 0) + (fails ? 1e12 : 0) + wrong * BAD_MS + busyMs;
}

function byName(a: { namespace: string; job: string }, b: { namespace: string; job: string }): number {
  return a.job < b.job ? -1 : a.job > b.job ? 1 : a.namespace < b.namespace ? -1 : 1;
}

/** Marks of one outcome that are so near that they could not be told apart, as one. */
function merged(marks: readonly Mark[], nearMs: number): Mark[] {
  const open = new Map<Mark['status'], Mark>();
  const found: Mark[] = [];
  for (const mark of [...marks].sort((a, b) => a.from - b.from)) {
    const last = open.get(mark.status);
    if (last !== undefined && mark.from - last.to < nearMs && mark.status !== 'running') {
      open.set(mark.status, {
        ...last,
        ...mark,
        from: last.from,
        to: Math.max(last.to, mark.to),
        count: last.count + mark.count,
      });
      continue;
    }
    if (last !== undefined) found.push(last);
    open.set(mark.status, mark);
  }
  return [...found, ...open.values()].sort((a, b) => drawn(a) - drawn(b) || a.from - b.from);
}

function drawn({ status }: Mark): number {
  if (status === 'due') return 0;
  if (isBad(status)) return 2;
  return isLive(status) ? 3 : 1;
}

/** What an event makes of a timeline: the run as it is now, and the sums of its hour. */
export function withRun(
  timeline: { readonly runs: readonly TimelineRun[]; readonly hours: readonly TimelineHour[] },
  run: TimelineRun,
  most: number,
): { readonly runs: readonly TimelineRun[]; readonly hours: readonly TimelineHour[] } {
  const known = timeline.runs.find(({ id }) => id === run.id);
  if (known?.status === run.status) return timeline;
  const runs = known
    ? timeline.runs.map((each) => (each.id === run.id ? run : each))
    : [run, ...timeline.runs].slice(0, most);
  const at = new Date(floorHour(run.scheduledAt)).toISOString();
  const counts = { ...timeline.hours.find((hour) => Date.parse(hour.at) === Date.parse(at))?.counts };
  if (known && plannedFor(known) === undefined)
    counts[known.status] = Math.max(0, (counts[known.status] ?? 0) - 1);
  if (plannedFor(run) === undefined) counts[run.status] = (counts[run.status] ?? 0) + 1;
  const others = timeline.hours.filter((hour) => Date.parse(hour.at) !== Date.parse(at));
  return { runs, hours: [...others, { at, counts }] };
}
