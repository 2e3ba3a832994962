/** The built program while clocks are set and machines are down. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, startCli } from '../support/cli.ts';
import { fastTime, noFaketime } from '../support/faketime.ts';
import { momentsIn, type RunRecord, recordsOf, startedIn, untilRecords } from '../support/record.ts';
import {
  clockAt,
  DAY_S,
  end,
  expectNoneEarly,
  expectUnique,
  HOUR_S,
  start,
  table,
} from '../support/schedule-run.ts';

const YEAR_S = 365.25 * DAY_S;

const why = noFaketime === undefined ? '' : ` (${noFaketime})`;

describe.skipIf(noFaketime)(`a clock that is set while the program runs${why}`, () => {
  it.each([
    ['an hour', HOUR_S],
    ['a day', DAY_S],
  ])('P12: forward by %s makes missed moments: one of them runs late, and no storm', async (_, seconds) => {
    const clock = clockAt(0);
    table(
      'tasks: {often: {when: every 1s, run: "exec:true"}, rare: {when: "*/10 * * * *", run: "exec:true"}}',
    );
    const program = start(clock);
    await program.waitForLine('stderr', /often succeeded/);
    clock.set(seconds);
    await program.waitForLine('stderr', /clock: it was set forward/);
    const records = await untilRecords(
      (all) =>
        all.filter(({ status }) => status === 'missed').length >= 2 &&
        all.some(({ job, startedAt }) => job === 'rare' && startedAt !== null),
    );
    const missed = records.filter(({ status }) => status === 'missed');
    expect(missed.map(({ reason }) => reason)).toEqual(['clock', 'clock']);
    const rare = records.filter(({ job }) => job === 'rare');
    // A boundary of ten minutes may have come while the test ran.
    expect(Math.abs(momentsIn(rare) - seconds / 600)).toBeLessThanOrEqual(1);
    expect(startedIn(rare).filter(({ trigger }) => trigger === 'catch-up')).toHaveLength(1);
    const often = records.filter(({ job }) => job === 'often');
    expect(momentsIn(often.filter(({ status }) => status === 'missed'))).toBeGreaterThan(seconds - 60);
    expect(often.length).toBeLessThan(40);
    expectUnique(records);
    expectNoneEarly(records);
    await end(program);
  });

  it('P12: starts in 2098 and goes on when that is corrected, now and after a restart', async () => {
    const clock = clockAt(72 * YEAR_S);
    table('tasks: {often: {when: every 1s, run: "exec:true"}}');
    const first = start(clock);
    await first.waitForLine('stderr', /often succeeded/);
    clock.set(0);
    const now = (all: readonly RunRecord[]): RunRecord[] =>
      startedIn(all).filter(({ scheduledAt }) => Date.parse(scheduledAt) < Date.now() + 60_000);
    await untilRecords((all) => now(all).length >= 2);
    await end(first);
    const before = now(await recordsOf()).length;
    const second = start(clock);
    const records = await untilRecords((all) => now(all).length >= before + 2);
    expect(momentsIn(records)).toBeLessThan(60);
    expectUnique(records);
    await end(second);
  });
});

describe.skipIf(noFaketime)(`a moment that is far away${why}`, () => {
  it('P11: is waited for with a timer now and then, not with a storm of them', async () => {
    table(
      'tasks: {leap: {when: "0 0 29 2 *", run: "exec:true"}, soon: {when: in 30s, run: "exec:true"}, later: {when: in 330s, run: "exec:true"}}',
    );
    const program = startCli(['run', '--file=table.yaml', '--ns=t'], {
      env: fastTime(new Date('2026-03-01T00:00:00Z'), 100),
    });
    await program.waitForLine('stderr', /soon succeeded/);
    const before = wakeups(program.pid);
    await program.waitForLine('stderr', /later started/);
    expect(wakeups(program.pid) - before).toBeLessThan(150);
    await end(program);
  });
});

/** How often the main thread went to sleep and was woken; see proc_pid_status(5). */
function wakeups(pid: number): number {
  const text = readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(text)?.[1]);
}

