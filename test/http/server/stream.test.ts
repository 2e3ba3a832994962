/** Streams over real connections: clients that do not read, and too many of them. */
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/app/parts.ts';
import { STREAM_LIMITS } from '../../../src/http/sse.ts';
import { dueRun, ORIGIN, owned } from '../../store/conformance.ts';
import { watchConnections } from '../../support/connections.ts';
import { type ServerRig, serverRig, TOKENS } from '../../support/server.ts';

const MANY = { requests: { burst: 1_000, perSecond: 0 } };

/** Asks for a stream, and reads until its headers are there. */
async function open(rig: ServerRig, path = '/events'): Promise<{ socket: Socket; head: string }> {
  const socket = await rig.socket();
  socket.write(
    `GET /api/v1${path} HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nAuthorization: Bearer ${TOKENS.read}\r\n\r\n`,
  );
  let head = '';
  while (!head.includes('\r\n\r\n'))
    head += await new Promise<string>((resolve, reject) => {
      socket.once('data', (bytes) => resolve(bytes.toString()));
      socket.once('close', () => reject(new Error(`closed after ${head}`)));
    });
  return { socket, head };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const ROUNDS = 12;
const RUNS = 20;

/** Runs whose records are long, so that they fill what the system holds for a connection; `seen`: somebody has been told of so many. */
async function performMany(root: string, seen: (runs: number) => Promise<void>): Promise<void> {
  const writer = await openStore(root).open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  const start = Date.now();
  for (let index = 1; index <= ROUNDS * RUNS; index++) {
    const startedAt = new Date(start + index);
    const run = dueRun('job', startedAt.toISOString(), { startedAt, note: 'x'.repeat(60_000) });
    const [claimed] = await writer.claim([{ run }]);
    owned(claimed).close();
    await writer.record({ id: run.id, status: 'succeeded', endedAt: new Date(), exitCode: 0 });
    if (index % RUNS === 0) await seen(index);
  }
  await writer.close('test');
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it('a client that never reads is cut off with little held for it, and others are told all the same', async () => {
  const connections = watchConnections();
  const limit = {
    ...MANY,
    // Another guard ends connections that stand still; here it is never its turn.
    stallMs: 3_600_000,
    // What happens in one round may wait, also for the one that reads.
    streams: { ...STREAM_LIMITS, maxPending: RUNS * 2 },
  };
  const rig = await serverRig({ limit });
  const [lazy, eager] = [await open(rig), await open(rig)];
  lazy.socket.pause();
  const served = connections.socketOf(lazy.socket);
  connections.stop();
  let bytes = 0;
  let ends = 0;
  let mostHeld = 0;
  eager.socket.on('data', (part) => {
    bytes += part.length;
    ends += part.toString('latin1').split('"change":"ended"').length - 1;
    mostHeld = Math.max(mostHeld, served.writableLength);
  });
  collect();
  const before = process.memoryUsage().arrayBuffers;
  await performMany(rig.root, async (runs) => {
    await expect.poll(() => ends, { timeout: 20_000 }).toBeGreaterThanOrEqual(runs);
  });
  expect(bytes).toBeGreaterThan(ROUNDS * RUNS * 2 * 60_000);
  expect(served.destroyed).toBe(true);
  expect(mostHeld).toBeLessThanOrEqual(STREAM_LIMITS.maxQueuedBytes);
  // Memory is given back in the background.
  await expect
    .poll(
      () => {
        collect();
        return process.memoryUsage().arrayBuffers - before;
      },
      { timeout: 20_000 },
    )
    .toBeLessThan(bytes / 4);
  // It learns of it when it reads again.
  const gone = closed(lazy.socket);
  lazy.socket.resume();
  await gone;
  expect(eager.socket.destroyed).toBe(false);
});

it('a client more than 64 is told to come later, and has its place when one is gone', async () => {
  const warnings: string[] = [];
  const warn = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warn);
  const rig = await serverRig({ limit: MANY });
  const clients = await Promise.all(Array.from({ length: STREAM_LIMITS.maxStreams }, () => open(rig)));
  expect(new Set(clients.map(({ head }) => head.split('\r\n')[0]))).toEqual(new Set(['HTTP/1.1 200 OK']));
  const { status, headers, body } = await rig.ask('/api/v1/events', { token: TOKENS.read });
  expect([status, headers['retry-after'], body]).toMatchObject([503, '10', { title: 'Too many streams.' }]);
  const gone = clients[0]?.socket;
  gone?.destroy();
  await expect.poll(async () => (await rig.ask('/api/v1/events', { token: TOKENS.read })).status).toBe(200);
});
