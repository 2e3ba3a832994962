/** The object form of a schedule, as in files: one form, and options. */
import { type Problem, SupertaskError } from '../errors.js';
import { hasAnyDay } from './cron-day.js';
import type { CronField } from './cron-value.js';
import { parseDuration } from './duration.js';
import type { Schedule, ScheduleRule } from './schedule.js';
import { keepForm } from './schedule-form.js';
import {
  readArgs,
  readBoundary,
  readCalendar,
  readClockChange,
  readEnabled,
  readShift,
  readStop,
  readText,
  readUntil,
  readWeeks,
} from './schedule-option.js';
import { oneLine, parseCronRule, parseSchedule } from './schedule-text.js';
import { suggest } from './suggest.js';
import { parseZone } from './zone.js';

const FORMS = ['cron', 'every', 'daily', 'at', 'in', 'when'] as const;
const OPTIONS = [
  'days',
  'phase',
  'from',
  'to',
  'until',
  'tz',
  'calendar',
  'shift',
  'jitter',
  'weeks',
  'clock-change',
  'enabled',
  'args',
  'stop',
];

/** Every key that the object form may have. */
export const SCHEDULE_KEYS: readonly string[] = [...FORMS, ...OPTIONS];

type Form = (typeof FORMS)[number];
type Entries = ReadonlyMap<string, unknown>;
type Options = Partial<Omit<Schedule, 'text' | 'rule' | 'form'>>;

/** Calls a reader and notes what is wrong, so that all problems are told in one go. */
type Attempt = <Result>(key: string, read: (entry: unknown) => Result) => Result | undefined;

/**
 * Read a schedule from a file's value: text, or an object with one of `cron` `every` `daily` `at` `in` `when` and
 * any of `days` `phase` `from` `to` `until` `tz` `calendar` `shift` `jitter` `weeks` `clock-change` `enabled` `args` `stop`.
 *
 * @throws {SupertaskError} All problems in one go; the code is that of the first one.
 */
export function parseScheduleObject(value: unknown): Schedule {
  if (typeof value === 'string') return parseSchedule(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`a schedule must be text or an object, not ${JSON.stringify(value) ?? typeof value}`);
  }
  const entries: Entries = new Map(Object.entries(value).filter(([, entry]) => entry !== undefined));
  const problems: Problem[] = [];
  const attempt: Attempt = (key, read) => {
    if (!entries.has(key)) return undefined;
    return collect(problems, `${key}: `, () => read(entries.get(key)));
  };
  for (const key of entries.keys()) collect(problems, '', () => checkKey(key));
  const base = collect(problems, '', () => parseForm(entries));
  const options = readOptions(attempt, entries.has('to'));
  const week = attempt('weeks', readWeeks);
  const rule = base && collect(problems, '', () => inWeeks(base.rule, week));
  if (rule !== undefined) collect(problems, '', () => checkTogether(rule, options));
  if (base === undefined || rule === undefined || problems.length > 0) throw combined(problems);
  return { ...base, rule, ...options, form: keepForm(value) };
}

function readOptions(attempt: Attempt, isWindow: boolean): Options {
  const read: Record<keyof Options, unknown> = {
    tz: attempt('tz', (entry) => parseZone(readText(entry))),
    enabled: attempt('enabled', readEnabled),
    calendar: attempt('calendar', readCalendar),
    shift: attempt('shift', readShift),
    clockChange: attempt('clock-change', readClockChange),
    jitterMs: attempt('jitter', (entry) => parseDuration(readText(entry))),
    // With `to`, both are times of day and belong to the form.
    from: isWindow ? undefined : attempt('from', readBoundary),
    until: attempt('until', readUntil),
    args: attempt('args', readArgs),
    stop: attempt('stop', readStop),
  };
  // What was not given is not there at all: there may be 100,000 schedules.
  return Object.fromEntries(Object.entries(read).filter(([, entry]) => entry !== undefined));
}

/** The form in words, read as text is read. */
function parseForm(entries: Entries): Schedule {
  const given = FORMS.filter((form) => entries.has(form));
  const [form, ...others] = given;
  if (form === undefined) {
    throw invalid('the schedule does not say when', `Add one of ${FORMS.join(', ')}.`);
  }
  if (others.length > 0) {
    throw invalid(
      `a schedule has one form, not ${given.join(' and ')}`,
      'Write a list of schedules to have several.',
    );
  }
  checkBelongs(entries, form);
  const text = oneLine(formText(form, entries));
  if (form !== 'cron') return parseSchedule(text);
  refuseZone(text);
  return { text, rule: parseCronRule(text), tz: undefined, enabled: true };
}

