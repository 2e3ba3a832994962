import { expect, it } from 'vitest';
import { createBreath } from '../../src/app/breath.ts';

it.each([
  [0, true],
  [60_000, false],
])('lets others go first after %i ms of work', async (longestMs, isFirst) => {
  let done = false;
  setImmediate(() => {
    done = true;
  });
  await createBreath(longestMs)();
  expect(done).toBe(isFirst);
});
