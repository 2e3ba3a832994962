/** Clients that send slowly, read slowly, or do neither. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createListener } from '../../../src/http/listener.ts';
import { createStreams } from '../../../src/http/sse.ts';
import { watchConnections } from '../../support/connections.ts';
import { serverRig, TOKENS } from '../../support/server.ts';

const MIB = 1024 * 1024;
const IMPATIENT = { headersMs: 200, requestMs: 400, keepAliveMs: 100, stallMs: 400 };

describe('a client', () => {
  it.each([
    ['says nothing', [''], '408'],
    ['says its headers slowly', ['GET / HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n'], '408'],
    [
      'says its body slowly',
      [
        'POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX-Supertask: 1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
        ' ',
      ],
      '408',
    ],
    ['asks once and stays', ['GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'], '200'],
  ])('that %s is hung up on, however many there are', async (_, [first = '', ...more], status) => {
    const { socket, port, ask } = await serverRig({ limit: IMPATIENT });
    const clients = await Promise.all(Array.from({ length: 50 }, socket));
    const answers = await Promise.all(
      clients.map((client) => {
        client.write(first.replace('PORT', String(port)));
        const dribble = setInterval(() => more[0] && client.write(more[0]), 50);
        return untilClosed(client).finally(() => clearInterval(dribble));
      }),
    );
    expect(new Set(answers.map((answer) => answer.slice(9, 12)))).toEqual(new Set([status]));
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  it('more than there may be is hung up on, until another one has gone', async () => {
    const { socket, port, ask } = await serverRig({ limit: { connections: 3 } });
    const clients = await Promise.all([socket(), socket(), socket()]);
    // What the kernel has taken up is not yet what the server has.
    for (const client of clients) await exchange(client, port);
    expect(await untilClosed(await socket())).toBe('');
    const [first] = clients;
    const gone = first && new Promise((resolve) => first.once('close', resolve));
    first?.end();
    await gone;
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  it('that asks for much and reads nothing is hung up on, and one that reads slowly is not', async () => {
    const connections = watchConnections();
    const { socket, port, root, server } = await serverRig({ limit: IMPATIENT });
    mkdirSync(join(root, 'web'));
    writeFileSync(join(root, 'web/index.html'), '<!doctype html>');
    writeFileSync(join(root, 'web/big.txt'), Buffer.alloc(16 * MIB));
    expect(server.url).toContain(String(port));
    const asked = `GET /big.txt HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKENS.read}\r\nConnection: close\r\n\r\n`;
    const deaf = await socket();
    deaf.pause();
    deaf.write(asked);
    const slow = await socket();
    slow.write(asked);
    let read = 0;
    for await (const chunk of slow) {
      read += (chunk as Buffer).length;
      if (read < 8 * MIB) await sleep(2);
    }
    expect(read).toBeGreaterThan(16 * MIB);
    // Before it reads, which would be early enough on a machine that was slow to look.
    await expect.poll(() => connections.socketOf(deaf).destroyed, { timeout: 20_000 }).toBe(true);
    connections.stop();
    expect((await untilClosed(deaf)).length).toBeLessThan(16 * MIB);
  });
});

describe('a listener', () => {
  it('that never reads is cut off before much is held for it', async () => {
    const streams = createStreams();
    const closing = new AbortController();
    let sent = 0;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const event = `data: ${'x'.repeat(1_000)}\n\n`;
    const listener = createListener(
      ({ signal }, { cut }) =>
        streams.open({ isHead: false, signal, closing: closing.signal, drop: cut }, async (stream) => {
          stream.signal.addEventListener('abort', () => end());
          while (!stream.signal.aborted) {
            for (let at = 0; at < 100; at++) stream.send(event);
            sent += 100 * event.length;
            await new Promise(setImmediate);
          }
        }),
      (error) => expect.unreachable(String(error)),
    );
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.pause();
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await over;
    expect(streams.size).toBe(0);
    // 1 MiB is held for it, and the kernel takes some more.
    expect(sent).toBeLessThan(32 * MIB);
    client.on('error', () => {});
    client.resume();
    await untilClosed(client);
    await new Promise((resolve) => server.close(resolve));
  });

  it('more than 64 is told to come again, and others are answered all the same', async () => {
    const { socket, port, ask } = await serverRig();
    const asked = `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKENS.read}\r\n\r\n`;
    const listeners: Socket[] = [];
    while (listeners.length < 64) {
      const client = await socket();
      client.write(asked);
      expect(await firstOf(client)).toMatch(/^HTTP\/1.1 200/);
      listeners.push(client);
    }
    const { status, headers } = await ask('/api/v1/events', { token: TOKENS.read });
    expect([status, headers['retry-after']]).toEqual([503, '10']);
    expect(await ask('/api/v1/schedulers', { token: TOKENS.read })).toMatchObject({ status: 200 });
    listeners[0]?.destroy();
    for (;;) if ((await ask('/api/v1/events', { token: TOKENS.read })).status === 200) break;
  });

  it('gets what is held for it, and the end, when the server ends', async () => {
    const { socket, port, server } = await serverRig();
    const clients = await Promise.all(Array.from({ length: 10 }, socket));
    const asked = `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKENS.read}\r\n\r\n`;
    const answers = clients.map(async (client, at) => {
      client.write(asked);
      const first = await firstOf(client);
      // One of them does not read.
      if (at === 0) client.pause();
      return first;
    });
    for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 200/);
    const rest = clients.slice(1).map(untilClosed);
    await server.close();
    // Ended, not torn: the last chunk has come.
    for (const text of rest) expect(await text).toMatch(/0\r\n\r\n$/);
  });
});

async function exchange(client: Socket, port: number): Promise<void> {
  client.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  expect(await firstOf(client)).toMatch(/^HTTP\/1.1 200/);
}

function firstOf(client: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    client.once('data', (data) => resolve(String(data)));
    client.once('error', reject);
  });
}

function untilClosed(client: Socket): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    client.on('error', () => {});
    client.on('data', (data) => {
      said += data;
    });
    client.once('close', () => resolve(said));
    client.resume();
  });
}
