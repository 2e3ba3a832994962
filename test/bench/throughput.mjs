import { answers, inEmptyHome, median } from './measure.mjs';

/** Enough for what only happens at the start not to count. */
const RUNS = 2_000;
/** As many as a scheduler allows. */
export const AT_ONCE = 256;
const ROUNDS = 5;

/** Runs per second of a timetable beside a spawn loop that has so many processes at a time, the two in turns. */
export function measureThroughput(floorAtOnce) {
  return inEmptyHome(({ directory, env }) => {
    const options = { env, cwd: directory };
    const rounds = Array.from({ length: ROUNDS }, () => ({
      floor: answers('spawn-loop.mjs', [RUNS, floorAtOnce], options).perSecond,
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
