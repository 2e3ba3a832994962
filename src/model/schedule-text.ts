/** The language of schedules: one line of text → Schedule. */
import { SupertaskError } from '../errors.js';
import { WEEKDAYS } from './calendar-day.js';
import { type DayRule, NICKNAMES, parseCron } from './cron.js';
import { hasAnyDay } from './cron-day.js';
import { parseField } from './cron-field.js';
import { parseDuration } from './duration.js';
import type { Schedule, ScheduleRule } from './schedule.js';
import { looksLikeInstant, parseInstant, parseTime } from './schedule-instant.js';
import { suggest } from './suggest.js';
import { parseZone } from './zone.js';

const LONGEST = 1000;
const SHORTEST_PERIOD = 1000;
const DAY = 86_400_000;

const FORMS =
  'Use once, every 10s, daily at 09:30, mon-fri at 10:30, @hourly, in 10m, an ISO 8601 instant, or a cron expression such as */5 * * * *.';

const WINDOW =
  /^(?<period>.+?) from (?<from>[\d:]+) (?:to|until) (?<to>[\d:]+)(?: (?:on )?(?<days>[a-z].*))?$/i;

/**
 * Read a schedule.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` for text that is no schedule or can never fire, `DURATION_INVALID`,
 * `ZONE_UNKNOWN` for a `TZ=` or `CRON_TZ=` in front.
 */
export function parseSchedule(text: string): Schedule {
  const line = oneLine(text);
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.+)$/.exec(line);
  if (zoned) {
    return {
      text: line,
      rule: parseRule(oneLine(zoned[2] ?? '')),
      tz: parseZone(zoned[1] ?? ''),
      enabled: true,
    };
  }
  return { text: line, rule: parseRule(line), tz: undefined, enabled: true };
}

/** Read a cron expression or nickname, and nothing else. */
export function parseCronRule(line: string): ScheduleRule {
  const expression = line.startsWith('@') ? NICKNAMES.get(line.toLowerCase()) : line;
  if (expression === undefined) throw unknownNickname(line);
  const cron = parseCron(expression);
  if (!hasAnyDay(cron)) {
    throw invalid(`"${line}" can never fire: no such day exists`, 'Check day, month, weekday and year.');
  }
  return cron;
}

/** Times of day on some days of the week. */
function parseDailyRule(times: readonly string[], days: DayRule): ScheduleRule {
  const seconds = times.map((time) => parseTime(time.trim()) / 1000);
  return { kind: 'daily', ...days, seconds: [...new Set(seconds)].sort((a, b) => a - b) };
}

/** What follows `every`: a period, and what it is counted from. */
function parseEveryRule(text: string, days: DayRule = parseDays('daily')): ScheduleRule {
  const window = WINDOW.exec(text)?.groups;
  if (window) {
    const { period = '', from = '', to = '' } = window;
    return windowRule(period, from, to, window['days'] === undefined ? days : parseDays(window['days']));
  }
  const start = /^(.+?) from (?:the )?start$/i.exec(text);
  if (start) return { kind: 'from-start', periodMs: parsePeriod(start[1] ?? '') };
  const later = /^(.+?) after (?:the )?start$/i.exec(text);
  if (later) {
    const periodMs = parsePeriod(later[1] ?? '');
    return { kind: 'from-start', periodMs, delayMs: periodMs };
  }
  const finish = /^(.+?) after (?:the )?(?:finish|end)$/i.exec(text);
  if (finish) return { kind: 'after-finish', delayMs: parsePeriod(finish[1] ?? '') };
  const phased = /^(.+?),? (?:phase|offset) (.+)$/i.exec(text);
  return everyRule(phased?.[1] ?? text, phased?.[2]);
}

function everyRule(period: string, phase: string | undefined): ScheduleRule {
  const periodMs = parsePeriod(period);
  if (phase !== undefined && looksLikeInstant(phase)) {
    return { kind: 'every', periodMs, phaseMs: 0, anchor: parseInstant(phase) };
  }
  const phaseMs = phase === undefined ? 0 : parseDuration(phase);
  if (phaseMs >= periodMs) {
    throw invalid(
      `the phase "${phase}" is not shorter than the period "${period}"`,
      'The phase says how much later than the grid it runs.',
    );
  }
  return { kind: 'every', periodMs, phaseMs };
}

