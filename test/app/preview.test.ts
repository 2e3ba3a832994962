import { expect, it } from 'vitest';
import { bindTask } from '../../src/app/bind-task.ts';
import { previewJobs } from '../../src/app/preview.ts';
import { parseTimetable } from '../../src/formats/timetable.ts';

it('describes the first thousand jobs only', () => {
  const lines = Array.from({ length: 1_001 }, (_, index) => `  job-${index}: {when: "@daily", run: "true"}`);
  const { tasks } = parseTimetable(`tasks:\n${lines.join('\n')}`, { file: 'week.yaml' });
  const startedAt = new Date('2026-01-01T00:00:00Z');
  const jobs = tasks.map((task) => bindTask(task, startedAt, 'UTC'));
  expect(previewJobs(jobs, startedAt, 'UTC').map(({ id }) => id)).toEqual(
    Array.from({ length: 1_000 }, (_, index) => `job-${index}`),
  );
});

it.each([
  ['2020-01-01T00:00Z', ['"2020-01-01T00:00Z" is over: it was due last at 2020-01-01T00:00:00.000Z.']],
  [
    '{daily: "09:00", until: 2020-01-01}',
    ['"daily at 09:00" is over: it was due last at 2020-01-01T09:00:00.000Z.'],
  ],
  [
    '{cron: "0 9 * * MON", calendar: {weekdays: sat}}',
    ['"0 9 * * MON" is never due: no day fits all of its parts.'],
  ],
  ['2026-01-01T00:00Z', []],
  ['once', []],
])('says of a schedule of which nothing is to come that it is so: %s', (when, expected) => {
  const { tasks } = parseTimetable(`tasks: {job: {when: ${when}, run: "true"}}`, { file: 'week.yaml' });
  const startedAt = new Date('2026-01-01T00:00:00Z');
  const [preview] = previewJobs(
    tasks.map((task) => bindTask(task, startedAt, 'UTC')),
    startedAt,
    'UTC',
  );
  expect(preview?.schedules.map(({ warnings }) => warnings)).toEqual([expected]);
});
