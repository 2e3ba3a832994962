/** What may stand in APScheduler's list of jobs. */
import type { Shape } from '../reader.js';

const NOT_OURS = 'A timetable of supertask has it; APScheduler has not. See docs/timetables.md.';

export const JOB: Shape = {
  what: 'a job',
  keys: [
    'id',
    'name',
    'description',
    'func',
    'args',
    'kwargs',
    'trigger',
    'is_enabled',
    'max_instances',
    'coalesce',
    'misfire_grace_time',
    'replace_existing',
  ],
  foreign: {
    enabled: 'Write is_enabled: false.',
    executor: 'Remove it: each job is run as a process of its own.',
    jobstore: 'Remove it: the file is the store.',
    next_run_time: 'Write is_enabled: false for a job that is not to run.',
    seconds: 'Write trigger: {type: interval, seconds: 10}.',
    minutes: 'Write trigger: {type: interval, minutes: 10}.',
    hours: 'Write trigger: {type: interval, hours: 1}.',
    hour: 'Write trigger: {type: cron, hour: 9}.',
    minute: 'Write trigger: {type: cron, minute: 30}.',
    run_date: 'Write trigger: {type: date, run_date: …}.',
    when: 'Write trigger: {type: cron, hour: 9}.',
    run: 'Write func: package.module:function.',
    env: NOT_OURS,
    cwd: NOT_OURS,
    timeout: NOT_OURS,
    retry: NOT_OURS,
  },
};

const COMMON = ['start_date', 'end_date', 'timezone', 'jitter'];

/** Of the least weight last, as APScheduler has them. */
export const CRON_FIELDS = [
  'year',
  'month',
  'day',
  'week',
  'day_of_week',
  'hour',
  'minute',
  'second',
] as const;

export const INTERVAL_UNITS = ['weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

export const CRON: Shape = {
  what: 'a cron trigger',
  keys: ['type', ...CRON_FIELDS, ...COMMON],
  foreign: {
    weekday: 'Write day_of_week.',
    tz: 'Write timezone.',
    hours: 'A cron trigger has hour, an interval trigger hours.',
    minutes: 'A cron trigger has minute, an interval trigger minutes.',
    seconds: 'A cron trigger has second, an interval trigger seconds.',
    days: 'A cron trigger has day, an interval trigger days.',
  },
};

export const INTERVAL: Shape = {
  what: 'an interval trigger',
  keys: ['type', ...INTERVAL_UNITS, ...COMMON],
  foreign: {
    tz: 'Write timezone.',
    hour: 'An interval trigger has hours, a cron trigger hour.',
    minute: 'An interval trigger has minutes, a cron trigger minute.',
    second: 'An interval trigger has seconds, a cron trigger second.',
    months: 'Months differ in length; write {type: cron, day: 1}.',
  },
};

export const DATE: Shape = {
  what: 'a date trigger',
  keys: ['type', 'run_date', 'timezone'],
  foreign: { date: 'Write run_date.', tz: 'Write timezone.' },
};

/** The triggers that there are, by `type`. */
export const TRIGGERS = { cron: CRON, interval: INTERVAL, date: DATE } as const satisfies Record<
  string,
  Shape
>;
