/** supertask's answers beside those of APScheduler itself; see make-golden.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decideBacklog } from '../../../src/engine/missed.js';
import { SupertaskError } from '../../../src/errors.js';
import { parseTimetable } from '../../../src/formats/timetable.js';
import type { Schedule } from '../../../src/model/schedule.js';
import { bindSchedule } from '../../../src/model/schedule-bind.js';
import { nextInstants } from '../../../src/model/schedule-bound.js';
import { scheduleForm } from '../../../src/model/schedule-form.js';
import { parseScheduleObject } from '../../../src/model/schedule-object.js';
import type { Task } from '../../../src/model/task.js';

type Case = { after: string; trigger: { type: string }; next?: string[]; refused?: string };
type Late = { now: string; misfire_grace_time: number | null; coalesce: boolean; ran: string[] };

const golden: { triggers: Case[]; random: Case[]; documented: Case[]; late: Late[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/apscheduler/golden.json'), 'utf8'),
);

function jobOf(fields: object): Task {
  const text = JSON.stringify([{ id: 'a', func: 'shop.jobs:report', ...fields }]);
  const [task] = parseTimetable(text, { file: 'jobs.json' }).tasks;
  if (task === undefined) throw new Error('there is no job');
  return task;
}

function nextOf(schedule: Schedule, after: string, count: number): string[] {
  const startedAt = new Date(after);
  const bound = bindSchedule(schedule, { jobId: 'a', startedAt, tz: 'UTC' });
  // APScheduler counts the present in.
  return nextInstants(bound, new Date(startedAt.getTime() - 1), count).map((at) =>
    at.toISOString().replace('.000', ''),
  );
}

function answer({ trigger, after, next = [] }: Case): string[] | string {
  try {
    return jobOf({ trigger }).schedules.flatMap((schedule) => nextOf(schedule, after, next.length || 1));
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return error.message;
  }
}

const shown = (one: Case) => [JSON.stringify(one.trigger), one.after, one] as const;

describe('answers as APScheduler does', () => {
  it.each(golden.triggers.filter(({ refused }) => refused === undefined).map(shown))(
    '%s after %s',
    (_trigger, _after, one) => {
      expect(answer(one)).toEqual(one.next);
    },
  );

  it('to four hundred triggers made at random', () => {
    const wrong = golden.random.filter((one) => {
      const own = answer(one);
      // What can never be due is told rather than never run.
      if (one.next?.length === 0) return own.length > 0 && !String(own).includes('can never fire');
      return JSON.stringify(own) !== JSON.stringify(one.next);
    });
    expect(wrong).toEqual([]);
  });

  it.each(golden.documented.map(shown))(
    'and as its documentation says, when the clocks change: %s after %s',
    (_, __, one) => {
      expect(answer(one)).toEqual(one.next);
    },
  );
});

it.each(
  golden.triggers
    .filter(({ refused }) => refused !== undefined)
    .map((one) => [JSON.stringify(one.trigger), one] as const),
)('refuses %s', (_, one) => {
  expect(typeof answer(one)).toBe('string');
});

it('is kept by the bookkeeping so that it is read alike', () => {
  for (const { trigger, after, refused } of [...golden.triggers, ...golden.random]) {
    if (refused !== undefined || String(answer({ trigger, after })).includes('can never')) continue;
    const [schedule] = jobOf({ trigger }).schedules;
    if (schedule === undefined) throw new Error('there is no schedule');
    const kept = parseScheduleObject(JSON.parse(JSON.stringify(scheduleForm(schedule, 2026))));
    expect(nextOf(kept, after, 3), JSON.stringify(trigger)).toEqual(nextOf(schedule, after, 3));
  }
});

it.each(
  golden.late.map((one) => [one.now, JSON.stringify([one.misfire_grace_time, one.coalesce]), one] as const),
)(
  'runs late what APScheduler runs late: at %s with %s',
  (_, __, { now, misfire_grace_time, coalesce, ran }) => {
    const trigger = { type: 'interval', seconds: 10, start_date: '2026-01-15 10:00:00' };
    const job = jobOf({ trigger, misfire_grace_time, coalesce });
    const bounds = job.schedules.map((one) =>
      bindSchedule(one, { jobId: 'a', startedAt: new Date(0), tz: 'UTC' }),
    );
    const [bound] = bounds;
    if (bound === undefined) throw new Error('there is no schedule');
    const first = new Date('2026-01-15T10:00:00Z');
    const until = new Date(now);
    const newest = bound.previous(new Date(until.getTime() + 1)) ?? first;
    const count = bound.count(new Date(first.getTime() - 1), until);
    const backlog = { first, newest, count, previous: (before: Date) => bound.previous(before) };
    const verdict = decideBacklog(backlog, until, job.policy);
    expect(verdict.run.map((at) => at.toISOString().replace('.000', ''))).toEqual(ran);
  },
);
