/** What is asked of a supertask that is itself stopped: it says nothing, and must not be waited for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, type Result, type Running, runCli, startCli } from '../support/cli.ts';

const TABLE = `
meta: {namespace: shop}
tasks:
  slow: {when: every 1h, run: "while :; do sleep 0.1; done"}
  quick: {when: every 1h, run: "true"}
`;
/** Ends when the test says so, after it was told to. */
const LATE = 'trap "" TERM; echo begin; until test -e enough; do sleep 0.1; done';

async function begin(name: string, line = 'echo begin; while :; do sleep 0.1; done'): Promise<Running> {
  const run = startCli(['run', `--ns=${name}`, `--name=${name}`, '--', line]);
  await run.waitForLine('stdout', /begin/);
  return run;
}

async function schedule(): Promise<Running> {
  writeFileSync(join(place().work, 'shop.yaml'), TABLE);
  const scheduler = startCli(['run', '--file=shop.yaml']);
  await scheduler.waitForLine('stderr', /next /);
  expect(await runCli(['trigger', 'slow', '--ns=shop'])).toMatchObject({ exitCode: 0 });
  return scheduler;
}

/** The pid is the one of who was stopped, and the hint how it goes on. */
function unanswered({ pid }: Running): Pick<Result, 'exitCode'> & { stderr: unknown } {
  const text = `error: the \\S+ .*\\(pid ${pid}\\) is stopped .*\\[UNANSWERED\\]\nhint: kill -CONT ${pid} `;
  return { stderr: expect.stringMatching(text), exitCode: 125 };
}

async function interrupt(attached: Running): Promise<Result> {
  await attached.waitForLine('stdout', /begin/);
  attached.signal('SIGINT');
  return attached.exit;
}

it('gives up on a supertask that is stopped, and waits for one that works', {
  timeout: 120_000,
}, async () => {
  const [one, two, late, scheduler] = await Promise.all([
    begin('one'),
    begin('two'),
    begin('late', LATE),
    schedule(),
  ]);
  for (const each of [one, two, scheduler]) each.signal('SIGSTOP');
  const isWaited = runCli(['stop', 'late', '--ns=late', '--grace=1h']).then((result) => ({ result }));
  const results = await Promise.all([
    runCli(['stop', 'one', '--ns=one']),
    interrupt(startCli(['attach', 'two', '--ns=two'])),
    ...['stop slow', 'trigger quick', 'reload'].map((line) => runCli([...line.split(' '), '--ns=shop'])),
    runCli(['shutdown', 'shop']),
  ]);
  expect(results).toMatchObject([one, two, scheduler, scheduler, scheduler, scheduler].map(unanswered));
  expect(results.map(({ stdout }) => stdout)).toEqual(['', 'begin\n', '', '', '', '']);
  expect(await Promise.race([isWaited, Promise.resolve('is waited for')])).toBe('is waited for');
  writeFileSync(join(place().work, 'enough'), '');
  expect((await isWaited).result).toMatchObject({ stderr: '', exitCode: 0 });
  await late.exit;
  const paused = await runCli(['pause', 'quick', '--ns=shop']);
  expect(paused.stderr).toMatch(`warning: the scheduler (pid ${scheduler.pid}) is stopped`);
  expect(paused).toMatchObject({ stdout: 'quick is paused\n', exitCode: 0 });
  for (const each of [one, two, scheduler]) each.signal('SIGCONT');
  scheduler.signal('SIGTERM');
  await Promise.all([one, two, scheduler].map(({ exit }) => exit));
  const runs = JSON.parse((await runCli(['list-runs', '--job=slow', '--json'])).stdout) as unknown[];
  expect(runs).toMatchObject([{ status: 'failed' }]);
});
