/** The same work done twice. */
import { isDeepStrictEqual } from 'node:util';
import { scheduleForm } from '../../model/schedule-form.js';
import type { Task } from '../../model/task.js';
import type { CheckContext } from './context.js';
import { type Finding, finding } from './finding.js';

export function checkSameWork(context: CheckContext): readonly Finding[] {
  const { tasks, places, now } = context;
  const seen = new Map<string, Task>();
  // When one would run whose schedule cannot be read is not known.
  const isUnread = ({ id, schedules }: Task): boolean =>
    schedules.length === 0 && !isDeepStrictEqual(places.task(id, 'when'), places.task(id));
  return tasks.flatMap((task) => {
    if (isUnread(task)) return [];
    const key = fingerprint(task, now);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, task);
      return [];
    }
    const when = task.schedules.length === 0 ? '' : ' at the same times';
    const message = `"${task.id}" does the same as "${earlier.id}"${when}`;
    const hint = 'Both are run. Remove one of them, or let them differ.';
    return [finding('SAME_WORK', message, places.task(task.id), { hint, task: task.id })];
  });
}

export function checkSameSchedules({ tasks, places, now }: CheckContext): readonly Finding[] {
  return tasks.flatMap((task) => {
    const seen = new Set<string>();
    return task.schedules.flatMap((schedule, index) => {
      const key = scheduleKey(schedule, now);
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      const place = places.task(task.id, 'when', { index, of: task.schedules.length });
      const message = `the schedule "${schedule.text}" is given twice`;
      return [finding('SAME_SCHEDULE', message, place, { hint: 'Remove one of them.', task: task.id })];
    });
  });
}

function fingerprint(task: Task, now: Date): string {
  // Tasks that come after others, lead to others or are told something differ on purpose.
  const { steps, env, cwd, gate, actions, params } = task;
  const work = steps.map(({ target, when, env: own }) => [target, when, own]);
  const times = task.schedules.map((schedule) => scheduleKey(schedule, now)).sort();
  return JSON.stringify([work, env, cwd, times, gate, actions, params]);
}

function scheduleKey(schedule: Task['schedules'][number], now: Date): string {
  const { enabled, args, tz } = schedule;
  return JSON.stringify([scheduleForm(schedule, now.getUTCFullYear()), tz, enabled, args]);
}
