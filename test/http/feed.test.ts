/** Events while others write: no gap and nothing twice, whatever becomes of clients, servers, journals and the clock. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createService, type Service } from '../../src/app/service.ts';
import { createApi } from '../../src/http/api.ts';
import { markedRun } from '../../src/model/mark.ts';
import type { Run } from '../../src/model/run.ts';
import { REST_MS } from '../../src/store/file/journal-name.ts';
import { createFileStore, type FileStore } from '../../src/store/file/store.ts';
import type { Writer } from '../../src/store/store.ts';
import { dueRun, ORIGIN, owned } from '../store/conformance.ts';
import { type Listener, listenTo, type Told } from '../support/sse.ts';

let directory: string;
let store: FileStore;
/** Added to the wall clock. */
let offsetMs: number;
const writers: Writer[] = [];
const services: Service[] = [];

const now = (): Date => new Date(Date.now() + offsetMs);

beforeEach(() => {
  offsetMs = 0;
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  store = createFileStore({ root: join(directory, 'state'), version: '1.0.0', now });
});
afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  for (const writer of writers.splice(0)) await writer.close('test');
  rmSync(directory, { recursive: true });
});

async function open(namespace = 'n1'): Promise<Writer> {
  const writer = await store.open(namespace, ORIGIN, { mode: 'schedule', startedAt: now() });
  writers.push(writer);
  return writer;
}

type Server = { listen(since?: string): Promise<Listener>; close(): void };

function serve(): Server {
  const service = createService({ store, controls: [], env: {}, now });
  services.push(service);
  const api = createApi({
    service,
    principalOf: () => ({ by: 'ada', scope: 'read' }),
    onBug: (error) => {
      throw error;
    },
  });
  return {
    async listen(since) {
      const headers: Record<string, string> = since === undefined ? {} : { 'last-event-id': since };
      return listenTo(await api.request('/api/v1/events', { headers }));
    },
    close: () => service.close(),
  };
}

async function begin(writer: Writer, job: string, more: Partial<Run> = {}): Promise<Run> {
  const run = dueRun(job, now().toISOString(), { startedAt: now(), ...more });
  const [claimed] = await writer.claim([{ run }]);
  owned(claimed).close();
  return run;
}

async function end(writer: Writer, { id }: Run): Promise<void> {
  await writer.record({ id, status: 'succeeded', endedAt: now(), exitCode: 0 });
}

async function perform(writer: Writer, job: string, more: Partial<Run> = {}): Promise<Run> {
  const run = await begin(writer, job, more);
  await end(writer, run);
  return run;
}

const said = ({ event, data }: Told): string => {
  if (event !== 'run') return event;
  const { run, change } = data as { run: Run; change: string };
  return `${run.job} ${change}`;
};
const ofRuns = (told: readonly Told[]): string[] =>
  told.filter(({ event }) => event === 'run').map((each) => said(each));

/** Waits until a client has been told of the end of a job. */
const ended = (listener: Listener, job: string): Promise<Told> =>
  listener.until((told) => said(told) === `${job} ended`);

/** A client that drops what it knows, as each has to. */
function createClient(): { take(listener: Listener): void; readonly told: readonly string[] } {
  const known = new Set<string>();
  const told: string[] = [];
  return {
    told,
    take(listener) {
      for (const each of listener.told) {
        if (each.event !== 'run' || known.has(each.id)) continue;
        known.add(each.id);
        told.push(said(each));
      }
    },
  };
}

/** Settles when a client has something to come again with: from then on it is told. */
async function joined(listener: Listener): Promise<void> {
  await expect.poll(() => listener.lastId()).not.toBe('');
}

async function leave(listener: Listener): Promise<string> {
  await joined(listener);
  await listener.leave();
  return listener.lastId();
}

const bothOf = (jobs: readonly string[]): string[] =>
  jobs.flatMap((job) => [`${job} started`, `${job} ended`]);

