/** What is answered about the output of runs, while they run and later. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createService, type Service } from '../../src/app/service.ts';
import { createApi } from '../../src/http/api.ts';
import type { Stream } from '../../src/model/event.ts';
import type { Run } from '../../src/model/run.ts';
import type { FileStore } from '../../src/store/file/store.ts';
import type { OutputSink, Writer } from '../../src/store/store.ts';
import { dueRun, ORIGIN, owned } from '../store/conformance.ts';
import { fileStore } from '../support/file-store.ts';
import { type Listener, listenTo } from '../support/sse.ts';

type Piece = { at: string; stream: Stream; step?: number; from: number; text?: string; base64?: string };
type Page = { items: Piece[]; next: string | null; pruned: boolean };

let store: FileStore;
let writer: Writer;
let service: Service;
let at = Date.UTC(2026, 4, 1);

beforeEach(async () => {
  store = fileStore();
  writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  service = createService({ store, controls: [], env: {} });
});
afterEach(async () => {
  service.close();
  await writer.close('test');
});

type Going = { readonly run: Run; readonly sink: OutputSink; end(): Promise<void> };

/** A run that goes on until it is ended. */
async function begin(job = 'backup'): Promise<Going> {
  at += 60_000;
  const run = dueRun(job, new Date(at).toISOString(), { startedAt: new Date(), status: 'running' });
  const [claimed] = await writer.claim([{ run }]);
  const sink = owned(claimed);
  return {
    run,
    sink,
    async end() {
      const sizes = sink.close();
      await writer.record({ id: run.id, status: 'succeeded', endedAt: new Date(), exitCode: 0, ...sizes });
    },
  };
}

/** `[stream, text]`, or the number of a step. */
async function ended(...parts: readonly (readonly [Stream, string | Buffer] | number)[]): Promise<Run> {
  const { run, sink, end } = await begin();
  for (const part of parts)
    if (typeof part === 'number') sink.beginStep(part);
    else sink.write(part[0], Buffer.from(part[1]));
  await end();
  return run;
}

async function ask(run: Pick<Run, 'id'>, path = '', init: RequestInit = {}): Promise<Response> {
  const api = createApi({
    service,
    principalOf: () => ({ by: 'ada', scope: 'read' }),
    onBug: (error) => {
      throw error;
    },
  });
  return api.request(`/api/v1/namespaces/n1/runs/${run.id}/output${path}`, init);
}

const range = (value: string): RequestInit => ({ headers: { range: value } });

