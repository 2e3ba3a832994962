/** `why` and `missed`: what became of due moments, asked in another terminal. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobDefinition } from '../../src/model/job.ts';
import { type Run, scheduledRunId } from '../../src/model/run.ts';
import { createFileStore } from '../../src/store/file/store.ts';
import { place, runCli, startCli } from '../support/cli.ts';

type Named = Readonly<Record<string, unknown>>;

async function json(...args: string[]): Promise<Named & Named[]> {
  const result = await runCli([...args, '--json']);
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  return JSON.parse(result.stdout) as Named & Named[];
}

async function why(...args: string[]): Promise<string> {
  const result = await runCli(['why', ...args]);
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  return result.stdout.split('\n')[0] ?? '';
}

function job(id: string, more: Partial<JobDefinition> = {}): JobDefinition {
  const rest = { name: undefined, description: undefined, target: `cmd:${id}`, tz: 'Europe/Berlin' };
  return { id, ...rest, schedules: ['daily at 02:00'], enabled: true, ...more };
}

function record(id: string, at: string, more: Partial<Run>): Run {
  const scheduledAt = new Date(at);
  return {
    id: scheduledRunId({ namespace: 'shop', job: id, dueAt: scheduledAt, attempt: 1 }),
    ...{ namespace: 'shop', job: id, status: 'missed', trigger: 'schedule', attempt: 1, scheduledAt },
    ...more,
  };
}

/** What a scheduler left that ran from 1 May to 4 May 2026, noon in UTC. */
async function keepPast(jobs: readonly JobDefinition[], runs: readonly Run[]): Promise<void> {
  const startedAt = new Date('2024-05-01T12:00:00Z');
  const store = createFileStore({
    root: place().state,
    version: '0.0.0',
    now: () => new Date('2024-05-04T12:00:00Z'),
  });
  const source = '/srv/shop/our jobs.yaml';
  const origin = { host: 'h', user: 'u', source, kind: 'file', author: undefined } as const;
  const writer = await store.open('shop', origin, { mode: 'schedule', startedAt });
  await writer.setJobs(jobs);
  await writer.claim(runs.map((run) => ({ run })));
  await writer.close('test', new Date('2024-05-04T12:00:00Z'));
}

