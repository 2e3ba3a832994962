/** The built program while its clock goes wrong and it is frozen: what takes longer. */
import { describe, expect, it } from 'vitest';
import { noFaketime } from '../support/faketime.ts';
import { momentsIn, type RunRecord, recordsOf, startedIn, untilRecords } from '../support/record.ts';
import {
  clockAt,
  cronAt,
  DAY_S,
  end,
  expectNoneEarly,
  expectUnique,
  HOUR_S,
  start,
  table,
} from '../support/schedule-run.ts';

const why = noFaketime === undefined ? '' : ` (${noFaketime})`;

describe.skipIf(noFaketime)(`a clock that is set while the program runs${why}`, () => {
  it('P12: back by an hour repeats no fixed-time run, and interval runs go on', async () => {
    const clock = clockAt(0);
    const soon = new Date(Date.now() + 7_000);
    table(
      `tasks: {often: {when: every 1s, run: "exec:true"}, fixed: {when: "${cronAt(soon)}", run: "exec:true"}}`,
    );
    const program = start(clock);
    await program.waitForLine('stderr', /fixed succeeded/);
    clock.set(-HOUR_S);
    await program.waitForLine('stderr', /clock: it was set back/);
    const isBack = ({ startedAt }: RunRecord): boolean =>
      Date.parse(startedAt ?? '') < Date.now() - (HOUR_S / 2) * 1_000;
    const records = await untilRecords((all) => all.filter(isBack).length >= 3);
    expect(startedIn(records).filter(({ job }) => job === 'fixed')).toHaveLength(1);
    expectUnique(records);
    expectNoneEarly(records);
    await end(program);
  });

  it('P12: back by a day does not leave it stuck: the next moment after the new now fires', async () => {
    const clock = clockAt(0);
    const soon = new Date(Date.now() + 7_000);
    table(
      `tasks: {often: {when: every 1s, run: "exec:true"}, fixed: {when: "${cronAt(soon)}", run: "exec:true"}}`,
    );
    const program = start(clock);
    await program.waitForLine('stderr', /fixed succeeded/);
    // Again four seconds before that time of day, on the day before.
    clock.set(-DAY_S - Math.round((Date.now() - soon.getTime()) / 1_000) - 4);
    const records = await untilRecords(
      (all) => startedIn(all).filter(({ job }) => job === 'fixed').length === 2,
      'fixed',
    );
    const [yesterday, today] = startedIn(records)
      .map(({ scheduledAt }) => Date.parse(scheduledAt))
      .sort();
    expect(Number(today) - Number(yesterday)).toBe(DAY_S * 1_000);
    await end(program);
  });

  it('P12: back before a restart does not leave the next scheduler waiting until it has caught up', async () => {
    const clock = clockAt(0);
    table('tasks: {often: {when: every 1s, overlap: parallel, missed: all, run: "exec:true"}}');
    const first = start(clock);
    await first.waitForLine('stderr', /often succeeded/);
    clock.set(30);
    await untilRecords((all) => startedIn(all).length > 30);
    await end(first);
    const before = startedIn(await recordsOf()).map(({ scheduledAt }) => scheduledAt);
    clock.set(0);
    const second = start(clock);
    await second.waitForLine('stderr', /clock: it was set back/);
    const isNew = ({ scheduledAt }: RunRecord): boolean => !before.includes(scheduledAt);
    const records = await untilRecords((all) => startedIn(all).filter(isNew).length >= 3);
    expect(startedIn(records).filter((each) => isNew(each) && !each.scheduledAt.endsWith('.001Z'))).toEqual(
      [],
    );
    expectUnique(records);
    expectNoneEarly(records);
    await end(second);
  });

  it('P9: a clock that jitters by half a second starts nothing early and nothing twice', async () => {
    const clock = clockAt(0);
    table('tasks: {often: {when: every 1s, overlap: parallel, missed: all, run: "exec:true"}}');
    const program = start(clock);
    await program.waitForLine('stderr', /often succeeded/);
    for (const offset of [0.5, -0.4, 0.3, -0.5, 0.5, -0.2, 0.4, -0.5, 0]) {
      const so_far = startedIn(await recordsOf()).length;
      clock.set(offset);
      await untilRecords((all) => startedIn(all).length > so_far);
    }
    await end(program);
    const records = await recordsOf();
    const instants = records.map(({ scheduledAt }) => Date.parse(scheduledAt) / 1_000);
    expect(instants).toEqual(instants.map((_, index) => (instants[0] ?? 0) + index));
    expectNoneEarly(records);
  });
});

describe('a program that is frozen', () => {
  it('P11: handles what it missed by policy, and each moment has one record', async () => {
    table(
      `
defaults: {when: every 1s}
tasks:
  skip: {when: every 1s, missed: skip, run: "exec:true"}
  latest: {when: every 1s, missed: latest, run: "exec:true"}
  all: {when: every 1s, missed: all, run: "exec:true"}
`.replace('defaults: {when: every 1s}\n', ''),
    );
    const program = start(undefined);
    for (const job of ['skip', 'latest', 'all'])
      await program.waitForLine('stderr', new RegExp(`${job} succeeded`));
    program.signal('SIGSTOP');
    const frozenAt = Date.now();
    await expect.poll(() => Date.now() - frozenAt, { timeout: 10_000 }).toBeGreaterThan(5_000);
    program.signal('SIGCONT');
    await untilRecords(
      (all) => all.filter(({ scheduledAt }) => Date.parse(scheduledAt) > frozenAt + 6_000).length >= 3,
    );
    await end(program);
    const records = await recordsOf();
    const of = (job: string, keep: (record: RunRecord) => boolean): number =>
      momentsIn(records.filter((record) => record.job === job && keep(record)));
    const isMissed = ({ status, reason }: RunRecord): boolean => status === 'missed' && reason === 'late';
    const isLate = ({ trigger, startedAt }: RunRecord): boolean =>
      trigger === 'catch-up' && startedAt !== null;
    expect(of('skip', isMissed)).toBeGreaterThanOrEqual(3);
    expect(of('skip', isLate)).toBe(0);
    expect(of('latest', isMissed)).toBeGreaterThanOrEqual(3);
    expect(of('latest', isLate)).toBeLessThanOrEqual(1);
    expect(of('all', isMissed)).toBe(0);
    expect(of('all', isLate)).toBeGreaterThanOrEqual(3);
    for (const job of ['skip', 'latest', 'all']) {
      const own = records.filter((record) => record.job === job);
      const first = Math.min(...own.map(({ firstAt, scheduledAt }) => Date.parse(firstAt ?? scheduledAt)));
      const last = Math.max(...own.map(({ scheduledAt }) => Date.parse(scheduledAt)));
      expect(momentsIn(own)).toBe((last - first) / 1_000 + 1);
    }
  });
});
