/** What the bookkeeping of a test's program says, as `list-runs --json` tells it. */
import { expect } from 'vitest';
import { runCli } from './cli.ts';

/** One record; see the documented JSON of runs. */
export type RunRecord = {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  readonly reason: string | null;
  readonly trigger: string;
  readonly attempt: number;
  readonly scheduledAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly count?: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
  readonly evidence?: Readonly<Record<string, string | number>>;
  readonly sent?: readonly string[];
};

/** All records, oldest first. */
export async function recordsOf(job?: string, env: Record<string, string> = {}): Promise<RunRecord[]> {
  const filter = job === undefined ? [] : [`--job=${job}`];
  const { stdout, stderr } = await runCli(['list-runs', '--json', '--limit=100000', ...filter], { env });
  if (stdout === '') throw new Error(stderr);
  const records: RunRecord[] = JSON.parse(stdout);
  return records.reverse();
}

/** Wait until the records are as a test wants them. */
export async function untilRecords(
  isEnough: (records: readonly RunRecord[]) => boolean,
  job?: string,
): Promise<RunRecord[]> {
  let records: RunRecord[] = [];
  const look = async (): Promise<boolean> => {
    records = await recordsOf(job).catch(() => []);
    return isEnough(records);
  };
  await expect.poll(look, { timeout: 25_000, interval: 100 }).toBe(true);
  return records;
}

/** How many due instants the records stand for. */
export function momentsIn(records: readonly RunRecord[]): number {
  return records.reduce((sum, { count }) => sum + (count ?? 1), 0);
}

/** Runs that were started. */
export function startedIn(records: readonly RunRecord[]): RunRecord[] {
  return records.filter(({ startedAt, status }) => startedAt !== null && status !== 'skipped');
}
