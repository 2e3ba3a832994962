/** The floor of a scheduler's throughput: start so many processes at once, collect what they print, keep nothing. */
import { spawn } from 'node:child_process';

const count = Number(process.argv[2]);
const startedAt = performance.now();
await Promise.all(Array.from({ length: count }, runOne));
console.log(JSON.stringify({ perSecond: (count / (performance.now() - startedAt)) * 1000 }));

function runOne() {
  return new Promise((resolve, reject) => {
    const child = spawn('true', { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const printed = [];
    child.stdout.on('data', (bytes) => printed.push(bytes));
    child.stderr.on('data', (bytes) => printed.push(bytes));
    child.once('error', reject);
    child.once('close', () => resolve(printed));
  });
}
