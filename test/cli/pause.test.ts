/** Pausing, resuming and skipping, with and without a scheduler. */
import { readdirSync, readlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';

type Named = Readonly<Record<string, unknown>>;

const TABLE = `
meta: {namespace: shop}
tasks:
  tick: {when: every 1s, run: echo tick}
  yearly: {when: "0 0 1 1 *", run: echo year}
  slow: {when: every 1d, run: "while ! test -e go; do sleep 0.1; done"}
`;

const ZONED = `
meta: {namespace: shop}
defaults: {tz: Asia/Tokyo}
tasks:
  slow: {when: every 1d, run: echo slow}
  many:
    params: {n: {}}
    when: [{every: 1d, args: {n: a}}, {every: 1d, args: {n: b}}]
    run: echo
`;

async function schedule(table = TABLE): Promise<Running> {
  writeFileSync(join(place().work, 'shop.yaml'), table);
  const scheduler = startCli(['run', '--file=shop.yaml']);
  await scheduler.waitForLine('stderr', /next /);
  await expect.poll(() => socketLinks().length, { timeout: 10_000 }).toBe(1);
  return scheduler;
}

function socketLinks(): string[] {
  try {
    const links = join(place().state, 'namespaces/shop/control');
    return readdirSync(links).map((name) => readlinkSync(join(links, name)));
  } catch {
    return [];
  }
}

/** The jobs are known, and nothing runs. */
async function known(): Promise<void> {
  const scheduler = await schedule(TABLE.replace('every 1s', 'every 1d'));
  await end(scheduler);
}

async function end(scheduler: Running): Promise<void> {
  scheduler.signal('SIGTERM');
  expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
}

async function json(...args: string[]): Promise<Named & Named[]> {
  return JSON.parse((await runCli([...args, '--json'])).stdout) as Named & Named[];
}

async function clean(): Promise<void> {
  expect(await runCli(['fsck'])).toMatchObject({ exitCode: 0 });
}

describe('pause', () => {
  it('keeps a job of a scheduler that runs from running, and resume lets it run', async () => {
    const scheduler = await schedule();
    await scheduler.waitForLine('stderr', /tick succeeded/);
    const { stdout, stderr } = await runCli(['pause', 'tic', '--for=1h', '--note=so']);
    expect(stdout).toMatch(/^tick is paused until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$/);
    expect(stderr).toBe('');
    const line = await scheduler.waitForLine('stderr', /tick skipped.*/);
    expect(line[0]).toMatch(/skipped: the job was paused by \S+ pid \d+ since \S+ until \S+ \(so\)/);
    const [job] = await json('list-jobs');
    expect(job).toMatchObject({ id: 'tick', paused: true, pauses: [{ job: 'tick', note: 'so' }] });
    const table = await runCli(['list-jobs']);
    expect(table.stdout).toMatch(/^tick .*\(paused\)/m);
    expect(await json('ps')).toMatchObject({ schedulers: [{ jobs: 3, paused: 1 }] });
    const asked = await runCli(['trigger', 'tick']);
    expect(asked.stdout).toMatch(/ started; the job is paused, which holds for its schedule only\n$/);
    const again = await runCli(['pause', 'tick']);
    expect(again.stdout).toMatch(/^tick is paused, as it was until \d{4}-\d\d-\d\d \S+ before\n$/);
    expect((await runCli(['resume', 'tick'])).stdout).toBe('tick is not paused any more\n');
    const paused = await json('list-runs', '--status=skipped', '--limit=1000');
    const moments = paused.reduce((sum, run) => sum + Number(run['count'] ?? 1), 0);
    expect(moments).toBeGreaterThan(0);
    const more = scheduler.output('stderr').split('tick succeeded').length;
    await expect
      .poll(() => scheduler.output('stderr').split('tick succeeded').length, { timeout: 10_000 })
      .toBeGreaterThan(more);
    await end(scheduler);
    expect(await json('list-runs', '--status=missed')).toEqual([]);
    await clean();
  });

  it('holds for a scheduler that cannot be told', async () => {
    const scheduler = await schedule();
    await scheduler.waitForLine('stderr', /tick succeeded/);
    for (const path of socketLinks()) unlinkSync(path);
    const { stdout, stderr } = await runCli(['pause', '--all']);
    expect(stdout).toBe('all jobs of shop are paused\n');
    expect(stderr).toMatch(
      /^warning: the scheduler \(pid \d+\) was not reached; it looks before it runs anything\n$/,
    );
    await scheduler.waitForLine('stderr', /tick skipped: the job was paused/);
    await end(scheduler);
    await clean();
  });

  it.each<[string, readonly string[], string]>([
    ['the job', ['slow'], '2998-12-31 15:00:00'],
    ['--tz, before that of the job', ['slow', '--tz=America/New_York'], '2999-01-01 05:00:00'],
    ['the task, where its jobs have one', ['many'], '2998-12-31 15:00:00'],
    ['the settings, for all jobs', ['--all'], '2998-12-31 18:30:00'],
  ])('ends in the zone of %s', async (_, args, until) => {
    await end(await schedule(ZONED));
    const env = { SUPERTASK_TZ: 'Asia/Kolkata' };
    const { stdout } = await runCli(['pause', ...args, '--until=2999-01-01T00:00'], { env });
    expect(stdout).toMatch(` paused until ${until} `);
  });

  it('holds for the scheduler that comes, whose past has nothing missed', async () => {
    await known();
    expect((await runCli(['pause', 'slow', '--until=2999-01-01'])).stdout).toMatch(
      /^slow is paused until 2999-01-01 00:00:00 \(no scheduler is running; it holds for the next one\)\n$/,
    );
    expect((await runCli(['why', 'slow', '2998-06-01T00:00'])).stdout).toMatch(
      /^slow is due at 2998-06-01 00:00:00 UTC, and will not run: the job is paused by \S+ pid \d+ since .* until 2999-01-01 00:00:00\.\n$/,
    );
    expect((await runCli(['next', 'slow', '--count=1', '--json'])).stdout).toMatch(
      /2999-01-01T00:00:00.000Z/,
    );
    const scheduler = await schedule();
    expect(await json('list-jobs')).toMatchObject([
      { id: 'tick', paused: false },
      {},
      { id: 'slow', paused: true, nextDueAt: '2999-01-01T00:00:00.000Z' },
    ]);
    await end(scheduler);
  });

  it('ends by itself', async () => {
    const scheduler = await schedule();
    await runCli(['pause', 'tick', '--for=2500ms']);
    await scheduler.waitForLine('stderr', /tick skipped/);
    const before = scheduler.output('stderr').split('tick started').length;
    await expect
      .poll(() => scheduler.output('stderr').split('tick started').length, { timeout: 10_000 })
      .toBeGreaterThan(before);
    expect(await json('list-jobs')).toMatchObject([{ id: 'tick', paused: false }, {}, {}]);
    await end(scheduler);
  });

  it('leaves what is going alone', async () => {
    const scheduler = await schedule();
    const { run } = (await json('trigger', 'slow')) as unknown as { run: { id: string } };
    await runCli(['pause', '--all']);
    writeFileSync(join(place().work, 'go'), '');
    expect((await runCli(['wait', run.id])).exitCode).toBe(0);
    await end(scheduler);
  });
});

describe('resume', () => {
  it('says what it found', async () => {
    await known();
    expect(await runCli(['resume', 'slow'])).toMatchObject({ stdout: 'slow was not paused\n', exitCode: 1 });
    await runCli(['skip', 'yearly']);
    await runCli(['pause', 'slow']);
    await runCli(['pause', '--all']);
    const one = await runCli(['resume', 'slow']);
    expect([one.stderr, one.exitCode]).toEqual([
      'error: slow stays paused: all jobs are [CONFLICT]\nhint: supertask resume --all ends that.\n',
      1,
    ]);
    const dry = await runCli(['resume', '--all', '--dry-run']);
    expect(dry.stdout).toBe('would resume all jobs of shop\n');
    const all = await runCli(['resume', '--all']);
    expect(all.stdout).toMatch(
      /^all jobs of shop are not paused any more; not skipped any more: \d{4}-01-01 00:00:00\n$/,
    );
    expect(await json('list-jobs')).toMatchObject([{ paused: false }, { paused: false }, { paused: false }]);
  });
});

describe('skip', () => {
  it('leaves out the next moment, and then the one after it', async () => {
    const scheduler = await schedule();
    const first = await json('skip', 'yearly');
    const second = await json('skip', 'yearly');
    const at = (answer: Named): string => (answer['skips'] as { at: string }[])[0]?.at ?? '';
    expect(Number(at(second).slice(0, 4))).toBe(Number(at(first).slice(0, 4)) + 1);
    expect(await json('skip', 'yearly', at(first))).toMatchObject({ kind: 'skip-already' });
    const [, yearly] = await json('list-jobs');
    expect(yearly?.['nextDueAt']).toBe(`${Number(at(second).slice(0, 4)) + 1}-01-01T00:00:00.000Z`);
    expect(await json('why', 'yearly', at(first))).toMatchObject({ verdict: 'to-skip' });
    await end(scheduler);
  });

  it('is recorded as it was asked', async () => {
    const scheduler = await schedule();
    // Far enough away that it has not passed before everybody knows of it.
    const at = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 6_000).toISOString();
    const [skip] = (await json('skip', 'tick', at, '--note=not now'))['skips'] as unknown as {
      at: string;
    }[];
    await scheduler.waitForLine('stderr', /tick skipped: somebody asked to skip it/);
    const why = await runCli(['why', 'tick', skip?.at ?? '']);
    expect(why.stdout).toMatch(/and was skipped: somebody asked to skip it, by \S+ pid \d+ \(not now\)\./);
    await end(scheduler);
    await clean();
  });
});

