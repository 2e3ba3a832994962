/** Commands of many terminals at one scheduler, all at once: each has one outcome, and says which. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, type Result, runCli, startCli } from '../support/cli.ts';
import { startShop } from '../support/shop.ts';

/** Twenty commands at once take a while on a small machine. */
const PATIENCE_MS = 240_000;

type Answer = { readonly answer?: string; readonly run: RunRecord };
type RunRecord = { readonly id: string; readonly status: string; readonly reason: string | null };

/** What they do takes about as long as it takes to ask for it. */
const TABLE = `
meta: {namespace: shop}
tasks:
  one: {when: every 1s, run: sleep 0.7}
  line: {when: every 1d, overlap: queue, run: sleep 0.5}
  many: {when: every 1d, overlap: parallel, run: "trap '' TERM; sleep 0.5", stop: {grace: 200ms}}
  last: {when: every 1d, overlap: replace, run: sleep 0.7}
`;

const COMMANDS: readonly (readonly string[])[] = [
  ...['one', 'line', 'line', 'many', 'many', 'last', 'last'].map((job) => ['trigger', job]),
  ...['one', 'line', 'many', 'shop'].map((what) => ['stop', what]),
  ['pause', 'one'],
  ['pause', '--all', '--note=all'],
  ['resume', 'one'],
  ['resume', '--all'],
  ['reload'],
  ['reload'],
  ['reload'],
  ['shutdown'],
  ['shutdown', '--drain'],
];

/** Codes that docs/exit-codes.md has for each; a run that was stopped here ends its command by the same signal. */
const CODES: Readonly<Record<string, readonly (number | string)[]>> = {
  trigger: [0, 1, 75, 125, 137, 'SIGTERM'],
  stop: [0, 1],
  pause: [0],
  resume: [0, 1],
  reload: [0, 1, 75, 125],
  shutdown: [0, 1, 125],
};

it.each([1, 2, 3])(
  'trigger, stop, pause, resume, reload and shutdown at once, order %i',
  async (seed) => {
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    const scheduler = await startShop(['--no-watch']);
    // What twenty processes would each compile is compiled before.
    await runCli(['trigger', 'one', '--dry-run']);
    const commands = shuffled(COMMANDS, seed).map((args) => ({
      args,
      running: startCli([...args, '--json']),
    }));
    writeFileSync(join(place().work, 'shop.yaml'), `${TABLE}  new: {when: every 1d, run: "true"}\n`);
    const told = await Promise.all(
      commands.map(async ({ args, running }) => ({ args, result: await running.exit })),
    );
    expect(told).toHaveLength(20);
    expect(told.flatMap(({ args, result }) => wrongIn(args, result))).toEqual([]);
    expect(await scheduler.exit).toMatchObject({ exitCode: 0, signal: null });

    const { stdout } = await runCli(['list-runs', '--ns=shop', '--limit=1000', '--json']);
    const runs = new Map((JSON.parse(stdout) as RunRecord[]).map((run) => [run.id, run]));
    const open = [...runs.values()].filter(({ status }) =>
      ['waiting', 'starting', 'running', 'stopping'].includes(status),
    );
    expect(open).toEqual([]);
    expect(told.flatMap(({ args, result }) => disagreementsIn(args, result, runs))).toEqual([]);
    expect(await runCli(['fsck'])).toMatchObject({ exitCode: 0 });
    expect((await runCli(['ps', '--json'])).stdout).toMatch(/"schedulers": \[\],\s+"runs": \[\]/);
  },
  PATIENCE_MS,
);

/**
 * It ends with a code that is documented for it, and says what became of it: an answer, or an error of the table. On a
 * machine with a lot to do a scheduler may take longer to answer than it is waited for; that it ends all the same is
 * what the test waits for.
 */
function wrongIn(args: readonly string[], { stdout, stderr, exitCode, signal }: Result): unknown[] {
  const [verb = ''] = args;
  const isCode = CODES[verb]?.includes(signal ?? exitCode ?? '') === true;
  const isError =
    /^error: .+ \[(?:NOT_RUNNING|CONFLICT|REFUSED|UNANSWERED)\]\n/.test(stderr) && exitCode !== 0;
  const hasAnswer = stdout.startsWith('{') || stdout.startsWith('[');
  return isCode && isError !== hasAnswer ? [] : [{ args, exitCode, signal, stdout, stderr }];
}

/** What a command told of a run has to be what its record says in the end. */
function disagreementsIn(
  [verb]: readonly string[],
  { stdout }: Result,
  runs: ReadonlyMap<string, RunRecord>,
): unknown[] {
  if (stdout === '' || (verb !== 'trigger' && verb !== 'stop')) return [];
  const answers: readonly Answer[] = [JSON.parse(stdout) as Answer | Answer[]].flat();
  return answers.flatMap(({ answer, run }) => {
    const kept = runs.get(run.id);
    const isSame = verb === 'trigger' || (run.status === kept?.status && run.reason === kept.reason);
    const isDropped = answer !== 'dropped' || kept?.status === 'skipped';
    return kept !== undefined && isSame && isDropped ? [] : [{ verb, answer, run, kept }];
  });
}

/** Always the same for a seed. */
function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  let state = seed;
  const keyed = items.map((item) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return { item, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
