import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory.js';
import { describeStore, dueRun, ORIGIN } from './conformance.js';

describeStore('memory', () => {
  let at = '2026-05-01T12:00:00Z';
  const store = createMemoryStore({ now: () => new Date(at) });
  const setClock = (to: string): void => {
    at = to;
  };
  return { store, other: store, setClock, dispose: () => undefined };
});

it('forgets the runs that ended first, and never one that is going', async () => {
  const store = createMemoryStore({ keepRuns: 2 });
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date(0) });
  const runs = ['00', '01', '02', '03'].map((minute) => dueRun('a', `2026-05-01T00:${minute}:00Z`));
  await writer.claim(runs.map((run) => ({ run })));
  for (const run of runs.slice(1)) await writer.record({ id: run.id, status: 'succeeded' });
  const kept = (await store.runs({ limit: 10 })).map(({ id, status }) => [id, status]);
  expect(kept).toEqual([
    [runs[3]?.id, 'succeeded'],
    [runs[2]?.id, 'succeeded'],
    [runs[0]?.id, 'starting'],
  ]);
});