describe('what cannot be', () => {
  it.each([
    [['pause'], 2, /^error: no job is named \[USAGE\]\nhint: /],
    [['pause', 'slow', '--all'], 2, /both "slow" and --all are given \[USAGE\]/],
    [['pause', 'slow', '--for=1h', '--until=18:00'], 2, /both --for and --until are given \[USAGE\]/],
    [['pause', 'slow', '--for=5'], 2, /--for: .*5.* \[USAGE\]/],
    [
      ['pause', 'slow', '--until=2020-01-01'],
      2,
      /--until "2020-01-01" is 2020-01-01 00:00:00, which has passed \[USAGE\]/,
    ],
    [['pause', 'slow', '--until=soon'], 2, /--until: .*soon.* \[USAGE\]/],
    [['pause', 'none'], 2, /no job is called "none" \[ID_UNKNOWN\]/],
    [
      ['skip', 'yearly', '2027-03-04'],
      1,
      /yearly is not due at 2027-03-04 00:00:00 UTC \[CONFLICT\]\nhint: It is due after that at 2028-01-01/,
    ],
    [['skip', 'yearly', '2020-01-01'], 1, /2020-01-01 00:00:00 UTC has passed \[CONFLICT\]/],
    [['skip', 'yearly', 'sometimes'], 2, /sometimes.* \[USAGE\]/],
  ])('%j ends with %i', async (args, code, message) => {
    await known();
    const { stderr, exitCode } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});

it.each([['next'], ['2999-01-01'], ['next', '--dry-run']])(
  'a disabled job has nothing to skip: %j',
  async (...args) => {
    await end(await schedule(`${TABLE}  off: {when: every 1d, enabled: false, run: echo off}\n`));
    const { stdout, stderr, exitCode } = await runCli(['skip', 'off', ...args]);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toMatch(
      /^error: off is disabled, so it is never due \[CONFLICT\]\nhint: .*enabled: true\.\n$/,
    );
    expect(await runCli(['resume', 'off'])).toMatchObject({ exitCode: 1 });
  },
);

it('a task stands for its jobs, and a scheduler in the foreground tells of what is said', async () => {
  const scheduler = await schedule(`
meta: {namespace: shop}
tasks:
  report:
    params: {region: {}}
    when: [{every: 1d, args: {region: eu}}, {every: 1d, args: {region: us}}]
    run: 'true'
  other: {when: every 1d, run: 'true'}
`);
  const { stdout } = await runCli(['pause', 'report', '--note=so']);
  expect(stdout).toBe('report is paused (2 jobs)\n');
  await scheduler.waitForLine('stderr', /report@region=eu paused by \S+ pid \d+ \(so\)/);
  await scheduler.waitForLine('stderr', /report@region=us paused by/);
  const jobs = await json('list-jobs');
  expect(jobs.map(({ id, paused }) => [id, paused])).toEqual([
    ['report@region=eu', true],
    ['report@region=us', true],
    ['other', false],
  ]);
  expect((await runCli(['status'])).stdout).toMatch(/^jobs +3 \(2 paused\)$/m);
  const page = (await runCli(['top'])).stdout;
  expect(page.match(/^.*(?:report@|other).*$/gm)?.map((line) => /paused/.test(line))).toEqual(
    page.match(/^.*(?:report@|other).*$/gm)?.map((line) => line.includes('report@')),
  );
  expect(page).toMatch(/report@region=eu.*paused/);
  expect(await json('resume', 'report')).toMatchObject({
    kind: 'resumed',
    job: 'report',
    pauses: [{ job: 'report@region=eu' }, { job: 'report@region=us' }],
  });
  await scheduler.waitForLine('stderr', /report@region=us not paused any more/);
  expect(await json('skip', 'report', 'next', '--note=so')).toMatchObject({
    kind: 'skip',
    job: 'report',
    skips: [{ job: 'report@region=eu' }, { job: 'report@region=us' }],
  });
  await scheduler.waitForLine('stderr', /report@region=us skips 20\S+Z by/);
  expect((await runCli(['skip', 'report'])).stdout).toMatch(
    /^report@region=eu skips .*\nreport@region=us skips .*\n$/,
  );
  expect((await runCli(['skip', 'report', '2020-01-01'])).exitCode).toBe(1);
  expect(await json('resume', 'report')).toMatchObject({ skips: { length: 4 } });
  await runCli(['skip', 'other']);
  await scheduler.waitForLine('stderr', /other skips 20\S+Z by/);
  await runCli(['resume', 'other']);
  await scheduler.waitForLine('stderr', /other does not skip 20\S+Z any more/);
  expect(await runCli(['resume', 'report'])).toMatchObject({ exitCode: 1 });
  await end(scheduler);
}, 90_000);