function windowRule(period: string, from: string, to: string, days: DayRule): ScheduleRule {
  const fromMs = parseTime(from);
  const toMs = parseTime(to, { endOfDay: true });
  if (fromMs === toMs)
    throw invalid(`"${from}" to "${to}" is no time at all`, 'For the whole day: 00:00 to 24:00.');
  return {
    kind: 'between',
    periodMs: parsePeriod(period),
    fromMs,
    toMs: toMs > fromMs ? toMs : toMs + DAY,
    days,
  };
}

/**
 * Read days of the week: `daily`, `weekdays`, `weekends`, `mon-fri`, `sat, sun`, `mondays`.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseDays(text: string): DayRule {
  const any = parseField('day', '*');
  const rule = { day: any, month: parseField('month', '*'), year: parseField('year', '*'), both: false };
  return { ...rule, weekday: parseField('weekday', weekdayText(text.trim().toLowerCase())) };
}

/** Whitespace is made simple; nothing that could hide from the eye is let through. */
export function oneLine(text: string): string {
  if (text.length > LONGEST) throw invalid(`a schedule is longer than ${LONGEST} characters`);
  const trimmed = text.trim();
  if (trimmed === '') throw invalid('a schedule is empty');
  if (/[\n\r\u0085\u2028\u2029]/.test(trimmed)) {
    throw invalid('a schedule has a line break', 'Write each schedule on one line, as an item of a list.');
  }
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(trimmed)) throw invalid('a schedule has a control character');
  return trimmed.replace(/\s+/g, ' ');
}

function parseRule(line: string): ScheduleRule {
  const lower = line.toLowerCase();
  const whole = completed(lower);
  if (whole !== undefined) throw invalid(`"${line}" is only the beginning of a schedule`, `Write ${whole}.`);
  if (lower === 'once' || lower === 'now') return { kind: 'once' };
  if (line.startsWith('@')) return parseNickname(line);
  if (lower.startsWith('in ')) return { kind: 'in', delayMs: parseDuration(line.slice(3)) };
  if (lower.startsWith('at ')) return parseAt(line.slice(3));
  if (looksLikeInstant(line)) return { kind: 'at', at: parseInstant(line) };
  const daily = /^([a-z].*?) at (.+)$/i.exec(line);
  if (daily) return parseDailyRule(splitList(daily[2] ?? ''), parseDays(daily[1] ?? ''));
  if (lower.startsWith('every ')) return parseEveryRule(line.slice(6));
  const someDays = /^([a-z].*?) every (.+ from .+)$/i.exec(line);
  if (someDays) return parseEveryRule(someDays[2] ?? '', parseDays(someDays[1] ?? ''));
  if (/[\d*?]|(?:^| )H/.test(line) && line.includes(' ')) return parseCronRule(line);
  throw notASchedule(line);
}

/** What somebody may have meant who stopped in the middle; undefined for everything else. */
function completed(lower: string): string | undefined {
  const [, period, from] = /^(@?every .+) (from|after)$/.exec(lower) ?? [];
  if (period !== undefined) return `${period} ${from === 'from' ? 'from start' : 'after finish'}`;
  return Object.hasOwn(BEGINNINGS, lower) ? BEGINNINGS[lower] : undefined;
}

const BEGINNINGS: Readonly<Record<string, string>> = {
  every: 'every 10s',
  '@every': '@every 10s',
  in: 'in 10m',
  at: 'at 2026-12-24T18:00',
  'daily at': 'daily at 09:30',
};

function parseNickname(line: string): ScheduleRule {
  const lower = line.toLowerCase();
  if (lower === '@reboot') return { kind: 'reboot' };
  if (lower.startsWith('@every ')) return parseEveryRule(line.slice(7));
  return parseCronRule(line);
}

