import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Result, runCli } from '../support/cli.ts';

/** Simulate a timetable in Berlin. */
async function simulated(timetable: string, args: readonly string[]): Promise<Result> {
  writeFileSync(join(place().work, 'week.yaml'), timetable);
  return runCli(['simulate', 'week.yaml', '--tz=Europe/Berlin', ...args]);
}

const BACKUP = `tasks:
  backup: {when: 30 2 * * *, run: exit 1}
  poll: {when: '*/20 * * * *', run: touch ran}
`;

type MomentLine = { readonly what: string; readonly job: string; readonly at: string };

describe('simulate', () => {
  it('tells what fires, is missed and is caught up around a downtime in the spring gap', async () => {
    const result = await simulated(BACKUP, [
      '--from=2026-03-29T01:00',
      '--to=3h',
      '--down=2026-03-29T01:30..2026-03-29T04:00',
    ]);
    expect(result.stdout).toMatchInlineSnapshot(`
      "Sun 2026-03-29 01:00:00 +01:00  poll    fired
      Sun 2026-03-29 01:20:00 +01:00  poll    fired
      Sun 2026-03-29 01:30:00 +01:00  -       down       the scheduler stops
      Sun 2026-03-29 04:00:00 +02:00  -       up         the scheduler starts
      Sun 2026-03-29 04:00:00 +02:00  poll    missed     4 times (down), due Sun 2026-03-29 01:40:00 +01:00 to Sun 2026-03-29 03:40:00 +02:00
      Sun 2026-03-29 04:00:00 +02:00  poll    fired
      Sun 2026-03-29 04:00:00 +02:00  backup  fired      1h late, due Sun 2026-03-29 03:00:00 +02:00, caught up
      Sun 2026-03-29 04:20:00 +02:00  poll    fired
      Sun 2026-03-29 04:40:00 +02:00  poll    fired
      "
    `);
    expect(result).toMatchObject({
      stderr: '6 fired, 0 skipped, 4 missed; 0 due while the run before was going\n',
      exitCode: 0,
    });
  });

  it('runs nothing and keeps nothing', async () => {
    await simulated(BACKUP, ['--from=2026-01-01', '--to=1d']);
    expect((await runCli(['run', '--', 'cmd:ls . ; ls "$HOME/.local/state" || true'])).stdout).toBe(
      'week.yaml\nsupertask\n',
    );
    expect((await runCli(['list-namespaces', '--json'])).stdout.match(/"id"/g)).toHaveLength(1);
  });

  it.each([
    ['skip', ['00:00 fired', '00:20 skipped', '00:40 fired', '01:00 skipped', '01:20 fired']],
    ['queue', ['00:00 fired', '00:30 fired +10', '01:00 fired +20']],
    ['parallel', ['00:00 fired', '00:20 fired +0', '00:40 fired +0', '01:00 fired +0', '01:20 fired +0']],
    ['replace', ['00:00 fired', '00:20 stopped', '00:20 fired +0', '00:40 stopped', '00:40 fired +0']],
  ])('shows the overlap policy %s', async (overlap, expected) => {
    const timetable = `tasks: {slow: {when: '*/20 * * * *', run: x, overlap: ${overlap}}}`;
    const args = ['--from=2026-01-01', '--to=85m', '--tz=UTC', '--duration=slow=30m', '--json'];
    const { stdout } = await simulated(timetable, args);
    const { moments } = JSON.parse(stdout) as { moments: Record<string, string | number | boolean>[] };
    const told = moments.map(({ at, what, lateMs, overlaps }) => {
      const late = overlaps ? ` +${Number(lateMs) / 60_000}` : '';
      return `${String(at).slice(11, 16)} ${what}${late}`;
    });
    expect(told.slice(0, expected.length)).toEqual(expected);
  });

  it('replaces the oldest run only when as many go as may', async () => {
    const timetable = `tasks: {a: {when: every 2s, overlap: replace, max-running: 3, run: sleep 7}}`;
    const args = ['--from=2026-01-01', '--to=9s', '--duration=7s'];
    const { stdout } = await simulated(timetable, args);
    const told = stdout.trim().split('\n');
    expect(told.map((line) => line.replace(/^.*:(\d\d) \+01:00 +a +(\w+).*$/, '$1 $2'))).toEqual([
      '00 fired',
      '02 fired',
      '04 fired',
      '06 stopped',
      '06 fired',
      '08 stopped',
      '08 fired',
    ]);
    expect(told[3]).toContain('the run due Thu 2026-01-01 00:00:00');
  });

  it('exits 1 and names the first violations when an assertion does not hold', async () => {
    const timetable = `tasks: {slow: {when: '*/20 * * * *', run: x}}`;
    const args = ['--from=2026-01-01', '--to=4h', '--assert=no-overlap', '--assert=no-missed'];
    expect(await simulated(timetable, [...args, '--duration=20m'])).toMatchObject({ exitCode: 0 });
    const result = await simulated(timetable, [...args, '--duration=25m']);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatchInlineSnapshot(`
      "6 fired, 6 skipped, 0 missed; 6 due while the run before was going
      assertion no-overlap failed 6 times:
        Thu 2026-01-01 00:20:00 +01:00  slow  skipped  overlap: the run since Thu 2026-01-01 00:00:00 +01:00 is going
        Thu 2026-01-01 01:00:00 +01:00  slow  skipped  overlap: the run since Thu 2026-01-01 00:40:00 +01:00 is going
        Thu 2026-01-01 01:40:00 +01:00  slow  skipped  overlap: the run since Thu 2026-01-01 01:20:00 +01:00 is going
        Thu 2026-01-01 02:20:00 +01:00  slow  skipped  overlap: the run since Thu 2026-01-01 02:00:00 +01:00 is going
        Thu 2026-01-01 03:00:00 +01:00  slow  skipped  overlap: the run since Thu 2026-01-01 02:40:00 +01:00 is going
        and 1 more
      "
    `);
  });

  it('is one JSON document under documented names', async () => {
    const { stdout, stderr, exitCode } = await simulated(BACKUP, [
      '--from=2026-01-01T02:20',
      '--to=2026-01-01T02:40',
      '--down=2026-01-01T02:25..2026-01-01T02:35',
      '--assert=no-missed',
      '--duration=backup=1m',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "from": "2026-01-01T01:20:00.000Z",
        "moments": [
          {
            "at": "2026-01-01T01:20:00.000Z",
            "dueAt": "2026-01-01T01:20:00.000Z",
            "job": "poll",
            "lateMs": 0,
            "overlaps": false,
            "trigger": "schedule",
            "what": "fired",
          },
          {
            "at": "2026-01-01T01:25:00.000Z",
            "what": "down",
          },
          {
            "at": "2026-01-01T01:35:00.000Z",
            "what": "up",
          },
          {
            "at": "2026-01-01T01:35:00.000Z",
            "dueAt": "2026-01-01T01:30:00.000Z",
            "job": "backup",
            "lateMs": 300000,
            "overlaps": false,
            "trigger": "catch-up",
            "what": "fired",
          },
        ],
        "summary": {
          "fired": 2,
          "missed": 0,
          "overlapping": 0,
          "skipped": 0,
        },
        "to": "2026-01-01T01:40:00.000Z",
        "tz": "Europe/Berlin",
        "violations": [],
      }
    `);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  });

  it('takes the timetable of this directory', async () => {
    writeFileSync(join(place().work, 'supertask.yaml'), BACKUP);
    const { stdout } = await runCli(['simulate', '--from=2026-01-01T02:25', '--to=10m', '--tz=UTC']);
    expect(stdout).toBe('Thu 2026-01-01 02:30:00 +00:00  backup  fired\n');
  });

  it('takes the duration of a job, or of all jobs of a task with arguments', async () => {
    const table = `
tasks:
  close:
    params: {country: {required: true}}
    when: [{every: 1m, args: {country: US}}, {every: 1m, args: {country: DE}}]
    run: "true"
`;
    const args = ['--duration=close@country=US=150s', '--duration=close=90s'];
    const { stdout } = await simulated(table, ['--from=2026-01-01', '--to=4m', '--json', ...args]);
    const { moments } = JSON.parse(stdout);
    const firedAt = (country: string): readonly string[] =>
      moments
        .filter(({ what, job }: MomentLine) => what === 'fired' && job === `close@country=${country}`)
        .map(({ at }: MomentLine) => at.slice(14, 16));
    expect([firedAt('US'), firedAt('DE')]).toEqual([
      ['00', '03'],
      ['00', '02'],
    ]);
  });

  it.each([
    [
      ['--duration=backap=3m'],
      '--duration names "backap", which is no job of the file',
      'Did you mean backup?',
    ],
    [['--duration=backup=soon'], '--duration: ', 'hint'],
    [['--to=2025-01-01'], '--to is not later than --from', 'hint'],
    [['--down=2026-01-01'], '--down "2026-01-01" is not FROM..TO', 'hint'],
    [['--down=2026-01-02..2026-01-01'], 'ends before it begins', 'hint'],
    [
      ['--down=2027-01-01..2027-01-02'],
      'lies outside of what is simulated',
      '2025-12-31T23:00:00.000Z to 2026-01-01',
    ],
    [['--assert=no-fun'], '--assert "no-fun" is not known', 'no-overlap, no-missed'],
  ])('refuses %j', async (args, message, hint) => {
    const result = await simulated(BACKUP, ['--from=2026-01-01', ...args]);
    expect(result).toMatchObject({ stdout: '', exitCode: 2 });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(hint);
  });
});
