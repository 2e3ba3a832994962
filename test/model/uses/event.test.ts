import { describe, expect, it } from 'vitest';
import {
  eventText,
  eventTitle,
  formatEvent,
  parseEvent,
  type RunEvent,
} from '../../../src/model/uses/event.js';

const EVENT: RunEvent = {
  namespace: 'shop',
  job: 'backup',
  runId: '01a1fbfc-8200-82a2-a411-a5da4779d662',
  status: 'failed',
  reason: 'exit-code',
  exitCode: 3,
  attempt: 1,
  trigger: 'schedule',
  scheduledAt: '2026-11-21T02:30:00.000Z',
  host: 'web1',
};

describe('the title of an event', () => {
  it.each<[string, Partial<RunEvent>]>([
    ['backup failed (exit 3) on web1', {}],
    ['Nightly backup failed (exit 3) on web1', { name: 'Nightly backup' }],
    ['backup failed (signal SIGKILL) on web1', { reason: 'signal', signal: 'SIGKILL' }],
    ['backup failed (timeout) on web1, 4 times in a row', { reason: 'timeout', failuresInRow: 4 }],
    ['backup could not be run (spawn) on web1', { status: 'errored', reason: 'spawn', exitCode: 127 }],
    ['backup was missed (down) on web1', { status: 'missed', reason: 'down' }],
    ['backup was skipped (overlap) on web1', { status: 'skipped', reason: 'overlap' }],
    [
      'backup recovered after 3 failures and 2h on web1',
      { status: 'succeeded', recovered: { failures: 3, afterMs: 7_200_250 } },
    ],
    [
      'backup recovered after 1 failure and 90ms on web1',
      { status: 'succeeded', recovered: { failures: 1, afterMs: 90 } },
    ],
  ])('%s', (title, changes) => {
    expect(eventTitle({ ...EVENT, ...changes })).toBe(title);
  });

  it('of a run that goes well says no reason', () => {
    const { reason: _, exitCode: __, ...rest } = EVENT;
    expect(eventTitle({ ...rest, status: 'succeeded' })).toBe('backup succeeded on web1');
    expect(eventTitle({ ...rest, status: 'running' })).toBe('backup started on web1');
  });
});

it('tells what happened in lines, with the end of the output', () => {
  const outputTail = `${Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n')}\n`;
  const text = eventText({
    ...EVENT,
    message: 'step 2 (upload)',
    args: { country: 'DE' },
    startedAt: '2026-11-21T02:30:00.004Z',
    endedAt: '2026-11-21T02:31:30.404Z',
    durationMs: 90_400,
    attempt: 2,
    outputTail,
  });
  expect(text.split('\n').slice(0, 11)).toEqual([
    'step 2 (upload)',
    'country: DE',
    'due: 2026-11-21T02:30:00.000Z',
    'started: 2026-11-21T02:30:00.004Z',
    'ended: 2026-11-21T02:31:30.404Z',
    'took: 1m30s',
    'attempt: 2',
    'run: 01a1fbfc-8200-82a2-a411-a5da4779d662',
    '',
    'line 10',
    'line 11',
  ]);
  expect(text.endsWith('line 29')).toBe(true);
});

it('travels as JSON that fits into a variable, however long the output is', () => {
  const text = formatEvent({ ...EVENT, message: 'm'.repeat(1e6), outputTail: `${'x'.repeat(1e6)}end` });
  expect(Buffer.byteLength(text)).toBeLessThan(128 * 1024);
  expect(parseEvent(text)?.outputTail?.endsWith('end')).toBe(true);
});

it.each(['', 'no JSON', '5', 'null', '[]', '{}', '{"job": "a"}'])('%j is no event', (text) => {
  expect(parseEvent(text)).toBeUndefined();
});
