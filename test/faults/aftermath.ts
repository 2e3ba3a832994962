/** What must be true of the bookkeeping after any fault, asked through the command line as a user would. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Options, place, type Result, runCli } from '../support/cli.ts';

/** What takes minutes runs only when asked for. */
export const isFull = process.env['SUPERTASK_FAULTS'] === 'full';

/** A state directory, a working directory, and a file to which every start of a job is witnessed. */
export type Scene = {
  readonly state: string;
  readonly work: string;
  readonly witness: string;
  /** A shell line that witnesses its start. */
  readonly job: string;
};

export function makeScene(name: string): Scene {
  const directory = join(place().home, name);
  const work = join(directory, 'work');
  mkdirSync(work, { recursive: true });
  const witness = join(directory, 'witness');
  return {
    state: join(directory, 'state'),
    work,
    witness,
    job: `cmd:echo "$SUPERTASK_RUN_ID" >> '${witness}'; echo out`,
  };
}

export function runIn(scene: Scene, args: readonly string[], options: Options = {}): Promise<Result> {
  return runCli(args, inScene(scene, options));
}

/** The command that runs the scene's job every second. */
export function beat(scene: Scene, more: readonly string[] = []): string[] {
  return ['run', '--when=every 1s', '--name=beat', ...more, '--', scene.job];
}

export function inScene(scene: Scene, options: Options = {}): Options {
  return {
    ...options,
    cwd: options.cwd ?? scene.work,
    env: { SUPERTASK_STATE_DIR: scene.state, ...options.env },
  };
}

/** Run ids of all starts that were witnessed. */
export function startsOf(scene: Scene): string[] {
  if (!existsSync(scene.witness)) return [];
  return readFileSync(scene.witness, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

export type RunRecord = {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly message: string | null;
  readonly scheduledAt: string;
  readonly exitCode: number | null;
  readonly pid: number | null;
  readonly stdoutBytes: number | null;
  readonly stderrBytes: number | null;
  readonly truncated: boolean;
  readonly leftovers?: number;
  readonly count?: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
};

export async function listRuns(scene: Scene, more: readonly string[] = []): Promise<RunRecord[]> {
  return list<RunRecord>(scene, ['list-runs', '--limit=1000000', ...more]);
}

async function list<Item>(scene: Scene, args: readonly string[]): Promise<Item[]> {
  const result = await runIn(scene, [...args, '--json']);
  expect(result, `${args.join(' ')} after the fault`).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(result.stdout) as Item[];
}

/**
 * Listings work, every witnessed start has exactly one record, nothing started twice, nothing is open.
 *
 * @returns All records, newest first.
 */
export async function expectWhole(scene: Scene): Promise<RunRecord[]> {
  const runs = await listRuns(scene);
  await list(scene, ['list-namespaces']);
  await list(scene, ['list-jobs']);
  const ids = runs.map((run) => run.id);
  const starts = startsOf(scene);
  const open = runs.filter((run) => ['waiting', 'starting', 'running', 'stopping'].includes(run.status));
  expect(new Set(ids).size, 'records with the same id').toBe(ids.length);
  expect(new Set(starts).size, 'runs that started twice').toBe(starts.length);
  expect(
    starts.filter((id) => !ids.includes(id)),
    'starts without a record',
  ).toEqual([]);
  expect(open, 'runs that are still open').toEqual([]);
  return runs;
}

/**
 * Between the first and the last record of a job that is due every second there is one for each second.
 *
 * @returns How many seconds that were.
 */
export function expectEverySecond(runs: readonly RunRecord[]): number {
  const firsts = runs.filter((run) => run.attempt === 1);
  const seconds = firsts.flatMap((run) => {
    const last = Date.parse(run.lastAt ?? run.scheduledAt);
    const first = Date.parse(run.firstAt ?? run.scheduledAt);
    return Array.from({ length: (last - first) / 1000 + 1 }, (_, index) => first + index * 1000);
  });
  seconds.sort((left, right) => left - right);
  const [first = 0] = seconds;
  const due = seconds.map((_, index) => new Date(first + index * 1000).toISOString());
  expect(seconds.map((second) => new Date(second).toISOString())).toEqual(due);
  return seconds.length;
}

/** Do something for many items, a few at a time. */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
