import { inEmptyHome, medians } from '../measure.mjs';

export const name = 'node that only spawns sh -c true';
export const budget = 'what no program in Node can beat';

const PROGRAM = "require('node:child_process').spawn('sh', ['-c', 'true'], { stdio: 'inherit' })";

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const ms = medians({ floor: ['-e', '0'], ours: ['-e', PROGRAM] }, { env, cwd: directory });
    return { ours: ms.ours, floor: ms.floor, unit: 'ms' };
  });
}
