import { expect, it } from 'vitest';
import { zonesOf } from '../../src/model/job-zone.ts';
import { scheduleForm } from '../../src/model/schedule-form.ts';
import { parseScheduleObject } from '../../src/model/schedule-object.ts';

it.each([
  ['0 9 * * *', 'UTC'],
  ['CRON_TZ=Asia/Tokyo 0 9 * * *', 'Asia/Tokyo'],
  ['TZ=Asia/Tokyo 0 9 * * *', 'Asia/Tokyo'],
  [{ cron: '0 9 * * *', tz: 'Europe/Berlin' }, 'Europe/Berlin'],
  [{ when: 'TZ=Europe/Berlin 0 9 * * *', jitter: '5s' }, 'Europe/Berlin'],
  [{ cron: '0 9 * * *', jitter: '5s' }, 'UTC'],
])('%j, as it is kept, is in %s', (given, zone) => {
  const schedule = parseScheduleObject(given);
  const job = { schedules: [schedule.text], scheduleForms: [scheduleForm(schedule, 2026)], tz: 'UTC' };
  expect(zonesOf(job) ?? [job.tz]).toEqual([zone]);
});

it('are those of the texts where these say all', () => {
  const schedules = ['0 9 * * *', 'TZ=Asia/Tokyo 0 9 * * *'];
  expect(zonesOf({ schedules, tz: 'UTC' })).toEqual(['UTC', 'Asia/Tokyo']);
});

it('need not be told where all have that of the job', () => {
  expect(zonesOf({ schedules: ['0 9 * * *', 'TZ=UTC 0 9 * * *'], tz: 'UTC' })).toBeUndefined();
});
