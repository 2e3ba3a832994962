/** What is written and printed, held against the schemas that are published. */
import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { exchange } from '../../src/http/client.ts';
import { writeSegments } from '../../src/store/file/history.ts';
import { dueRun } from '../store/conformance.ts';
import { ROOT } from '../support/build.ts';
import { type Options, place, runCli, startCli } from '../support/cli.ts';
import { mistakes, SCHEMAS } from '../support/schema.ts';

/** Files of the state directory, by their paths from it, and the schema of the file or of its lines. */
const FILES: readonly (readonly [RegExp, string | undefined])[] = [
  [/^format\.json$/, 'format'],
  [/^namespaces\/[^/]+\/namespace\.json$/, 'namespace'],
  [/^namespaces\/[^/]+\/overrides\.json$/, 'overrides'],
  [/^namespaces\/[^/]+\/jobs\.json$/, 'jobs'],
  [/^namespaces\/[^/]+\/definitions\/[0-9a-f]{32}\.jsonl$/, 'definition'],
  [/^namespaces\/[^/]+\/journal\/[^/]+\.jsonl$/, 'journal'],
  [/^namespaces\/[^/]+\/history\/jobs-[0-9a-f]{16}\.jsonl$/, 'job-facts'],
  [/^namespaces\/[^/]+\/history\/gone\.json$/, 'gone'],
  [/^namespaces\/[^/]+\/history\/\d{6}\/[^/]+\.idx\.json$/, 'history-index'],
  [/^namespaces\/[^/]+\/history\/\d{6}\/[0-9a-f]{12}-[0-9a-f]{12}-\d+-[0-9a-f]{16}\.jsonl$/, 'history'],
  [/^namespaces\/[^/]+\/slots\/[^/]+$/, 'slot'],
  [/^namespaces\/[^/]+\/control\/[^/]+$/, 'control'],
  [/^control\/[^/]+\.sock$/, undefined],
  [/^namespaces\/[^/]+\/output\/\d{8}\/[0-9a-f-]{36}\.tl$/, 'timeline'],
  [/^namespaces\/[^/]+\/output\/\d{8}\/[0-9a-f-]{36}\.(?:out|err|named)$/, undefined],
  [/^namespaces\/[^/]+\/ballast$/, undefined],
  [/^background\/[^/]+\.log$/, undefined],
  [/^http\/(?:all|of\/[^/]+)\/tokens\.json$/, 'tokens'],
  [/^http\/(?:all|of\/[^/]+)\/servers\/[^/]+\.json$/, 'http-server'],
  [/^http\/(?:all|of\/[^/]+)\/codes\/[\w-]{43}\.json$/, 'http-code'],
];

/** Schemas of what the state directory holds; each of the others is of what the command of its name prints. */
const STATE_SCHEMAS = new Set(FILES.map(([, schema]) => schema));

const checked = new Set<string>();

function check(schema: string, value: unknown): void {
  checked.add(schema);
  expect(mistakes(schema, value), schema).toEqual([]);
}

function filesBelow(directory: string, path = ''): string[] {
  return readdirSync(join(directory, path)).flatMap((name) => {
    const below = path === '' ? name : `${path}/${name}`;
    return lstatSync(join(directory, below)).isDirectory() ? filesBelow(directory, below) : [below];
  });
}

function checkState(): void {
  const { state } = place();
  for (const path of filesBelow(state)) {
    const known = FILES.find(([pattern]) => pattern.test(path));
    expect(known, `${path} is a file that nobody has described`).toBeDefined();
    const schema = known?.[1];
    if (schema !== undefined) for (const value of valuesOf(join(state, path), schema)) check(schema, value);
  }
}

function valuesOf(path: string, schema: string): unknown[] {
  if (schema === 'slot' || schema === 'control') return [readlinkSync(path)];
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  if (schema === 'timeline') return lines;
  return path.endsWith('.jsonl') ? lines.map((line) => JSON.parse(line)) : [JSON.parse(text)];
}

