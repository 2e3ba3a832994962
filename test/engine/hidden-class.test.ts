/** What is made for each run: V8 keeps such objects small where they have a hidden class, and all the same one. */
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { inheritedEnvironment, runEnvironment } from '../../src/engine/environment.ts';
import { createEnding } from '../../src/executor/ending.ts';
import type { Run } from '../../src/model/run.ts';
import { rig } from '../support/rig.ts';

setFlagsFromString('--allow-natives-syntax');
const isAlike = new Function('left', 'right', 'return %HaveSameMap(left, right)') as (
  left: unknown,
  right: unknown,
) => boolean;
/** Whether it is no dictionary. */
const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: unknown) => boolean;

describe('the hidden class', () => {
  it('can be told', () => {
    const withGetter = {
      get value() {
        return 1;
      },
    };
    expect([isFast(withGetter), isFast({ value: 1 })]).toEqual([false, true]);
    expect([isAlike({ a: 1 }, { b: 1 }), isAlike({ a: 1 }, { a: 2 })]).toEqual([false, true]);
  });

  it('is one for all runs, their requests and their records', async () => {
    const tasks = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { when: 'every 1h' }]));
    const { engine, executor, stop } = await rig(tasks, { maxRunning: 2 });
    const begun = [...engine.live()];
    await Promise.all([executor.finish(), executor.finish()]);
    const waited = [...engine.live()];
    for (const [left, right] of [
      begun,
      waited,
      begun.map(({ run }) => run),
      waited.map(({ run }) => run),
      executor.requests,
    ]) {
      expect([isFast(left), isFast(right), isAlike(left, right)]).toEqual([true, true, true]);
    }
    await stop();
  });

  it('is one for all environments, which are dictionaries', () => {
    const inherited = inheritedEnvironment(process.env);
    const at = new Date(0);
    const make = (id: string) => {
      const run: Run = {
        id,
        namespace: 'test',
        job: 'job',
        status: 'starting',
        trigger: 'once',
        attempt: 1,
        scheduledAt: at,
      };
      return runEnvironment(inherited, { MINE: id }, undefined, run, '/named');
    };
    // Spread operators go another way once they have been used for a while.
    const made = Array.from({ length: 1_000 }, (_, index) => make(`${index}`));
    expect(isAlike(made.at(-2), made.at(-1))).toBe(true);
  });

  it('is one for what sees to the ends of processes', () => {
    const stop = { signal: 'SIGTERM', graceMs: 1 } as const;
    const make = () => createEnding({ leader: 1, runId: 'run', stop, remote: undefined }, () => {});
    expect([isFast(make()), isAlike(make(), make())]).toEqual([true, true]);
  });
});
