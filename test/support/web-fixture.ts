/**
 * A server of the page with made-up jobs, kept in memory: for tests of the page alone, for its speed with very much to
 * show, and for work on it (`npm run web`). What a real server answers is tested with a real one.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { JobRecord, Json, KeptDefinition, RunRecord } from '../../src/web/api/record.js';
import { ROOT } from './build.ts';
import { createData, runId } from './web-data.js';
import {
  answerMore,
  answerToWriting,
  createKept,
  followOutput,
  OUTPUT_TEXT,
  problem,
} from './web-fixture-job.js';
import { healthOf, sortedJobs, timelineOf, upcomingOf } from './web-time.js';

export type FixtureOption = {
  readonly jobs?: number;
  readonly runs?: number;
  /** Nobody has to sign in. */
  readonly signedIn?: boolean;
  /** Lines of the output of each run; default: a few with colours. */
  readonly outputLines?: number;
  /** What each run wrote, in place of these. */
  readonly output?: string;
  /** No scheduler lives. */
  readonly idle?: boolean;
};

/** The policy of the real server: with it, what the page must not do fails here, too. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const CODE = 'ABCD-1234';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export function createFixture(option: FixtureOption = {}) {
  const state = createStates(option);
  return {
    handle: (request: IncomingMessage, response: ServerResponse) => handle(state, request, response),
    /** Requests so far, as `GET /api/v1/jobs?limit=500`. */
    asked: state.asked,
    jobs: state.jobs,
    runs: state.runs,
    /** Tell all who listen. */
    emit: (type: string, data: unknown) => emit(state, type, data),
    /** Tell it once more, as after a break. */
    emitAgain: () => {
      for (const stream of state.streams) stream.write(state.lastEvent);
    },
    start: (job: JobRecord) => start(state, job),
    end: (run: RunRecord, more: Partial<RunRecord> = {}) => end(state, run, more),
    /** Have a job say something else of itself. */
    rename(job: JobRecord, said: Partial<JobRecord>) {
      state.jobs = state.jobs.map((each) => (each.id === job.id ? { ...each, ...said } : each));
    },
    /** Close all streams; with `refuse`, new ones are refused until it is called again. */
    drop: ({ refuse = false } = {}) => {
      state.refuse = refuse;
      for (const stream of state.streams) stream.destroy();
    },
  };
}

/** @returns The address, and what closes it. */
export async function serveFixture(option: FixtureOption = {}) {
  const fixture = createFixture(option);
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/')) fixture.handle(request, response);
    else serveFile(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { ...fixture, url: `http://127.0.0.1:${port}/`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function serveFile(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://fixture');
  const name = normalize(pathname === '/' ? '/index.html' : pathname);
  try {
    const text = readFileSync(join(ROOT, 'dist/web', name));
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    });
    response.end(text);
  } catch {
    response.writeHead(404).end();
  }
}

type State = ReturnType<typeof createStates>;

function createStates(option: FixtureOption) {
  const state = createState(option);
  return Object.assign(state, createKept(state.data.jobs, option));
}

function createState({ jobs = 60, runs = 1_200, signedIn = false, idle = false }: FixtureOption) {
  const data = createData({ jobs, runs, now: Date.now() });
  return {
    data,
    jobs: [...data.jobs],
    runs: [...data.runs],
    signedIn,
    idle,
    skips: new Set<string>(),
    refuse: false,
    asked: [] as string[],
    streams: new Set<ServerResponse>(),
    events: 0,
    lastEvent: '',
  };
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  const path = url.pathname.replace(/^\/api\/v1/, '');
  state.asked.push(`${request.method} ${url.pathname}${url.search}`);
  if (path === '/events' && isIn(state, request)) return stream(state, response);
  if (path.endsWith('/output/follow')) return followOutput(state, runIn(state, path), response);
  const body = await bodyOf(request);
  const {
    status,
    body: answer,
    headers,
  } = answerTo(state, { request, path, query: url.searchParams, body }, response);
  const isText = typeof answer === 'string';
  response.writeHead(status, {
    ...headers,
    'content-type': isText
      ? 'text/plain; charset=utf-8'
      : status < 400
        ? 'application/json'
        : 'application/problem+json',
  });
  response.end(status === 204 ? '' : isText ? answer : JSON.stringify(answer));
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, Json>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, Json>);
}

function isIn(state: State, request: IncomingMessage): boolean {
  return state.signedIn || (request.headers.cookie ?? '').includes('supertask=in');
}