async function ask(args: readonly string[], options: Options = {}): Promise<unknown> {
  const { stdout } = await runCli([...args, '--json'], options);
  const value: unknown = JSON.parse(stdout);
  check(args[0] ?? '', value);
  return value;
}

async function events(args: readonly string[], options: Options = {}): Promise<string[]> {
  return checkEvents((await runCli(['run', '--json', ...args], options)).stdout);
}

/** @returns Their types. */
function checkEvents(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const event = JSON.parse(line);
    check('run', event);
    return event.type;
  });
}

/** Runs that end in every way, with all that a record may carry. */
async function fillState(): Promise<void> {
  const { work } = place();
  const yaml = [
    'meta: {author: Ann}',
    'tasks:',
    '  named: {name: A name, description: Says something., run: "echo out=1 >> $SUPERTASK_OUTPUT; echo x; echo y >&2"}',
    '  fails: {run: exit 3}',
    '  late: {run: sleep 60, timeout: 100ms}',
    '  dies: {run: kill -9 $$}',
    '  leaves: {run: "sleep 1 & echo"}',
  ];
  writeFileSync(join(work, 'week.yaml'), yaml.join('\n'));
  expect(await events(['-f', 'week.yaml'])).toContain('run-finished');
  await events(['--exec', '--', '/not/there']);
  await overlap();
  await events(['--secret=GONE', '--', 'true']);
}

/** A run that goes on until it has been in the way of the next. */
async function overlap(): Promise<void> {
  const args = ['--when=every 1s', '--ns=overlap', '--name=slow', '--json'];
  const scheduler = startCli(['run', ...args, '--', 'until test -e enough; do sleep 0.1; done']);
  await scheduler.waitForLine('stdout', /run-skipped/);
  await steer();
  checkState();
  writeFileSync(join(place().work, 'enough'), '');
  await scheduler.waitForLine('stdout', /run-finished/);
  scheduler.signal('SIGTERM');
  const { stdout } = await scheduler.exit;
  const types = checkEvents(stdout);
  expect(types).toEqual(expect.arrayContaining(['scheduler-started', 'scheduler-stopped']));
}

/** What is asked of a scheduler with a run of `slow`, and done to one of another. */
async function steer(): Promise<void> {
  expect(await ask(['ps', '--all'])).toMatchObject({
    schedulers: [{ socket: expect.any(String) }],
    runs: [{}],
  });
  expect(await ask(['trigger', 'slow'])).toMatchObject({ kind: 'skipped' });
  await ask(['status', 'overlap']);
  writeFileSync(join(place().work, 'idle.yaml'), 'tasks: {idle: {when: every 1h, run: sleep 60}}');
  const scheduler = startCli(['run', '--file=idle.yaml', '--ns=idle', '--json']);
  await scheduler.waitForLine('stdout', /scheduler-started/);
  for (const end of ['stop', 'kill']) {
    await expect.poll(() => ask(['trigger', 'idle', '--ns=idle'])).toMatchObject({ kind: 'started' });
    await ask([end, 'idle']);
  }
  await ask(['trigger', 'idle', '--dry-run']);
  await ask(['wait', String(((await ask(['list-runs', '--ns=idle'])) as { id: string }[])[0]?.id)]);
  const [idle] = (await ask(['list-runs', '--ns=idle'])) as { id: string }[];
  await ask(['mark', idle?.id ?? '', 'succeeded', '--note=because']);
  await ask(['rerun', idle?.id ?? '', '--dry-run']);
  await ask(['show', idle?.id ?? '']);
  await ask(['reload', 'idle', '--dry-run']);
  await ask(['token']);
  await ask(['token', 'rotate', '--scope=read']);
  await linkToServer();
  await ask(['pause', 'idle', '--for=1h', '--note=because']);
  await ask(['pause', '--all', '--ns=idle']);
  await ask(['list-jobs', '--ns=idle']);
  await ask(['resume', '--all', '--ns=idle']);
  const skipped = (await ask(['skip', 'idle', '--note=because'])) as { skips: { at: string }[] };
  expect(await ask(['why', 'idle', skipped.skips[0]?.at ?? ''])).toMatchObject({ verdict: 'to-skip' });
  await ask(['list-jobs', '--ns=idle']);
  await makeJob();
  await ask(['list-jobs', '--ns=idle']);
  await ask(['shutdown', 'idle']);
  await scheduler.exit;
}

