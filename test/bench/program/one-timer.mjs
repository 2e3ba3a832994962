/** The floor of lateness: one timer, one spawn, at each full second. one-timer.mjs PROGRAM FILE SECONDS */
import { spawn } from 'node:child_process';

const [program, file, seconds] = process.argv.slice(2);
const endAt = Date.now() + Number(seconds) * 1000;
wait();

function wait() {
  setTimeout(start, 1000 - (Date.now() % 1000));
}

function start() {
  if (Date.now() > endAt) return;
  const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.stdout.resume();
  child.stderr.resume();
  wait();
}