describe.skipIf(noFaketime)(`a program that was killed and is started again${why}`, () => {
  it.each([
    ['skip', 0, 0],
    ['latest', 1, 1],
    ['all', 3, 4],
  ])(
    'P8: after 7 s, with missed: %s, runs %i to %i moments late and has the gap on record',
    async (policy, least, most) => {
      const clock = clockAt(0);
      table(`tasks: {beat: {when: every 2s, missed: ${policy}, run: "exec:true"}}`);
      const first = start(clock);
      await first.waitForLine('stderr', /beat succeeded/);
      first.signal('SIGKILL');
      await first.exit;
      const seen = Date.now();
      clock.set(7);
      const second = start(clock);
      const after = seen + 7_000;
      await untilRecords((all) =>
        all.some(
          ({ scheduledAt, status }) => status === 'succeeded' && Date.parse(scheduledAt) > after + 1_000,
        ),
      );
      await end(second);
      const records = await recordsOf();
      const late = records.filter(({ trigger, startedAt }) => trigger === 'catch-up' && startedAt !== null);
      expect(late.length).toBeGreaterThanOrEqual(least);
      // One that is at most a second late is on time.
      expect(late.length).toBeLessThanOrEqual(most);
      const instants = records.flatMap(({ firstAt, scheduledAt, count }) =>
        Array.from({ length: count ?? 1 }, (_, index) => Date.parse(firstAt ?? scheduledAt) + index * 2_000),
      );
      expect([...instants].sort()).toEqual(instants.map((_, index) => Math.min(...instants) + index * 2_000));
      const missed = records.filter(({ status }) => status === 'missed');
      expect(missed.map(({ reason }) => reason)).toEqual(policy === 'all' ? [] : ['down']);
    },
  );

  it('P10: @daily jobs over three days: past the deadline they are missed, --persistent runs the newest', async () => {
    const clock = clockAt(0);
    // Twelve hours from now, so that no deadline is near.
    const hour = (new Date().getUTCHours() + 12) % 24;
    table(`
tasks:
  plain: {when: "0 ${hour} * * *", run: "exec:true"}
  stubborn: {when: "0 ${hour} * * *", persistent: true, run: "exec:true"}
`);
    const first = start(clock);
    await first.waitForLine('stderr', /stubborn: at/);
    first.signal('SIGKILL');
    await first.exit;
    clock.set(3 * DAY_S);
    const second = startCli(['run', '--file=table.yaml', '--ns=t'], { env: clock.env });
    const records = await untilRecords(
      (all) => all.some(({ status, job }) => job === 'stubborn' && status === 'succeeded') && all.length >= 3,
    );
    await end(second);
    const told = records.map(({ job, status, reason, count }) => `${job} ${status} ${reason} ${count ?? 1}`);
    expect(told.sort()).toEqual([
      'plain missed down 3',
      'stubborn missed down 2',
      'stubborn succeeded null 1',
    ]);
  });

  it('P8: runs that waited their turn are run by the next one', async () => {
    const clock = clockAt(0);
    const marker = join(place().work, 'go');
    table(
      `tasks: {slow: {when: every 2s, overlap: queue, run: 'cmd:until [ -e ${marker} ]; do sleep 0.05; done'}}`,
    );
    const first = start(clock);
    const before = await untilRecords((all) => all.some(({ status }) => status === 'waiting'));
    const waiting = before.find(({ status }) => status === 'waiting');
    first.signal('SIGKILL');
    await first.exit;
    writeFileSync(marker, '');
    const second = start(clock);
    const isRetry = ({ attempt, status, scheduledAt }: RunRecord): boolean =>
      attempt === 2 && status === 'succeeded' && scheduledAt === waiting?.scheduledAt;
    const records = await untilRecords((all) => all.some(isRetry));
    expect(records.find(({ id }) => id === waiting?.id)).toMatchObject({ status: 'errored', reason: 'lost' });
    await end(second);
  });
});
