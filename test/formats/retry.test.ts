/** What files say about trying again and about success. */
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.ts';
import { parseTimetable } from '../../src/formats/timetable.ts';
import type { Policy } from '../../src/model/policy.ts';

function policyOf(setting: string, defaults = '{}'): Policy | undefined {
  const text = `defaults: ${defaults}\ntasks:\n  a:\n    run: x\n    ${setting}\n`;
  return parseTimetable(text, { file: 't.yaml' }).tasks[0]?.policy;
}

function problemsOf(setting: string): string[] {
  try {
    policyOf(setting);
    return [];
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return error.problems.map(({ message, location }) => `${location?.line}:${location?.column} ${message}`);
  }
}

const CURL = { attempts: 3, delayMs: 1_000, factor: 2, maxDelayMs: 600_000, jitter: { ms: 0 } };

describe('retry', () => {
  it.each<[string, string, object | undefined]>([
    ['retry: 3', '{}', CURL],
    ['retry: none', '{retry: 3}', undefined],
    ['retry: 1', '{}', undefined],
    ['name: inherits', '{retry: 5}', { ...CURL, attempts: 5 }],
    ['retry: 2', '{retry: {attempts: 5, delay: 9s}}', { ...CURL, attempts: 2, delayMs: 9_000 }],
    ['retry: {delay: 1h}', '{}', { ...CURL, delayMs: 3_600_000, maxDelayMs: 3_600_000 }],
    ['retry: {backoff: fixed, jitter: 5s}', '{}', { ...CURL, factor: 1, jitter: { ms: 5_000 } }],
    ['retry: {backoff: exponential}', '{retry: {backoff: fixed}}', CURL],
    [
      'retry: {factor: 1.5, max: 30s, jitter: 20%}',
      '{}',
      { ...CURL, factor: 1.5, maxDelayMs: 30_000, jitter: { share: 0.2 } },
    ],
    ['retry: {on: [3, timeout, sigsegv]}', '{}', { ...CURL, on: [3, 'timeout', 'SIGSEGV'] }],
    ['retry: {on: timeout}', '{}', { ...CURL, on: ['timeout'] }],
  ])('%s with defaults %s', (setting, defaults, expected) => {
    const found = policyOf(setting, defaults)?.retry;
    expect(found).toEqual(expected && { on: undefined, ...expected });
  });

  it.each([
    ['retry: 0', '5:12 "0" is not a number of attempts'],
    ['retry: [3]', '5:12 expected text, found a list'],
    ['retry: {attempts: many}', '5:23 "many" is not a number of attempts'],
    ['retry: {delay: 5}', '5:20 the duration "5" has no unit'],
    ['retry: {backoff: linear}', '5:22 "linear" is not a backoff'],
    ['retry: {backoff: fixed, factor: 3}', '5:29 "factor" contradicts "backoff: fixed"'],
    ['retry: {limit: 3}', '5:13 "limit" is not a key of retry'],
    ['retry: {on: [timout]}', '5:18 "timout" is nothing after which a run is tried again'],
  ])('%s is refused', (setting, problem) => {
    expect(problemsOf(setting)).toEqual([problem]);
  });
});

describe('success and expect', () => {
  it('are read', () => {
    expect(policyOf('success: {codes: [0, 3]}')?.success).toEqual({ codes: [0, 3] });
    const written = 'expect: {stdout: [done, 7, {not: [/error/i, bad]}], max-duration: 5m, min-bytes: 1kB}';
    expect(policyOf(written)?.expect).toEqual({
      stdout: [
        { text: 'done', isNot: false },
        { text: '7', isNot: false },
        { text: '/error/i', isNot: true },
        { text: 'bad', isNot: true },
      ],
      maxDurationMs: 300_000,
      minBytes: 1_000,
    });
  });

  it.each([
    ['success: {codes: [300]}', '5:23 "300" is not an exit code'],
    ['success: {codes: []}', '5:14 success lists no exit code'],
    ['success: {}', '5:14 success lists no exit code'],
    [
      'expect: {stdout: /(/}',
      '5:22 /(/ is not a regular expression: Invalid regular expression: /(/: Unterminated group',
    ],
    ['expect: {stdout: /a/g}', '5:22 the pattern /a/g has a flag that cannot be used'],
    ['expect: {stdout: ""}', '5:22 an expected text is empty'],
    ['expect: {stdout: "a\\nb"}', '5:22 an expected text has a line break or a NUL in it'],
    ['expect: {min-duration: 2s, max-duration: 1s}', '5:14 "min-duration" is above "max-duration"'],
    ['expect: {not: x}', '5:14 "not" is not a key of expect'],
    ['expect: {stderr: {nott: x}}', '5:23 "nott" is not a key of an expected text'],
  ])('%s is refused', (setting, problem) => {
    expect(problemsOf(setting)).toEqual([problem]);
  });
});
