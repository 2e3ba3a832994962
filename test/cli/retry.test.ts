/** Trying again and what counts as a success, through the command line. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';
import { recordsOf, untilRecords } from '../support/record.ts';
import { mistakes } from '../support/schema.ts';

/** Fails until it has been run so often. */
const countTo = (n: number): string => `cmd:echo x >> tries; [ $(wc -l < tries) -ge ${n} ]`;
const tries = (): number => readFileSync(join(place().work, 'tries'), 'utf8').split('\n').length - 1;

const attemptsIn = async (): Promise<string[]> =>
  (await recordsOf()).map(({ attempt, trigger, status }) => `${attempt} ${trigger} ${status}`);

describe('a one-shot', () => {
  it('is tried again until it succeeds, and ends as its last attempt', async () => {
    const result = await runCli(['run', '--retry=5', '--retry-delay=10ms', '--', countTo(3)]);
    expect(result).toMatchObject({ exitCode: 0, stdout: '' });
    expect(result.stderr).toMatch(/failed: exit code 1 after \S+; attempt 2\/5 in /);
    expect(await attemptsIn()).toEqual(['1 once failed', '2 retry failed', '3 retry succeeded']);
    const { stdout } = await runCli(['list-runs']);
    expect(stdout.match(/(?:once|retry) \d\/\d/g)).toEqual(['retry 3/5', 'retry 2/5', 'once 1/5']);
    const [first] = await recordsOf();
    const shown = await runCli(['show', first?.id ?? '']);
    expect(shown.stdout.match(/^ {2}\d\/5 .* (?:failed|succeeded)/gm)).toHaveLength(3);
    const record: unknown = JSON.parse((await runCli(['show', first?.id ?? '', '--json'])).stdout);
    expect(mistakes('show', record)).toEqual([]);
  });

  it('gives the exit code of the last attempt, and no attempt after an end that is not meant', async () => {
    const flags = ['--retry=2', '--retry-delay=1ms', '--retry-backoff=fixed', '--retry-on=7,timeout'];
    expect((await runCli(['run', ...flags, '--', 'cmd:echo x >> tries; exit 7'])).exitCode).toBe(7);
    expect(tries()).toBe(2);
    expect((await runCli(['run', ...flags, '--', 'cmd:echo x >> tries; exit 8'])).exitCode).toBe(8);
    expect(tries()).toBe(3);
  });

  it('ends as by the signal when it is told to stop between two attempts', async () => {
    const run = startCli(['run', '--retry=2', '--retry-delay=1h', '--', 'cmd:exit 7']);
    await run.waitForLine('stderr', /attempt 2\/2 in 1h/);
    run.signal('SIGINT');
    expect(await run.exit).toMatchObject({ signal: 'SIGINT' });
    expect(await attemptsIn()).toEqual(['1 once failed', '2 retry skipped']);
  });

  it('that is killed between two attempts leaves nothing waiting for ever', async () => {
    const run = startCli(['run', '--retry=2', '--retry-delay=1h', '--', 'cmd:exit 7']);
    await run.waitForLine('stderr', /attempt 2\/2 in 1h/);
    run.signal('SIGKILL');
    await run.exit;
    expect(await attemptsIn()).toEqual(['1 once failed', '2 retry errored']);
  });

  it.each([
    [['--retry=0'], /"0" is not a number of attempts/],
    [['--retry=2', '--retry-on=timout'], /Did you mean timeout\?/],
    [['--retry-delay=5s'], /need --retry/],
    [['--retry=2', '--retry-delay=5'], /has no unit/],
  ])('%s is refused', async (flags, message) => {
    const result = await runCli(['run', ...flags, '--', 'cmd:true']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(message);
  });

  it('tells its events as published', async () => {
    const { stdout } = await runCli(['run', '--json', '--retry=2', '--retry-delay=1ms', '--', 'cmd:exit 7']);
    const events = stdout.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
    expect(events.flatMap((event) => mistakes('run', event))).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'run-planned' }));
  });
});

