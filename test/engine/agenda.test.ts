import { describe, expect, it } from 'vitest';
import { createAgenda, type ScheduledTask } from '../../src/engine/agenda.ts';
import type { Dependency } from '../../src/model/gate.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { taskOf } from '../support/rig.ts';

const AT = new Date('2026-01-01T00:00:00Z');

function job(
  id: string,
  more: { taskId?: string; when?: string; after?: readonly string[] } = {},
): ScheduledTask {
  const after = (more.after ?? []).map(
    (task): Dependency => ({ task, args: {}, outcomes: ['succeeded'], exist: false, withinMs: undefined }),
  );
  const task = {
    ...taskOf(id, { ...(more.when === undefined ? {} : { when: more.when }), gate: { after } }),
    ...(more.taskId === undefined ? {} : { taskId: more.taskId, args: { of: id } }),
  };
  const bounds = task.schedules.map((each) => bindSchedule(each, { jobId: id, startedAt: AT, tz: 'UTC' }));
  return { task, bounds };
}

const ids = (jobs: readonly ScheduledTask[]): readonly string[] => jobs.map(({ task }) => task.id);

describe('the agenda', () => {
  it('finds the jobs of a task, and those that come after it, also once it has others', () => {
    const jobs = [
      job('load', { when: '@daily' }),
      job('report@of=eu', { taskId: 'report', after: ['load'] }),
      job('report@of=us', { taskId: 'report', after: ['load', 'check'] }),
      job('own', { when: '@daily', after: ['load'] }),
      job('alone'),
    ];
    const agenda = createAgenda(jobs, () => AT);
    expect(ids(agenda.jobsOf('load'))).toEqual(['load']);
    expect(ids(agenda.jobsOf('report'))).toEqual(['report@of=eu', 'report@of=us']);
    expect(ids(agenda.jobsOf('report@of=eu'))).toEqual([]);
    expect(ids(agenda.jobsOf('nobody'))).toEqual([]);
    // What has a schedule of its own waits for others, and is not started by them.
    expect(ids(agenda.followersOf('load'))).toEqual(['report@of=eu', 'report@of=us']);
    expect(ids(agenda.followersOf('check'))).toEqual(['report@of=us']);

    agenda.replace([job('load', { when: '@daily' }), job('alone', { after: ['load'] })], AT);
    expect(ids(agenda.jobsOf('report'))).toEqual([]);
    expect(ids(agenda.followersOf('load'))).toEqual(['alone']);
    expect(ids(agenda.followersOf('check'))).toEqual([]);
  });

  it('comes to an end when what is next is due already', () => {
    const agenda = createAgenda([job('tick', { when: 'every 2s from start' })], () => AT);
    // Instants are whole milliseconds: this one is there before it is over.
    agenda.shiftStarts(60_000.15);
    const next = agenda.nextAt();
    expect(agenda.takeDue(new Date(next ?? 0))).toHaveLength(1);
  });
});
