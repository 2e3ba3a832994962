/** What `TZ` says, as the built program takes it. */
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

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
