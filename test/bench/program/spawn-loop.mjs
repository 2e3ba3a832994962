/** The floor of a scheduler's throughput: start processes, so many at a time, collect what they print, keep nothing. */
import { spawn } from 'node:child_process';

const [count, atOnce] = process.argv.slice(2).map(Number);
let left = count;
const startedAt = performance.now();
await Promise.all(Array.from({ length: atOnce }, runSome));
console.log(JSON.stringify({ perSecond: (count / (performance.now() - startedAt)) * 1000 }));

async function runSome() {
  while (left-- > 0) await runOne();
}

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
