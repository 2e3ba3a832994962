import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeStamp, quantile, supertaskCommand } from '../lateness.mjs';
import { bin, inEmptyHome } from '../measure.mjs';

export const name = '64 clients, one of which never reads: 100 jobs at one second, p99 late';
export const budget = 'at most 1.5 × the same scheduler without clients';

const JOBS = 100;
const READING = 63;
const PERIOD_MS = 8_000;
/** With clients and without, in turns; the first one, in which the scheduler starts, does not count. */
const PERIODS = Number(process.env.PERIODS ?? 6);

/** As many as may listen at a time; the last of them never reads. */
export function measure() {
  return inEmptyHome(async ({ directory, env }) => {
    const stamp = makeStamp(directory);
    const file = `${directory}/stamps`;
    writeFileSync(file, '');
    const task = { when: '*/2 * * * * *', run: { exec: [stamp, file] } };
    const tasks = Object.fromEntries(Array.from({ length: JOBS }, (_, index) => [`job-${index}`, task]));
    const [program, ...args] = supertaskCommand(tasks, 600, directory);
    const options = { cwd: directory, env };
    const running = spawn(program, [...args.filter((arg) => arg !== '--quiet'), '--ns=bench', '--http=0'], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const port = await portOf(running);
      const { stdout } = spawnSync(program, [bin, 'token', '--ns=bench'], { ...options, encoding: 'utf8' });
      const periods = [];
      for (let index = 0; index <= PERIODS; index++) {
        const clients = index % 2 === 0 ? [] : await openClients(port, stdout.trim());
        const from = Date.now() / 1000;
        await sleep(PERIOD_MS);
        periods.push({ from, to: Date.now() / 1000 - 0.5, told: told(clients), isWith: clients.length > 0 });
        for (const { socket } of clients) socket.destroy();
        await sleep(200);
      }
      return resultOf(readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number), periods.slice(1));
    } finally {
      running.kill('SIGTERM');
      await once(running, 'exit');
    }
  });
}

function resultOf(stamps, periods) {
  const late = (isWith) =>
    stamps
      .filter((at) =>
        periods.some((period) => period.isWith === isWith && at >= period.from && at < period.to),
      )
      .map((at) => (at % 2) * 1000)
      .sort((a, b) => a - b);
  const [ours, floor] = [late(true), late(false)];
  const least = Math.min(...periods.filter(({ isWith }) => isWith).map((period) => period.told));
  return {
    ours: quantile(ours, 0.99),
    floor: quantile(floor, 0.99),
    unit: 'ms',
    atMost: 1.5,
    notes: [
      `with clients: p50 ${quantile(ours, 0.5).toFixed(1)} ms, ${ours.length} starts; each was told ${least} events in 8 s at least`,
      `without: p50 ${quantile(floor, 0.5).toFixed(1)} ms, ${floor.length} starts`,
    ],
  };
}

async function portOf(running) {
  for await (const line of createInterface(running.stderr)) {
    const [, port] = /http on http:.*:(\d+)\/$/.exec(line) ?? [];
    if (port === undefined) continue;
    running.stderr.resume();
    return Number(port);
  }
  throw new Error('it did not listen');
}

async function openClients(port, token) {
  const open = async (index) => {
    const socket = connect(port, '127.0.0.1');
    const client = { socket, events: 0, head: '' };
    socket.on('error', () => {});
    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const [bytes] = await once(socket, 'data');
    const [head] = bytes.toString().split('\r\n');
    if (head !== 'HTTP/1.1 200 OK') throw new Error(`a client was told ${head}`);
    if (index === READING) socket.pause();
    else
      socket.on('data', (part) => {
        client.events += part.toString('latin1').split('event: ').length - 1;
      });
    return client;
  };
  return Promise.all(Array.from({ length: READING + 1 }, (_, index) => open(index)));
}

/** By who was told least of those that read. */
function told(clients) {
  return Math.min(...clients.slice(0, READING).map(({ events }) => events));
}