describe('the bytes of a run', () => {
  it('are given as they are kept, to be saved and never shown as a page', async () => {
    const run = await ended(['stdout', '<script>\x00\xff'], ['stderr', 'oh']);
    const response = await ask(run, '?stream=stdout');
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="backup-${run.id}.stdout.txt"`,
      'content-length': '11',
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe('<script>\x00\xff');
    expect(await (await ask(run, '?stream=stderr')).text()).toBe('oh');
    expect(await (await ask(run)).text()).toBe('<script>\x00\xffoh');
  });

  it('have a name that nothing else is made of', async () => {
    const { run, end } = await begin('..a"\r\nb: /c@x=1');
    await end();
    const { headers } = await ask(run);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="a---b---c-x-1-${run.id}.txt"`);
  });

  it.each([
    ['', 'bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
    ['', 'bytes=7-', 206, 'hij', 'bytes 7-9/10'],
    ['', 'bytes=7-99', 206, 'hij', 'bytes 7-9/10'],
    ['', 'bytes=-3', 206, 'hij', 'bytes 7-9/10'],
    ['', 'bytes=-30', 206, 'abcdefghij', 'bytes 0-9/10'],
    ['', 'bytes=0-0', 206, 'a', 'bytes 0-0/10'],
    ['?from=2&limit=5', 'bytes=1-2', 206, 'de', 'bytes 1-2/5'],
    ['?stream=stdout', 'bytes=1-3', 206, 'bef', 'bytes 1-3/6'],
    ['', 'bytes=1-2,4-5', 200, 'abcdefghij', null],
    ['', 'bytes=5-2', 200, 'abcdefghij', null],
    ['', 'lines=1-2', 200, 'abcdefghij', null],
    ['?from=3', '', 200, 'defghij', null],
    ['?from=-3', '', 200, 'hij', null],
    ['?from=-30&limit=2', '', 200, 'ab', null],
    ['?from=99', '', 200, '', null],
    ['?limit=0', '', 200, '', null],
    ['?stream=stderr&from=-3&limit=2', '', 200, 'dg', null],
  ])('%s of the range %s are %i %s', async (query, asked, status, text, contentRange) => {
    const run = await ended(
      ['stdout', 'ab'],
      ['stderr', 'cd'],
      ['stdout', 'ef'],
      ['stderr', 'gh'],
      ['stdout', 'ij'],
    );
    // Within a millisecond both streams are noted in turn, each time: the order is exact.
    const response = await ask(run, query, asked === '' ? {} : range(asked));
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(text.length));
  });

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('have no range %s: 416', async (asked) => {
    const run = await ended(['stdout', '0123456789']);
    const response = await ask(run, '', range(asked));
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  });

  it('are whole where a range is of something that may have changed', async () => {
    const run = await ended(['stdout', 'abc']);
    const headers = { range: 'bytes=1-', 'if-range': '"x"' };
    expect((await ask(run, '', { headers })).status).toBe(200);
    const { run: going, sink, end } = await begin();
    sink.write('stdout', Buffer.from('abc'));
    const both = await ask(going, '', range('bytes=1-'));
    expect([both.status, both.headers.get('accept-ranges'), await both.text()]).toEqual([200, 'none', 'abc']);
    const one = await ask(going, '?stream=stdout', range('bytes=1-'));
    expect([one.status, await one.text()]).toEqual([206, 'bc']);
    await end();
  });

  it('are not read for a request that asks for the headers only', async () => {
    const run = await ended(['stdout', 'abc']);
    const { status, headers, body } = await ask(run, '', { method: 'HEAD' });
    expect([status, headers.get('content-length'), body]).toEqual([200, '3', null]);
  });

  it('are read as they are taken, and closed when nobody takes them', async () => {
    const run = await ended(['stdout', Buffer.alloc(5_000_000, 'x')]);
    const files = (): number => readdirSync('/proc/self/fd').length;
    const before = files();
    for (const query of ['', '?stream=stdout']) {
      const reader = (await ask(run, query)).body?.getReader();
      expect((await reader?.read())?.value?.length).toBe(65_536);
      expect(files()).toBeGreaterThan(before);
      await reader?.cancel();
      expect(files()).toBe(before);
    }
  });

  it('are gone when they were removed, and were never there for a run that never was', async () => {
    const run = await ended(['stdout', 'abc']);
    await store.prune({ now: new Date(Date.now() + 1e12), outputBytes: 0, outputsPerJob: 0, outputAgeMs: 0 });
    const response = await ask(run);
    expect([response.status, await response.json()]).toMatchObject([410, { title: 'The output is gone.' }]);
    expect(await (await ask(run, '/timeline')).json()).toEqual({ items: [], next: null, pruned: true });
    const listener = listenTo(await ask(run, '/follow'));
    expect(await listener.until(() => true)).toMatchObject({ event: 'end', data: { pruned: true } });
    for (const path of ['', '/timeline', '/follow'])
      expect((await ask({ id: '01234567-0123-8123-8123-0123456789ab' }, path)).status).toBe(404);
  });

  it.each([
    '?stream=all',
    '?limit=-1',
    '?from=x',
    '/timeline?cursor=x',
    '/follow?from=1',
    '/timeline?limit=501',
  ])('are not given for %s: 400', async (path) => {
    const run = await ended();
    expect((await ask(run, path)).status).toBe(400);
  });
});