describe('a client that comes again', () => {
  it('is told each thing once and in order, by this server or another, while several write', async () => {
    const namespaces = ['n1', 'n1', 'n2', 'n3'];
    const all = await Promise.all(namespaces.map(open));
    const client = createClient();
    let server = serve();
    let listener = await server.listen();
    const jobs: string[] = [];
    for (let round = 0; round < 9; round++) {
      const writing = all.map((writer, index) => {
        const job = `job-${round}-${index}`;
        jobs.push(job);
        return perform(writer, job, { namespace: namespaces[index] ?? '' });
      });
      // It leaves before, while and after they write.
      if (round % 3 === 1) await writing[0];
      if (round % 3 === 2) await Promise.all(writing);
      const since = await leave(listener);
      client.take(listener);
      if (round % 2 === 0) {
        server.close();
        server = serve();
      }
      listener = await server.listen(since);
      await Promise.all(writing);
    }
    await expect
      .poll(() => {
        client.take(listener);
        return [...client.told].sort();
      })
      .toEqual(bothOf(jobs).sort());
    for (const job of jobs)
      expect(client.told.indexOf(`${job} started`)).toBeLessThan(client.told.indexOf(`${job} ended`));
  });

  it('misses nothing by a fold in the middle; a server that began after it says that it cannot know', async () => {
    const journals = (): string[] => readdirSync(join(directory, 'state/namespaces/n1/journal'));
    const sealed = (): string[] => journals().filter((name) => name.startsWith('sealed-'));
    const writer = await open();
    const client = createClient();
    const server = serve();
    let listener = await server.listen();
    const since = await leave(listener);
    const jobs: string[] = [];
    const note = 'x'.repeat(60_000);
    // While the client listens, and while others do; journals are full above 1 MiB.
    for (const isThere of [false, true]) {
      const other = await server.listen();
      for (let index = 0; index < 30 && sealed().length === 0; index++) {
        const job = `job-${jobs.length}`;
        jobs.push(job);
        await perform(writer, job, { note });
      }
      // It is left alone for a while: whoever follows has time to read it.
      if (!isThere) await writer.heartbeat(now());
      expect(sealed()).toHaveLength(1);
      await ended(other, jobs.at(-1) ?? '');
      offsetMs = REST_MS;
      await writer.heartbeat(now());
      expect(sealed()).toEqual([]);
      if (isThere) break;
      listener = await server.listen(since);
      await ended(listener, jobs.at(-1) ?? '');
      client.take(listener);
    }
    jobs.push('last');
    await perform(writer, 'last');
    await ended(listener, 'last');
    client.take(listener);
    expect(client.told).toEqual(bothOf(jobs));
    const later = await serve().listen(since);
    expect(await later.until(() => true)).toMatchObject({ event: 'reset' });
  });

  it('is told that it cannot know by a server that was kept from looking while something was folded', async () => {
    const writer = await open();
    const server = serve();
    const listener = await server.listen();
    await joined(listener);
    const real = performance.now.bind(performance);
    let lateMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      lateMs += REST_MS;
      return real() + lateMs;
    });
    try {
      offsetMs = REST_MS;
      for (let index = 0; index < 30; index++)
        await perform(writer, `job-${index}`, { note: 'x'.repeat(60_000) });
      await writer.heartbeat(now());
      await listener.ended;
      const again = await server.listen(listener.lastId());
      expect(await again.until(() => true)).toMatchObject({ event: 'reset' });
    } finally {
      clock.mockRestore();
    }
  });

  it('is told of a mark, also when it knows of the end already and another server tells of it', async () => {
    const writer = await open();
    const client = createClient();
    const server = serve();
    const listener = await server.listen();
    const run = await perform(writer, 'backup');
    await ended(listener, 'backup');
    const since = await leave(listener);
    client.take(listener);
    const verdict = { status: 'failed', by: 'ada', at: now() } as const;
    const marked = markedRun({ ...run, status: 'succeeded', endedAt: now(), exitCode: 0 }, verdict);
    const other = await store.open('n1', ORIGIN, { mode: 'once', startedAt: now() });
    writers.push(other);
    await other.record(marked);
    for (const each of [server, serve()]) {
      const again = await each.listen(since);
      const { data } = await again.until((told) => said(told) === 'backup updated');
      expect(data).toMatchObject({ run: { id: run.id, status: 'failed', reason: 'marked' } });
      const fresh = createClient();
      fresh.take(again);
      expect(fresh.told.filter((each) => !client.told.includes(each))).toEqual(['backup updated']);
    }
  });
});

describe('when the clock is set back', () => {
  it('a client that stayed is told of a run in its order', async () => {
    const writer = await open();
    const listener = await serve().listen();
    await joined(listener);
    const run = await begin(writer, 'backup');
    offsetMs = -3_600_000;
    await end(writer, run);
    await perform(writer, 'after');
    await ended(listener, 'after');
    await ended(listener, 'backup');
    expect(ofRuns(listener.told).filter((each) => each.startsWith('backup'))).toEqual(bothOf(['backup']));
    expect(ofRuns(listener.told).sort()).toEqual(bothOf(['backup', 'after']).sort());
  });

  it('one that comes again to the same server misses nothing', async () => {
    const writer = await open();
    const server = serve();
    const listener = await server.listen();
    await perform(writer, 'before');
    await ended(listener, 'before');
    const since = await leave(listener);
    offsetMs = -15_000;
    await perform(writer, 'after');
    const again = await server.listen(since);
    await ended(again, 'after');
    expect(ofRuns(again.told)).toEqual(bothOf(['after']));
  });

  it('another server says that it cannot know, also when its clock is beyond the id by then', async () => {
    const writer = await open();
    const server = serve();
    const listener = await server.listen();
    await perform(writer, 'before');
    await ended(listener, 'before');
    const since = await leave(listener);
    server.close();
    offsetMs = -15_000;
    await perform(writer, 'after');
    // Nearly as much time has passed since.
    offsetMs = -5_000;
    const again = await serve().listen(since);
    expect(await again.until(() => true)).toMatchObject({ event: 'reset' });
  });
});
