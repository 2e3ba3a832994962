import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

async function explained(args: readonly string[]): Promise<string> {
  const result = await runCli(['explain', ...args]);
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  return result.stdout;
}

describe('explain', () => {
  it('says what a schedule means and what the next clock change does to it', async () => {
    expect(await explained(['30 2 * * *', '--tz=Europe/Berlin', '--from=2026-03-28'])).toMatchInlineSnapshot(`
      "30 2 * * *

      means         at 02:30 every day (Europe/Berlin)
      rule          fixed-time: each of its times is run once, in the first pass of a repeated hour, at the end of the gap when it does not exist
      next          Sat 2026-03-28 02:30:00 +01:00  in 2h30m
                    Sun 2026-03-29 03:00:00 +02:00  in 1d2h
                    Mon 2026-03-30 02:30:00 +02:00  in 2d2h
      clock change  on 2026-03-29 the clock goes forward from 02:00 to 03:00 (Europe/Berlin): 02:30 does not exist and it runs once at 03:00 instead
      "
    `);
  });

  it('warns of what may surprise, and needs no quotes', async () => {
    expect(
      await explained(['0', '0', '2', '13', '*', 'fri', '--tz=UTC', '--from=2026-01-01', '-n1']),
    ).toMatchInlineSnapshot(`
      "0 0 2 13 * fri

      means         at 02:00 on day 13 of the month or on Friday, whichever it is (UTC)
      rule          fixed-time: each of its times is run once, in the first pass of a repeated hour, at the end of the gap when it does not exist
      next          Fri 2026-01-02 02:00:00 +00:00  in 1d2h
      clock change  none in the next years makes a difference
      warning       "0 0 2 13 * fri" has six fields: the first is seconds here (some tools have the year last).
                    "0 0 2 13 * fri" restricts day and weekday: it runs when either fits (on day 13 of the month or on Friday, whichever it is); put + before the weekday if both must.
      "
    `);
  });

  it('knows what does not follow a wall clock', async () => {
    expect(
      await explained(['every 10s after finish', '--tz=UTC', '--from=2026-01-01']),
    ).toMatchInlineSnapshot(`
      "every 10s after finish

      means         at once, then 10 seconds after each run has ended
      rule          start: it counts from the start of the scheduler; the wall clock does not matter
      next          Thu 2026-01-01 00:00:00 +00:00  now
      clock change  none in the next years makes a difference
      "
    `);
  });

  it('is JSON under documented names', async () => {
    const text = await explained([
      '*/30 * * * *',
      '--tz=Europe/Berlin',
      '--from=2026-10-24',
      '--json',
      '-n1',
    ]);
    expect(JSON.parse(text)).toEqual({
      expr: '*/30 * * * *',
      tz: 'Europe/Berlin',
      meaning: 'every 30 minutes (Europe/Berlin)',
      class: 'interval',
      rule: expect.stringMatching(/^it goes on at its pace/),
      next: ['2026-10-23T22:30:00.000Z'],
      clockChange: { at: '2026-10-25T01:00:00.000Z', text: expect.stringContaining('the clock goes back') },
      warnings: [],
    });
  });

  it.each([
    [['0 0 30 2 *'], '"0 0 30 2 *" can never fire'],
    [[], 'there is nothing to explain'],
  ])('refuses %j', async (args, message) => {
    const result = await runCli(['explain', ...args]);
    expect(result).toMatchObject({ stdout: '', exitCode: 2 });
    expect(result.stderr).toContain(message);
  });
});
