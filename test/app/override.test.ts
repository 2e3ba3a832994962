import { describe, expect, it } from 'vitest';
import { checkSkipped } from '../../src/app/override.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { dueRun, ORIGIN } from '../store/conformance.ts';

const AT = new Date('2026-05-01T08:00:00Z');
const TARGET = { namespace: 'n1', job: 'sync' };

describe('a moment that is to be skipped', () => {
  it.each([
    [
      'was run before anybody heard of it',
      { startedAt: AT },
      AT,
      /^sync was started for 2026-05-01T08:00:00.000Z before/,
    ],
    ['was skipped', { status: 'skipped', reason: 'operator', endedAt: AT } as const, AT, undefined],
    ['is still to come', { startedAt: AT }, new Date(AT.getTime() - 1), undefined],
  ])('%s', async (_, record, now, expected) => {
    const store = createMemoryStore();
    const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: AT });
    await writer.claim([{ run: dueRun('sync', AT.toISOString(), record) }]);
    const error = await checkSkipped(store, TARGET, AT, now).catch((thrown: Error) => thrown);
    if (expected === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(expected) });
  });
});
