import { bin, inEmptyHome, medians } from '../measure.mjs';

export const name = 'supertask --version';
export const budget = 'at most 1.1 × node -e 0';

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const ms = medians({ floor: ['-e', '0'], ours: [bin, '--version'] }, { env, cwd: directory });
    return { ours: ms.ours, floor: ms.floor, unit: 'ms', atMost: 1.1 };
  });
}