async function linkToServer(): Promise<void> {
  const serving = startCli(['serve', '--http=0']);
  await serving.waitForLine('stderr', /sign in/);
  await expect.poll(() => runCli(['token', 'link'])).toMatchObject({ exitCode: 0 });
  await ask(['token', 'link']);
  checkState();
  serving.signal('SIGTERM');
  await serving.exit;
}

/** What is started in the background, and goes on there. */
async function detach(): Promise<void> {
  const { stdout } = await runCli(['run', '--detach', '--json', '--when=@yearly', '--ns=away', '--', 'true']);
  check('detach', JSON.parse(stdout));
  await ask(['shutdown', 'away']);
}

/** Through the API. */
async function makeJob(): Promise<void> {
  const { schedulers } = (await ask(['ps'])) as { schedulers: { namespace: string; socket: string }[] };
  const socket = schedulers.find(({ namespace }) => namespace === 'idle')?.socket ?? '';
  const body = { id: 'made', task: { when: '@yearly', run: 'true' } };
  const made = await exchange(socket, { method: 'POST', path: '/namespaces/idle/jobs', body, by: 'ada' });
  expect(made.status).toBe(201);
}

/** A scheduler that is killed, found dead by the next one, and the instants in between. */
async function killAndMiss(): Promise<void> {
  const args = ['--when=every 1s', '--missed=skip', '--ns=gap', '--name=tick'];
  const first = startCli(['run', ...args, '--json', '--', 'echo $$; exec sleep 60']);
  const [, pid] = await first.waitForLine('stdout', /run-output.*"text":"(\d+)/);
  checkState();
  first.signal('SIGKILL');
  await first.exit;
  process.kill(-Number(pid), 'SIGKILL');
  // Whatever was due meanwhile is more than a second late by then.
  await runCli(['run', '--', 'sleep 2.5']);
  const types = await events([...args, '--times=1', '--', 'true']);
  expect(types).toEqual(expect.arrayContaining(['run-missed', 'run-finished']));
}

/** Journals are folded when they are full; a name is what says so. */
async function fold(): Promise<void> {
  const journals = join(place().state, 'namespaces/gap/journal');
  for (const name of readdirSync(journals)) {
    if (!name.startsWith('free-')) continue;
    const sealed = join(journals, name.replace('free-', 'sealed-'));
    renameSync(join(journals, name), sealed);
    // Nobody has written to it for a while.
    utimesSync(sealed, new Date(0), new Date(0));
  }
  await runCli(['run', '--ns=gap', '--name=tick', '--', 'true']);
}

/** What is younger than a day is never removed. */
async function removeOld(): Promise<void> {
  const history = join(place().state, 'namespaces/gap/history');
  const old = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'].map((at) =>
    dueRun('tick', at, { namespace: 'gap', status: 'succeeded', durationMs: 5 }),
  );
  writeSegments(history, old);
  expect(await ask(['prune', '--keep-runs=1'])).toMatchObject({ runs: 2 });
}