describe('a scheduler that goes between two attempts', () => {
  const start = (): Running => startCli(['run', '--file', 't.yaml']);
  const timetable = (delay: string): void =>
    writeFileSync(
      join(place().work, 't.yaml'),
      `tasks: {a: {when: every 1h from start, run: "${countTo(2).slice(4)}", retry: {attempts: 3, delay: ${delay}}}}\n`,
    );

  it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])(
    'by %s leaves the next one waiting, and the next scheduler starts it at its instant',
    async (signal) => {
      timetable('3s');
      const one = start();
      await one.waitForLine('stderr', /attempt 2\/3 in /);
      one.signal(signal);
      await one.exit;
      const waiting = (await recordsOf()).find(({ attempt }) => attempt === 2);
      expect(waiting).toMatchObject({ status: 'waiting', trigger: 'retry' });
      const other = start();
      await other.waitForLine('stderr', /attempt 2\/3 in /);
      expect(tries()).toBe(1);
      const done = await untilRecords((records) => records.some(({ status }) => status === 'succeeded'));
      const retry = done.find(({ attempt }) => attempt === 2);
      expect(retry).toMatchObject({ id: waiting?.id, status: 'succeeded' });
      expect(Date.parse(retry?.startedAt ?? '')).toBeGreaterThanOrEqual(
        Date.parse(String(waiting?.evidence?.['plannedFor'])),
      );
      other.signal('SIGTERM');
      await other.exit;
      expect(tries()).toBe(2);
      // Neither places nor signs of taking over are left.
      const [namespace = ''] = readdirSync(join(place().state, 'namespaces'));
      expect(readdirSync(join(place().state, 'namespaces', namespace, 'slots'))).toEqual([]);
      expect((await runCli(['fsck'])).stdout).toBe('clean\n');
    },
  );

  it('gives it to one of several that start at once', async () => {
    timetable('4s');
    const one = start();
    await one.waitForLine('stderr', /attempt 2\/3 in /);
    one.signal('SIGKILL');
    await one.exit;
    const others = [1, 2, 3].map(() => startCli(['run', '--join', '--file', 't.yaml']));
    await untilRecords((records) =>
      records.some(({ attempt, status }) => attempt === 2 && status === 'succeeded'),
    );
    for (const other of others) other.signal('SIGTERM');
    await Promise.all(others.map(({ exit }) => exit));
    const second = (await recordsOf()).filter(({ attempt }) => attempt === 2);
    expect(second).toHaveLength(1);
  });

  it('and takes its run along has it tried again', async () => {
    writeFileSync(
      join(place().work, 't.yaml'),
      'tasks: {a: {when: every 1h from start, run: "echo x >> tries; [ $(wc -l < tries) -ge 2 ] || sleep 600", retry: {delay: 10ms}}}\n',
    );
    const one = start();
    const [run] = await untilRecords((records) => records.some(({ status }) => status === 'running'));
    const pid: unknown = JSON.parse((await runCli(['show', run?.id ?? '', '--json'])).stdout).pid;
    one.signal('SIGKILL');
    await one.exit;
    process.kill(-Number(pid), 'SIGKILL');
    const other = start();
    const done = await untilRecords((records) =>
      records.some(({ attempt, status }) => attempt === 2 && status === 'succeeded'),
    );
    expect(done.find(({ id }) => id === run?.id)).toMatchObject({ status: 'errored', reason: 'lost' });
    other.signal('SIGTERM');
    await other.exit;
  });
});

describe('what counts as a success', () => {
  /** The record of the last attempt. */
  const run = async (policy: string, line: string): Promise<unknown> => {
    writeFileSync(join(place().work, 't.yaml'), `tasks: {a: {run: ${JSON.stringify(line)}, ${policy}}}\n`);
    await runCli(['run', '--file', 't.yaml']);
    return (await recordsOf()).at(-1);
  };

  it.each<[string, string, object]>([
    ['success: {codes: [0, 3]}', 'exit 3', { status: 'succeeded', reason: null }],
    ['success: {codes: [3]}', 'exit 0', { status: 'failed', reason: 'exit-code' }],
    ['expect: {stdout: /^all \\d+ done$/}', 'echo all 12 done', { status: 'succeeded' }],
    [
      'expect: {stdout: done}',
      'echo one; echo two',
      {
        status: 'failed',
        reason: 'expectation',
        message: 'stdout has no line that matches done: its last line is "two"',
      },
    ],
    [
      'expect: {stderr: {not: /warn/i}}',
      'echo Warning: hot >&2',
      { status: 'failed', message: 'stderr has a line that matches /warn/i: "Warning: hot"' },
    ],
    ['expect: {min-bytes: 1}', 'true', { status: 'failed', message: 'it wrote 0 B, less than 1 B' }],
  ])('%s of %s', async (policy, line, expected) => {
    expect(await run(policy, line)).toMatchObject(expected);
  });

  it('is what the exit code says, whatever that of the program was', async () => {
    writeFileSync(join(place().work, 't.yaml'), 'tasks: {a: {run: "true", expect: {stdout: ok}}}\n');
    const bad = await runCli(['run', '--file', 't.yaml']);
    expect(bad).toMatchObject({ exitCode: 1 });
    expect(bad.stderr).toContain('a failed: stdout has no line that matches ok: it is empty');
    writeFileSync(join(place().work, 't.yaml'), 'tasks: {a: {run: exit 3, success: {codes: 3}}}\n');
    expect((await runCli(['run', '--file', 't.yaml'])).exitCode).toBe(0);
  });

  it('keeps secrets out of what it says', async () => {
    writeFileSync(
      join(place().work, 't.yaml'),
      'tasks: {a: {run: "echo $TOKEN", env: {TOKEN: 0123456789abcdef}, expect: {stdout: ok}}}\n',
    );
    const { stderr } = await runCli(['run', '--file', 't.yaml']);
    expect(stderr).toContain('its last line is "***"');
    expect((await runCli(['list-runs', '--json'])).stdout).not.toContain('0123456789abcdef');
  });

  it('decides on further attempts', async () => {
    const record = await run(
      'retry: {delay: 1ms}, expect: {stdout: second}',
      'echo x >> t; [ $(wc -l < t) -lt 2 ] || echo second',
    );
    expect(record).toMatchObject({ status: 'succeeded', attempt: 2 });
  });
});
