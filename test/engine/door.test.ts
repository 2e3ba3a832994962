/** What can be asked of an engine that runs: a run by hand, another set of jobs. */
import { describe, expect, it } from 'vitest';
import type { ScheduledTask } from '../../src/engine/agenda.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { parseScheduleObject } from '../../src/model/schedule-object.ts';
import { type Rig, rig } from '../support/rig.ts';

const SECOND = 1_000;
/** A second after an instant of every schedule here: nothing is due at once. */
const START = '2026-01-01T00:00:01Z';

function jobOf({ engine }: Rig, id: string): ScheduledTask {
  const found = engine.jobs().find(({ job }) => job.task.id === id);
  if (found === undefined) throw new Error(`no job ${id}`);
  return found.job;
}

/** The same job on another schedule. */
function rescheduled({ task }: ScheduledTask, when: string, startedAt: Date): ScheduledTask {
  const schedule = parseScheduleObject(when);
  const defaults = { tz: 'UTC', startedAt, jobId: task.id };
  return { task: { ...task, schedules: [schedule] }, bounds: [bindSchedule(schedule, defaults)] };
}

describe('trigger', () => {
  it('runs a job now, says so, and leaves its schedule alone', async () => {
    const one = await rig({ job: { when: 'every 10s' } }, { at: START });
    await one.time.advance(2 * SECOND);
    const asked = one.engine.trigger({
      job: jobOf(one, 'job'),
      trigger: 'manual',
      detail: { by: 'ada', args: { day: 1 } },
    });
    await one.time.advance(0);
    const answer = await asked;
    expect(answer).toMatchObject({
      kind: 'started',
      run: { trigger: 'manual', by: 'ada', args: { day: 1 }, scheduledAt: new Date('2026-01-01T00:00:03Z') },
    });
    expect((await one.runs())[0]).toMatchObject({ trigger: 'manual', by: 'ada', args: { day: 1 } });
    await one.executor.finish();
    await one.time.advance(7 * SECOND);
    expect((await one.records()).at(-1)).toMatch(/@00:00:10$/);
    await one.stop();
  });

  it('skips, and records it, when a run of the job is in the way', async () => {
    const one = await rig({ job: { when: 'every 10s' } }, { at: START });
    await one.time.advance(10 * SECOND);
    const asked = one.engine.trigger({ job: jobOf(one, 'job'), trigger: 'manual' });
    await one.time.advance(0);
    expect(await asked).toMatchObject({ kind: 'skipped', run: { status: 'skipped', reason: 'overlap' } });
    expect(one.executor.running).toBe(1);
    await one.stop();
  });

  it('refuses once the scheduler is stopping', async () => {
    const one = await rig({ job: { when: 'every 10s' } }, { at: START });
    const job = jobOf(one, 'job');
    await one.stop();
    expect(await one.engine.trigger({ job, trigger: 'manual' })).toMatchObject({ kind: 'refused' });
  });
});

describe('another set of jobs', () => {
  it('keeps the phase of those that are the same, and takes the others from now on', async () => {
    const one = await rig({
      same: { when: 'every 10s from start' },
      changed: { when: 'every 1h' },
      gone: { when: 'every 20s' },
    });
    await one.time.advance(15 * SECOND);
    while (one.executor.running > 0) await one.executor.finish();
    const now = one.time.now();
    one.engine.replaceJobs([
      { ...jobOf(one, 'same'), bounds: [] },
      rescheduled(jobOf(one, 'changed'), 'every 30s', now),
    ]);
    expect(
      one.engine.jobs().map(({ job, nextAt }) => [job.task.id, nextAt?.toISOString().slice(14, 19)]),
    ).toEqual([
      ['same', '00:20'],
      ['changed', '00:30'],
    ]);
    await one.time.advance(15 * SECOND);
    const last = (await one.runs()).filter(({ scheduledAt }) => scheduledAt > now);
    expect(last.map(({ job, status }) => `${job} ${status}`).sort()).toEqual([
      'changed running',
      'same running',
      'same skipped',
    ]);
    await one.stop();
  });

  it('lets a run that is going end, though its job is gone', async () => {
    const one = await rig({ gone: { when: 'every 10s' }, other: { when: 'every 1h' } }, { at: START });
    await one.time.advance(10 * SECOND);
    one.engine.replaceJobs([jobOf(one, 'other')]);
    await one.executor.finish();
    await one.time.advance(20 * SECOND);
    const ofGone = (await one.runs()).filter(({ job }) => job === 'gone');
    expect(ofGone.map(({ status }) => status)).toEqual(['succeeded']);
    await one.stop();
  });

  it('waits for another one where nothing of it is to come, and ends where nothing ever was', async () => {
    const one = await rig({ job: { when: 'every 10s' } }, { at: START });
    one.engine.replaceJobs([]);
    await one.time.advance(60 * SECOND);
    let reason: string | undefined;
    one.engine.done.then((result) => {
      reason = result.reason;
    });
    await one.time.advance(0);
    expect(reason).toBeUndefined();
    const once = await rig({ job: { when: 'in 10s' } }, { at: START });
    const job = jobOf(once, 'job');
    one.engine.replaceJobs([rescheduled(job, 'in 10s', one.time.now())]);
    await one.time.advance(10 * SECOND);
    await one.executor.finish();
    await one.time.advance(0);
    expect(reason).toBe('finished');
    await once.stop();
  });
});