it('fits the published schemas, whatever happens', async () => {
  await fillState();
  await killAndMiss();
  checkState();
  await fold();
  checkState();

  await ask(['list-namespaces']);
  await ask(['top']);
  await detach();
  const jobs = (await ask(['list-jobs'])) as { id: string }[];
  const runs = (await ask(['list-runs', '--limit=100'])) as { id: string; status: string }[];
  expect(new Set(runs.map(({ status }) => status))).toEqual(
    new Set(['succeeded', 'failed', 'errored', 'skipped', 'missed']),
  );
  await ask(['show', runs[0]?.id ?? '']);
  await ask(['show', jobs.find(({ id }) => id === 'named')?.id ?? '']);
  await ask(['missed']);
  await ask(['why', 'tick']);
  await ask(['why', 'slow', '2099-01-01T00:00Z']);
  await ask(['why', 'named']);
  await ask(['prune', '--dry-run', '--keep-runs=1']);
  await removeOld();
  checkState();
  await ask(['next', '*/5 * * * *']);
  await ask(['next', 'week.yaml']);
  await ask(['graph', 'week.yaml']);
  await ask(['next', 'tick']);
  await ask(['explain', '30 2 * * *', '--tz=Europe/Berlin']);
  const busy =
    'tasks: {a: {when: every 1m, run: x, timeout: 90s}, b: {when: every 1m, run: x, overlap: parallel}}';
  writeFileSync(join(place().work, 'busy.yaml'), busy);
  const span = ['--from=2026-05-01T00:00Z', '--to=2026-05-01T01:00Z'];
  const gap = ['--down=2026-05-01T00:10Z..2026-05-01T00:20Z', '--duration=100s', '--assert=no-overlap'];
  await ask(['simulate', 'busy.yaml', ...span, ...gap]);

  await ask(['check', 'busy.yaml']);
  await ask(['doctor']);
  writeFileSync(
    join(place().work, 'wrong.yaml'),
    'tasks: {a: {when: "*/7 * * * *", run: [no-such-program, 5]}}',
  );
  await ask(['check', 'wrong.yaml', '--env-file=week.yaml']);

  await ask(['du']);
  const journals = join(place().state, 'namespaces/gap/journal');
  writeFileSync(join(journals, readdirSync(journals)[0] ?? ''), '\nthis is no record\n', { flag: 'a' });
  expect(await ask(['fsck'])).toMatchObject({ clean: false });
  expect(await ask(['fsck', '--repair'])).toMatchObject({ clean: true });
  await ask(['adopt', 'gap', '--ns=overlap']);
  await ask(['list-namespaces']);

  expect([...checked].sort(), 'schemas that fitted something').toEqual(SCHEMAS);
}, 180_000);

it('has a schema for each command that prints JSON, and for nothing else', () => {
  const printing = createProgram(() => {})
    .commands.filter(({ options }) => options.some(({ long }) => long === '--json'))
    .map((command) => command.name());
  // Which is `run --detach`: `run` itself prints events.
  expect([...printing, 'detach'].sort()).toEqual(SCHEMAS.filter((name) => !STATE_SCHEMAS.has(name)));
});

it('has a line for each schema in the docs', () => {
  const text = readFileSync(join(ROOT, 'docs/format.md'), 'utf8');
  const linked = [...text.matchAll(/\.\.\/schema\/([a-z-]+)\.schema\.json/g)].map(([, name]) => name);
  expect([...new Set(linked)].sort()).toEqual(SCHEMAS);
});

it.each([
  ['journal', { t: 'run', at: '2026-05-01T00:00:00.000Z', w: 'x' }],
  ['journal', { t: 'stop', at: '2026-05-01T00:00:00.000Z', w: 'x', reason: 'x', more: 1 }],
  ['history', { id: 'x' }],
  ['namespace', { id: 'n1' }],
  ['list-runs', [{}]],
  ['run', { type: 'nothing', at: '2026-05-01T00:00:00.000Z' }],
  ['slot', 'x y z'],
  ['control', 'somewhere'],
  ['ps', { schedulers: [] }],
])('%s does not fit %j', (schema, value) => {
  expect(mistakes(schema, value)).not.toEqual([]);
});