function parseAt(text: string): ScheduleRule {
  if (/^\d{1,2}:\d{2}/.test(text)) {
    throw invalid(
      `"at ${text}" does not say on which day`,
      `Write daily at ${text}, or at 2026-12-24T${text.padStart(5, '0')} for once.`,
    );
  }
  return { kind: 'at', at: parseInstant(text) };
}

function parsePeriod(text: string): number {
  const bare = /^(?:a |an )?([a-z]+)$/i.exec(text)?.[1]?.toLowerCase();
  const calendrical: Record<string, string> = {
    day: 'daily at 00:00',
    week: '@weekly',
    month: '@monthly',
    year: '@yearly',
  };
  const instead = bare === undefined ? undefined : calendrical[bare];
  if (instead !== undefined) {
    throw invalid(
      `"every ${text}" does not say when`,
      `Write ${instead}, or every 24h to count from the epoch.`,
    );
  }
  const periodMs = parseDuration(bare === undefined ? text : `1 ${bare}`);
  if (periodMs < SHORTEST_PERIOD) {
    throw invalid(`"every ${text}" is too often`, 'The shortest period is 1s.');
  }
  return periodMs;
}

function weekdayText(text: string): string {
  const bare = text.replace(/^(?:every|on) /, '');
  if (bare === 'daily' || bare === 'day' || bare === 'days') return '*';
  if (bare === 'weekday' || bare === 'weekdays') return 'MON-FRI';
  if (bare === 'weekend' || bare === 'weekends') return 'SAT,SUN';
  const items = splitList(bare).map((item) => item.replace(/ *- */g, '-').replace(/days\b/g, 'day'));
  const wrong = items.flatMap((item) => item.split('-')).find((name) => !isWeekday(name));
  if (wrong === undefined) return items.join(',').toUpperCase();
  const near = suggest(wrong, ['daily', 'weekdays', 'weekends', ...WEEKDAYS]);
  throw invalid(
    `"${wrong}" is not a day of the week`,
    near ? `Did you mean ${near}?` : 'Write daily, weekdays, mon-fri, or sat, sun.',
  );
}

function isWeekday(name: string): boolean {
  return name.length >= 3 && WEEKDAYS.some((full) => full === name || full.slice(0, 3) === name);
}

function splitList(text: string): string[] {
  return text.split(/ *, *(?:and )?| and /).map((item) => item.trim());
}

function notASchedule(line: string): SupertaskError {
  const shown = line.length > 80 ? `${line.slice(0, 80)}…` : line;
  if (/^\d+(\.\d+)?\s*[a-z]+$/i.test(line) || /^PT?\d/.test(line)) {
    return invalid(
      `"${shown}" is a duration, not a schedule`,
      `Write every ${shown}, or in ${shown} for once.`,
    );
  }
  if (/^\d{1,2}:\d{2}/.test(line)) {
    return invalid(`"${shown}" is a time of day, not a schedule`, `Write daily at ${shown}.`);
  }
  const known = [
    'once',
    'now',
    'daily at',
    'every 10s',
    ...NICKNAMES.keys(),
    ...[...NICKNAMES.keys()].map(bare),
  ];
  const near = suggest(line, known);
  const meant = near !== undefined && NICKNAMES.has(`@${near}`) ? `@${near}` : near;
  return invalid(
    `"${shown}" is not a schedule`,
    meant === undefined ? FORMS : `Did you mean ${meant}? ${FORMS}`,
  );
}

function bare(nickname: string): string {
  return nickname.slice(1);
}

function unknownNickname(line: string): SupertaskError {
  const known = [...NICKNAMES.keys(), '@reboot', '@every'];
  const near = suggest(line.split(' ')[0] ?? line, known);
  return invalid(
    `"${line.slice(0, 80)}" is not a known nickname`,
    near === undefined ? `Known: ${known.join(' ')}.` : `Did you mean ${near}?`,
  );
}

function invalid(message: string, hint: string = FORMS): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', message, { hint });
}
