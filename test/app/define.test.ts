import { expect, it } from 'vitest';
import { definitionOf } from '../../src/app/define.ts';
import { parseTimetable } from '../../src/formats/timetable.ts';

it.each([
  ['{when: {cron: 0 9 * * *, tz: Asia/Tokyo}, run: x}', 'Asia/Tokyo'],
  ['{when: TZ=Asia/Tokyo 0 9 * * *, run: x}', 'Asia/Tokyo'],
  ['{when: 0 9 * * *, tz: Asia/Tokyo, run: x}', 'Asia/Tokyo'],
  ['{when: [TZ=Asia/Tokyo 0 9 * * *, {cron: 0 8 * * *, tz: Asia/Tokyo}], run: x}', 'Asia/Tokyo'],
  // Each of its schedules is shown with its own.
  ['{when: [TZ=Asia/Tokyo 0 9 * * *, 0 9 * * *], run: x}', 'UTC'],
  ['{when: 0 9 * * *, run: x}', 'UTC'],
  ['{run: x}', 'UTC'],
])('a task %s is kept with the zone that its schedules have', (text, tz) => {
  const [task] = parseTimetable(`tasks: {a: ${text}}`, { file: 't.yaml' }).tasks;
  if (task === undefined) throw new TypeError('no task');
  expect(definitionOf(task, 'UTC', (plain) => plain).tz).toBe(tz);
});
