/** How the runs of a job went since an instant. */
import { SupertaskError } from '../errors.js';
import { type Spread, spreadOf } from '../model/figures.js';
import { isEnded, type Run, type RunStatus } from '../model/run.js';
import { openBook } from './job-page.js';
import { walkRuns } from './run-walk.js';
import type { Service } from './service.js';

export type Statistics = {
  readonly since: Date;
  readonly until: Date;
  /** Of attempts, the last one counts. */
  readonly runs: number;
  /** How many runs, or moments that were not run, by what became of them. */
  readonly outcomes: Readonly<Partial<Record<RunStatus, number>>>;
  readonly reasons: Readonly<Record<string, number>>;
  /** Of the runs that ended; undefined where none did. */
  readonly successRate: number | undefined;
  /** Of those that succeeded, in ms. */
  readonly duration: Spread | undefined;
  /** From the due instant to the start, of what a schedule made due, in ms. */
  readonly lateness: Spread | undefined;
  readonly days: readonly DayFigures[];
  /** There are more runs since then: only the newest are counted. */
  readonly isTruncated: boolean;
};

/** A day of UTC, `2026-05-01`. */
export type DayFigures = {
  readonly day: string;
  readonly outcomes: Readonly<Partial<Record<RunStatus, number>>>;
  readonly p50: number | undefined;
};

const MOST_RUNS = 10_000;

/** @throws {SupertaskError} `ID_UNKNOWN` for a job that neither is nor was. */
export async function statisticsOf(
  service: Service,
  { namespace, job }: { readonly namespace: string; readonly job: string },
  since: Date,
): Promise<Statistics> {
  const runs: Run[] = [];
  const walk = walkRuns(service, { namespace, job, since }, MOST_RUNS);
  let step = await walk.next();
  for (; !step.done; step = await walk.next()) runs.push(step.value);
  if (runs.length === 0) await refuseUnknown(service, namespace, job);
  return { since, until: service.now(), ...figuresOf(runs), isTruncated: step.value };
}

async function refuseUnknown(service: Service, namespace: string, job: string): Promise<void> {
  const { jobs } = await openBook(service, namespace);
  if (jobs.some(({ id }) => id === job)) return;
  const [run] = await service.store.runs({ namespace, job, limit: 1 });
  if (run !== undefined) return;
  throw new SupertaskError('ID_UNKNOWN', `there is no job ${JSON.stringify(job)} in ${namespace}`);
}

/** @param runs - Newest first. */
function figuresOf(runs: readonly Run[]): Omit<Statistics, 'since' | 'until' | 'isTruncated'> {
  const triedAgain = new Set(runs.flatMap(({ cause }) => (cause?.kind === 'retry' ? [cause.run] : [])));
  const last = runs.filter(({ id }) => !triedAgain.has(id));
  const outcomes = outcomesOf(last);
  const { succeeded = 0, failed = 0, errored = 0 } = outcomes;
  const ended = succeeded + failed + errored;
  const reasons: Record<string, number> = Object.create(null);
  for (const { reason, count = 1 } of last)
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + count;
  return {
    runs: last.filter(({ status }) => status !== 'skipped' && status !== 'missed').length,
    outcomes,
    reasons,
    successRate: ended === 0 ? undefined : succeeded / ended,
    duration: durationsOf(last),
    lateness: spreadOf(runs.flatMap(latenessOf)),
    days: daysOf(last),
  };
}

function outcomesOf(runs: readonly Run[]): Partial<Record<RunStatus, number>> {
  const outcomes: Partial<Record<RunStatus, number>> = {};
  for (const { status, count = 1 } of runs) outcomes[status] = (outcomes[status] ?? 0) + count;
  return outcomes;
}

function durationsOf(runs: readonly Run[]): Spread | undefined {
  return spreadOf(
    runs.flatMap(({ status, durationMs }) => (status === 'succeeded' ? (durationMs ?? []) : [])),
  );
}

function latenessOf({ trigger, attempt, status, startedAt, scheduledAt }: Run): number[] {
  const isRun = status !== 'skipped' && status !== 'missed' && startedAt !== undefined;
  if (trigger !== 'schedule' || attempt !== 1 || !isRun) return [];
  return [Math.max(0, startedAt.getTime() - scheduledAt.getTime())];
}

/** Oldest first. */
function daysOf(runs: readonly Run[]): DayFigures[] {
  const days = new Map<string, Run[]>();
  for (const run of runs) {
    if (!isEnded(run.status)) continue;
    const day = run.scheduledAt.toISOString().slice(0, 10);
    const own = days.get(day);
    if (own === undefined) days.set(day, [run]);
    else own.push(run);
  }
  const figures = [...days].map(([day, own]) => ({
    day,
    outcomes: outcomesOf(own),
    p50: durationsOf(own)?.p50,
  }));
  return figures.reverse();
}
