/** So many croner jobs due at every other second, each starting a program: crowd-croner.mjs PROGRAM FILE JOBS SECONDS */
import { spawn } from 'node:child_process';
import { Cron } from 'croner';

const [program, file, jobs, seconds] = process.argv.slice(2);
for (let job = 0; job < Number(jobs); job++) new Cron('*/2 * * * * *', start);
setTimeout(() => process.exit(), Number(seconds) * 1000);

function start() {
  const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
}
