/** `every … after finish`: it goes on, whatever becomes of a moment. */
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { rig } from '../support/rig.ts';

const MINUTE = 60_000;
const when = 'every 10m after finish';

describe('a job that is due so long after its last run', () => {
  it('is due again after a moment that was missed', async () => {
    const one = await rig({ job: { when, policy: { missed: 'skip' } } });
    await one.executor.finish();
    await one.time.advance(5 * MINUTE);
    one.time.suspend(60 * MINUTE);
    await one.time.advance(MINUTE);
    expect((await one.records()).at(-1)).toBe('missed/asleep@00:10:00 x1');
    await one.time.advance(10 * MINUTE);
    expect(one.executor.running).toBe(1);
    await one.stop();
  });

  it('is due again after a condition did not hold', async () => {
    let holds = false;
    const gate = { conditions: [{ kind: 'file', path: '/flag', newerMs: undefined }] } as const;
    const one = await rig({ job: { when, gate } }, { look: async () => ({ holds, found: 'no' }) });
    holds = true;
    await one.time.advance(10 * MINUTE);
    expect(one.executor.running).toBe(1);
    expect(await one.records()).toEqual(['skipped/condition@00:00:00', 'running@00:10:00']);
    await one.stop();
  });

  it('is due as soon as the state can be written again', async () => {
    let isFull = false;
    const one = await rig({ job: { when } }, { store: failingWhen(() => isFull) });
    await one.executor.finish();
    isFull = true;
    await one.time.advance(11 * MINUTE);
    expect(one.executor.running).toBe(0);
    isFull = false;
    await one.time.advance(MINUTE);
    expect(one.executor.running).toBe(1);
    expect((await one.records()).at(-1)).toBe('running@00:10:00');
    await one.stop();
  });

  it('is due again where another scheduler had a run of it', async () => {
    const other = await rig({ job: { when } });
    const one = await rig({ job: { when } }, { store: other.store, time: other.time, isShared: true });
    expect(one.executor.running).toBe(0);
    await one.time.advance(MINUTE);
    await other.executor.finish();
    await other.stop();
    await one.time.advance(9 * MINUTE);
    expect(one.executor.running).toBe(1);
    await one.stop();
  });

  it('is not due while a run of it goes that somebody asked for', async () => {
    const one = await rig({ job: { when } });
    await one.executor.finish();
    await one.time.advance(9 * MINUTE);
    const [first] = one.engine.jobs();
    if (first === undefined) throw new Error('it has no job');
    await one.engine.trigger({ job: first.job, trigger: 'manual' });
    await one.time.advance(60 * MINUTE);
    expect(await one.records()).toEqual([
      'succeeded@00:00:00',
      'running@00:09:00',
      'skipped/overlap@00:10:00',
    ]);
    await one.executor.finish();
    await one.time.advance(10 * MINUTE);
    expect(one.executor.running).toBe(1);
    await one.stop();
  });
});

function failingWhen(isFull: () => boolean): Store {
  const store = createMemoryStore();
  return {
    ...store,
    async open(...given) {
      const writer = await store.open(...given);
      return {
        ...writer,
        async claim(claims) {
          if (isFull()) throw new SupertaskError('STATE_UNAVAILABLE', 'the disk is full', {});
          return writer.claim(claims);
        },
      };
    },
  };
}
