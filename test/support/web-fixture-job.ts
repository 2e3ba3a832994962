/** What the page's made-up server answers about one job or run, and jobs that are made through it. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JobRecord, Json, RunRecord } from '../../src/web/api/record.js';

type Task = Readonly<Record<string, Json>>;

export type Kept = {
  readonly definitions: Map<string, { readonly task: Task; readonly tag: string }>;
  readonly outputLines: number | undefined;
  readonly output: string | undefined;
};

type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export const OUTPUT_TEXT =
  '\x1b[1mcopying\x1b[0m 1,204 files\n\x1b[32mok\x1b[0m 1,203\n\x1b[31mfailed\x1b[0m 1: <script>alert(1)</script>\n';

const PIECES = [
  { stream: 'stdout', text: '\x1b[1mcopying\x1b[0m 1,204 files from \x1b[36m/srv/data\x1b[0m\n', at: null },
  { stream: 'stdout', text: '  10 %\r  55 %\r 100 %\n', at: null },
  { stream: 'stderr', text: '\x1b[33mwarning:\x1b[0m 3 files changed while they were read\n', at: null },
  { stream: 'stdout', text: '\x1b[32mok\x1b[0m 1,203\n\x1b[31mfailed\x1b[0m 1: <script>alert(1)</script>\n' },
  { stream: 'stderr', text: 'rsync error: some files could not be transferred (code 23) at main.c(1338)\n' },
];

export function createKept(
  jobs: readonly JobRecord[],
  option: { readonly outputLines?: number; readonly output?: string },
): Kept {
  const definitions = new Map(
    jobs
      .filter(({ origin }) => origin === 'api')
      .map((job) => [keyOf(job.namespace, job.id), kept(taskOf(job))]),
  );
  return { definitions, outputLines: option.outputLines, output: option.output };
}

function taskOf({ schedules, target }: JobRecord): Task {
  return {
    description: 'Made through the API',
    when: [...schedules],
    run: target,
    timeout: '10m',
    env: { LANG: 'C.UTF-8' },
    params: { region: { choices: ['eu', 'us'], default: 'eu', description: 'Where' }, day: 'today' },
  };
}

function kept(task: Task) {
  const text = JSON.stringify(task);
  return { task, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 12)}"` };
}

function keyOf(namespace = '', id = ''): string {
  return `${namespace}/${id}`;
}

export function answerMore(
  state: Kept & { readonly jobs: readonly JobRecord[]; readonly runs: readonly RunRecord[] },
  { path }: { readonly path: string; readonly query: URLSearchParams },
): Answer | undefined {
  const [, namespace = '', kind, name = '', part, more] = path
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  if (kind === 'runs' && part === 'chain') return ok({ ledBy: [], attempts: [], ledTo: [] });
  if (kind === 'runs' && part === 'changes')
    return ok({
      lastSuccess: state.runs.find(({ status }) => status === 'succeeded') ?? null,
      failures: 2,
      definition: [
        {
          at: '2026-11-20T08:00:00.000Z',
          field: 'target',
          before: 'cmd:./old.sh',
          after: 'cmd:./new.sh --fast',
        },
      ],
      remembered: true,
      differences: [{ field: 'exitCode', before: 0, after: 1 }],
    });
  if (kind !== 'jobs' || more !== undefined) return undefined;
  const job = state.jobs.find((each) => each.namespace === namespace && each.id === name);
  if (part === 'definition') return definitionOf(state, namespace, name);
  if (job === undefined) return undefined;
  if (part === 'why')
    return ok({
      namespace,
      job: name,
      tz: job.tz,
      at: job.nextDueAt,
      verdict: 'skipped',
      sentence: `${name} was due then, and skipped: the run before it was still going.`,
      previousDueAt: null,
      nextDueAt: job.nextDueAt,
      start: null,
      run: null,
    });
  if (part === 'statistics') return ok(STATISTICS);
  if (part === 'upcoming') return ok({ items: upcomingOf(job), next: null });
  return undefined;
}

const STATISTICS = {
  since: '2026-10-22T08:00:00.000Z',
  runs: 1_204,
  outcomes: { succeeded: 1_180, failed: 20, errored: 4, skipped: 12, missed: 3 },
  reasons: { 'exit-code': 20 },
  successRate: 0.98,
  durationMs: { count: 1_180, min: 900, p50: 42_000, p95: 61_000, max: 184_000 },
  latenessMs: { count: 1_204, min: 1, p50: 12, p95: 48, max: 2_100 },
  days: [],
  truncated: false,
};

function upcomingOf({ namespace, id, nextDueAt }: JobRecord) {
  const first = Date.parse(nextDueAt ?? new Date().toISOString());
  return Array.from({ length: 8 }, (_, turn) => ({
    namespace,
    job: id,
    at: new Date(first + turn * 3_600_000).toISOString(),
    expectedMs: 42_000,
    override: turn === 1 ? 'skip' : null,
  }));
}

function definitionOf({ definitions }: Kept, namespace: string, id: string): Answer {
  const found = definitions.get(keyOf(namespace, id));
  if (found === undefined) return problem(404, 'ID_UNKNOWN', `no job "${id}" was made through the API`);
  const body = {
    namespace,
    id,
    origin: 'api',
    task: found.task,
    enabled: found.task['enabled'] !== false,
    shadowed: false,
    createdAt: '2026-01-05T08:00:00.000Z',
    changedAt: '2026-01-05T08:00:00.000Z',
    by: 'api',
  };
  return { status: 200, body, headers: { etag: found.tag } };
}

export function answerToWriting(
  state: Kept & { jobs: JobRecord[] },
  question: {
    readonly request: IncomingMessage;
    readonly path: string;
    readonly body: Readonly<Record<string, Json>>;
  },
): Answer | undefined {
  const { request, path, body } = question;
  const [first, namespace = '', kind, name, part] = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (first === 'explain') return explained(String(body['expr']));
  if (first === 'timetables') return ok({ clean: true, files: ['<text>'], tasks: 1, findings: [] });
  if (kind !== 'jobs') return undefined;
  if (name === undefined) return created(state, namespace, String(body['id']), body['task'] as Task);
  if (part !== 'definition') return undefined;
  const known = state.definitions.get(keyOf(namespace, name));
  const condition = request.headers['if-match'];
  if (condition !== undefined && condition !== known?.tag)
    return problem(
      412,
      'CHANGED',
      `the job "${name}" has been changed since`,
      'Read it again, and decide anew.',
    );
  if (request.method === 'DELETE') {
    state.jobs = state.jobs.filter((job) => job.namespace !== namespace || job.id !== name);
    state.definitions.delete(keyOf(namespace, name));
    return { status: 204, body: null };
  }
  state.definitions.set(keyOf(namespace, name), kept(body['task'] as Task));
  return definitionOf(state, namespace, name);
}

function created(state: Kept & { jobs: JobRecord[] }, namespace: string, id: string, task: Task): Answer {
  const [like] = state.jobs;
  if (like === undefined || state.jobs.some((job) => job.namespace === namespace && job.id === id))
    return problem(409, 'CONFLICT', `there is a job "${id}" already`);
  const schedules = [task['when'] ?? []].flat().map(String);
  state.jobs = [
    {
      ...like,
      namespace,
      id,
      name: null,
      schedules,
      target: String(task['run']),
      lastRun: null,
      recent: [],
      origin: 'api',
    },
    ...state.jobs,
  ];
  state.definitions.set(keyOf(namespace, id), kept(task));
  return { ...definitionOf(state, namespace, id), status: 201 };
}

function explained(expr: string): Answer {
  if (!/^[\d*@e]/.test(expr))
    return problem(
      400,
      'SCHEDULE_INVALID',
      `"${expr}" is not a schedule`,
      'Use every 10s, or a cron pattern.',
    );
  const at = Date.now();
  const next = [1, 2, 3, 4, 5].map((hours) => new Date(at + hours * 3_600_000).toISOString());
  return ok({
    expr,
    tz: 'Europe/Berlin',
    meaning: `as ${expr} says`,
    class: 'fixed-time',
    rule: '',
    next,
    clockChange: null,
    warnings: [],
  });
}

/** All that a run has written, and what it goes on to write is nothing. */
export function followOutput(
  { outputLines, output }: Kept,
  run: RunRecord | undefined,
  response: ServerResponse,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 100\n\n');
  const pieces = output === undefined ? PIECES : [{ stream: 'stdout', text: output }];
  if (outputLines === undefined) response.write(`event: output\ndata: ${JSON.stringify(pieces)}\n\n`);
  for (let from = 0; from < (outputLines ?? 0); from += 1_000) {
    const lines = Array.from(
      { length: 1_000 },
      (_, at) => `\x1b[2m${from + at}\x1b[0m a line of the output\n`,
    );
    const pieces = [{ stream: from % 3_000 === 0 ? 'stderr' : 'stdout', text: lines.join('') }];
    response.write(`event: output\ndata: ${JSON.stringify(pieces)}\n\n`);
  }
  if (run !== undefined && run.endedAt === null) return;
  response.end(`event: end\ndata: ${JSON.stringify({ run })}\n\n`);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function problem(status: number, code: string, detail: string, hint?: string): Answer {
  return {
    status,
    body: {
      type: `urn:supertask:error:${code}`,
      title: detail,
      status,
      detail,
      code,
      ...(hint ? { hint } : {}),
    },
  };
}
