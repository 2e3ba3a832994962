/** What a scheduler is doing, in one line or several. Pure. */
import { formatDuration } from './duration.js';
import { printable } from './printable.js';

export type Status = {
  readonly now: Date;
  /** The jobs that are due next, together. */
  readonly next: { readonly at: Date; readonly jobs: readonly string[] } | undefined;
  /** Oldest first. */
  readonly running: readonly {
    readonly job: string;
    readonly run: string;
    readonly startedAt: Date;
    readonly pid: number | undefined;
  }[];
  readonly tally: Tally;
};

/** What became of due moments since the scheduler started. */
export type Tally = {
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly missed: number;
};

const NAMED = 3;

/** `next backup in 4m12s · 2 running: etl 3m, sync 4s · 14 ok, 1 failed`, cut to so many columns. */
export function statusLine(status: Status, columns: number): string {
  const { next, now, running, tally } = status;
  const parts = [
    next === undefined ? 'nothing more is due' : `next ${names(next.jobs)} ${inTime(next.at, now)}`,
    ...(running.length === 0 ? [] : [`${running.length} running: ${runningText(status)}`]),
    ...tallyText(tally),
  ];
  const line = printable(parts.join(' · '));
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

/** The same at length: a line for each run that is going. */
export function statusLines(status: Status): string[] {
  const { next, now, running, tally } = status;
  return [
    ...running.map(({ job, run, startedAt, pid }) => {
      const process = pid === undefined ? '' : ` (pid ${pid})`;
      return `  running ${printable(job)} for ${whole(now, startedAt)}: run ${run}${process}`;
    }),
    next === undefined
      ? '  nothing more is due'
      : `  next ${printable(names(next.jobs))} ${inTime(next.at, now)}, at ${next.at.toISOString()}`,
    `  ${tally.succeeded} succeeded, ${tally.failed} failed, ${tally.skipped} skipped, ${tally.missed} missed`,
  ];
}

function names(jobs: readonly string[]): string {
  const [first = ''] = jobs;
  return jobs.length > 1 ? `${first} and ${jobs.length - 1} more` : first;
}

function runningText({ running, now }: Status): string {
  const shown = running.slice(0, NAMED).map(({ job, startedAt }) => `${job} ${whole(now, startedAt)}`);
  return [...shown, ...(running.length > NAMED ? ['…'] : [])].join(', ');
}

function tallyText({ succeeded, failed, skipped, missed }: Tally): string[] {
  const counts = [
    [succeeded, 'ok'],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [missed, 'missed'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return told.length === 0 ? [] : [told.join(', ')];
}

function inTime(at: Date, now: Date): string {
  return at <= now ? 'now' : `in ${whole(at, now)}`;
}

/** Between two instants, in whole seconds, rounded up: a countdown ends at 1s. */
function whole(later: Date, earlier: Date): string {
  const seconds = Math.max(0, Math.ceil((later.getTime() - earlier.getTime()) / 1_000));
  // Seconds of a day mean nothing.
  return formatDuration((seconds >= 86_400 ? Math.round(seconds / 60) * 60 : seconds) * 1_000);
}
