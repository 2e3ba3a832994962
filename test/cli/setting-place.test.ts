/** Settings that cannot be read: where they were given, so that they can be mended there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, runCli } from '../support/cli.ts';

const RUN = ['run', '--when=every 1h', '--', 'true'];
const FILE = '.supertaskrc.yaml';
const NO_NAMESPACE = /SUPERTASK_NS: .*a-b.* \[ID_UNKNOWN\]/;

it.each([
  [{ SUPERTASK_MAX_RUNNING: 'x' }, RUN, 'SUPERTASK_MAX_RUNNING is "x" [USAGE]'],
  [{ SUPERTASK_MAX_RUNNING: 'x' }, ['simulate', 't.yaml'], 'SUPERTASK_MAX_RUNNING is "x" [USAGE]'],
  [{ SUPERTASK_TZ: 'Mars' }, RUN, 'SUPERTASK_TZ: "Mars" is not a time zone name [ZONE_UNKNOWN]'],
  [
    { SUPERTASK_TZ: 'Mars' },
    ['next', '@daily'],
    'SUPERTASK_TZ: "Mars" is not a time zone name [ZONE_UNKNOWN]',
  ],
  [{ SUPERTASK_TIMEOUT: '5' }, RUN, 'SUPERTASK_TIMEOUT: the duration "5" has no unit [DURATION_INVALID]'],
  [{ SUPERTASK_POLL: '5' }, RUN, 'SUPERTASK_POLL: the duration "5" has no unit [DURATION_INVALID]'],
  [{ SUPERTASK_POLL: '5ms' }, RUN, 'SUPERTASK_POLL is "5ms" [SETTING_INVALID]'],
  [{ SUPERTASK_NS: 'a/b' }, RUN, 'SUPERTASK_NS: "a/b" is not a namespace id [ID_INVALID]'],
  [{ SUPERTASK_NS: 'a-b' }, ['list-jobs'], NO_NAMESPACE],
  [{ SUPERTASK_NS: 'a-b' }, ['serve', '--http=0'], NO_NAMESPACE],
  [{ SUPERTASK_NS: 'a-b' }, ['token'], NO_NAMESPACE],
  [{ SUPERTASK_NS: 'a-b' }, ['reload', '--dry-run'], NO_NAMESPACE],
  [
    { SUPERTASK_TLS_CERT: 'c.pem' },
    ['serve', '--http=0'],
    'SUPERTASK_TLS_CERT is given without --tls-key [USAGE]',
  ],
  [
    { SUPERTASK_TLS_CERT: 'c.pem', SUPERTASK_TLS_KEY: 'k.pem' },
    ['serve', '--http=0'],
    /SUPERTASK_TLS_CERT: .*c\.pem \[FILE_NOT_FOUND\]/,
  ],
  [
    { SUPERTASK_BASE_PATH: 'a' },
    [...RUN.slice(0, 2), '--http', '--', 'true'],
    'SUPERTASK_BASE_PATH is "a" [SETTING_INVALID]',
  ],
  [{}, [...RUN.slice(0, 2), '--max-running=x', '--', 'true'], '--max-running is "x" [USAGE]'],
  [
    {},
    [...RUN.slice(0, 2), '--tz=Mars', '--', 'true'],
    '--tz: "Mars" is not a time zone name [ZONE_UNKNOWN]',
  ],
])('%j before %j is told with its place', async (env, args, message) => {
  const { stderr, exitCode } = await runCli(args, { env });
  expect(stderr.split('\n')).toEqual([
    typeof message === 'string' ? `error: ${message}` : expect.stringMatching(message),
    expect.stringMatching(/^hint: /),
    '',
  ]);
  expect(exitCode).toBe(2);
});

it.each([
  ['maxRunning: x', 'maxRunning is "x" [USAGE]'],
  ['tz: Mars', 'tz: "Mars" is not a time zone name [ZONE_UNKNOWN]'],
  ['timeout: 5', 'timeout: the duration "5" has no unit [DURATION_INVALID]'],
  ['maxRunnin: 5', 'maxRunnin is not a setting [SETTING_INVALID]'],
])('%s in a file is told with the path and the key', async (text, message) => {
  writeFileSync(join(place().work, FILE), text);
  const { stderr, exitCode } = await runCli(RUN);
  expect(stderr.split('\n')[0]).toBe(`error: ${join(place().work, FILE)}: ${message}`);
  expect(exitCode).toBe(2);
});