describe('why', () => {
  it('tells of a run that is done, and names it', async () => {
    await keepPast([job('backup')], []);
    await runCli(['run', '--ns=shop', '--name=by-hand', '--', 'cmd:exit 3']);
    const told = await runCli(['why', 'by-hand']);
    expect(told.stdout).toMatch(
      /^by-hand was started by hand at [-\d]+ [\d:.]+ UTC and failed: exit code 3 after \d+ms \(run [-0-9a-f]{36}\)\.\nrecord: supertask show [-0-9a-f]{36}\n$/,
    );
  });

  it('tells what was in the way, and gives the evidence', async () => {
    const evidence = { run: 'R0', pid: 4711, since: '2024-05-01T23:00:00.000Z', runningMs: 3_600_000 };
    const skipped = record('backup', '2024-05-02T00:00:00Z', {
      status: 'skipped',
      reason: 'overlap',
      evidence,
    });
    await keepPast([job('backup')], [skipped]);
    const told = await runCli(['why', 'backup', '2024-05-02T02:00']);
    expect(told.stdout).toBe(
      [
        'backup was due at 2024-05-02 02:00:00 Europe/Berlin and was skipped: run R0 (pid 4711) was still going, for 1h, since 2024-05-02 01:00:00.',
        'evidence: run=R0 pid=4711 since=2024-05-01T23:00:00.000Z runningMs=3600000',
        `record: supertask show ${skipped.id}`,
        '',
      ].join('\n'),
    );
    expect(await json('why', 'backup', '2024-05-02T00:00Z')).toMatchObject({
      namespace: 'shop',
      job: 'backup',
      tz: 'Europe/Berlin',
      at: '2024-05-02T00:00:00.000Z',
      verdict: 'skipped',
      run: { id: skipped.id, evidence },
    });
  });

  it('finds each moment of a long gap in the one record of it', async () => {
    const gap = record('beat', '2024-05-03T08:00:00Z', {
      reason: 'asleep',
      count: 241,
      firstAt: new Date('2024-05-03T04:00:00Z'),
      lastAt: new Date('2024-05-03T08:00:00Z'),
      evidence: { from: '2024-05-03T03:59:30.000Z', until: '2024-05-03T08:00:40.000Z' },
    });
    await keepPast([job('beat', { schedules: ['every 1m'], tz: 'UTC' })], [gap]);
    const missed =
      'was missed: the machine was asleep from 2024-05-03 03:59:30 until 2024-05-03 08:00:40. It is one of 241 moments from 2024-05-03 04:00:00 to 2024-05-03 08:00:00 with this record.';
    for (const time of ['04:00:00', '06:17:00', '08:00:00'])
      expect(await why('beat', `2024-05-03T${time}`)).toBe(
        `beat was due at 2024-05-03 ${time} UTC and ${missed}`,
      );
    expect(await why('beat', '2024-05-03T06:17:05')).toContain(
      'beat was not due at 2024-05-03 06:17:05 UTC, which lies among 241 moments',
    );
    expect(await why('beat', '2024-05-03T08:01')).toContain('nothing is known of it');
  });

  it('tells what is known of a moment without a record', async () => {
    const run = record('backup', '2024-05-03T00:00:00Z', { status: 'succeeded', durationMs: 5 });
    await keepPast([job('backup'), job('off', { enabled: false }), job('hand', { schedules: [] })], [run]);
    const start = "supertask run --file '/srv/shop/our jobs.yaml' --ns=shop";
    expect(await why('backup', '2024-05-01T02:00')).toMatch(
      /^backup did not run at 2024-05-01 02:00:00 Europe\/Berlin: it was first scheduled at 2024-05-01 14:00:00, and what was before is not caught up\.$/,
    );
    expect(await why('backup', '2024-05-02T13:00')).toBe(
      'backup is not due at 2024-05-02 13:00:00 Europe/Berlin by its schedule (daily at 02:00): it is due before that at 2024-05-02 02:00:00, and after that at 2024-05-03 02:00:00.',
    );
    expect(await why('backup', '2024-05-02')).toBe(
      'backup would have been due at 2024-05-02 02:00:00 Europe/Berlin, and nothing is known of it: its oldest record is of 2024-05-03 02:00:00, and what was before has been pruned or was never due.',
    );
    expect(await why('backup', '2024-05-04')).toContain(
      'nothing is known of it: supertask was running then, so its schedule was another one, it started nothing more, or the record was pruned.',
    );
    expect(await why('backup', '2024-05-05')).toMatch(
      new RegExp(
        `^backup was due at 2024-05-05 02:00:00 Europe/Berlin and did not run: supertask was not running from 2024-05-04 14:00:00 to [-\\d]+ [:\\d]+, and is not now\\. Start it with ${start}\\.$`,
      ),
    );
    expect(await why('off', '2024-05-02')).toBe(
      'off is disabled (enabled: false), so nothing happens at 2024-05-02 02:00:00 Europe/Berlin.',
    );
    expect(await why('hand')).toBe('hand has no schedule and runs only when it is started by hand.');
  });

  it('answers for what was due last when no time is given', async () => {
    await keepPast([job('backup')], []);
    expect(await json('why', 'backup')).toMatchObject({
      verdict: 'unattended',
      from: '2024-05-04T12:00:00.000Z',
    });
  });

  it('tells what will happen, with a scheduler and without one', async () => {
    const running = startCli(['run', '--ns=later', '--name=later', '--when=0 0 1 1 *', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    const year = new Date().getUTCFullYear() + 1;
    expect(await why('later', `${year}-01-01`)).toMatch(
      new RegExp(
        `^later is due at ${year}-01-01 00:00:00 UTC, and supertask \\(pid ${running.pid}, running since [-\\d]+ [:\\d]+\\) will run it\\.$`,
      ),
    );
    expect(await json('why', 'later', `${year}-01-02`)).toMatchObject({
      verdict: 'not-due',
      previousDueAt: `${year}-01-01T00:00:00.000Z`,
      nextDueAt: `${year + 1}-01-01T00:00:00.000Z`,
    });
    running.signal('SIGTERM');
    await running.exit;
    const told = await why('later', `${year}-01-01`);
    expect(told).toContain('but no scheduler has been running it since');
    expect(told).toContain(
      `started with cd ${place().work} && supertask run --ns=later --when='0 0 1 1 *' -- cmd:true.`,
    );
  });

  it('knows calendars, shifts and zones of files, also when nothing of the file is there any more', async () => {
    const text = `tasks:
  pay:
    run: "true"
    when: {daily: "09:00", tz: Asia/Tokyo, calendar: {dates: [2024-05-29]}, shift: 1 day}
  poll: {run: "true", when: every 1h after finish}
`;
    writeFileSync(join(place().work, 't.yaml'), text);
    const running = startCli(['run', '--ns=files', '--file=t.yaml']);
    await running.waitForLine('stderr', /poll succeeded/);
    writeFileSync(join(place().work, 't.yaml'), '');
    expect(await json('why', 'pay', '2024-05-30T00:00Z')).toMatchObject({ verdict: 'not-seen-yet' });
    expect(await json('why', 'pay', '2024-05-29T00:00Z')).toMatchObject({
      verdict: 'not-due',
      nextDueAt: '2024-05-30T00:00:00.000Z',
    });
    expect(await why('pay', '2024-05-30T09:00')).toMatch(
      /^pay did not run at 2024-05-30 09:00:00 Asia\/Tokyo: it was first scheduled at [-\d]+ [:\d]+, and what was before is not caught up\.$/,
    );
    expect(await why('poll', '2099-01-01T00:00')).toMatch(
      /^poll runs 1h after its last run has ended\. It is due next at /,
    );
    const jobs = await json('list-jobs', '--ns=files');
    expect(jobs.map(({ id, nextDueAt }) => [id, nextDueAt !== null])).toEqual([
      ['pay', false],
      ['poll', true],
    ]);
    running.signal('SIGTERM');
    await running.exit;
    expect(await why('poll', '2099-01-01')).toContain(
      'poll counts from the start of a scheduler (every 1h after finish), and none is running',
    );
  });

  it('remembers jobs that no timetable has any more', async () => {
    const missed = record('gone', '2024-05-02T00:00:00Z', { reason: 'down' });
    await keepPast([job('backup')], [missed]);
    expect(await why('gone')).toBe(
      'gone was due at 2024-05-02 00:00:00 UTC and was missed: supertask was not running.',
    );
    expect(await why('gone', '2024-05-03')).toBe(
      'gone is in no timetable any more, and there is no record of it at 2024-05-03 00:00:00 UTC.',
    );
  });

  it('refuses what is no job and no time', async () => {
    await keepPast([job('backup')], []);
    expect(await runCli(['why', 'nothing'])).toMatchObject({
      stderr: expect.stringContaining('no job is called "nothing" [ID_UNKNOWN]'),
      exitCode: 2,
    });
    expect(await runCli(['why', 'backup', 'noonish'])).toMatchObject({
      stderr:
        'error: "noonish" is not a time of day [USAGE]\nhint: Write 02:00 for today, 2026-12-24T18:00, 2026-12-24T18:00:00Z, or in 90m.\n',
      exitCode: 2,
    });
  });
});

describe('missed', () => {
  const gap = {
    reason: 'down',
    count: 12,
    firstAt: new Date('2024-05-02T01:00:00Z'),
    lastAt: new Date('2024-05-02T12:00:00Z'),
    evidence: { from: '2024-05-02T00:59:00.000Z', until: '2024-05-02T12:30:00.000Z' },
  } as const;
  const runs = [
    record('a', '2024-05-02T12:00:00Z', gap),
    record('a', '2024-05-02T13:00:00Z', { reason: 'down' }),
    record('a', '2024-05-02T14:00:00Z', { status: 'skipped', reason: 'overlap', evidence: { run: 'R0' } }),
    record('a', '2024-05-02T15:00:00Z', { status: 'succeeded' }),
    record('b', '2024-05-02T16:00:00Z', { reason: 'asleep' }),
  ];

  it('counts moments by job and reason', async () => {
    await keepPast([job('a'), job('b')], runs);
    const { stdout } = await runCli(['missed', '--since=2024-05-01']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['JOB', 'WHAT', 'MOMENTS', 'DUE', 'WHY (THE LATEST)', 'NAMESPACE'],
      ['b', 'missed (asleep)', '1', '2024-05-02 16:00:00', 'the machine was asleep', 'shop'],
      ['a', 'skipped (overlap)', '1', '2024-05-02 14:00:00', 'run R0 was still going', 'shop'],
      ['a', 'missed (down)', '13', '2024-05-02 01:00:00 … 13:00:00', 'supertask was not running', 'shop'],
      [''],
    ]);
    expect(await json('missed', '--since=2024-05-01', '--job=a')).toMatchObject([
      { job: 'a', status: 'skipped', reason: 'overlap', moments: 1, records: 1 },
      {
        ...{ job: 'a', status: 'missed', reason: 'down', moments: 13, records: 2 },
        ...{ firstAt: '2024-05-02T01:00:00.000Z', lastAt: '2024-05-02T13:00:00.000Z' },
        latest: { scheduledAt: '2024-05-02T13:00:00.000Z' },
      },
    ]);
    expect(await json('missed', '--since=2024-05-02T15:30Z')).toMatchObject([{ job: 'b' }]);
    expect(await json('missed')).toEqual([]);
  });

  it('are in list-runs, with their number, the first and the last', async () => {
    await keepPast([job('a'), job('b')], runs);
    const { stdout } = await runCli(['list-runs', '--status=missed,skipped', '--job=a']);
    const rows = stdout
      .split('\n')
      .slice(1, -1)
      .map((row) => row.split(/ {2,}/).slice(1, 4));
    expect(rows).toEqual([
      ['a', 'skipped (overlap)', '2024-05-02 14:00:00'],
      ['a', 'missed (down)', '2024-05-02 13:00:00'],
      ['a', 'missed 12 times (down)', '2024-05-02 01:00:00 … 12:00:00'],
    ]);
  });
});
