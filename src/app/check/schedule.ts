/** Schedules that never fire, that may be read otherwise than meant, and those whose times the clocks will change. */
import { explainClockChange } from '../../model/explain-clock-change.js';
import { scheduleWarnings } from '../../model/explain-warning.js';
import type { Schedule } from '../../model/schedule.js';
import { bindSchedule } from '../../model/schedule-bind.js';
import { isStartRelative, namesTimes } from '../../model/schedule-class.js';
import type { Task } from '../../model/task.js';
import type { CheckContext } from './context.js';
import { type Finding, finding } from './finding.js';

const YEAR_MS = 366 * 86_400_000;

type Scheduled = { readonly task: Task; readonly schedule: Schedule; readonly index: number };

export function checkDue(context: CheckContext): readonly Finding[] {
  const { now, tz } = context;
  return schedulesOf(context).flatMap(({ task, schedule, index }) => {
    if (isStartRelative(schedule)) return [];
    const bound = bindSchedule(schedule, { jobId: task.id, startedAt: now, tz });
    if (bound.next(now) !== undefined) return [];
    const place = placeOf(context, task, index);
    const last = bound.previous(now);
    if (last === undefined) {
      const hint = 'No day fits all of its parts: look at calendar, from and until.';
      return [finding('NEVER_DUE', `"${schedule.text}" is never due`, place, { hint, task: task.id })];
    }
    const message = `"${schedule.text}" is over: it was due last at ${last.toISOString()}`;
    return [finding('OVER', message, place, { hint: 'Remove it, or give it a later time.', task: task.id })];
  });
}

export function checkSurprises(context: CheckContext): readonly Finding[] {
  return schedulesOf(context).flatMap(({ task, schedule, index }) =>
    scheduleWarnings(schedule).map((words) =>
      finding('SURPRISE', sentence(words), placeOf(context, task, index), { task: task.id }),
    ),
  );
}

export function checkClockChanges(context: CheckContext): readonly Finding[] {
  const { now, tz } = context;
  return schedulesOf(context).flatMap(({ task, schedule, index }) => {
    if (!namesTimes(schedule)) return [];
    const change = explainClockChange(schedule, { jobId: task.id, startedAt: now, tz }, now);
    if (change === undefined || change.at.getTime() - now.getTime() > YEAR_MS) return [];
    const message = `"${schedule.text}": ${change.text}`;
    return [finding('CLOCK_CHANGE', message, placeOf(context, task, index), { task: task.id })];
  });
}

function schedulesOf({ tasks }: CheckContext): readonly Scheduled[] {
  return tasks.flatMap((task) =>
    task.schedules.flatMap((schedule, index) => (schedule.enabled ? [{ task, schedule, index }] : [])),
  );
}

function placeOf({ places }: CheckContext, task: Task, index: number) {
  const item = { index, of: task.schedules.length };
  return places.task(task.id, 'when', item, 'cron|every|daily|at|in|when');
}

/** Findings end without a full stop, as errors do. */
function sentence(words: string): string {
  return words.replace(/\.$/, '');
}
