/** What is told to those who listen: from the bookkeeping, whoever writes to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createService, type Service } from '../../src/app/service.ts';
import { createApi } from '../../src/http/api.ts';
import { openSocket } from '../../src/http/socket.ts';
import type { Run } from '../../src/model/run.ts';
import { createFileStore, type FileStore } from '../../src/store/file/store.ts';
import type { Writer } from '../../src/store/store.ts';
import { definition, dueRun, ORIGIN, owned } from '../store/conformance.ts';
import { type Listener, listenTo, type Told } from '../support/sse.ts';

let directory: string;
let store: FileStore;
const writers: Writer[] = [];
const services: Service[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  store = createFileStore({ root: join(directory, 'state'), version: '1.0.0' });
});
afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  for (const writer of writers.splice(0)) await writer.close('test');
  rmSync(directory, { recursive: true });
});

async function open(namespace = 'n1', mode: 'schedule' | 'once' = 'schedule'): Promise<Writer> {
  const writer = await store.open(namespace, ORIGIN, { mode, startedAt: new Date() });
  writers.push(writer);
  return writer;
}

type Server = {
  listen(more?: { since?: string; query?: string }): Promise<Listener>;
  request(path: string, init?: RequestInit): Promise<Response>;
  close(): void;
};

/** A server that sees all, or one namespace. */
function serve(namespace?: string): Server {
  const service = createService({ store, controls: [], namespace, env: {} });
  services.push(service);
  const api = createApi({
    service,
    principalOf: () => ({ by: 'ada', scope: 'read' }),
    onBug: (error) => {
      throw error;
    },
  });
  const request = async (path: string, init: RequestInit = {}): Promise<Response> =>
    api.request(`/api/v1${path}`, init);
  return {
    request,
    async listen({ since, query = '' } = {}) {
      const headers: Record<string, string> = since === undefined ? {} : { 'last-event-id': since };
      return listenTo(await request(`/events${query}`, { headers }));
    },
    close: () => service.close(),
  };
}

/** Claims a run, and ends it. */
async function perform(writer: Writer, run: Run): Promise<void> {
  const [claimed] = await writer.claim([{ run }]);
  owned(claimed).close();
  await writer.record({ id: run.id, status: 'succeeded', endedAt: new Date(), exitCode: 0 });
}

function runNow(job: string, more: Partial<Run> = {}): Run {
  const at = new Date();
  return dueRun(job, at.toISOString(), { startedAt: at, ...more });
}

const isEnd = ({ event, data }: Told): boolean =>
  event === 'run' && (data as { change: string }).change === 'ended';

const changesOf = (told: readonly Told[], id: string): readonly string[] =>
  told.flatMap(({ event, data }) => {
    const { run, change } = data as { run: { id: string }; change: string };
    return event === 'run' && run.id === id ? [change] : [];
  });

describe('events', () => {
  it('tell how a run goes, with its record', async () => {
    const writer = await open();
    const listener = await serve().listen();
    const run = runNow('backup');
    await perform(writer, run);
    const { id, data } = await listener.until(isEnd);
    expect(id).toMatch(new RegExp(`^\\d+-${run.id}-5$`));
    expect(data).toMatchObject({ change: 'ended', run: { id: run.id, job: 'backup', status: 'succeeded' } });
    expect(changesOf(listener.told, run.id)).toEqual(['started', 'ended']);
  });

  it('tell of schedulers that come and go, and of what they have', async () => {
    await open();
    const listener = await serve().listen();
    const writer = await open('n2');
    await writer.setJobs([definition('a')]);
    await listener.until(
      ({ event, data }) => event === 'jobs' && (data as { namespace: string }).namespace === 'n2',
    );
    await writer.close('test');
    const { data } = await listener.until(
      ({ event, data }) => event === 'scheduler' && (data as { change: string }).change === 'ended',
    );
    expect(data).toEqual({ namespace: 'n2', change: 'ended' });
  });

  it('are those of one namespace where that is asked for, and none of others that a server does not see', async () => {
    const [one, two] = [await open('n1'), await open('n2')];
    const all = await serve().listen();
    const second = await serve().listen({ query: '?namespace=n2' });
    const own = await serve('n2').listen();
    await perform(one, runNow('a', { namespace: 'n1' }));
    await perform(two, runNow('b', { namespace: 'n2' }));
    await all.count(isEnd, 2);
    for (const listener of [second, own]) {
      await listener.until(isEnd);
      expect(new Set(listener.told.map(({ data }) => JSON.stringify(data).includes('"n1"')))).toEqual(
        new Set([false]),
      );
    }
    expect((await serve('n2').request('/events?namespace=n1')).status).toBe(404);
  });

  it('go on behind the last one after a break, with the same server and with another one', async () => {
    const writer = await open();
    const server = serve();
    const listener = await server.listen();
    const before = runNow('before');
    await perform(writer, before);
    await listener.until(isEnd);
    const since = listener.lastId();
    await listener.leave();
    const during = runNow('during');
    await perform(writer, during);
    const again = await server.listen({ since });
    await again.until(isEnd);
    expect(again.told.map(({ event }) => event)).toEqual(['run', 'run']);
    server.close();
    await again.ended;

    const known = new Set(listener.told.map(({ id }) => id));
    const other = await serve().listen({ since });
    await other.until(
      ({ data }) => JSON.stringify(data).includes(during.id) && JSON.stringify(data).includes('ended'),
    );
    const fresh = other.told.filter(({ id, event }) => event === 'run' && !known.has(id));
    expect(fresh.map(({ id }) => id)).toEqual(again.told.map(({ id }) => id));
  });

  it('are all told after a break in which there was more than is held for a client', async () => {
    const writer = await open();
    const server = serve();
    const listener = await server.listen();
    await perform(writer, runNow('before'));
    await listener.until(isEnd);
    const since = listener.lastId();
    await listener.leave();
    const jobs = Array.from({ length: 12 }, (_, index) => `job-${index}`);
    for (const job of jobs) await perform(writer, runNow(job, { note: 'x'.repeat(100_000) }));
    const again = await server.listen({ since });
    const told = (await again.count(isEnd, 12)).filter(isEnd);
    expect(told.map(({ data }) => (data as { run: Run }).run.job).sort()).toEqual(jobs.sort());
  });

  it('say so where nobody knows any more what came behind an id', async () => {
    await open();
    const listener = await serve().listen({ since: 'nonsense' });
    expect(await listener.until(() => true)).toMatchObject({ event: 'reset', data: {} });
  });

  it('are not begun for a request that asks for the headers only', async () => {
    const response = await serve().request('/events', { method: 'HEAD' });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.body).toBeNull();
  });
});

describe('over a control socket', () => {
  it('events come as they happen, and end with the server', async () => {
    const writer = await open();
    const service = createService({ store, controls: [], namespace: 'n1', env: {} });
    const path = join(directory, 'control.sock');
    const socket = await openSocket(path, service, (error) => {
      throw error;
    });
    const { response, listener } = await listenOn(path, '/api/v1/events');
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
    await perform(writer, runNow('job'));
    await listener.until(isEnd);
    service.close();
    socket.close();
    await listener.ended;
  });
});

function listenOn(
  socketPath: string,
  path: string,
): Promise<{ response: IncomingMessage; listener: Listener }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, headers: { host: 'supertask' } }, (response) => {
      const body = Readable.toWeb(response) as ReadableStream<Uint8Array>;
      resolve({ response, listener: listenTo(new Response(body)) });
    });
    asked.once('error', reject);
    asked.end();
  });
}
