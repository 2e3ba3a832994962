import { latenessOf, makeStamp, peerCommands, quantile, supertaskCommand } from '../lateness.mjs';
import { inEmptyHome } from '../measure.mjs';

export const name = 'start of 100 jobs due at one second, p99 late';
export const budget = 'at most 0.8 × the best of croner, node-cron and APScheduler';

const JOBS = 100;
const SECONDS = 11;

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const stamp = makeStamp(directory);
    const task = { when: '*/2 * * * * *', run: { exec: [stamp, `${directory}/stamps`] } };
    const tasks = Object.fromEntries(Array.from({ length: JOBS }, (_, index) => [`job-${index}`, task]));
    const commands = {
      supertask: supertaskCommand(tasks, SECONDS, directory),
      ...peerCommands(stamp, JOBS, SECONDS),
    };
    const late = Object.entries(commands).map(([who, command]) => {
      const sorted = latenessOf(command, { directory, env });
      return { who, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
    });
    const [ours, ...peers] = late;
    const best = peers.reduce((least, { p99 }) => Math.min(least, p99), Number.POSITIVE_INFINITY);
    return {
      ours: ours.p99,
      floor: best,
      unit: 'ms',
      atMost: 0.8,
      notes: late.map(({ who, p50, p99 }) => `${who}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`),
    };
  });
}
