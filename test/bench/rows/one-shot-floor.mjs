import { inEmptyHome, medians } from '../measure.mjs';

export const name = 'node that only spawns sh -c true';
export const budget = 'what no program in Node can beat';

const SPAWN = "require('node:child_process').spawn('sh', ['-c', 'true'], ";
const INHERITED = `${SPAWN}{ stdio: 'inherit' })`;
/** As a run is started: in a process group of its own, with what it writes read by us. */
const CAPTURED = `
  const child = ${SPAWN}{ stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', () => {});`;

export function measure() {
  return inEmptyHome(({ directory, env }) => {
    const commands = { floor: ['-e', '0'], ours: ['-e', INHERITED], captured: ['-e', CAPTURED] };
    const ms = medians(commands, { env, cwd: directory });
    const ratio = (ms.captured / ms.floor).toFixed(2);
    const notes = [`with its output read through pipes, as every run's is: ${ratio}`];
    return { ours: ms.ours, floor: ms.floor, unit: 'ms', notes };
  });
}
