import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';

const BERLIN = ['--tz=Europe/Berlin'];

type Answer = { readonly id: unknown; readonly next?: readonly string[]; readonly error?: string };

async function batch(lines: readonly unknown[], args: readonly string[] = []): Promise<Answer[]> {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const result = await runCli(['next', '--batch', ...args], { input });
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  return result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

describe('next, of a schedule', () => {
  it('is a table in local time with offset and distance', async () => {
    const { stdout, stderr, exitCode } = await runCli([
      'next',
      '30 2 * * *',
      ...BERLIN,
      '--from=2026-03-27T12:00',
      '-n3',
    ]);
    expect(stdout).toMatchInlineSnapshot(`
      "NEXT (Europe/Berlin)            IN         UTC
      Sat 2026-03-28 02:30:00 +01:00  in 14h30m  2026-03-28T01:30:00.000Z
      Sun 2026-03-29 03:00:00 +02:00  in 1d14h   2026-03-29T01:00:00.000Z
      Mon 2026-03-30 02:30:00 +02:00  in 2d14h   2026-03-30T00:30:00.000Z
      "
    `);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  });

  it('is JSON under documented names', async () => {
    const { stdout } = await runCli(['next', '@daily', ...BERLIN, '--from=2026-10-24', '--json', '-n2']);
    expect(JSON.parse(stdout)).toEqual({
      expr: '@daily',
      tz: 'Europe/Berlin',
      next: ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    });
  });

  it('takes words without quotes, and warns beside the answer', async () => {
    const { stdout, stderr } = await runCli([
      'next',
      'every',
      '2',
      'days',
      '--from=2026-01-01',
      '--json',
      '-n1',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ expr: 'every 2 days', next: ['2026-01-03T00:00:00.000Z'] });
    expect(stderr).toMatch(/^warning: "every 2 days" counts from the Unix epoch/);
  });

  it('says when nothing is to come', async () => {
    const result = await runCli(['next', 'at 2026-01-01T00:00Z', '--tz=UTC', '--from=2026-01-02']);
    expect(result).toMatchObject({
      stdout: '',
      stderr: 'warning: nothing is due after Fri 2026-01-02 00:00:00 +00:00\n',
      exitCode: 0,
    });
  });
});

describe('next, of jobs', () => {
  it('of a file are listed soonest first', async () => {
    writeFileSync(
      join(place().work, 'week.yaml'),
      `tasks:
  backup: {when: {cron: '30 2 * * *', tz: Europe/Berlin}, run: x}
  poll: {when: [every 20m, daily at 00:20], run: x}
  off: {when: '@daily', run: x, enabled: false}
`,
    );
    const args = ['next', 'week.yaml', '--tz=UTC', '--from=2026-03-28'];
    const { stdout } = await runCli([...args, '-n', '2']);
    expect(stdout).toMatchInlineSnapshot(`
      "JOB     NEXT                            IN        ZONE
      poll    Sat 2026-03-28 00:20:00 +00:00  in 20m    UTC
      poll    Sat 2026-03-28 00:40:00 +00:00  in 40m    UTC
      backup  Sat 2026-03-28 02:30:00 +01:00  in 1h30m  Europe/Berlin
      backup  Sun 2026-03-29 03:00:00 +02:00  in 1d1h   Europe/Berlin
      off     disabled                                  UTC
      "
    `);
    expect(JSON.parse((await runCli([...args, '--json'])).stdout)).toEqual([
      { job: 'backup', tz: 'Europe/Berlin', next: ['2026-03-28T01:30:00.000Z'] },
      { job: 'poll', tz: 'UTC', next: ['2026-03-28T00:20:00.000Z'] },
      { job: 'off', tz: 'UTC', next: [] },
    ]);
  });

  it('of the bookkeeping are found by name', async () => {
    const running = startCli(['run', '--when=0 5 * * *', '--tz=Asia/Tokyo', '--name=nightly', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    const { stdout } = await runCli(['next', 'nightly', '--from=2026-01-01T00:00Z', '--json', '-n1']);
    running.signal('SIGTERM');
    await running.exit;
    expect(JSON.parse(stdout)).toEqual({
      job: 'nightly',
      tz: 'Asia/Tokyo',
      next: ['2026-01-01T20:00:00.000Z'],
    });
  });

  it.each([
    [['nope'], '"nope" is no schedule, no file and no job'],
    [['every', '10'], 'the duration "10" has no unit'],
    [['@dayly'], '"@dayly" is not a known nickname'],
    [['@daily', '--from=sometimes'], '--from: "sometimes" is not an ISO 8601 instant'],
    [['@daily', '--count=0'], '--count is "0"'],
    [['@daily', '--tz=Europe/Berlim'], '--tz: "Europe/Berlim" is not a time zone name'],
    [[], 'there is nothing to look at'],
    [['@daily', '--batch'], '--batch reads its schedules from standard input'],
  ])('are refused for %j', async (args, message) => {
    const result = await runCli(['next', ...args]);
    expect(result).toMatchObject({ stdout: '', exitCode: 2 });
    expect(result.stderr).toContain(`error: ${message}`);
    expect(result.stderr).toContain('hint: ');
  });
});

/** From 01:00 before the change to 04:00 after it, four real hours. */
const AUTUMN = { tz: 'Europe/Berlin', from: '2026-10-24T22:59:59.999Z' };

describe('the clock changes of Berlin', () => {
  it.each([
    ['* * * * *', 240, 60],
    ['*/30 * * * *', 8, 1_800],
    ['0 * * * *', 4, 3_600],
  ])('%s runs %i times in four hours of autumn, evenly', async (expr, count, apartS) => {
    const [answer] = await batch([{ id: 'x', expr, ...AUTUMN, count: count + 1 }]);
    const instants = (answer?.next ?? []).map((at) => Date.parse(at));
    expect(instants.filter((at) => at < Date.parse('2026-10-25T03:00:00Z'))).toHaveLength(count);
    const gaps = instants.slice(1).map((at, index) => (at - (instants[index] ?? 0)) / 1_000);
    expect(new Set(gaps)).toEqual(new Set([apartS]));
    const args = ['next', expr, ...BERLIN, `--from=${AUTUMN.from}`, `--count=${count + 1}`, '--json'];
    expect(JSON.parse((await runCli(args)).stdout)).toMatchObject({ next: answer?.next });
  });

  it.each([
    ['spring', '2026-03-28T12:00Z', ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']],
    ['autumn', '2026-10-24T12:00Z', ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']],
  ])('run 30 2 * * * once in %s', async (_season, from, next) => {
    const question = { id: 1, expr: '30 2 * * *', tz: 'Europe/Berlin', from, count: 2 };
    expect(await batch([question])).toEqual([{ id: 1, next }]);
    const args = ['next', '30 2 * * *', ...BERLIN, `--from=${from}`, '--count=2', '--json'];
    expect(JSON.parse((await runCli(args)).stdout)).toMatchObject({ next });
  });
});

describe('next --batch', () => {
  it('answers every line in order, whatever is wrong with some', async () => {
    const answers = await batch(
      [
        { id: 'a', expr: '@daily' },
        '',
        'nonsense',
        '[1]',
        { id: 2, expr: '0 0 30 2 *' },
        { id: null, expr: 'every 1h', count: 2 },
        { expr: '* * * *' },
        { id: { deep: true }, expr: '@daily', tz: 'Mars/Base' },
        { id: 'n', expr: '@daily', count: 0 },
        { id: 'f', expr: '@daily', from: 'now' },
        { id: 'm' },
        { id: 't', expr: 7 },
        { id: 'past', expr: '2020-01-01T00:00Z' },
      ],
      ['--from=2026-01-01', '--tz=UTC'],
    );
    expect(answers).toMatchInlineSnapshot(`
      [
        {
          "id": "a",
          "next": [
            "2026-01-02T00:00:00.000Z",
          ],
        },
        {
          "error": "the line is not JSON",
          "id": null,
        },
        {
          "error": "the line is not a JSON object",
          "id": null,
        },
        {
          "error": ""0 0 30 2 *" can never fire: no such day exists",
          "id": 2,
        },
        {
          "id": null,
          "next": [
            "2026-01-01T01:00:00.000Z",
            "2026-01-01T02:00:00.000Z",
          ],
        },
        {
          "error": ""* * * *" has 4 fields; a cron expression has 5, 6 or 7",
          "id": null,
        },
        {
          "error": ""Mars/Base" is not a time zone name",
          "id": {
            "deep": true,
          },
        },
        {
          "error": "count is 0, not a whole number from 1 to 100000",
          "id": "n",
        },
        {
          "error": ""now" is not an ISO 8601 instant",
          "id": "f",
        },
        {
          "error": "expr is missing: the schedule as text",
          "id": "m",
        },
        {
          "error": "expr is 7, not text",
          "id": "t",
        },
        {
          "id": "past",
          "next": [],
        },
      ]
    `);
  });

  it('takes defaults from its flags and local times in the zone of the line', async () => {
    const answers = await batch(
      [{ expr: '@daily' }, { expr: '@daily', tz: 'UTC', from: '2026-06-01T12:00' }],
      ['--tz=Asia/Tokyo', '--from=2026-01-01', '--count=2'],
    );
    expect(answers.map(({ next }) => next)).toEqual([
      ['2026-01-01T15:00:00.000Z', '2026-01-02T15:00:00.000Z'],
      ['2026-06-02T00:00:00.000Z', '2026-06-03T00:00:00.000Z'],
    ]);
  });

  it('answers while the other side waits, and needs no newline at the end', async () => {
    const running = startCli(['next', '--batch', '--from=2026-01-01', '--tz=UTC'], { interactive: true });
    running.write('{"id":1,"expr":"@daily"}\n{"id":2,');
    await running.waitForLine('stdout', /^\{"id":1,"next":\["2026-01-02T00:00:00.000Z"\]\}$/);
    running.signal('SIGTERM');
    await running.exit;
    const input = '{"id":2,"expr":"@daily"}\r\n{"id":3,"expr":"@daily"}';
    const { stdout } = await runCli(['next', '--batch'], { input });
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });

  it('gives 20,000 answers in the order of the questions', async () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];
    const from = '2026-03-28T12:00:00Z';
    const answers = await batch(
      Array.from({ length: 20_000 }, (_, id) => ({
        id,
        expr: `${id % 60} ${id % 24} * * *`,
        tz: zones[id % zones.length],
        from,
        count: 2,
      })),
    );
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 20_000 }, (_, id) => id));
    expect(answers.every(({ next }) => next?.length === 2 && (next[0] ?? '') > from)).toBe(true);
  });

  it('refuses a line that is too long without keeping it', async () => {
    const answers = await batch([
      `{"id":1,"expr":"${'x'.repeat(1_000_000)}"}`,
      { id: 2, expr: '@daily', count: 1 },
    ]);
    expect(answers[0]).toEqual({ id: null, error: 'the line is longer than 65536 characters' });
    expect(answers[1]).toMatchObject({ id: 2 });
  });
});
