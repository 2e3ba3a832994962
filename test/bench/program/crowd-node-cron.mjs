/** The same with node-cron. */
import { spawn } from 'node:child_process';
import cron from 'node-cron';

const [program, file, jobs, seconds] = process.argv.slice(2);
for (let job = 0; job < Number(jobs); job++) cron.schedule('*/2 * * * * *', start);
setTimeout(() => process.exit(), Number(seconds) * 1000);

function start() {
  const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
}
