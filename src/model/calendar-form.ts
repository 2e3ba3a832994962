/** A calendar as JSON that `parseCalendar` reads again, for the bookkeeping: its files and packages may be gone later. */
import type { Calendar } from './calendar.js';
import { dayNumber, formatDay, WEEKDAYS, weekdayOf } from './calendar-day.js';

export type CalendarForm = {
  readonly weekdays?: string;
  readonly dates?: readonly string[];
  readonly except?: readonly string[];
};

/** Years before and after the one asked for of which each day is kept. */
const YEARS_BEFORE = 1;
const YEARS_AFTER = 2;

const forms = new WeakMap<Calendar, { readonly year: number; readonly form: CalendarForm }>();

/**
 * The days of a calendar: the weekdays that it usually includes, and what differs from that in the years around `year`.
 * Further away only the weekdays are known.
 */
export function calendarForm(calendar: Calendar, year: number): CalendarForm {
  const known = forms.get(calendar);
  if (known?.year === year) return known.form;
  const form = formOf(calendar, year);
  forms.set(calendar, { year, form });
  return form;
}

function formOf(calendar: Calendar, year: number): CalendarForm {
  const first = dayNumber(year - YEARS_BEFORE, 1, 1);
  const last = dayNumber(year + YEARS_AFTER, 12, 31);
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const included = new Set(days.filter((day) => calendar.includes(formatDay(day))));
  const usual = WEEKDAYS.flatMap((_, weekday) => {
    const all = days.filter((day) => weekdayOf(day) === weekday);
    return all.filter((day) => included.has(day)).length * 2 > all.length ? [weekday] : [];
  });
  const isUsual = (day: number): boolean => usual.includes(weekdayOf(day));
  const dates = ranges(days.filter((day) => included.has(day) && !isUsual(day)));
  const except = ranges(days.filter((day) => !included.has(day) && isUsual(day)));
  return {
    ...(usual.length === 0 ? {} : { weekdays: usual.map((weekday) => nameOf(weekday)).join(',') }),
    // Without either, all days would be meant.
    ...(dates.length > 0 || usual.length === 0 ? { dates } : {}),
    ...(except.length === 0 ? {} : { except }),
  };
}

function nameOf(weekday: number): string {
  return (WEEKDAYS[weekday] ?? '').slice(0, 3);
}

/** `2026-12-24`, `2026-12-24..2026-12-26` */
function ranges(days: readonly number[]): string[] {
  const found: { first: number; last: number }[] = [];
  for (const day of days) {
    const range = found.at(-1);
    if (range !== undefined && range.last === day - 1) range.last = day;
    else found.push({ first: day, last: day });
  }
  return found.map(({ first, last }) =>
    first === last ? formatDay(first) : `${formatDay(first)}..${formatDay(last)}`,
  );
}