function stream(state: State, response: ServerResponse): void {
  if (state.refuse) {
    response.writeHead(503).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  // The browser waits three seconds otherwise.
  response.write('retry: 100\n: hello\n\n');
  state.streams.add(response);
  response.on('close', () => state.streams.delete(response));
}

function emit(state: State, type: string, data: unknown): void {
  state.lastEvent = `id: ${++state.events}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  for (const each of state.streams) each.write(state.lastEvent);
}

function start(state: State, { namespace, id }: JobRecord): RunRecord {
  const now = Date.now();
  const run: RunRecord = {
    ...(state.runs[0] as RunRecord),
    id: runId(now, state.events),
    namespace,
    job: id,
    status: 'running',
    reason: null,
    exitCode: null,
    trigger: 'manual',
    scheduledAt: new Date(now).toISOString(),
    startedAt: new Date(now).toISOString(),
    endedAt: null,
    durationMs: null,
    pid: 4_711,
  };
  state.runs.unshift(run);
  setLastRun(state, run);
  emit(state, 'run', { run, change: 'started' });
  return run;
}

function end(state: State, run: RunRecord, more: Partial<RunRecord>): RunRecord {
  const now = Date.now();
  const ended: RunRecord = {
    ...run,
    status: 'succeeded',
    exitCode: 0,
    endedAt: new Date(now).toISOString(),
    durationMs: now - Date.parse(run.startedAt ?? run.scheduledAt),
    pid: null,
    ...more,
  };
  state.runs = state.runs.map((each) => (each.id === run.id ? ended : each));
  setLastRun(state, ended);
  emit(state, 'run', { run: ended, change: 'ended' });
  return ended;
}

function setLastRun(state: State, run: RunRecord): void {
  state.jobs = state.jobs.map((job) =>
    job.namespace === run.namespace && job.id === run.job
      ? { ...job, lastRun: run, recent: [...job.recent.filter(({ id }) => id !== run.id), run].slice(-20) }
      : job,
  );
}

type Question = {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, Json>>;
};

function answerTo(state: State, question: Question, response: ServerResponse): Answer {
  const { request, path, body } = question;
  const isChange = request.method !== 'GET';
  if (isChange && request.headers['x-supertask'] !== '1')
    return problem(403, 'USAGE', 'the header X-Supertask is missing');
  if (path === '/session' && request.method === 'POST') {
    if (body['code'] !== CODE)
      return problem(
        401,
        'USAGE',
        'the link has been used, or is too old',
        'Make a new one: supertask serve --open',
      );
    response.setHeader('set-cookie', 'supertask=in; HttpOnly; SameSite=Strict; Path=/');
    return { status: 200, body: { scope: 'admin' } };
  }
  if (path === '/session' && request.method === 'DELETE') {
    response.setHeader('set-cookie', 'supertask=; Max-Age=0; Path=/');
    return { status: 204, body: '' };
  }
  if (!isIn(state, request)) return problem(401, 'USAGE', 'nobody is signed in');
  if (path === '/session') return { status: 200, body: { scope: 'admin', version: '0.1.0', host: 'atlas' } };
  return isChange ? (writtenBy(state, question) ?? changed(state, question)) : found(state, question);
}

function writtenBy(state: State, question: Question): Answer | undefined {
  const written = answerToWriting(state, question);
  if (written !== undefined && written.status < 400)
    emit(state, 'jobs', { namespace: question.path.split('/')[2] });
  return written;
}

function found(state: State, { path, query }: Question): Answer {
  const [first, namespace, kind, name, part] = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (first === 'jobs') return page(sortedJobs(jobsLike(state, query), query.get('sort')), query);
  if (first === 'runs') return page(runsLike(state, query), query);
  if (first === 'schedulers') return { status: 200, body: state.idle ? [] : schedulersOf(state) };
  if (first === 'namespaces' && namespace === undefined) return page(namespacesOf(state), query);
  if (first === 'upcoming') return { status: 200, body: upcomingOf(state.data, query, state.skips) };
  if (first === 'timeline') return { status: 200, body: timelineOf(state.runs, query) };
  if (first === 'health') return { status: 200, body: healthOf(runningIn(state)) };
  const more = answerMore(state, { path, query });
  if (more !== undefined) return more;
  if (kind === 'jobs' && part === undefined) {
    const job = state.jobs.find((each) => each.namespace === namespace && each.id === name);
    return job
      ? { status: 200, body: { ...job, definition: definitionOf(job) } }
      : problem(404, 'ID_UNKNOWN', `there is no job "${name}"`);
  }
  if (kind === 'runs') {
    const run = state.runs.find(({ id }) => id === name);
    if (run === undefined) return problem(404, 'ID_UNKNOWN', `there is no run "${name}"`);
    if (part === 'output') return { status: 200, body: OUTPUT_TEXT };
    return { status: 200, body: run };
  }
  return problem(404, 'USAGE', 'there is no such route');
}

function runIn({ runs }: State, path: string): RunRecord | undefined {
  const id = decodeURIComponent(path.split('/')[4] ?? '');
  return runs.find((run) => run.id === id);
}

function changed(state: State, { path, body }: Question): Answer {
  const [, namespace, kind, name, part] = path.split('/').filter(Boolean).map(decodeURIComponent);
  const job = state.jobs.find((each) => each.namespace === namespace && each.id === name);
  if (kind === 'jobs' && part === 'trigger' && job)
    return { status: 201, body: { kind: 'started', run: start(state, job) } };
  if (kind === 'jobs' && (part === 'pause' || part === 'resume') && job) {
    state.jobs = state.jobs.map((each) => (each === job ? { ...each, paused: part === 'pause' } : each));
    emit(state, 'jobs', { namespace });
    return { status: 200, body: {} };
  }
  if (kind === 'jobs' && part === 'skip' && job) {
    state.skips.add(`${namespace} ${name} ${body['at']}`);
    emit(state, 'jobs', { namespace });
    return { status: 200, body: {} };
  }
  const run = state.runs.find(({ id }) => id === name);
  if (kind === 'runs' && part === 'stop' && run) {
    end(state, run, { status: 'failed', reason: 'stopped', exitCode: null });
    return { status: 202, body: { run: run.id, answer: 'stopping' } };
  }
  return problem(404, 'USAGE', 'there is no such route');
}

function page(all: readonly unknown[], query: URLSearchParams): Answer {
  const from = Number(query.get('cursor') ?? 0);
  const to = from + Math.min(500, Number(query.get('limit') ?? 100));
  return {
    status: 200,
    body: { items: all.slice(from, to), next: to < all.length ? String(to) : null, total: all.length },
  };
}

function jobsLike({ data, jobs }: State, query: URLSearchParams): JobRecord[] {
  const search = query.get('search');
  const namespace = query.get('namespace');
  const status = query.getAll('status').flatMap((each) => each.split(','));
  const labels = query.getAll('label');
  return data
    .dueNext(jobs, Date.now())
    .filter(
      (job) =>
        (search === null || job.id.includes(search)) &&
        (namespace === null || job.namespace === namespace) &&
        labels.every((label) => labelsOf(job).includes(label)) &&
        (status.length === 0 || (job.lastRun !== null && status.includes(job.lastRun.status))),
    );
}

function definitionOf({ schedules, tz }: JobRecord): KeptDefinition {
  return {
    schedules: schedules.map((text) => ({
      text,
      meaning: `as ${text} says`,
      class: text.startsWith('every') ? 'interval' : 'fixed-time',
      tz: tz ?? 'UTC',
      enabled: true,
      warnings: text.startsWith('*/') ? ['it is due at odd moments'] : [],
    })),
    deadlineMs: 3_600_000,
    keep: { runs: 500, ageMs: 90 * 86_400_000, bytes: 100_000_000 },
    countsFrom: null,
  };
}

function labelsOf({ labels = {} }: JobRecord): string[] {
  return Object.entries(labels).flatMap(([name, value]) => [name, `${name}=${value}`]);
}

function runsLike({ runs }: State, query: URLSearchParams): RunRecord[] {
  const status = query.getAll('status').flatMap((each) => each.split(','));
  const [namespace, job, since] = ['namespace', 'job', 'since'].map((name) => query.get(name));
  return runs.filter(
    (run) =>
      (status.length === 0 || status.includes(run.status)) &&
      (!namespace || run.namespace === namespace) &&
      (!job || run.job === job) &&
      (!since || run.scheduledAt >= since),
  );
}

function schedulersOf({ data, jobs, runs }: State): Json {
  return data.namespaces.map((namespace, index) => {
    const own = data.dueNext(
      jobs.filter((job) => job.namespace === namespace),
      Date.now(),
    );
    const due = own
      .map(({ nextDueAt }) => nextDueAt ?? '')
      .filter(Boolean)
      .sort()[0];
    return {
      namespace,
      source: `/home/ada/${namespace}.yaml`,
      kind: 'file',
      pid: 4_000 + index,
      startedAt: new Date(Date.now() - (index + 2) * 7_300_000).toISOString(),
      jobs: own.length,
      nextDueAt: due ?? null,
      running: runs.filter(
        (run) => run.namespace === namespace && run.status === 'running',
      ) as unknown as Json[],
      stopping: false,
    };
  });
}

function namespacesOf(state: State): Json[] {
  const known = state.jobs.length === 0 ? [] : state.data.namespaces;
  return known.map((id, index) => ({
    id,
    source: `/home/ada/${id}.yaml`,
    kind: 'file',
    host: 'atlas',
    user: 'ada',
    author: null,
    jobs: state.jobs.filter(({ namespace }) => namespace === id).length,
    runs: state.runs.filter(({ namespace }) => namespace === id).length,
    createdAt: '2026-01-05T08:00:00.000Z',
    updatedAt: new Date().toISOString(),
    schedulers: state.idle
      ? []
      : [
          {
            pid: 4_000 + index,
            startedAt: new Date(Date.now() - (index + 2) * 7_300_000).toISOString(),
            jobs: state.jobs.filter(({ namespace }) => namespace === id).length,
            reachable: true,
          },
        ],
  }));
}

function runningIn({ runs }: State): number {
  return runs.filter(({ status }) => status === 'running').length;
}
