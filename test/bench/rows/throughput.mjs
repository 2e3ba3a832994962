import { answers, inEmptyHome, median } from '../measure.mjs';

export const name = 'runs per second, journalled and captured';
export const budget = 'at least 0.8 × a bare spawn loop in Node';

/** Below the number of runs that a scheduler allows at a time. */
const RUNS = 200;
const ROUNDS = 7;

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const options = { env, cwd: directory };
    const rounds = Array.from({ length: ROUNDS }, () => ({
      floor: answers('spawn-loop.mjs', [RUNS], options).perSecond,
      ours: answers('timetable.mjs', [RUNS, `${directory}/state`], options).perSecond,
    }));
    return {
      ours: median(rounds.map((round) => round.ours)),
      floor: median(rounds.map((round) => round.floor)),
      unit: 'runs/s',
      atLeast: 0.8,
    };
  });
}
