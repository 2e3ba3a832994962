/** How many runs of a job ended how, and how long they took: sums that can be added to one another. Pure. */
import { isEnded, type Run } from '../model/run.js';

/** What is 0 or unknown is absent. */
export type Tally = { readonly [Sum in keyof typeof SUMS]?: number };

/** By job. */
export type Tallies = ReadonlyMap<string, Tally>;

/** How two of them become one. */
const SUMS = {
  succeeded: 'add',
  failed: 'add',
  errored: 'add',
  /** Due moments; a record may stand for several. */
  skipped: 'add',
  missed: 'add',
  durationMs: 'add',
  /** How many runs have a duration. */
  durations: 'add',
  /** How late scheduled runs began; what was caught up is not among them. */
  latenessMs: 'add',
  latenesses: 'add',
  /** Milliseconds since the Unix epoch. */
  lastSuccessMs: 'latest',
} as const;

const KEYS = Object.keys(SUMS) as (keyof Tally)[];

/** Of one run; undefined while it has no end. Runs count as they ended, whatever somebody says of them later. */
function tallyOf(run: Run): Tally | undefined {
  const status = run.marked?.original.status ?? run.status;
  const { durationMs, startedAt, endedAt, scheduledAt, trigger, attempt } = run;
  if (!isEnded(status)) return undefined;
  const isFirst = trigger === 'schedule' && attempt === 1 && startedAt !== undefined;
  const lateMs = isFirst ? Math.max(0, startedAt.getTime() - scheduledAt.getTime()) : 0;
  const at = (endedAt ?? startedAt ?? scheduledAt).getTime();
  return {
    [status]: status === 'skipped' || status === 'missed' ? (run.count ?? 1) : 1,
    ...(durationMs === undefined ? {} : { durationMs, durations: 1 }),
    ...(isFirst ? { latenessMs: lateMs, latenesses: 1 } : {}),
    ...(run.status === 'succeeded' ? { lastSuccessMs: at } : {}),
  };
}

export function sumOf(left: Tally, right: Tally): Tally {
  const sum: Record<string, number> = {};
  for (const key of KEYS) {
    const [a, b] = [left[key], right[key]];
    if (a === undefined && b === undefined) continue;
    sum[key] = SUMS[key] === 'add' ? (a ?? 0) + (b ?? 0) : Math.max(a ?? 0, b ?? 0);
  }
  return sum;
}

export function addTallies(into: Map<string, Tally>, more: Iterable<readonly [string, Tally]>): void {
  for (const [job, tally] of more) into.set(job, sumOf(into.get(job) ?? {}, tally));
}

export function talliesOf(runs: Iterable<Run>): Map<string, Tally> {
  const found = new Map<string, Tally>();
  for (const run of runs) {
    const tally = tallyOf(run);
    if (tally !== undefined) addTallies(found, [[run.job, tally]]);
  }
  return found;
}

/** From JSON; undefined when it is something else. */
export function parseTallies(value: unknown): Tallies | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).map(([job, tally]) => [job, parseTally(tally)] as const);
  return new Map(entries);
}

function parseTally(value: unknown): Tally {
  const given = { ...(value as object) } as Readonly<Record<string, unknown>>;
  const known = KEYS.flatMap((key) => {
    const number = given[key];
    return typeof number === 'number' && Number.isFinite(number) && number >= 0
      ? [[key, number] as const]
      : [];
  });
  return Object.fromEntries(known);
}
