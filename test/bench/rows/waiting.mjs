import { answers, inEmptyHome } from '../measure.mjs';

export const name = '100,000 jobs that wait';
export const budget = 'at most 150 MB';

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const { loadMs, rssMb, peakMb, idleCpu } = answers('waiting.mjs', [100_000, `${directory}/state`], {
      env,
      cwd: directory,
    });
    return {
      ours: rssMb,
      floor: 150,
      unit: 'MB',
      atMost: 1,
      notes: [
        `loaded in ${(loadMs / 1000).toFixed(1)} s with at most ${peakMb.toFixed(0)} MB; idle, ${(idleCpu * 100).toFixed(2)} % of a core`,
      ],
    };
  });
}