/** All pages. */
async function walk(run: Run, query = ''): Promise<Piece[]> {
  const items: Piece[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response = await ask(run, `/timeline?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = (await response.json()) as Page;
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

const textOf = (pieces: readonly Piece[], stream?: Stream): string =>
  pieces.map((piece) => (stream === undefined || piece.stream === stream ? piece.text : '')).join('');

describe('the pieces of a run', () => {
  it('have their stream, step and place', async () => {
    const run = await ended(1, ['stdout', 'one'], ['stderr', 'two'], 2, ['stdout', 'three']);
    expect(await walk(run)).toEqual([
      { at: expect.stringMatching(/Z$/), stream: 'stdout', step: 1, from: 0, text: 'one' },
      { at: expect.stringMatching(/Z$/), stream: 'stderr', step: 1, from: 0, text: 'two' },
      { at: expect.stringMatching(/Z$/), stream: 'stdout', step: 2, from: 3, text: 'three' },
    ]);
    expect(textOf(await walk(run, 'stream=stderr'))).toBe('two');
  });

  it('are text with whole characters, however it was written and is asked for', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const cuts = fc.array(
      fc.tuple(fc.constantFrom<Stream>('stdout', 'stderr'), fc.integer({ min: 1, max: 5 })),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(text, text, cuts, fc.integer({ min: 1, max: 4 }), async (out, err, order, limit) => {
        const left = { stdout: Buffer.from(out), stderr: Buffer.from(err) };
        const parts: [Stream, Buffer][] = [];
        for (const [stream, size] of order) {
          if (left[stream].length === 0) continue;
          parts.push([stream, left[stream].subarray(0, size)]);
          left[stream] = left[stream].subarray(size);
        }
        for (const stream of ['stdout', 'stderr'] as const)
          if (left[stream].length > 0) parts.push([stream, left[stream]]);
        const run = await ended(...parts);
        const pieces = await walk(run, `limit=${limit}`);
        expect([textOf(pieces, 'stdout'), textOf(pieces, 'stderr')]).toEqual([out, err]);
      }),
      { numRuns: 60 },
    );
  });

  it('that are no text are given in base64, also a character that nobody ends', async () => {
    const run = await ended(
      ['stdout', Buffer.from([0xff, 0x00])],
      ['stderr', Buffer.from([0x61, 0xe2, 0x82])],
    );
    expect(await walk(run, 'limit=1')).toMatchObject([
      { stream: 'stdout', from: 0, base64: '/wA=' },
      { stream: 'stderr', from: 0, text: 'a' },
      { stream: 'stderr', from: 1, base64: '4oI=' },
    ]);
  });

  it('go on while the run does, behind what is whole', async () => {
    const { run, sink, end } = await begin();
    const euro = Buffer.from('€');
    sink.write('stdout', Buffer.concat([Buffer.from('1 '), euro.subarray(0, 2)]));
    const first = (await (await ask(run, '/timeline')).json()) as Page;
    expect([textOf(first.items), first.next]).toEqual(['1 ', '2.0']);
    const none = (await (await ask(run, '/timeline?cursor=2.0')).json()) as Page;
    expect([none.items, none.next]).toEqual([[], '2.0']);
    sink.write('stdout', euro.subarray(2));
    await end();
    const last = (await (await ask(run, '/timeline?cursor=2.0')).json()) as Page;
    expect([textOf(last.items), last.next]).toEqual(['€', null]);
  });

  it('come to 1 MiB in one answer at most, and may be the last ones only', async () => {
    const run = await ended(['stdout', '€'.repeat(700_000)]);
    const { items, next } = (await (await ask(run, '/timeline')).json()) as Page;
    expect(Buffer.byteLength(textOf(items))).toBeLessThan(1024 * 1024 + 64 * 1024);
    expect(textOf([...items, ...(await walk(run, `cursor=${next}`))])).toBe('€'.repeat(700_000));
    expect(textOf(await walk(run, 'from=-8'))).toBe('€€');
  });
});

const endOf = ({ event }: { readonly event: string }): boolean => event === 'end';
const piecesOf = (listener: Listener): Piece[] =>
  listener.told.flatMap(({ event, data }) => (event === 'output' ? [data as Piece] : []));

describe('who follows a run', () => {
  it('gets what was printed, what is printed, and the end', async () => {
    const { run, sink, end } = await begin();
    sink.write('stdout', Buffer.from('before\n'));
    const listener = listenTo(await ask(run, '/follow'));
    await listener.until(({ data }) => (data as Piece).text === 'before\n');
    sink.write('stderr', Buffer.from('during\n'));
    await listener.until(({ data }) => (data as Piece).text === 'during\n');
    sink.write('stdout', Buffer.from('after\n'));
    await end();
    await listener.ended;
    expect(listener.told.map(({ id, event }) => [id, event])).toEqual([
      ['7.0', 'output'],
      ['7.7', 'output'],
      ['13.7', 'output'],
      ['13.7', 'end'],
    ]);
    expect(listener.told.at(-1)?.data).toMatchObject({
      run: { id: run.id, status: 'succeeded' },
      pruned: false,
    });
  });

  it('goes on behind the last event after a break, with both streams or one', async () => {
    const run = await ended(['stdout', 'abc'], ['stderr', 'de'], ['stdout', 'fgh']);
    for (const [path, since, expected] of [
      ['/follow', '3.1', 'efgh'],
      ['/follow?from=3.2', undefined, 'fgh'],
      ['/follow?from=0.0', '6.2', ''],
      ['/follow?stream=stderr', '6.0', 'de'],
      ['/follow?from=-4', undefined, 'efgh'],
    ] as const) {
      const headers: Record<string, string> = since === undefined ? {} : { 'last-event-id': since };
      const listener = listenTo(await ask(run, path, { headers }));
      await listener.ended;
      expect([path, textOf(piecesOf(listener)), listener.told.filter(endOf).length]).toEqual([
        path,
        expected,
        1,
      ]);
    }
  });

  it('gets all of much output, in pieces that fit, with little held for him', async () => {
    const much = Buffer.alloc(6_000_000, '0123456789\x01');
    const run = await ended(['stdout', much]);
    const listener = listenTo(await ask(run, '/follow'));
    await listener.until(endOf);
    expect(textOf(piecesOf(listener)) === much.toString()).toBe(true);
  });

  it('leaves nothing open behind him', async () => {
    const { run, sink, end } = await begin();
    sink.write('stdout', Buffer.from('x'));
    const listener = listenTo(await ask(run, '/follow'));
    await listener.until(() => true);
    const feed = await service.feed();
    expect(feed.listening).toBe(1);
    await listener.leave();
    expect(feed.listening).toBe(0);
    await end();
  });
});