/** In front of an expression, as in a crontab, it would be taken for a field. */
function refuseZone(cron: string): void {
  const [, name, zone] = /^((?:CRON_)?TZ)=(\S*)/.exec(cron) ?? [];
  if (name === undefined) return;
  throw invalid(
    `cron: the time zone does not go into the expression (${name}=)`,
    `Write it beside: tz: ${zone}`,
  );
}

function formText(form: Form, entries: Entries): string {
  const value = entries.get(form);
  const days = entries.has('days') ? wordList(entries.get('days')) : undefined;
  switch (form) {
    case 'cron':
    case 'when':
      return readText(value);
    case 'at':
    case 'in':
      return `${form} ${readText(value).trim()}`;
    case 'daily':
      return `${days ?? 'daily'} at ${wordList(value)}`;
    case 'every': {
      const period = readText(value)
        .trim()
        .replace(/^every /i, '');
      if (entries.has('to')) {
        const window = `${period} from ${readText(entries.get('from') ?? '00:00')} to ${readText(entries.get('to'))}`;
        return `every ${window}${days === undefined ? '' : ` on ${days}`}`;
      }
      return `every ${period}${entries.has('phase') ? ` phase ${readText(entries.get('phase'))}` : ''}`;
    }
  }
}

/** Options that are part of one form only. */
function checkBelongs(entries: Entries, form: Form): void {
  const isWindow = form === 'every' && entries.has('to');
  const homes: readonly (readonly [string, boolean, string])[] = [
    ['phase', form === 'every' && !isWindow, 'every (without to)'],
    ['to', form === 'every', 'every'],
    ['days', form === 'daily' || isWindow, 'daily, and with every … from … to'],
  ];
  for (const [key, fits, home] of homes) {
    if (entries.has(key) && !fits)
      throw invalid(`"${key}" does not go with ${form}`, `It goes with ${home}.`);
  }
}

/** A rule of days, narrowed to weeks. */
function inWeeks(rule: ScheduleRule, week: CronField | undefined): ScheduleRule {
  if (week === undefined || week.lone) return rule;
  if (rule.kind !== 'cron' && rule.kind !== 'daily') {
    throw invalid('"weeks" does not go with this form', 'It goes with cron and daily.');
  }
  const narrowed = { ...rule, week };
  if (hasAnyDay(narrowed)) return narrowed;
  throw invalid('the schedule can never fire: no such day exists', 'Check weeks, day, month and year.');
}

function checkTogether(rule: ScheduleRule, options: Options): void {
  const { calendar, clockChange, shift, from, until } = options;
  const hasDays = rule.kind === 'cron' || rule.kind === 'daily' || rule.kind === 'between';
  if (calendar !== undefined && !hasDays && rule.kind !== 'every') {
    throw invalid('a calendar does not go with this form', 'It goes with cron, daily and every 10m.');
  }
  if (clockChange !== undefined && rule.kind !== 'cron' && rule.kind !== 'daily') {
    throw invalid('"clock-change" does not go with this form', 'It goes with cron and daily.');
  }
  if (shift !== undefined && !hasDays) {
    throw invalid('a shift does not go with this form', 'It goes with cron, daily and every … from … to.');
  }
  if (shift !== undefined && shift.calendarDays !== 0 && calendar === undefined) {
    throw invalid('a shift by calendar days needs a calendar', 'Add calendar, or shift by days.');
  }
  if (from && until && from.local === until.local && from.ms >= until.ms) {
    throw invalid('the schedule can never fire: until is not later than from', 'Exchange them?');
  }
  if (rule.kind === 'after-finish' && (from ?? until ?? options.jitterMs) !== undefined) {
    throw invalid('from, until and jitter do not go with after finish', 'Its instants depend on its runs.');
  }
}

function wordList(value: unknown): string {
  return (Array.isArray(value) ? value : [value]).map((item) => readText(item)).join(', ');
}

function checkKey(key: string): void {
  if (SCHEDULE_KEYS.includes(key)) return;
  const near = suggest(key, SCHEDULE_KEYS);
  throw invalid(
    `"${key}" is not a key of a schedule`,
    near === undefined ? `Keys: ${SCHEDULE_KEYS.join(', ')}.` : `Did you mean ${near}?`,
  );
}

/** Read a part; what is wrong with it is added to the problems, each message behind the prefix. */
export function collect<Result>(problems: Problem[], prefix: string, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    problems.push(...error.problems.map((problem) => ({ ...problem, message: prefix + problem.message })));
    return undefined;
  }
}

function combined(problems: readonly Problem[]): SupertaskError {
  const [first] = problems;
  const message = problems.map((problem) => problem.message).join('; ');
  return new SupertaskError(first?.code ?? 'SCHEDULE_INVALID', message, { hint: first?.hint, problems });
}

function invalid(message: string, hint?: string): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', message, { hint });
}
