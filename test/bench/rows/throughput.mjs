import { answers, inEmptyHome, median } from '../measure.mjs';

export const name = 'runs per second, journalled and captured';
export const budget = 'at least 0.8 × a bare spawn loop in Node';

/** Enough for what only happens at the start not to count. */
const RUNS = 2_000;
/** As many as a scheduler allows. */
const AT_ONCE = 256;
const ROUNDS = 5;

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const options = { env, cwd: directory };
    const rounds = Array.from({ length: ROUNDS }, () => ({
      floor: answers('spawn-loop.mjs', [RUNS, AT_ONCE], options).perSecond,
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
