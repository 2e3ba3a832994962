import { expect, it } from 'vitest';
import {
  parseLimit,
  parseMissedPolicy,
  parseOverlapPolicy,
  parseStopSignal,
} from '../../src/model/policy.js';

it.each([
  ['TERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  ['hup', 'SIGHUP'],
  ['sigkill', 'SIGKILL'],
])('the stop signal %s is %s', (text, signal) => {
  expect(parseStopSignal(text)).toBe(signal);
});

it.each([
  [() => parseStopSignal('STOP'), '"STOP" is not a stop signal'],
  [() => parseStopSignal('9'), '"9" is not a stop signal'],
  [() => parseOverlapPolicy('Skip'), '"Skip" is not an overlap policy'],
  [() => parseMissedPolicy('none'), '"none" is not a policy for missed runs'],
  [() => parseLimit('5'), 'the duration "5" has no unit'],
])('refuses what it does not know (%#)', (act, message) => {
  expect(act).toThrow(message);
});

it('reads the policies', () => {
  expect(['skip', 'queue', 'parallel', 'replace'].map(parseOverlapPolicy)).toEqual([
    'skip',
    'queue',
    'parallel',
    'replace',
  ]);
  expect(['skip', 'latest', 'all'].map(parseMissedPolicy)).toEqual(['skip', 'latest', 'all']);
  expect([parseLimit('none'), parseLimit('90s')]).toEqual([undefined, 90_000]);
});

it('says what was meant', () => {
  expect(() => parseOverlapPolicy('paralel')).toThrow(
    expect.objectContaining({
      code: 'SETTING_INVALID',
      hint: 'Did you mean parallel? Use one of: skip, queue, parallel, replace.',
    }),
  );
});
