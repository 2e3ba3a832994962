/** Cron rules in plain English. */
import { formatTime } from './calendar-day.js';
import type { CronRule, DayRule } from './cron.js';
import { type CronField, type SpecialDay, valuesOf } from './cron-value.js';
import { everyWords, listWords, monthName, ordinal, rangeWords, weekdayName } from './explain-word.js';

/** More times of day than these are told as minutes and hours. */
const MOST_TIMES = 6;

/** `at 02:30 every day`, `every 5 minutes, in the hours 9 to 17, on Monday to Friday` */
export function cronWords(rule: CronRule): string {
  const times = listedTimes(rule);
  if (times !== undefined) return `at ${listWords(times.map(formatTime))} ${dayWords(rule)}`;
  const days = dayWords(rule);
  return [timeWords(rule), days === 'every day' ? '' : days].filter((part) => part !== '').join(', ');
}

/** `every day`, `on Monday to Friday in March` */
export function dayWords(rule: DayRule): string {
  const parts = [monthDayWords(rule)];
  if (!rule.month.lone) parts.push(`in ${rangeWords(valuesOf(rule.month), monthName)}`);
  if (!rule.year.lone) parts.push(`in ${rangeWords(valuesOf(rule.year))}`);
  if (rule.week !== undefined) {
    const weeks = valuesOf(rule.week);
    parts.push(`in ${weeks.length === 1 ? 'week' : 'weeks'} ${rangeWords(weeks)} of the year`);
  }
  const words = parts
    .filter((part) => part !== '')
    .join(' ')
    .replace(/^([^,]*) of the month in (?=[A-Z])/, '$1 of ');
  if (rule.day.lone && rule.weekday.lone) return words === '' ? 'every day' : `every day ${words}`;
  return words;
}

function monthDayWords(rule: DayRule): string {
  const dates = rule.day.lone ? '' : dateWords(rule.day);
  const weekdays = rule.weekday.lone ? '' : weekdayWords(rule.weekday);
  if (dates === '' || weekdays === '') return dates + weekdays;
  return rule.both ? `${dates} when it is also ${weekdays}` : `${dates} or ${weekdays}, whichever it is`;
}

function dateWords(field: CronField): string {
  const values = valuesOf(field);
  const words = field.special.map(specialWords);
  if (values.length > 0)
    words.unshift(`on ${values.length === 1 ? 'day' : 'days'} ${rangeWords(values)} of the month`);
  return listWords(words);
}

function weekdayWords(field: CronField): string {
  // A week is told from Monday on.
  const values = valuesOf(field)
    .map((value) => (value === 0 ? 7 : value))
    .sort((a, b) => a - b);
  const words = field.special.map(specialWords);
  if (values.length > 0) words.unshift(`on ${rangeWords(values, weekdayName)}`);
  return listWords(words);
}

function specialWords(special: SpecialDay): string {
  switch (special.kind) {
    case 'last':
      if (special.before === 0) return 'on the last day of the month';
      return `${special.before === 1 ? 'one day' : `${special.before} days`} before the last day of the month`;
    case 'last-workday':
      return 'on the last workday (Monday to Friday) of the month';
    case 'workday':
      return `on the workday (Monday to Friday) nearest to day ${special.date} of the month`;
    case 'nth':
      return `on the ${ordinal(special.nth)} ${weekdayName(special.weekday)} of the month`;
  }
}

/** The times of day in ms when there are few of them and nothing counts on. */
function listedTimes(rule: CronRule): number[] | undefined {
  if (rule.hour.lone || rule.minute.lone || rule.second.lone) return undefined;
  const [hours, minutes, seconds] = [valuesOf(rule.hour), valuesOf(rule.minute), valuesOf(rule.second)];
  if (hours.length * minutes.length * seconds.length > MOST_TIMES) return undefined;
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => ((hour * 60 + minute) * 60 + second) * 1000)),
  );
}

function timeWords(rule: CronRule): string {
  const { second, minute, hour } = rule;
  const onTheMinute = second.low === 1 && second.high === 0;
  const onTheHour = onTheMinute && minute.low === 1 && minute.high === 0;
  const hourStep = evenStep(hour, 24);
  if (onTheHour && hourStep !== undefined) {
    return hourStep === 1 ? 'every hour, on the hour' : `${everyWords(hourStep * 3_600_000)}, on the hour`;
  }
  const words = onTheMinute ? [] : [partWords(second, 60, 'second')];
  const minuteStep = evenStep(minute, 60);
  if (onTheMinute || minuteStep !== 1) words.push(partWords(minute, 60, 'minute'));
  if (!hour.lone) {
    const hours = valuesOf(hour);
    words.push(`in the ${hours.length === 1 ? 'hour' : 'hours'} ${rangeWords(hours)}`);
  }
  if (hour.lone && minuteStep === undefined) return `${words.join(', ')} of every hour`;
  return words.join(', ');
}

function partWords(field: CronField, size: number, unit: 'second' | 'minute'): string {
  const step = evenStep(field, size);
  if (step !== undefined) return everyWords(step * (unit === 'second' ? 1000 : 60_000));
  const values = valuesOf(field);
  return `at ${unit}${values.length === 1 ? '' : 's'} ${rangeWords(values)}`;
}

/** n when the field is every n-th value from 0 on, without a shorter step at the end. */
function evenStep(field: CronField, size: number): number | undefined {
  const values = valuesOf(field);
  const step = size / values.length;
  return values.length > 1 && Number.isInteger(step) && values.every((value, index) => value === index * step)
    ? step
    : undefined;
}
