/** What `TZ` says, as the built program takes it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';

const MARS = { env: { TZ: 'Mars/Base' } };

it.each([
  ['next', '@daily'],
  ['explain', '@daily'],
  ['run', '--when=@daily', '--', 'true'],
])('a TZ that names no zone is refused where one is needed: %s %s', async (...args) => {
  expect(await runCli(args, MARS)).toMatchObject({
    stdout: '',
    stderr: `error: TZ is "Mars/Base", which is no time zone name [ZONE_UNKNOWN]
hint: Set TZ to an IANA name such as Europe/Berlin, or use --tz.
`,
    exitCode: 2,
  });
});

it('keeps nothing from running that needs no zone, or is given one', async () => {
  expect(await runCli(['run', '--', 'echo hi'], MARS)).toMatchObject({ stdout: 'hi\n', exitCode: 0 });
  const next = await runCli(['next', '2026-12-24', '--tz=UTC', '--from=2026-01-01', '--json'], MARS);
  expect(JSON.parse(next.stdout).next).toEqual(['2026-12-24T00:00:00.000Z']);
});

it('tells the zone among what is wrong with the machine', async () => {
  const { stdout } = await runCli(['doctor', '--json'], MARS);
  const zone = JSON.parse(stdout).checks.find(({ check }: { check: string }) => check === 'zone');
  expect(zone).toMatchObject({ status: 'fail', message: '"Mars/Base" is not a time zone name' });
});

it('lists the zone of each schedule of a job that has several', async () => {
  const when = ['Europe/Berlin', 'America/New_York'].map((tz) => ({ cron: '0 9 * * *', tz }));
  const tasks = { two: { when, run: 'true' }, one: { when: when[0], run: 'true' } };
  writeFileSync(join(place().work, 't.json'), JSON.stringify({ tasks }));
  const running = startCli(['run', '--file=t.json']);
  await running.waitForLine('stderr', /^two: .*New_York/);
  running.signal('SIGTERM');
  await running.exit;
  const { stdout } = await runCli(['list-jobs']);
  expect(stdout).toMatch(/^two .* Europe\/Berlin \| America\/New_York /m);
  expect(stdout).toMatch(/^one +0 9 \* \* \* +Europe\/Berlin +[0-9a-f]{12} /m);
  const jobs: { id: string; zones?: string[] }[] = JSON.parse((await runCli(['list-jobs', '--json'])).stdout);
  expect(jobs.find(({ id }) => id === 'two')?.zones).toEqual(['Europe/Berlin', 'America/New_York']);
  expect(jobs.find(({ id }) => id === 'one')).not.toHaveProperty('zones');
});
