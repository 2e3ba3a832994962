import { join } from 'node:path';
import { latenessOf, makeStamp, quantile, supertaskCommand } from '../lateness.mjs';
import { inEmptyHome } from '../measure.mjs';

export const name = 'start of one job while 1,000 others wait, p99 late';
export const budget = 'at most 5 ms over a timer and a spawn in Node';

const SECONDS = 25;
const ROOM_MS = 5;

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const stamp = makeStamp(directory);
    const waiting = Array.from({ length: 1_000 }, (_, index) => [
      `waiting-${index}`,
      { when: `${index % 60} ${Math.floor(index / 60)} 29 2 *`, run: { exec: ['true'] } },
    ]);
    const one = { when: '* * * * * *', run: { exec: [stamp, `${directory}/stamps`] } };
    const ours = supertaskCommand(Object.fromEntries([['one', one], ...waiting]), SECONDS, directory);
    const timer = join(import.meta.dirname, '../program/one-timer.mjs');
    const [mine, floor] = [ours, [process.execPath, timer, stamp, 'FILE', String(SECONDS)]].map((command) =>
      latenessOf(command, { directory, env }),
    );
    const p99 = quantile(floor, 0.99);
    const notes = [
      `p50 ${quantile(mine, 0.5).toFixed(1)} ms, of a timer and a spawn ${quantile(floor, 0.5).toFixed(1)} ms`,
    ];
    return { ours: quantile(mine, 0.99), floor: p99, unit: 'ms', atMost: (p99 + ROOM_MS) / p99, notes };
  });
}
