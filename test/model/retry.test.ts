import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY,
  parseAttempts,
  parseFactor,
  parseRetryCause,
  parseRetryJitter,
  type RetryPolicy,
  retryDelay,
} from '../../src/model/retry.ts';
import type { Run } from '../../src/model/run.ts';

function failed(more: Partial<Run> = {}): Run {
  return {
    id: 'x',
    namespace: 'n',
    job: 'a',
    status: 'failed',
    reason: 'exit-code',
    exitCode: 3,
    trigger: 'schedule',
    attempt: 1,
    scheduledAt: new Date('2026-01-01T00:00:00Z'),
    ...more,
  };
}

const delays = (policy: Partial<RetryPolicy>, attempts = [1, 2, 3, 4]) =>
  attempts.map((attempt) => retryDelay({ ...DEFAULT_RETRY, ...policy }, failed({ attempt })));

describe('delays', () => {
  it.each<[string, Partial<RetryPolicy>, (number | undefined)[]]>([
    ['double from a second on', { attempts: 9 }, [1_000, 2_000, 4_000, 8_000]],
    ['are all alike when fixed', { attempts: 9, factor: 1, delayMs: 500 }, [500, 500, 500, 500]],
    ['grow by another factor', { attempts: 9, factor: 1.5 }, [1_000, 1_500, 2_250, 3_375]],
    ['have a limit', { attempts: 9, maxDelayMs: 3_000 }, [1_000, 2_000, 3_000, 3_000]],
    ['end with the last attempt', { attempts: 3 }, [1_000, 2_000, undefined, undefined]],
  ])('%s', (_, policy, expected) => {
    expect(delays(policy)).toEqual(expected);
  });

  it('stay finite however many attempts there were', () => {
    expect(delays({ attempts: 1_000, factor: 100 }, [999])).toEqual([DEFAULT_RETRY.maxDelayMs]);
  });

  it('are spread alike by every scheduler, and unlike for each attempt', () => {
    const policy = { attempts: 100, factor: 1, jitter: { share: 0.5 } };
    const spread = delays(policy, [1, 2, 3, 4, 5, 6]);
    expect(spread).toEqual(delays(policy, [1, 2, 3, 4, 5, 6]));
    expect(new Set(spread).size).toBe(6);
    expect(spread.every((ms) => ms !== undefined && ms >= 1_000 && ms < 1_500)).toBe(true);
  });
});

describe('what is tried again', () => {
  it.each<[string, Partial<Run>, boolean]>([
    ['an exit code', {}, true],
    ['a timeout', { reason: 'timeout' }, true],
    ['a signal', { reason: 'signal', signal: 'SIGSEGV' }, true],
    ['a broken expectation', { reason: 'expectation', exitCode: 0 }, true],
    ['a program that is missing', { status: 'errored', reason: 'spawn' }, true],
    ['a run that was lost', { status: 'errored', reason: 'lost' }, true],
    ['a success', { status: 'succeeded' }, false],
    ['a run that somebody stopped', { reason: 'stopped' }, false],
    ['a template that is wrong', { status: 'errored', reason: 'template' }, false],
    ['a moment that was skipped', { status: 'skipped', reason: 'overlap' }, false],
  ])('%s: by default %s', (_, run, expected) => {
    expect(retryDelay(DEFAULT_RETRY, failed(run)) !== undefined).toBe(expected);
  });

  it.each<[string, Partial<Run>, boolean]>([
    ['3', {}, true],
    ['4', {}, false],
    ['exit-code', {}, true],
    ['timeout', {}, false],
    ['3', { reason: 'expectation', exitCode: 3 }, false],
    ['signal', { reason: 'signal', signal: 'SIGKILL' }, true],
    ['sigkill', { reason: 'signal', signal: 'SIGKILL' }, true],
    ['kill', { reason: 'signal', signal: 'SIGKILL' }, true],
    ['IOT', { reason: 'signal', signal: 'SIGABRT' }, true],
    ['SIGSEGV', { reason: 'signal', signal: 'SIGKILL' }, false],
  ])('on: %s, %o: %s', (text, run, expected) => {
    const policy = { ...DEFAULT_RETRY, on: [parseRetryCause(text)] };
    expect(retryDelay(policy, failed(run)) !== undefined).toBe(expected);
  });
});

it.each<[string, (text: string) => unknown, RegExp]>([
  ['0', parseAttempts, /not a number of attempts/],
  ['1001', parseAttempts, /not a number of attempts/],
  ['three', parseAttempts, /not a number of attempts/],
  ['0', parseRetryCause, /nothing after which/],
  ['256', parseRetryCause, /nothing after which/],
  ['timout', parseRetryCause, /nothing after which/],
  ['SIGSEVG', parseRetryCause, /nothing after which/],
  ['SIGSTOP', parseRetryCause, /nothing after which/],
  ['0.5', parseFactor, /not a factor/],
  ['5000%', parseRetryJitter, /more than 1000%/],
  ['5', parseRetryJitter, /has no unit/],
])('%s is refused', (text, parse, message) => {
  expect(() => parse(text)).toThrow(message);
});

it.each([
  ['timout', 'Did you mean timeout?'],
  ['SIGSEVG', 'Did you mean SIGSEGV?'],
  ['segvv', 'Did you mean SIGSEGV?'],
])('%s is probably another word: %s', (text, hint) => {
  expect(() => parseRetryCause(text)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(hint) }),
  );
});
