import { describe, expect, it } from 'vitest';
import { createPatience, type Progress } from '../../src/app/control/vigil.ts';

const WORKS: Progress = { isGettingOn: true, isHalted: false };
const IDLE: Progress = { isGettingOn: false, isHalted: false };
const HALTED: Progress = { isGettingOn: false, isHalted: true };
/** Its run still ends, by somebody else's doing. */
const HALTED_AND_ENDING: Progress = { isGettingOn: true, isHalted: true };

describe('patience', () => {
  it.each<[string, readonly (readonly [number, Progress])[], boolean]>([
    ['has no end while something gets on', [[9_000, WORKS], [600_000, WORKS]], false], // biome-ignore format: a table
    ['lasts 10 s', [[9_999, HALTED]], false],
    ['ends after 10 s', [[1_000, HALTED], [10_000, HALTED]], true], // biome-ignore format: a table
    ['begins anew when something gets on', [[9_000, WORKS], [18_999, IDLE]], false], // biome-ignore format: a table
    ['ends 10 s after nothing gets on any more', [[9_000, WORKS], [19_000, IDLE]], true], // biome-ignore format: a table
    ['waits for the processes of a run', [[60_000, HALTED_AND_ENDING]], false],
    ['is over with them where nobody can notice', [[60_000, HALTED_AND_ENDING], [61_000, HALTED]], true], // biome-ignore format: a table
    ['begins anew when who was halted goes on', [[9_000, HALTED], [12_000, WORKS], [13_000, HALTED]], false], // biome-ignore format: a table
  ])('%s', (_, looks, expected) => {
    const isInVain = createPatience(0);
    expect(looks.map(([at, progress]) => isInVain(progress, at)).at(-1)).toBe(expected);
  });
});
