/** A list of jobs as APScheduler has them, with real Python functions and scripts. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';

const MODULE = `class Shop:
    @staticmethod
    def close(when):
        print('closed', when)

def sync(region, count, who=None):
    print(region, count, who)
`;

const JOBS = [
  {
    id: 'sync',
    func: 'shop.jobs:sync',
    trigger: { type: 'interval', seconds: 1 },
    args: ['it\'s "$(x)"', 7],
    kwargs: { who: null },
    misfire_grace_time: 60,
  },
  { id: 'close', func: 'shop.jobs:Shop.close', trigger: { type: 'cron', hour: 20 }, args: ['now'] },
  { id: 'print', func: './print.sh', args: ['a b', '*'], is_enabled: false },
  { id: 'file', func: 'late.main', kwargs: { name: 'Ada' }, trigger: { type: 'cron', day_of_week: 0 } },
];

function write(name: string, text: string): void {
  const { work } = place();
  mkdirSync(join(work, name, '..'), { recursive: true });
  writeFileSync(join(work, name), text);
}

function setUp(): void {
  write('shop/jobs.py', MODULE);
  write('late.py', 'def main(name):\n    print("late", name)\n');
  write('print.sh', '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  chmodSync(join(place().work, 'print.sh'), 0o755);
  write('jobs.json', JSON.stringify(JOBS));
}

it('runs as it is', async () => {
  setUp();
  const running = startCli(['run', '--file', 'jobs.json']);
  await running.waitForLine('stdout', /^sync \| it's "\$\(x\)" 7 None$/);
  running.signal('SIGTERM');
  expect(await running.exit).toMatchObject({ exitCode: 0 });
  const { stdout } = await runCli(['list-jobs', '--json']);
  const jobs: { id: string; enabled: boolean; schedules: string[] }[] = JSON.parse(stdout);
  expect(jobs.map(({ id, enabled, schedules }) => [id, enabled, schedules])).toEqual([
    ['sync', true, ['every 1s after start']],
    ['close', true, ['0 20 * * *']],
    ['print', false, ['once']],
    ['file', true, ['0 0 * * MON']],
  ]);
});

it.each([
  ['close', 'closed now\n'],
  ['print', 'a b\n*\n'],
  ['file', 'late Ada\n'],
])('%s is run by hand', async (job, stdout) => {
  setUp();
  const result = await runCli(['trigger', job, '--file', 'jobs.json', '--wait']);
  expect(result).toMatchObject({ stdout, exitCode: 0 });
});

it('is read from standard input, too', async () => {
  setUp();
  const { stdout, exitCode } = await runCli(['check', '-'], { input: JSON.stringify(JOBS) });
  expect([stdout.trim().split('\n').at(-1), exitCode]).toEqual(['clean: 4 tasks in 1 file', 0]);
});

it('is refused where it cannot be done, with its place', async () => {
  write('jobs.yaml', '- {id: a, func: m:f, trigger: {type: cron, hour: 9, day_of_week: 7}}\n');
  const { stderr, exitCode } = await runCli(['run', '--file', 'jobs.yaml']);
  expect(stderr.replaceAll(`${place().work}/`, '')).toMatchInlineSnapshot(`
    "error: jobs.yaml:1:66: day_of_week "7": 7 is not between 0 and 6 [SCHEDULE_INVALID]
    hint: A weekday is 0 to 6, a-b, a-b/n, *, */n, or a list of them; 0 is Monday; also mon to sun.
    "
  `);
  expect(exitCode).toBe(2);
});
